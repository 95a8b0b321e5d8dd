import Common
import TestSupport
import Testing

@testable import Apus

@Suite struct ColumnTests {
    private func column(_ type: DataType, _ values: [Value]) throws -> Column {
        var builder = ColumnBuilder(type: type, reservingRows: values.count)
        for value in values {
            if value == .null { builder.appendNull() } else { builder.append(try ValueCodec.encode(value, as: type)) }
        }
        return builder.finish()
    }

    private func bytes(_ column: Column) -> [UInt8] {
        var writer = ByteWriter()
        column.write(to: &writer)
        return writer.bytes
    }

    private static let cases: [(DataType, [Value])] = [
        (.int16, [1, -2, .null, 4]), (.bool, []), (.double, [.double(0.5)]), (.int64, (0..<200).map { .integer($0) }),
        (.varchar(maxLength: 9), ["", "ab", .null, "häuser", ""]), (.json, [.null, .null]),
        (.array(of: .varchar(maxLength: 3), maxCapacity: 3), [.array(["a"]), .null, .array([])]),
    ]

    @Test(arguments: cases.indices)
    func columnsComeBack(index: Int) throws {
        let (type, values) = Self.cases[index]
        let original = try column(type, values)
        var reader = ByteReader(bytes(original), path: "f")
        let read = try Column.read(type, count: values.count, from: &reader)
        try reader.expectEnd()
        #expect((0..<read.count).map(read.value) == values)
        #expect(read.nulls == original.nulls)
    }

    @Test(arguments: cases.indices)
    func shortenedColumnsAreRefused(index: Int) throws {
        let (type, values) = Self.cases[index]
        let whole = bytes(try column(type, values))
        for count in 0..<whole.count {
            var reader = ByteReader(Array(whole[..<count]), path: "f")
            let error = #expect(throws: StorageError.self) {
                _ = try Column.read(type, count: values.count, from: &reader)
            }
            #expect(error?.code == .corrupted && error?.path == "f")
        }
    }

    @Test func whatNoWriterWroteIsRefused() throws {
        func expectRefusal(_ type: DataType, count: Int, _ bytes: [UInt8]) {
            var reader = ByteReader(bytes, path: "f")
            #expect(throws: StorageError.self) { _ = try Column.read(type, count: count, from: &reader) }
        }
        let text = DataType.varchar(maxLength: 9)
        expectRefusal(text, count: 1, [0, 1, 0, 0, 0, 2, 0, 0, 0, 65, 66])
        expectRefusal(text, count: 2, [0, 0, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 65, 66])
        expectRefusal(text, count: 1, [0, 0, 0, 0, 0, 255, 255, 255, 255, 65])
        expectRefusal(.int8, count: 1, [1, 0b10, 0, 0, 0, 0, 0, 0, 0, 7])
        expectRefusal(.int8, count: 1, [2, 7])
        expectRefusal(.int64, count: Int(UInt32.max), [0])
        expectRefusal(text, count: Int(UInt32.max), [0])
        expectRefusal(.array(of: .int8, maxCapacity: 9), count: 1, [0, 0, 0, 0, 0, 5, 0, 0, 0, 9, 0, 0, 0, 1])
    }

    @Test func keysAreNeverNull() throws {
        var reader = ByteReader(bytes(try column(.int64, [1, .null])), path: "f")
        #expect(throws: StorageError.self) { _ = try Column.readKeys(.int64, count: 2, from: &reader) }
    }

    @Test func batchesComeBackFromTheirPayload() throws {
        let schema = try Schema(
            fields: [
                Field("v", .floatVector(dimension: 2)), Field("id", .varchar(maxLength: 3)),
                Field("w", .floatVector(dimension: 1)), Field("n", .int8, isNullable: true),
            ], primaryKey: "id")
        let batch = try BatchEncoder(schema: schema, metrics: ["v": .l2, "w": .l2]).encode(rows: [
            ["id": "a", "v": .vector([1, 2]), "w": .vector([3]), "n": 4],
            ["id": "b", "v": .vector([5, 6]), "w": .vector([7])],
        ])
        let payload = BatchCodec.withPieces(of: batch) { $0.flatMap { Array($0) } }
        var reader = ByteReader(payload, path: "f")
        let read = try BatchCodec.read(&reader, schema: schema, form: .described)
        #expect(read.allKeys(schema) == ["a", "b"])
        #expect(read.byteCount == batch.byteCount)
        #expect(BatchCodec.withPieces(of: read) { $0.flatMap { Array($0) } } == payload)
        for bad in [Array(payload.dropLast()), payload + [0], []] {
            var reader = ByteReader(bad, path: "f")
            #expect(throws: StorageError.self) { _ = try BatchCodec.read(&reader, schema: schema, form: .described) }
        }
    }
}
