import Synchronization
import TestSupport
import Testing

@testable import Apus

/// Fields that are added to a collection with rows.
@Suite struct AddFieldTests {
    private let disk = SimulatedFileSystem()

    private func open() throws -> Database {
        try Instance(folder: "d", options: DatabaseOptions(buildThreads: 1), fileSystem: disk).database()
    }

    private func create(_ fields: [Field] = [], isDynamic: Bool = false) throws -> Collection {
        let collection = try open().createCollection(
            "rows",
            schema: Schema(
                fields: [Field("id", .int64), Field("v", .floatVector(dimension: 1))] + fields, primaryKey: "id",
                isDynamic: isDynamic), indexes: ["v": IndexDefinition(.hnsw, metric: .l2)])
        try collection.load()
        return collection
    }

    private static func rows(_ keys: ClosedRange<Int64>, _ others: [String: Value] = [:]) -> [[String: Value]] {
        keys.map { others.merging(["id": .integer($0), "v": .vector([Float($0)])]) { first, _ in first } }
    }

    @Test func oldRowsHaveTheDefaultWhereverTheyAre() throws {
        let collection = try create()
        try collection.insert(rows: Self.rows(0...4))
        try collection.flush()
        try collection.insert(rows: Self.rows(5...6))
        try collection.addField(Field("level", .int32, defaultValue: 7))
        try collection.insert(rows: Self.rows(7...7, ["level": 3]) + Self.rows(8...8))
        try collection.addField(Field("note", .varchar(maxLength: 9), isNullable: true))
        try collection.insert(rows: Self.rows(9...9, ["level": 4, "note": "x"]))
        let levels: [Value] = [7, 7, 7, 7, 7, 7, 7, 3, 7, 4]
        func check(_ collection: Collection) throws {
            let found = try collection.get(keys: (0...9).map { .integer($0) }, outputFields: ["level", "note"])
            #expect(found.map { $0?["level"] } == levels)
            #expect(found.map { $0?["note"] } == Array(repeating: .null, count: 9) + ["x"])
            let query = try collection.query(QueryRequest(filter: "level == 7 and note is null", outputFields: ["id"]))
            #expect(query.rows.count == 8)
            #expect(try collection.verify().isSound)
        }
        try check(collection)
        try collection.flush()
        try check(collection)
        // Sealed before the first field: no file of it, and a scalar index all the same.
        #expect(
            try disk.list("d/collection-1").filter { $0.hasPrefix("segment-2-") && $0.hasSuffix(".column") }.count == 1)
        try collection.release()
        try collection.load()
        try check(collection)
        try collection.compact()
        #expect(try collection.statistics().segments.count == 1)
        try check(collection)
    }

    @Test func fieldsAndRowsSurviveAnOpening() throws {
        let collection = try create()
        try collection.insert(rows: Self.rows(0...2))
        try collection.flush()
        try collection.insert(rows: Self.rows(3...4))
        try collection.addField(Field("flags", .array(of: .bool, maxCapacity: 2), defaultValue: .array([true])))
        try collection.addField(Field("document", .json, isNullable: true))
        try collection.insert(rows: Self.rows(5...5, ["flags": .array([]), "document": .json("1")]))
        let again = try Instance(
            folder: "d", options: DatabaseOptions(), fileSystem: disk.crash(survival: 0)
        ).database().collection("rows")
        try again.load()
        #expect(again.schema.fields.map(\.name) == ["id", "v", "flags", "document"])
        let found = try again.get(keys: [0, 4, 5], outputFields: ["flags", "document"])
        #expect(
            found == [
                ["flags": .array([true]), "document": nil], ["flags": .array([true]), "document": nil],
                ["flags": .array([]), "document": .json("1")],
            ])
        #expect(again.damage.isEmpty)
    }

    @Test func aScalarIndexOfAnAddedFieldFindsTheSameRows() throws {
        let collection = try create()
        try collection.insert(rows: Self.rows(0...9))
        try collection.flush()
        try collection.addField(Field("level", .int32, defaultValue: 7))
        try collection.insert(rows: Self.rows(10...12, ["level": 3]))
        try collection.createIndex(on: "level", ScalarIndexDefinition(.inverted))
        for (filter, count) in [("level == 7", 10), ("level < 7", 3), ("level in [3, 7]", 13)] {
            #expect(try collection.query(QueryRequest(filter: filter, outputFields: ["id"])).rows.count == count)
        }
        #expect(try collection.verify().isSound)
    }

    @Test func termsOfAnAddedTextAreMatched() throws {
        let collection = try create()
        try collection.insert(rows: Self.rows(0...3))
        try collection.flush()
        try collection.addField(
            Field("text", .varchar(maxLength: 40), defaultValue: "red shoes", text: TextOptions(isMatched: true)))
        try collection.insert(rows: Self.rows(4...4, ["text": "blue shoes"]))
        let found = try collection.query(QueryRequest(filter: "text_match(text, \"red\")", outputFields: ["id"]))
        #expect(found.rows.count == 4)
    }

    @Test func dynamicKeysOfTheNameStayInTheirObject() throws {
        let collection = try create(isDynamic: true)
        try collection.insert(rows: Self.rows(0...0, ["color": "red"]))
        try collection.addField(Field("color", .varchar(maxLength: 9), defaultValue: "none"))
        try collection.insert(rows: Self.rows(1...1, ["color": "blue"]))
        #expect(
            try collection.get(keys: [0, 1], outputFields: ["color", "$meta"]) == [
                ["color": "none", "$meta": .json(#"{"color":"red"}"#)], ["color": "blue", "$meta": .json("{}")],
            ])
        #expect(try collection.query(QueryRequest(filter: "$meta[\"color\"] == \"red\"")).rows.count == 1)
    }

    @Test func whatCannotBeAddedIsRefused() throws {
        let collection = try create([Field("word", .varchar(maxLength: 9))], isDynamic: true)
        try collection.insert(rows: Self.rows(0...2, ["word": "x"]))
        let cases: [(Field, ApusError.Code, String)] = [
            (Field("x", .int64), .invalidArgument, "nullable"),
            (Field("word", .int64, isNullable: true), .alreadyExists, "already"),
            (Field("$meta", .json, isNullable: true), .alreadyExists, "already"),
            (Field("w", .floatVector(dimension: 2), isNullable: true), .invalidArgument, "vector"),
            (Field("w", .sparseFloatVector), .invalidArgument, "vector"),
            (Field("k", .int64, defaultValue: 1, isPartitionKey: true), .invalidArgument, "partition key"),
            (Field("a b", .int64, isNullable: true), .invalidArgument, "letters"),
            (Field("x", .int8, defaultValue: 300), .invalidArgument, "Int8"),
            (Field("x", .varchar(maxLength: 0), isNullable: true), .invalidArgument, "maxLength"),
        ]
        for (field, code, part) in cases {
            let error = #expect(throws: ApusError.self, "\(field)") { try collection.addField(field) }
            #expect(error?.code == code && error?.message.contains("'\(field.name)'") == true, "\(error!)")
            #expect(error?.message.contains(part) == true, "\(error!)")
        }
        #expect(collection.schema.fields.count == 4)
    }

    @Test func thereAreOnlySoManyFields() throws {
        let collection = try create(
            (0..<Limits.fieldsPerCollection - 3).map { Field("f\($0)", .bool, isNullable: true) })
        try collection.addField(Field("last", .bool, isNullable: true))
        let error = #expect(throws: ApusError.self) {
            try collection.addField(Field("more", .bool, isNullable: true))
        }
        #expect(error?.message.contains("\(Limits.fieldsPerCollection)") == true)
    }

    @Test func aDefaultThatWouldNotFitIsRefused() throws {
        let collection = try create()
        let rows = Limits.segmentBytes / 60_000 + 1
        try collection.insert([
            FieldData("id", .int64((0..<Int64(rows)).map { $0 })),
            FieldData("v", .floatVector(Array(repeating: 1, count: rows))),
        ])
        let long = Field("x", .varchar(maxLength: 60_000), defaultValue: .text(String(repeating: "x", count: 60_000)))
        let error = #expect(throws: ApusError.self) { try collection.addField(long) }
        #expect(error?.message.contains("'x'") == true && error?.message.contains("shorter") == true)
        try collection.addField(Field("x", .varchar(maxLength: 60_000), isNullable: true))
    }

    /// Writers encode rows by the schema that they knew when they began.
    @Test func writersAndReadersGoOn() throws {
        let collection = try create(isDynamic: true)
        let failures = Mutex<[String]>([])
        onThreads(3) { number in
            do {
                switch number {
                case 0:
                    for field in 0..<12 {
                        try collection.addField(Field("f\(field)", .int64, defaultValue: .integer(Int64(field))))
                        if field % 4 == 3 { try collection.flush() }
                    }
                case 1:
                    for key in 0..<300 as Range<Int64> {
                        try collection.insert(rows: Self.rows(key...key), sync: .deferred)
                    }
                default:
                    for _ in 0..<200 {
                        let rows = try collection.query(QueryRequest(filter: "id >= 0", outputFields: ["*"])).rows
                        let names = Set(rows.map { $0.keys.sorted() })
                        if names.count > 1 { throw ApusError(.corrupted, "rows of one query differ: \(names)") }
                    }
                }
            } catch {
                failures.withLock { $0.append("thread \(number): \(error)") }
            }
        }
        #expect(failures.withLock { $0 } == [])
        let rows = try collection.query(QueryRequest(filter: "f0 == 0 and f11 == 11", outputFields: ["id"])).rows
        #expect(rows == (0..<300).map { ["id": .integer($0)] })
    }
}
