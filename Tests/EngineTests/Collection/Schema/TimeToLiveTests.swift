import TestSupport
import Testing

@testable import Apus

/// Entities that are gone a time after they were written, by a clock that the tests set.
@Suite struct TimeToLiveTests {
    private let disk = SimulatedFileSystem()
    private let clock = ManualClock(1_000)

    private func open() throws -> Database {
        let clock = clock
        let options = DatabaseOptions(buildThreads: 1, clock: WallClock { clock.now })
        return try Instance(folder: "d", options: options, fileSystem: disk).database()
    }

    private func create(seconds: Int? = 100) throws -> (database: Database, collection: Collection) {
        let database = try open()
        let collection = try database.createCollection(
            "rows",
            schema: Schema(
                fields: [
                    Field("id", .int64), Field("v", .floatVector(dimension: 1)),
                    Field("word", .varchar(maxLength: 8), defaultValue: "none"),
                ], primaryKey: "id"),
            indexes: ["v": IndexDefinition(.hnsw, metric: .l2)],
            properties: seconds.map { ["collection.ttl.seconds": "\($0)"] } ?? [:])
        try collection.load()
        return (database, collection)
    }

    private func insert(_ keys: ClosedRange<Int64>, into collection: Collection) throws {
        try collection.insert(rows: keys.map { ["id": .integer($0), "v": .vector([Float($0)])] })
    }

    /// Checks by every call what is there.
    private func expect(
        _ keys: [Int64], in collection: Collection, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        #expect(collection.count == keys.count, sourceLocation: sourceLocation)
        let found = try collection.get(keys: (0...50).map { .integer($0) })
        #expect((0...50).filter { found[$0] != nil } == keys.map(Int.init), sourceLocation: sourceLocation)
        let hits = try collection.search(SearchRequest(vectors: [0], limit: 100)).hits[0]
        #expect(hits.map(\.primaryKey) == keys.map { .integer($0) }, sourceLocation: sourceLocation)
        let rows = try collection.query(QueryRequest(filter: "id >= 0", outputFields: ["id"])).rows
        #expect(rows == keys.map { ["id": .integer($0)] }, sourceLocation: sourceLocation)
    }

    @Test(arguments: [false, true]) func rowsExpireWhereverTheyAre(isSealed: Bool) throws {
        let (database, collection) = try create()
        try insert(0...4, into: collection)
        clock.now = 1_050
        try insert(5...7, into: collection)
        if isSealed { try collection.flush() }
        clock.now = 1_099
        try expect(Array(0...7), in: collection)
        clock.now = 1_100
        try expect(Array(5...7), in: collection)
        clock.now = 1_149
        try expect(Array(5...7), in: collection)
        clock.now = 1_150
        try expect([], in: collection)
        try database.close()
        let again = try open().collection("rows")
        #expect(again.count == 0)
    }

    @Test func compactionDropsThem() throws {
        let (_, collection) = try create()
        try insert(0...9, into: collection)
        try collection.flush()
        clock.now = 1_060
        try insert(10...12, into: collection)
        try collection.flush()
        clock.now = 1_110
        #expect(try collection.statistics().segments.map(\.rows).reduce(0, +) == 13)
        try collection.compact()
        #expect(try collection.statistics().segments.map(\.rows) == [3])
        try expect(Array(10...12), in: collection)
        // What is left keeps its times.
        clock.now = 1_160
        try expect([], in: collection)
        try collection.compact()
        #expect(try collection.statistics().segments.isEmpty)
    }

    @Test func expiredKeysAreFree() throws {
        let (database, collection) = try create()
        try insert(0...3, into: collection)
        try collection.flush()
        clock.now = 1_100
        #expect(try collection.delete(keys: [0, 1]).rowCount == 0)
        #expect(try collection.delete(matching: "id >= 0").rowCount == 0)
        let error = #expect(throws: ApusError.self) { try collection.update(rows: [["id": 2, "word": "new"]]) }
        #expect(error?.code == .notFound)
        try insert(2...5, into: collection)
        try expect([2, 3, 4, 5], in: collection)
        #expect(throws: ApusError.self) { try insert(2...2, into: collection) }
        // Also the old rows with these keys are gone, not only expired.
        try collection.alterProperties(["collection.ttl.seconds": "0"])
        try expect([0, 1, 2, 3, 4, 5], in: collection)
        #expect(try collection.verify().isSound)
        try database.close()
        let again = try open().collection("rows")
        try again.load()
        try expect([0, 1, 2, 3, 4, 5], in: again)
    }

    @Test func writesRenewTheTime() throws {
        let (_, collection) = try create()
        try insert(0...3, into: collection)
        clock.now = 1_050
        try collection.upsert(rows: [["id": 1, "v": .vector([1])]])
        try collection.update(rows: [["id": 2, "word": "new"]])
        clock.now = 1_100
        try expect([1, 2], in: collection)
    }

    @Test func theClockNeverGoesBack() throws {
        let (database, collection) = try create()
        try insert(0...3, into: collection)
        clock.now = 1_100
        try expect([], in: collection)
        clock.now = 900
        try expect([], in: collection)
        // Written at the latest time that was seen.
        try insert(4...5, into: collection)
        clock.now = 1_199
        try expect([4, 5], in: collection)
        clock.now = 1_000
        try collection.flush()
        try database.close()
        let again = try open().collection("rows")
        try again.load()
        try expect([4, 5], in: again)
        clock.now = 1_200
        try expect([], in: again)
    }

    /// A reader keeps the rows that were there when it began.
    @Test func anIteratorSeesOneMoment() throws {
        let (_, collection) = try create()
        try insert(0...9, into: collection)
        let iterator = try collection.queryIterator(QueryRequest(outputFields: ["id"], limit: 4))
        var found: [[String: Value]] = []
        while case let rows = try iterator.next(), !rows.isEmpty {
            found += rows
            clock.now += 60
        }
        #expect(found.count == 10)
        #expect(collection.count == 0)
    }

    @Test func propertiesAreKeptAndChecked() throws {
        let (database, collection) = try create(seconds: nil)
        #expect(collection.properties.isEmpty)
        try collection.alterProperties(["collection.ttl.seconds": "10", "mmap.enabled": "true"])
        for bad in ["", "-1", "1.5", "x", "99999999999999999999", "3155760001"] {
            let error = #expect(throws: ApusError.self) {
                try collection.alterProperties(["collection.ttl.seconds": bad, "other": "x"])
            }
            #expect(error?.code == .invalidArgument && error?.message.contains("collection.ttl.seconds") == true)
        }
        try collection.dropProperties(["mmap.enabled", "unknown"])
        try database.close()
        let again = try open().collection("rows")
        #expect(again.properties == ["collection.ttl.seconds": "10"])
    }

    /// Rows of which it is not known when they were written stay.
    @Test func aLostFileOfTimesIsReportedAndItsRowsStay() throws {
        let (database, collection) = try create()
        try insert(0...3, into: collection)
        try collection.flush()
        try database.close()
        let name = try #require(try disk.list("d/collection-1").first { $0.hasSuffix(".times") })
        try disk.remove("d/collection-1/" + name)
        clock.now = 5_000
        let again = try open().collection("rows")
        try again.load()
        #expect(again.damage.map(\.path) == ["d/collection-1/" + name])
        try expect([0, 1, 2, 3], in: again)
    }
}
