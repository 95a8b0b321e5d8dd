import TestSupport
import Testing

@testable import Apus

/// Deleting by a filter, and replacing some fields of entities.
@Suite struct WriteByFilterTests {
    private let disk = SimulatedFileSystem()

    private func create(
        _ assignment: KeyAssignment = .byCaller, functions: [BM25Function] = [], partitionKey: Bool = false
    ) throws -> Collection {
        var fields = [
            Field("id", .int64), Field("v", .floatVector(dimension: 2)), Field("price", .int32, isNullable: true),
            Field("tenant", .int64, defaultValue: 0, isPartitionKey: partitionKey),
            Field("half", .float16Vector(dimension: 2)),
        ]
        if !functions.isEmpty {
            fields.append(Field("text", .varchar(maxLength: 99), text: TextOptions()))
            fields.append(Field("terms", .sparseFloatVector))
        }
        let database = try Instance(folder: "d", options: DatabaseOptions(buildThreads: 1), fileSystem: disk).database()
        let collection = try database.createCollection(
            "rows",
            schema: Schema(
                fields: fields, primaryKey: "id", keyAssignment: assignment, functions: functions, isDynamic: true,
                partitionCount: 4), indexes: ["v": IndexDefinition(.flat, metric: .l2)])
        try collection.load()
        return collection
    }

    private static func rows(_ keys: Range<Int64>, _ others: [String: Value] = [:]) -> [[String: Value]] {
        keys.map { key in
            others.merging([
                "id": .integer(key), "v": .vector([Float(key), 1]), "half": .float16Vector([0x3C00, UInt16(key)]),
                "price": key % 5 == 0 ? .null : .integer(key), "color": key % 2 == 0 ? "red" : "blue",
            ]) { first, _ in first }
        }
    }

    @Test(arguments: [false, true]) func deletingReturnsWhatWent(isSealed: Bool) throws {
        let collection = try create()
        try collection.insert(rows: Self.rows(0..<20))
        if isSealed { try collection.flush() }
        let before = try collection.insert(rows: Self.rows(20..<21)).sequence
        let result = try collection.delete(
            matching: "price < {limit} and color == \"red\"", values: ["limit": 9])
        #expect(result.rowCount == 4 && result.keys.sorted() == [2, 4, 6, 8])
        #expect(result.sequence == before + 1)
        #expect(collection.count == 17)
        let none = try collection.delete(matching: "price < 9 and color == \"red\"")
        #expect(none.rowCount == 0 && none.keys.isEmpty && none.sequence == before + 1)
        #expect(try collection.delete(matching: "price is null").rowCount == 5)
        #expect(try collection.delete(matching: "id >= 0").rowCount == 12)
        #expect(collection.count == 0)
    }

    @Test func deletingNeedsAFilterAndTheRows() throws {
        let collection = try create()
        try collection.insert(rows: Self.rows(0..<5))
        for (filter, part) in [("", "empty"), (" \n", "empty"), ("price <", ""), ("price < {x}", "x")] {
            let error = #expect(throws: ApusError.self) { try collection.delete(matching: filter) }
            #expect(error?.code == .invalidArgument && error?.message.contains(part) == true, "\(filter)")
        }
        try collection.release()
        let error = #expect(throws: ApusError.self) { try collection.delete(matching: "id >= 0") }
        #expect(error?.code == .notLoaded)
        #expect(collection.count == 5)
    }

