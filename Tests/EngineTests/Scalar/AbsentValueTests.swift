import Testing

@testable import Apus

/// What null and a missing value mean for each type of field.
@Suite struct AbsentValueTests {
    private static let types: [(DataType, Value)] = [
        (.bool, true), (.int8, 7), (.int16, 7), (.int32, 7), (.int64, 7), (.float, .float(0.5)),
        (.double, .double(0.5)), (.varchar(maxLength: 4), "text"), (.json, .json("{}")),
        (.array(of: .int32, maxCapacity: 3), .array([1, 2])),
        (.array(of: .varchar(maxLength: 4), maxCapacity: 3), .array(["a", ""])),
    ]

    /// What is stored for rows of which the second gives null or nothing.
    private func stored(_ field: Field, _ data: FieldData?) throws -> [Value] {
        let schema = try Schema(
            fields: [Field("id", .int64), Field("v", .floatVector(dimension: 1)), field], primaryKey: "id")
        let given = [FieldData("id", .int64([1, 2, 3])), FieldData("v", .floatVector([1, 2, 3]))]
        let batch = try BatchEncoder(schema: schema, metrics: ["v": .l2]).encode(given + (data.map { [$0] } ?? []))
        guard case .scalar(let column) = batch.columns[2] else { return [] }
        return (0..<3).map { column.value(at: $0) }
    }

    /// All the ways in which the second of three rows can be given as null.
    private func ways(_ value: Value) -> [FieldData] {
        let valid = [true, false, true]
        var ways = [
            FieldData("x", .values([value, .null, value])),
            FieldData("x", .values([value, value, value]), valid: valid),
            FieldData("x", .values([value, value]), valid: valid),
        ]
        if case .integer(let number) = value {
            ways.append(FieldData("x", .int64([number, 0, number]), valid: valid))
            ways.append(FieldData("x", .int64([number, number]), valid: valid))
        }
        return ways
    }

    @Test func nullIsTheDefaultIfThereIsOneElseNullIfThatIsPermitted() throws {
        for (type, value) in Self.types {
            for way in ways(value) where type == .int64 || way.data.kind == "values" {
                #expect(try stored(Field("x", type, isNullable: true), way) == [value, .null, value])
                #expect(try stored(Field("x", type, defaultValue: value), way) == [value, value, value])
                let both = Field("x", type, isNullable: true, defaultValue: value)
                #expect(try stored(both, way) == [value, value, value])
                let error = #expect(throws: ApusError.self) { try stored(Field("x", type), way) }
                #expect(error?.message.contains("'x', row 1") == true, "\(type): \(error?.message ?? "")")
            }
            #expect(try stored(Field("x", type, isNullable: true), nil) == [.null, .null, .null])
            #expect(try stored(Field("x", type, defaultValue: value), nil) == [value, value, value])
            #expect(throws: ApusError.self) { try stored(Field("x", type), nil) }
        }
    }

    @Test func lengthsThatFitNeitherFormAreRefused() {
        for valid in [[true, false], [true, true, true, false], []] {
            #expect(throws: ApusError.self, "\(valid)") {
                try stored(
                    Field("x", .int64, isNullable: true), FieldData("x", .int64([1, 2, 3]), valid: valid))
            }
        }
    }

    @Test func vectorsAreNeverNull() throws {
        for field in [
            Field("w", .floatVector(dimension: 2), isNullable: true), Field("w", .sparseFloatVector, isNullable: true),
        ] {
            let error = #expect(throws: ApusError.self) {
                try Schema(fields: [Field("id", .int64), field], primaryKey: "id")
            }
            #expect(error?.message.contains("'w'") == true && error?.message.contains("nullable") == true)
        }
    }
}
