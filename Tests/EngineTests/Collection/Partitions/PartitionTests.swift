import Common
import TestSupport
import Testing

@testable import Apus

/// A collection on a simulated disk whose rows follow from their keys.
struct PartitionFixture {
    static let dimension = 8
    let disk = SimulatedFileSystem()
    let instance: Instance
    let collection: Collection

    init(
        partitionKey: Bool = false, definition: IndexDefinition? = nil, partitionCount: Int = 16
    ) throws {
        instance = try Self.open(disk)
        collection = try instance.database().createCollection(
            "c", schema: Self.schema(partitionKey: partitionKey, partitionCount: partitionCount),
            indexes: definition.map { ["v": $0] } ?? [:])
    }

    static func schema(partitionKey: Bool, partitionCount: Int = 16) throws -> Schema {
        try Schema(
            fields: [
                Field("id", .int64), Field("tenant", .varchar(maxLength: 16), isPartitionKey: partitionKey),
                Field("v", .floatVector(dimension: dimension)),
            ], primaryKey: "id", partitionCount: partitionCount)
    }

    static func open(_ disk: SimulatedFileSystem) throws -> Instance {
        try Instance(folder: "d", options: DatabaseOptions(buildThreads: 1), fileSystem: disk)
    }

    static func vector(_ key: Int64) -> [Float] {
        var random = RandomSource(seed: UInt64(bitPattern: key) &* 31 &+ 7)
        return (0..<dimension).map { _ in Float.random(in: -1...1, using: &random) }
    }

    static func fields(_ keys: some Sequence<Int64>, tenant: String = "t") -> [FieldData] {
        let keys = Array(keys)
        return [
            FieldData("id", .int64(keys)), FieldData("tenant", .varchar(keys.map { _ in tenant })),
            FieldData("v", .floatVector(keys.flatMap(vector))),
        ]
    }

    static func request(_ partitions: [String] = [], limit: Int = 10, query: Int64 = -1) -> SearchRequest {
        var request = SearchRequest(vectors: vector(query), limit: limit)
        request.partitions = partitions
        return request
    }

    func keys(_ partitions: [String] = [], in collection: Collection? = nil) throws -> [PrimaryKey] {
        try (collection ?? self.collection).search(Self.request(partitions, limit: 1_000)).hits[0]
            .map(\.primaryKey).sorted()
    }
}

private func message(_ code: ApusError.Code, _ body: () throws -> Void) -> String {
    let error = #expect(throws: ApusError.self) { try body() }
    #expect(error?.code == code)
    return error?.message ?? ""
}

@Suite struct PartitionTests {
    @Test func rowsAreFoundInTheirPartitions() throws {
        let fixture = try PartitionFixture(definition: IndexDefinition(.hnsw, metric: .l2))
        let collection = fixture.collection
        #expect(try collection.createPartition("red"))
        #expect(try !collection.createPartition("red"))
        #expect(try collection.createPartition("2-blue"))
        #expect(try collection.listPartitions() == ["_default", "red", "2-blue"])
        try collection.insert(PartitionFixture.fields(0..<10))
        try collection.insert(PartitionFixture.fields(10..<30), partition: "red")
        try collection.load()
        for stage in ["growing", "sealed", "merged"] {
            #expect(try fixture.keys() == (0..<30).map { .integer($0) }, "\(stage)")
            #expect(try fixture.keys(["red"]) == (10..<30).map { .integer($0) }, "\(stage)")
            #expect(try fixture.keys(["_default", "2-blue"]) == (0..<10).map { .integer($0) }, "\(stage)")
            #expect(try fixture.keys(["2-blue"]) == [], "\(stage)")
            #expect(try collection.describePartitions().map(\.liveRows) == [10, 20, 0], "\(stage)")
            if stage == "growing" { try collection.flush() } else { try collection.compact() }
        }
        let one = try collection.search(PartitionFixture.request(["red"])).statistics
        #expect(one.segmentsSearched == 1)
        #expect(one.liveRows == 20)
        #expect(try collection.search(PartitionFixture.request()).statistics.segmentsSearched == 2)
        #expect(try collection.search(PartitionFixture.request(["2-blue"])).statistics.segmentsSearched == 0)
    }