    @Test func partitionsAreNamedOrAllLoaded() throws {
        let collection = try create()
        try collection.createPartition("a")
        try collection.createPartition("b")
        try collection.insert(rows: Self.rows(0..<5), partition: "a")
        try collection.insert(rows: Self.rows(5..<10), partition: "b")
        try collection.flush()
        #expect(try collection.delete(matching: "id < 7", partitions: ["b"]).keys.sorted() == [5, 6])
        try collection.release(partitions: ["b"])
        let error = #expect(throws: ApusError.self) { try collection.delete(matching: "id >= 0") }
        #expect(error?.code == .notLoaded)
        #expect(try collection.delete(matching: "id >= 3", partitions: ["a"]).keys.sorted() == [3, 4])
        try collection.load()
        // An update stays in its partition.
        try collection.update(rows: [["id": 8, "price": 1]])
        #expect(try collection.delete(matching: "price == 1", partitions: ["b"]).keys == [8])
        let mixed = #expect(throws: ApusError.self) {
            try collection.update(rows: [["id": 0, "price": 1], ["id": 9, "price": 1]])
        }
        #expect(mixed?.message.contains("2 partitions") == true)
    }

    @Test(arguments: [false, true]) func anUpdateKeepsTheOtherFields(isSealed: Bool) throws {
        let collection = try create()
        try collection.insert(rows: Self.rows(0..<10, ["size": 1]))
        if isSealed { try collection.flush() }
        try collection.update(rows: [
            ["id": 3, "price": 30, "size": 2], ["id": 4, "price": nil, "note": .array([1])],
        ])
        try collection.update([
            FieldData("id", .int64([5, 6])), FieldData("v", .floatVector([50, 0, 60, 0])),
            FieldData("color", .varchar(["green"]), valid: [true, false]),
        ])
        let found = try collection.get(
            keys: [3, 4, 5, 6], outputFields: ["v", "half", "price", "color", "size", "note"])
        #expect(
            found == [
                [
                    "v": .vector([3, 1]), "half": .float16Vector([0x3C00, 3]), "price": 30, "color": "blue", "size": 2,
                ],
                [
                    "v": .vector([4, 1]), "half": .float16Vector([0x3C00, 4]), "price": nil, "color": "red", "size": 1,
                    "note": .json("[1]"),
                ],
                [
                    "v": .vector([50, 0]), "half": .float16Vector([0x3C00, 5]), "price": nil, "color": "green",
                    "size": 1,
                ],
                ["v": .vector([60, 0]), "half": .float16Vector([0x3C00, 6]), "price": 6, "color": "red", "size": 1],
            ])
        #expect(collection.count == 10)
        let nearest = try collection.search(SearchRequest(vectors: [60, 0], field: "v", limit: 1))
        #expect(nearest.hits[0][0].primaryKey == 6)
    }

    @Test func updatesByAFilter() throws {
        let collection = try create()
        try collection.insert(rows: Self.rows(0..<10))
        let result = try collection.update(
            matching: "color == \"red\" and price > 3", setting: ["price": 0, "sold": true, "v": .vector([9, 9])])
        #expect(result.keys.sorted() == [4, 6, 8])
        #expect(try collection.query(QueryRequest(filter: "sold == true and price == 0")).rows.count == 3)
        #expect(try collection.update(matching: "price == 77", setting: ["price": 1]).rowCount == 0)
        for bad: [String: Value] in [["price": "x"], ["id": 1], [:], ["v": .vector([1])]] {
            #expect(throws: ApusError.self, "\(bad)") { try collection.update(matching: "price == 77", setting: bad) }
        }
    }

    @Test func mistakesChangeNothing() throws {
        let collection = try create()
        try collection.insert(rows: Self.rows(0..<5))
        let cases: [([[String: Value]], String)] = [
            ([["id": 1, "price": 1], ["id": 9, "price": 1]], "key 9"),
            ([["id": 1, "price": 1], ["id": 1, "price": 2]], "rows 0 and 1"),
            ([["id": 1, "price": 1], ["id": 2]], "'price'"), ([["price": 1]], "'id'"),
            ([["id": 1, "price": "x"]], "'price', row 0"), ([["id": 1, "v": nil]], "'v'"), ([], "no row"),
            ([["id": 1, "x": .text(String(repeating: "y", count: 65_520))]], "65536"),
        ]
        for (rows, part) in cases {
            let error = #expect(throws: ApusError.self, "\(part)") { try collection.update(rows: rows) }
            #expect(error?.message.contains(part) == true, "\(part) in \(error!)")
        }
        #expect(try collection.get(keys: [1], outputFields: ["price"]) == [["price": 1]])
    }

    @Test func functionsFollowTheirTexts() throws {
        let collection = try create(functions: [BM25Function("f", input: "text", output: "terms")])
        try collection.createIndex(on: "terms", IndexDefinition(.sparseInvertedIndex, metric: .bm25))
        try collection.insert(rows: Self.rows(0..<4, ["text": "red shoes"]))
        try collection.update(rows: [["id": 1, "text": "blue coat"], ["id": 2, "text": "red coat"]])
        try collection.update(rows: [["id": 3, "price": 5]])
        func keys(_ text: String) throws -> [PrimaryKey] {
            let request = SearchRequest(queries: .texts([text]), field: "terms", limit: 9)
            return try collection.search(request).hits[0].map(\.primaryKey).sorted()
        }
        #expect(try keys("coat") == [1, 2])
        #expect(try keys("shoes") == [0, 3])
        let error = #expect(throws: ApusError.self) {
            try collection.update(rows: [["id": 1, "terms": .sparseVector(SparseVector([]))]])
        }
        #expect(error?.message.contains("'terms'") == true)
    }

    @Test func automaticKeysNameTheirRows() throws {
        let collection = try create(.automatic)
        let rows = Self.rows(0..<3).map { row in row.filter { $0.key != "id" } }
        let keys = try collection.insert(rows: rows).keys
        try collection.update(rows: [["id": keys[1].value, "price": 77]])
        #expect(
            try collection.get(keys: keys, outputFields: ["price"]).map { $0?["price"] } == [Value.null, 77, 2])
        #expect(collection.count == 3)
    }

    @Test func aPartitionKeyMovesARow() throws {
        let collection = try create(partitionKey: true)
        try collection.insert(rows: Self.rows(0..<6, ["tenant": 1]))
        try collection.update(matching: "id < 3", setting: ["tenant": 2])
        try collection.flush()
        #expect(try collection.query(QueryRequest(filter: "tenant == 2")).rows.count == 3)
        #expect(try collection.query(QueryRequest(filter: "tenant == 1")).rows.count == 3)
    }

    /// Readers see all of a deletion by a filter or nothing of it.
    @Test func deletionsAreSeenWhole() throws {
        let collection = try create()
        let step = 50 as Int64
        onThreads(2) { number in
            for round in 0..<20 as Range<Int64> {
                if number == 0 {
                    try! collection.insert(rows: Self.rows(0..<step), sync: .deferred)
                    try! collection.delete(matching: "id >= 0", sync: .deferred)
                } else {
                    for _ in 0..<10 {
                        let count = try! collection.query(QueryRequest(filter: "id >= 0")).rows.count
                        #expect(count == 0 || count == Int(step), "round \(round)")
                    }
                }
            }
        }
        #expect(collection.count == 0)
    }
}
