import TestSupport
import Testing

@testable import Apus

/// Rows of a seeded random walk through a small space, and a collection that holds them.
struct Fixture {
    let folder = TemporaryFolder()
    let dimension = 16

    func vectors(_ count: Int, seed: UInt64) -> [Float] {
        var state = seed
        return (0..<count * dimension).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Float(Int64(bitPattern: state) >> 40) / Float(1 << 23)
        }
    }

    func schema() throws -> Schema {
        try Schema(
            fields: [
                Field("id", .int64), Field("embedding", .floatVector(dimension: dimension)),
                Field("word", .varchar(maxLength: 32), isNullable: true),
            ], primaryKey: "id")
    }
}

@Test(arguments: [IndexType.flat, .hnsw], Metric.dense)
func insertedRowsAreFoundBeforeAndAfterEachStage(type: IndexType, metric: Metric) throws {
    let fixture = Fixture()
    let database = try Database.open(at: fixture.folder.path)
    var collection = try database.createCollection(
        "rows", schema: fixture.schema(), indexes: ["embedding": IndexDefinition(type, metric: metric)])
    let count = 3_000
    let vectors = fixture.vectors(count, seed: 5)
    try collection.insert([
        FieldData("id", .int64(Array(0..<Int64(count)))), FieldData("embedding", .floatVector(vectors)),
        FieldData("word", .varchar((0..<count).map { "word \($0)" })),
    ])
    try collection.load()
    let query = Array(vectors[16 * 700..<16 * 701])
    let request = SearchRequest(vectors: query, limit: 10, outputFields: ["word", "embedding"])
    let growing = try collection.search(request)
    try collection.flush()
    let sealed = try collection.search(request)
    #expect(growing.hits == sealed.hits)
    #expect(sealed.plan.segmentsScanned == 0)
    if metric != .innerProduct {
        #expect(sealed.hits[0][0].primaryKey == 700)
        #expect(sealed.hits[0][0].fields == ["word": "word 700", "embedding": .vector(query)])
    }
    try database.close()

    let reopened = try Database.open(at: fixture.folder.path)
    collection = try reopened.collection("rows")
    #expect(collection.count == count)
    #expect(throws: ApusError.self) { try collection.search(request) }
    try collection.load()
    #expect(try collection.search(request).hits == sealed.hits)
    try reopened.close()
}

@Test func deletedAndReplacedRowsStayGone() throws {
    let fixture = Fixture()
    let database = try Database.open(at: fixture.folder.path)
    let collection = try database.createCollection(
        "rows", schema: fixture.schema(), indexes: ["embedding": IndexDefinition(.hnsw, metric: .l2)])
    let vectors = fixture.vectors(500, seed: 9)
    try collection.insert([
        FieldData("id", .int64(Array(0..<500))), FieldData("embedding", .floatVector(vectors)),
    ])
    try collection.flush()
    try collection.load()
    #expect(try collection.delete(keys: [3, 4, 999]).rowCount == 2)
    try collection.upsert(rows: [["id": 5, "embedding": .vector(Array(vectors[0..<16])), "word": "new"]])
    #expect(collection.count == 498)
    try collection.compact()
    #expect(collection.count == 498)
    #expect(collection.state.sealed.count == 1)
    #expect(try collection.get(keys: [3, 5], outputFields: ["word"]) == [nil, ["word": "new"]])
    try database.close()
    let reopened = try Database.open(at: fixture.folder.path)
    #expect(try reopened.collection("rows").count == 498)
    try reopened.close()
}

@Test func aClosedCollectionRefusesEveryCall() throws {
    let fixture = Fixture()
    let database = try Database.open(at: fixture.folder.path)
    let collection = try database.createCollection("rows", schema: fixture.schema())
    let vector = fixture.vectors(1, seed: 3)
    try collection.insert(rows: [["id": 1, "embedding": .vector(vector)]])
    try collection.load()
    try database.close()
    let calls: [() throws -> Void] = [
        { _ = try collection.search(SearchRequest(vectors: vector, limit: 1)) },
        { _ = try collection.get(keys: [1]) },
        { try collection.insert(rows: [["id": 2, "embedding": .vector(vector)]]) },
        { try collection.delete(keys: [1]) },
        { try collection.flush() },
        { try collection.load() },
        { try collection.release() },
        { try collection.compact() },
        { _ = try database.listCollections() },
        { _ = try database.instance.database() },
    ]
    for (number, call) in calls.enumerated() {
        let error = #expect(throws: ApusError.self, "call \(number)") { try call() }
        #expect(error?.code == .closed, "call \(number)")
    }
}