    @Test func aKeyIsInOnePartition() throws {
        let fixture = try PartitionFixture()
        let collection = fixture.collection
        try collection.createPartition("p")
        try collection.insert(PartitionFixture.fields(0..<4))
        try collection.flush()
        #expect(
            message(.alreadyExists) { try collection.insert(PartitionFixture.fields([3]), partition: "p") }
                .contains("3"))
        try collection.upsert(PartitionFixture.fields([3, 4]), partition: "p")
        try collection.load()
        #expect(try fixture.keys(["_default"]) == [0, 1, 2])
        #expect(try fixture.keys(["p"]) == [3, 4])
        #expect(try collection.delete(keys: [0, 3], partition: "p").rowCount == 1)
        #expect(try fixture.keys() == [0, 1, 2, 4])
    }

    @Test func aDroppedPartitionTakesItsRowsWithIt() throws {
        let fixture = try PartitionFixture(definition: IndexDefinition(.hnsw, metric: .l2))
        let collection = fixture.collection
        try collection.createPartition("p")
        try collection.insert(PartitionFixture.fields(0..<20))
        try collection.insert(PartitionFixture.fields(20..<40), partition: "p")
        try collection.flush()
        let files = try fixture.disk.list("d/collection-1").count
        try collection.insert(PartitionFixture.fields(40..<50), partition: "p")
        try collection.load()
        #expect(
            message(.invalidArgument) { try collection.dropPartition("p") }
                .contains("partition cannot be dropped, partition is loaded, please release it first"))
        try collection.release(partitions: ["p"])
        #expect(try collection.dropPartition("p"))
        #expect(try !collection.dropPartition("p"))
        #expect(try fixture.keys() == (0..<20).map { .integer($0) })
        #expect(try fixture.disk.list("d/collection-1").count == files - 5)
        // The name comes back empty, and its rows do not come back with it.
        try collection.createPartition("p")
        #expect(try fixture.keys(["p"]) == [])
        try collection.insert(PartitionFixture.fields(40..<42), partition: "p")
        try fixture.instance.close()
        let reopened = try PartitionFixture.open(fixture.disk).database().collection("c")
        #expect(reopened.count == 22)
        try reopened.load()
        #expect(try fixture.keys(["p"], in: reopened) == [40, 41])
    }

    @Test func loadingGoesByPartition() throws {
        let fixture = try PartitionFixture()
        let collection = fixture.collection
        try collection.createPartition("p")
        try collection.createPartition("q")
        try collection.insert(PartitionFixture.fields(0..<5))
        try collection.insert(PartitionFixture.fields(5..<9), partition: "p")
        try collection.flush()
        try collection.insert(PartitionFixture.fields(9..<12), partition: "p")
        #expect(message(.notLoaded) { _ = try fixture.keys() }.contains("not loaded"))
        try collection.load(partitions: ["p"])
        #expect(try collection.isLoaded(partition: "p"))
        #expect(try !collection.isLoaded(partition: "q"))
        #expect(collection.isLoaded)
        #expect(try fixture.keys() == (5..<12).map { .integer($0) })
        #expect(
            message(.notLoaded) { _ = try fixture.keys(["p", "q"]) }.contains("partition not loaded[partition=q]"))
        #expect(message(.notLoaded) { _ = try collection.get(keys: [0]) }.contains("_default"))
        #expect(try collection.get(keys: [5, 100], outputFields: ["tenant"]) == [["tenant": "t"], nil])
        #expect(collection.state.sealed.count { $0.contents != nil } == 1)
        try collection.load()
        #expect(try fixture.keys() == (0..<12).map { .integer($0) })
        try collection.createPartition("later")
        #expect(try collection.isLoaded(partition: "later"))
        try collection.release(partitions: ["p"])
        #expect(try fixture.keys() == (0..<5).map { .integer($0) })
        try collection.release(partitions: ["_default", "q", "later"])
        #expect(!collection.isLoaded)
        #expect(message(.notLoaded) { _ = try fixture.keys() }.contains("not loaded"))
    }

    @Test func errorsNameThePartition() throws {
        let fixture = try PartitionFixture()
        let collection = fixture.collection
        try collection.load()
        let rows = PartitionFixture.fields([1])
        #expect(
            message(.notFound) { try collection.insert(rows, partition: "X") }
                .contains("partition not found[partition=X]"))
        #expect(
            message(.notFound) { try collection.upsert(rows, partition: "X") }
                .contains("partition not found[partition=X]"))
        #expect(
            message(.notFound) { try collection.load(partitions: ["X"]) }.contains("partition not found[partition=X]"))
        #expect(
            message(.notFound) { try collection.release(partitions: ["X"]) }
                .contains("partition not found[partition=X]"))
        #expect(message(.notFound) { _ = try fixture.keys(["X"]) }.contains("partition name X not found"))
        #expect(
            message(.invalidArgument) { try collection.dropPartition("_default") }
                .contains("default partition cannot be deleted"))
        #expect(
            message(.invalidArgument) { try collection.createPartition("$x") }.contains(
                "Invalid partition name: $x. The first character of a partition name must be an underscore or letter."))
        for name in ["", "a b", String(repeating: "a", count: 256)] {
            #expect(message(.invalidArgument) { try collection.createPartition(name) }.contains("artition name"))
        }
        #expect(collection.count == 0)
    }

    @Test func partitionsAreLimited() throws {
        let fixture = try PartitionFixture()
        for number in 1..<Limits.partitionsPerCollection { try fixture.collection.createPartition("p\(number)") }
        #expect(
            message(.invalidArgument) { try fixture.collection.createPartition("more") }
                .contains("partition number (1025) exceeds max configuration (1024)"))
        try fixture.collection.dropPartition("p7")
        #expect(try fixture.collection.createPartition("more"))
    }

    @Test func aPartitionKeyDividesRows() throws {
        let fixture = try PartitionFixture(
            partitionKey: true, definition: IndexDefinition(.flat, metric: .l2), partitionCount: 4)
        let collection = fixture.collection
        #expect(try collection.listPartitions() == (0..<4).map { "_default_\($0)" })
        for tenant in 0..<10 as Range<Int64> {
            try collection.insert(PartitionFixture.fields(tenant * 10..<tenant * 10 + 10, tenant: "tenant \(tenant)"))
        }
        let counts = try collection.describePartitions().map(\.liveRows)
        #expect(counts.reduce(0, +) == 100)
        #expect(counts.count { $0 > 0 } > 1)
        try collection.flush()
        #expect(collection.state.sealed.count == counts.count { $0 > 0 })
        try collection.load()
        #expect(try fixture.keys().count == 100)
        let refusal = "not support manually specifying the partition names if partition key mode is used"
        for call in [
            { try collection.insert(PartitionFixture.fields([1]), partition: "_default_0") },
            { try collection.createPartition("p") }, { try collection.dropPartition("_default_0") },
            { _ = try fixture.keys(["_default_0"]) }, { try collection.load(partitions: ["_default_0"]) },
            { try collection.release(partitions: ["_default_0"]) },
            { try collection.delete(keys: [1], partition: "_default_0") },
        ] as [() throws -> Void] {
            #expect(message(.invalidArgument, call).contains(refusal))
        }
    }

    @Test func partitionsComeBackAfterRestartsAndRepeats() throws {
        let fixture = try PartitionFixture(definition: IndexDefinition(.hnsw, metric: .l2))
        var collection = fixture.collection
        var instance = fixture.instance
        for round in 0..<4 as Range<Int64> {
            try collection.createPartition("p\(round)")
            try collection.upsert(PartitionFixture.fields(round * 10..<round * 10 + 15), partition: "p\(round)")
            if round % 2 == 1 { try collection.flush() }
            try instance.close()
            instance = try PartitionFixture.open(fixture.disk)
            collection = try instance.database().collection("c")
        }
        #expect(try collection.describePartitions().map(\.liveRows) == [0, 10, 10, 10, 15])
        try collection.createIndex(on: "v", IndexDefinition(.flat, metric: .cosine))
        try collection.load()
        #expect(try fixture.keys(["p1"], in: collection) == (10..<20).map { .integer($0) })
        #expect(try collection.verify().isSound)
    }
}
