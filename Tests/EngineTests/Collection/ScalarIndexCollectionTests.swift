import Common
import TestSupport
import Testing

@testable import Apus

/// Scalar indexes through every stage of a collection: what they answer is what a scan of the segment answers.
@Suite struct ScalarIndexCollectionTests {
    private let seed = testSeed(405)

    private static let text = DataType.varchar(maxLength: 60)
    private static let definitions: [(field: String, definition: ScalarIndexDefinition)] = [
        ("number", try! ScalarIndexDefinition(.stlSort)), ("name", try! ScalarIndexDefinition(.trie)),
        ("tags", try! ScalarIndexDefinition(.inverted)), ("id", try! ScalarIndexDefinition(.autoIndex)),
        (
            "document",
            try! ScalarIndexDefinition(
                .inverted, parameters: ["json_path": "document[\"price\"]", "json_cast_type": "DOUBLE"])
        ),
        (
            "document",
            try! ScalarIndexDefinition(
                .ngram,
                parameters: [
                    "json_path": "document[\"title\"]", "json_cast_type": "VARCHAR", "min_gram": 2, "max_gram": 3,
                ])
        ),
    ]

    private func schema() throws -> Schema {
        try Schema(
            fields: [
                Field("id", .int64), Field("number", .int32, isNullable: true), Field("name", Self.text),
                Field("tags", .array(of: .int16, maxCapacity: 6)), Field("document", .json),
                Field("embedding", .floatVector(dimension: 2)),
            ], primaryKey: "id")
    }

    private func rows(_ ids: Range<Int>) -> [[String: Value]] {
        ids.map { id in
            var random = RandomSource(seed: seed, stream: id)
            let number = Int64.random(in: 0..<9, using: &random)
            return [
                "id": .integer(Int64(id)), "number": number == 8 ? .null : .integer(number),
                "name": .text("name\(number)"), "tags": .array([.integer(number), .integer(number / 2)]),
                "document": .json("{\"price\": \(number), \"title\": \"title \(number)\"}"),
                "embedding": .vector([1, 2]),
            ]
        }
    }

    /// What each index is asked, and by which field's values the answer is checked.
    private static let questions: [(field: Int, predicate: ScalarPredicate)] = [
        (0, .isIn([3, 150, 900])), (1, .isIn([3])),
        (1, .range(ScalarRange(lower: ScalarBound(value: 5, isIncluded: true), upper: nil))),
        (2, .like(LikePattern("name1%")!)), (2, .isIn(["name2"])), (3, .containsAny([4, 7])),
        (3, .containsAll([6, 3])),
    ]

    /// Compares all sealed segments; returns how many there were.
    @discardableResult
    private func expectAnswers(_ collection: Collection, _ stage: String) throws -> Int {
        let schema = collection.schema
        for segment in collection.state.sealed {
            let block = try #require(segment.scalarBlocks().first)
            #expect(block.indexes.count == Self.definitions.count, "\(stage)")
            for (field, predicate) in Self.questions {
                let index = try #require(block.indexes.first { $0.path == ScalarPath(field: field) })
                let values = try (0..<segment.record.rowCount).map { try segment.value(field: field, row: $0) }
                let expected = PlainScan(values: values).rows(matching: predicate)
                #expect(index.rows(matching: predicate)?.rows == expected, "\(stage), \(predicate), seed \(seed)")
            }
            let prices = try #require(block.indexes.first { $0.path.keys == [.member("price")] })
            let numbers = try (0..<segment.record.rowCount).map { row -> Value in
                guard case .text(let name) = try segment.value(field: 2, row: row) else { return .null }
                return .integer(Int64(name.dropFirst(4))!)
            }
            let two = ScalarPredicate.isIn([.integer(2)])
            #expect(prices.rows(matching: two)?.rows == PlainScan(values: numbers).rows(matching: two), "\(stage)")
            let titles = try #require(block.indexes.first { $0.path.keys == [.member("title")] })
            let title = ScalarPredicate.like(LikePattern("%le 2")!)
            #expect(titles.rows(matching: title)?.rows == PlainScan(values: numbers).rows(matching: two), "\(stage)")
        }
        #expect(schema.position(of: "id") == 0)
        return collection.state.sealed.count
    }

    private func indexAll(_ collection: Collection) throws {
        for (field, definition) in Self.definitions { try collection.createIndex(on: field, definition) }
    }

    @Test func indexesFollowTheRows() throws {
        let folder = TemporaryFolder()
        var database = try Database.open(at: folder.path)
        var collection = try database.createCollection("c", schema: schema())
        try collection.load()
        try collection.insert(rows: rows(0..<100))
        try collection.flush()
        try indexAll(collection)
        try collection.insert(rows: rows(100..<220))
        try collection.flush()
        #expect(try expectAnswers(collection, "sealed") == 2)
        #expect(collection.state.growing.scalarBlocks().allSatisfy { $0.indexes.isEmpty })
        try collection.delete(keys: (0..<40).map { .integer($0) })
        try collection.upsert(rows: rows(50..<60))
        try database.close()

        database = try Database.open(at: folder.path)
        collection = try database.collection("c")
        #expect(collection.scalarIndexDefinitions["document"]?.count == 2)
        #expect(collection.scalarIndexDefinitions["number"]?.map(\.type) == [.stlSort])
        try collection.load()
        try expectAnswers(collection, "opened again")
        #expect(try collection.statistics().indexBytes > 0)
        #expect(try collection.statistics().segments[0].indexes.count { $0.field == "document" } == 2)
        try collection.compact()
        #expect(try expectAnswers(collection, "merged") == 1)
        let report = try collection.verify()
        #expect(report.isSound, "\(report.damage)")
        try database.close()
    }

