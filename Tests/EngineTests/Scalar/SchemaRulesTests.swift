import Testing

@testable import Apus

@Suite struct SchemaRulesTests {
    private static let vector = Field("v", .floatVector(dimension: 2))
    private static let key = Field("id", .int64)

    private func expectRefusal(
        _ fields: [Field], key: String = "id", assignment: KeyAssignment = .byCaller, _ parts: [String],
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let error = #expect(throws: ApusError.self, sourceLocation: sourceLocation) {
            _ = try Schema(fields: fields, primaryKey: key, keyAssignment: assignment)
        }
        #expect(error?.code == .invalidArgument, sourceLocation: sourceLocation)
        for part in parts {
            #expect(error?.message.contains(part) == true, "\(error?.message ?? "")", sourceLocation: sourceLocation)
        }
    }

    @Test func everyRuleNamesTheField() {
        let (vector, key) = (Self.vector, Self.key)
        expectRefusal([key, vector], key: "none", ["'none'"])
        expectRefusal([key], ["0 vector fields", "1 to 10"])
        expectRefusal([key] + (0..<11).map { Field("v\($0)", .floatVector(dimension: 2)) }, ["11 vector fields"])
        expectRefusal([key, vector, vector], ["'v'", "twice"])
        expectRefusal([key, vector] + (0..<255).map { Field("f\($0)", .bool) }, ["257 fields", "256"])
        expectRefusal([key, vector, Field("", .bool)], ["empty"])
        expectRefusal([key, vector, Field("a b", .bool)], ["'a b'"])
        expectRefusal([key, vector, Field(String(repeating: "x", count: 256), .bool)], ["256 bytes"])
        expectRefusal([key, Field("v", .floatVector(dimension: 0))], ["'v'", "dimension is 0", "1 to 32768"])
        expectRefusal([key, Field("v", .floatVector(dimension: 32_769))], ["32769"])
        expectRefusal([key, Field("v", .floatVector(dimension: 2), isNullable: true)], ["'v'", "nullable"])
        expectRefusal([key, vector, Field("t", .varchar(maxLength: 0))], ["'t'", "maxLength is 0"])
        expectRefusal([key, vector, Field("t", .varchar(maxLength: 65_536))], ["65536", "65535"])
        expectRefusal([key, vector, Field("a", .array(of: .bool, maxCapacity: 4_097))], ["'a'", "4097", "4096"])
        expectRefusal(
            [key, vector, Field("a", .array(of: .varchar(maxLength: 0), maxCapacity: 1))], ["'a'", "maxLength"])
        expectRefusal([key, vector, Field("n", .int8, defaultValue: 128)], ["'n'", "default", "128"])
    }

    @Test func everyRuleOfKeys() {
        let vector = Self.vector
        expectRefusal([Field("id", .int32), vector], ["'id'", "Int32"])
        expectRefusal([Field("id", .int64, isNullable: true), vector], ["'id'", "nullable"])
        expectRefusal([Field("id", .int64, defaultValue: 1), vector], ["'id'", "default"])
        expectRefusal([Field("id", .varchar(maxLength: 18)), vector], assignment: .automatic, ["'id'", "19"])
        expectRefusal([vector], key: "v", ["'v'"])
    }

    @Test func schemasComeBackFromTheirBytes() throws {
        let schema = try Schema(
            fields: [
                Field("flag", .bool, isNullable: true, defaultValue: true, description: "a flag"), Self.vector,
                Field("id", .varchar(maxLength: 19)), Field("j", .json, defaultValue: .json("{}")),
                Field("a", .array(of: .varchar(maxLength: 4), maxCapacity: 2), defaultValue: .array(["x"])),
                Field("d", .double, defaultValue: 1.5), Field("f", .float), Field("s", .int16), Field("m", .int32),
                Field("t", .int8),
            ], primaryKey: "id", keyAssignment: .automatic, description: "häuser")
        var writer = ByteWriter()
        SchemaCodec.write(schema, to: &writer)
        var reader = ByteReader(writer.bytes, path: "f")
        #expect(try SchemaCodec.readSchema(from: &reader, version: 2) == schema)
        try reader.expectEnd()
        for count in 0..<writer.count {
            var reader = ByteReader(Array(writer.bytes[..<count]), path: "f")
            #expect(throws: StorageError.self) { _ = try SchemaCodec.readSchema(from: &reader, version: 2) }
        }
    }
}
