import TestSupport
import Testing

@testable import Apus

/// Each mistake of a caller gives an error that names the thing, the place and the remedy, and changes nothing.
@Suite struct CollectionBadInputTests {
    private struct Fixture {
        let database: Database
        let collection: Collection
        let before: SearchResult
        private let disk = SimulatedFileSystem()

        init(_ metric: Metric = .cosine) throws {
            database = try Instance(folder: "data", options: DatabaseOptions(), fileSystem: disk).database()
            collection = try database.createCollection(
                "rows", schema: Self.schema(),
                indexes: ["embedding": IndexDefinition(.hnsw, metric: metric)])
            try collection.insert(rows: (1...20).map { Self.row(Int64($0)) })
            try collection.flush()
            try collection.load()
            before = try collection.search(SearchRequest(vectors: [1, 2, 3], limit: 5))
        }

        static func schema() throws -> Schema {
            try Schema(
                fields: [
                    Field("id", .int64), Field("embedding", .floatVector(dimension: 3)),
                    Field("word", .varchar(maxLength: 4)), Field("level", .int8, isNullable: true),
                    Field("document", .json, isNullable: true),
                    Field("tags", .array(of: .int16, maxCapacity: 2), isNullable: true),
                ], primaryKey: "id")
        }

        static func row(_ key: Int64) -> [String: Value] {
            ["id": .integer(key), "embedding": .vector([Float(key), 1, 2]), "word": "word"]
        }

        /// Expects an error with a code whose message has all the parts, and that nothing changed.
        func expect(
            _ code: ApusError.Code, _ parts: [String], sourceLocation: SourceLocation = #_sourceLocation,
            _ call: (Collection) throws -> Void
        ) throws {
            let error = #expect(throws: ApusError.self, sourceLocation: sourceLocation) { try call(collection) }
            #expect(error?.code == code, sourceLocation: sourceLocation)
            for part in parts {
                #expect(
                    error?.message.contains(part) == true, "'\(part)' in: \(error?.message ?? "")",
                    sourceLocation: sourceLocation)
            }
            #expect(collection.count == 20, sourceLocation: sourceLocation)
            let after = try collection.search(SearchRequest(vectors: [1, 2, 3], limit: 5))
            #expect(after.hits == before.hits, sourceLocation: sourceLocation)
        }