    /// Released collections build indexes from the files of the fields alone.
    @Test func indexesOfAReleasedCollection() throws {
        let folder = TemporaryFolder()
        let database = try Database.open(at: folder.path)
        let collection = try database.createCollection("c", schema: schema())
        try collection.insert(rows: rows(0..<50))
        try indexAll(collection)
        #expect(collection.state.sealed[0].record.scalarIndexes.count == Self.definitions.count)
        #expect(collection.state.sealed[0].contents == nil)
        try collection.load()
        #expect(collection.damage.isEmpty)
        try expectAnswers(collection, "loaded")
        try database.close()
    }

    private func indexFiles(_ folder: TemporaryFolder) throws -> [String] {
        let fileSystem = POSIXFileSystem()
        return try fileSystem.list(folder.path).filter { $0.hasPrefix("collection-") }.flatMap { name in
            try fileSystem.list("\(folder.path)/\(name)").filter { $0.contains(".scalar-") }
                .map { "\(folder.path)/\(name)/\($0)" }
        }.sorted()
    }

    @Test func missingAndDamagedFilesAreMadeAgain() throws {
        let folder = TemporaryFolder()
        var database = try Database.open(at: folder.path)
        var collection = try database.createCollection("c", schema: schema())
        try collection.insert(rows: rows(0..<50))
        try indexAll(collection)
        try database.close()
        let files = try indexFiles(folder)
        #expect(files.count == Self.definitions.count)
        let fileSystem = POSIXFileSystem()
        try fileSystem.remove(files[0])
        let damaged = try fileSystem.openFile(files[1], .readWrite)
        try damaged.write([UInt8](repeating: 0xA5, count: 9), at: 70)
        try damaged.close()

        database = try Database.open(at: folder.path)
        collection = try database.collection("c")
        #expect(try collection.verify().damage.count == 2)
        try collection.load()
        #expect(collection.damage.count == 2)
        try expectAnswers(collection, "made again")
        try database.close()
        database = try Database.open(at: folder.path)
        collection = try database.collection("c")
        try collection.load()
        #expect(collection.damage.isEmpty)
        try expectAnswers(collection, "opened again")
        try database.close()
    }

    @Test func indexesAreReplacedAndDropped() throws {
        let folder = TemporaryFolder()
        let database = try Database.open(at: folder.path)
        let collection = try database.createCollection("c", schema: schema())
        try collection.load()
        try collection.insert(rows: rows(0..<50))
        try indexAll(collection)
        try collection.createIndex(on: "number", ScalarIndexDefinition(.bitmap))
        #expect(collection.scalarIndexDefinitions["number"]?.map(\.type) == [.bitmap])
        try expectAnswers(collection, "replaced")
        #expect(try indexFiles(folder).count == Self.definitions.count)
        try collection.dropIndex(on: "document", jsonPath: "document[\"price\"]")
        #expect(collection.scalarIndexDefinitions["document"]?.map(\.type) == [.ngram])
        try collection.dropIndex(on: "document")
        try collection.dropIndex(on: "number")
        #expect(collection.scalarIndexDefinitions["number"] == nil)
        #expect(try indexFiles(folder).count == Self.definitions.count - 3)
        #expect(try collection.state.sealed[0].scalarBlocks()[0].indexes.count == Self.definitions.count - 3)
        let error = #expect(throws: ApusError.self) { try collection.dropIndex(on: "number") }
        #expect(error?.code == .notFound)
        let misfit = #expect(throws: ApusError.self) {
            try collection.createIndex(on: "number", ScalarIndexDefinition(.trie))
        }
        #expect(misfit?.message.contains("TRIE are only supported on varchar field") == true)
        try database.close()
    }

    /// Filters over all fields, each true for another share of the rows.
    private static let filters = [
        "id in [3, 150, 900]", "id >= 100 and id < 130", "number == 3", "number != 3", "number > 5 or number < 1",
        "not (number in [1, 2])", "number is null", "name like 'name1%'", "name like '%2'", "name >= 'name6'",
        "array_contains(tags, 4)", "array_contains_any(tags, [4, 7])", "not array_contains_all(tags, [6, 3])",
        "document['price'] == 2", "document['price'] > 4.5", "document['price'] != 2", "document['title'] like '%le 2'",
        "number > 2 and document['price'] < 5 and name like 'name%'",
    ]

    /// The same filters over the same rows with every index, with none, and with some of them.
    @Test func queriesFindTheSameWithAndWithoutIndexes() throws {
        let folder = TemporaryFolder()
        let database = try Database.open(at: folder.path)
        let collections = try ["with", "without"].map { try database.createCollection($0, schema: schema()) }
        try indexAll(collections[0])
        for collection in collections {
            try collection.load()
            try collection.insert(rows: rows(0..<150))
            try collection.flush()
            try collection.delete(keys: (0..<40).map { .integer($0) })
            try collection.insert(rows: rows(150..<200))
            try collection.upsert(rows: rows(60..<70))
        }
        func expectSame(_ stage: String) throws {
            for filter in Self.filters {
                let keys = try collections.map { collection in
                    try collection.query(QueryRequest(filter: filter, limit: 300)).rows.map { $0["id"] }
                }
                #expect(keys[0] == keys[1], "\(stage), \(filter), seed \(seed)")
                #expect(!keys[0].isEmpty, "\(filter)")
            }
        }
        try expectSame("grown")
        for collection in collections { try collection.flush() }
        try expectSame("sealed")
        for collection in collections { try collection.compact() }
        try expectSame("merged")
        for (field, _) in Self.definitions where collections[0].scalarIndexDefinitions[field] != nil {
            try collections[0].dropIndex(on: field)
            try expectSame("without the index of \(field)")
        }
        try database.close()
    }
}