        /// Expects the same of an insert and an upsert of rows of which the second is changed.
        func expectBadRow(
            _ change: [String: Value?], _ parts: [String], code: ApusError.Code = .invalidArgument,
            sourceLocation: SourceLocation = #_sourceLocation
        ) throws {
            var bad = Self.row(101)
            for (name, value) in change { bad[name] = value }
            let rows = [Self.row(100), bad]
            try expect(code, parts, sourceLocation: sourceLocation) { try $0.insert(rows: rows) }
            try expect(code, parts, sourceLocation: sourceLocation) { try $0.upsert(rows: rows) }
        }
    }

    @Test func vectors() throws {
        let fixture = try Fixture()
        try fixture.expectBadRow(["embedding": .vector([1, 2])], ["'embedding', row 1", "dimension 3"])
        try fixture.expectBadRow(["embedding": .vector([1, .nan, 2])], ["'embedding', row 1, column 1", "nan"])
        try fixture.expectBadRow(["embedding": .vector([1, 2, -.infinity])], ["'embedding', row 1, column 2", "inf"])
        try fixture.expectBadRow(["embedding": .vector([0, 0, 0])], ["'embedding', row 1", "COSINE"])
        try fixture.expectBadRow(["embedding": .null], ["'embedding', row 1"])
        try fixture.expectBadRow(["embedding": "text"], ["'embedding', row 1"])
        try fixture.expect(.invalidArgument, ["'embedding'", "FloatVector(3)"]) {
            try $0.insert([
                FieldData("id", .int64([100])), FieldData("embedding", .floatVector([1, 2])),
                FieldData("word", .varchar(["a"])),
            ])
        }
        try fixture.expect(.invalidArgument, ["'embedding'", "Int64"]) {
            try $0.insert([
                FieldData("id", .int64([100])), FieldData("embedding", .int64([1])), FieldData("word", .varchar(["a"])),
            ])
        }
    }

    @Test func zeroVectorsAreFineWhereNoAngleIsCompared() throws {
        let fixture = try Fixture(.l2)
        try fixture.collection.insert(rows: [["id": 100, "embedding": .vector([0, 0, 0]), "word": ""]])
        let hits = try fixture.collection.search(SearchRequest(vectors: [0, 0, 0], limit: 1)).hits
        #expect(hits[0][0].primaryKey == 100)
    }

    @Test func fields() throws {
        let fixture = try Fixture()
        try fixture.expectBadRow(["colour": 1], ["'colour'", "id, embedding, word"], code: .notFound)
        try fixture.expectBadRow(["word": .some(nil)], ["'word'", "row 1", "null"])
        try fixture.expectBadRow(["id": "text"], ["'id', row 1", "Int64"])
        try fixture.expectBadRow(["word": "words"], ["'word', row 1", "5 bytes", "4"])
        try fixture.expectBadRow(["word": "häß"], ["'word', row 1", "5 bytes"])
        try fixture.expectBadRow(["level": 128], ["'level', row 1", "128", "Int8"])
        try fixture.expectBadRow(["level": 1.5], ["'level', row 1", "Int8"])
        try fixture.expectBadRow(["document": .json("{\"a\":}")], ["'document', row 1", "byte 5"])
        try fixture.expectBadRow(["document": .json(#""\#(String(repeating: "x", count: 70_000))""#)], ["65536"])
        try fixture.expectBadRow(["tags": .array([1, 2, 3])], ["'tags', row 1", "3 elements", "2"])
        try fixture.expectBadRow(["tags": .array([1, 70_000])], ["'tags', row 1", "70000", "Int16"])
        try fixture.expect(.invalidArgument, ["'word'", "missing"]) {
            try $0.insert([FieldData("id", .int64([100])), FieldData("embedding", .floatVector([1, 2, 3]))])
        }
        try fixture.expect(.invalidArgument, ["'id'", "twice"]) {
            try $0.insert([FieldData("id", .int64([100])), FieldData("id", .int64([101]))])
        }
        try fixture.expect(.invalidArgument, ["'word'", "2 rows", "1"]) {
            try $0.insert([FieldData("id", .int64([100])), FieldData("word", .varchar(["a", "b"]))])
        }
        try fixture.expect(.invalidArgument, ["no row"]) { try $0.insert(rows: []) }
        try fixture.expect(.invalidArgument, ["valid"]) {
            try $0.insert([FieldData("id", .int64([100]), valid: [true, true])])
        }
        try fixture.expect(.invalidArgument, ["'id', row 1", "null"]) {
            try $0.insert([FieldData("id", .int64([100]), valid: [true, false])])
        }
    }

    @Test func keys() throws {
        let fixture = try Fixture()
        try fixture.expect(.alreadyExists, ["row 1", "key 7", "upsert"]) {
            try $0.insert(rows: [Fixture.row(100), Fixture.row(7)])
        }
        try fixture.expect(.invalidArgument, ["rows 0 and 2", "100"]) {
            try $0.upsert(rows: [Fixture.row(100), Fixture.row(101), Fixture.row(100)])
        }
        try fixture.expect(.invalidArgument, ["key 1", "'id'", "Int64"]) { try $0.delete(keys: [1, "x"]) }
        try fixture.expect(.invalidArgument, ["key 0", "'id'", "Int64"]) { _ = try $0.get(keys: ["x"]) }
        try fixture.expect(.notFound, ["'colour'"]) { _ = try $0.get(keys: [1], outputFields: ["colour"]) }
    }

    @Test func searches() throws {
        let fixture = try Fixture()
        func expect(
            _ parts: [String], _ request: SearchRequest, code: ApusError.Code = .invalidArgument,
            sourceLocation: SourceLocation = #_sourceLocation
        ) throws {
            try fixture.expect(code, parts, sourceLocation: sourceLocation) { _ = try $0.search(request) }
        }
        let query: [Float] = [1, 2, 3]
        try expect(["limit is 0", "1 to 16384"], SearchRequest(vectors: query, limit: 0))
        try expect(["limit is -1"], SearchRequest(vectors: query, limit: -1))
        try expect(["limit is 16385"], SearchRequest(vectors: query, limit: 16_385))
        try expect(["ef is 4", "k = 5", "5 or more"], SearchRequest(vectors: query, limit: 5, parameters: ["ef": 4]))
        try expect(["'nprobe'", "HNSW", "ef"], SearchRequest(vectors: query, limit: 5, parameters: ["nprobe": 4]))
        try expect(["ef", "1 to 2147483647"], SearchRequest(vectors: query, limit: 5, parameters: ["ef": "many"]))
        try expect(["COSINE", "not L2"], SearchRequest(vectors: query, limit: 5, metric: .l2))
        try expect(["2 numbers", "'embedding'", "dimension 3"], SearchRequest(vectors: [1, 2], limit: 5))
        try expect(["0 numbers"], SearchRequest(vectors: [], limit: 5))
        try expect(["query vector 1, column 0", "nan"], SearchRequest(vectors: query + [.nan, 1, 2], limit: 5))
        try expect(["query vector 0", "COSINE"], SearchRequest(vectors: [0, 0, 0], limit: 5))
        try expect(["'word'", "VarChar(4)"], SearchRequest(vectors: query, field: "word", limit: 5))
        try expect(
            ["'colour'", "embedding"], SearchRequest(vectors: query, field: "colour", limit: 5), code: .notFound)
        try expect(
            ["'colour'"], SearchRequest(vectors: query, limit: 5, outputFields: ["colour"]), code: .notFound)
        let many = Array(repeating: Float(1), count: 3 * 16_385)
        try expect(["16385 queries", "16384"], SearchRequest(vectors: many, limit: 1))
    }

    @Test func aCollectionThatIsNotLoadedSaysSo() throws {
        let fixture = try Fixture()
        try fixture.collection.release()
        let request = SearchRequest(vectors: [1, 2, 3], limit: 5)
        for call in [{ _ = try fixture.collection.search(request) }, { _ = try fixture.collection.get(keys: [1]) }] {
            let error = #expect(throws: ApusError.self) { try call() }
            #expect(error?.code == .notLoaded)
            #expect(error?.message.contains("load()") == true)
        }
        try fixture.collection.load()
        #expect(try fixture.collection.search(request).hits == fixture.before.hits)
    }

    @Test func anEmptyCollectionHasNoHits() throws {
        let fixture = try Fixture()
        let empty = try fixture.database.createCollection("empty", schema: Fixture.schema())
        try empty.load()
        let result = try empty.search(SearchRequest(vectors: [1, 2, 3, 4, 5, 6], limit: 10))
        #expect(result.hits == [[], []])
        #expect(result.statistics.liveRows == 0)
        #expect(try empty.get(keys: [1]) == [nil])
        try empty.flush()
        try empty.compact()
        #expect(try empty.delete(keys: [1]).rowCount == 0)
    }

    @Test func names() throws {
        let fixture = try Fixture()
        let database = fixture.database
        func expect(_ code: ApusError.Code, _ parts: [String], _ call: () throws -> Void) {
            let error = #expect(throws: ApusError.self) { try call() }
            #expect(error?.code == code)
            for part in parts {
                #expect(error?.message.contains(part) == true, "'\(part)' in: \(error?.message ?? "")")
            }
            #expect((try? database.listCollections()) == ["rows"])
        }
        let schema = try Fixture.schema()
        let long = String(repeating: "n", count: 256)
        expect(.alreadyExists, ["'rows'"]) { try database.createCollection("rows", schema: schema) }
        expect(.invalidArgument, ["256 bytes", "255"]) { try database.createCollection(long, schema: schema) }
        expect(.invalidArgument, ["'9a'"]) { try database.createCollection("9a", schema: schema) }
        expect(.invalidArgument, ["'../x'"]) { try database.createCollection("../x", schema: schema) }
        expect(.invalidArgument, ["empty"]) { try database.createCollection("", schema: schema) }
        expect(.notFound, ["'none'", "rows"]) { _ = try database.collection("none") }
        expect(.notFound, ["'none'"]) { try database.dropCollection("none") }
        expect(.notFound, ["'none'"]) { try database.renameCollection("none", to: "x") }
        expect(.alreadyExists, ["'rows'"]) { try database.renameCollection("rows", to: "rows") }
        expect(.notFound, ["'colour'"]) {
            try database.createCollection("x", schema: schema, indexes: ["colour": IndexDefinition(.flat, metric: .l2)])
        }
        expect(.invalidArgument, ["'word'"]) {
            try database.createCollection("x", schema: schema, indexes: ["word": IndexDefinition(.flat, metric: .l2)])
        }
        expect(.invalidArgument, ["M", "2 to 2048"]) {
            _ = try IndexDefinition(.hnsw, metric: .l2, parameters: ["M": 1])
        }
        expect(.invalidArgument, ["'nlist'", "M, efConstruction"]) {
            _ = try IndexDefinition(.hnsw, metric: .l2, parameters: ["nlist": 1])
        }
        expect(.notFound, ["'none'"]) { _ = try database.instance.database("none") }
        expect(.invalidArgument, ["'default'"]) { try database.instance.dropDatabase("default") }
    }

    @Test func aSecondOpenerIsToldWhoHoldsTheFolder() throws {
        let folder = TemporaryFolder()
        let first = try Database.open(at: folder.path)
        let error = #expect(throws: ApusError.self) { _ = try Database.open(at: folder.path) }
        #expect(error?.code == .locked)
        #expect(error?.message.contains("process ") == true && error?.message.contains("close it") == true)
        try first.close()
        try Database.open(at: folder.path).close()
    }

    @Test func whatWasClosedOrDroppedRefusesEverything() throws {
        let fixture = try Fixture()
        let other = try fixture.database.createCollection("other", schema: Fixture.schema())
        try fixture.database.dropCollection("other")
        try fixture.database.close()
        for collection in [fixture.collection, other] {
            let calls: [() throws -> Void] = [
                { try collection.insert(rows: [Fixture.row(100)]) }, { try collection.upsert(rows: [Fixture.row(1)]) },
                { try collection.delete(keys: [1]) }, { try collection.flush() }, { try collection.load() },
                { try collection.release() }, { try collection.compact() },
                { try collection.createIndex(on: "embedding", IndexDefinition(.flat, metric: .l2)) },
            ]
            for call in calls {
                let error = #expect(throws: ApusError.self) { try call() }
                #expect(error?.code == .closed)
            }
        }
        let error = #expect(throws: ApusError.self) { _ = try fixture.database.collection("rows") }
        #expect(error?.code == .closed)
    }
}
