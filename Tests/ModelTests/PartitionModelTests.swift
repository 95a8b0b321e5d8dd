import Common
import TestSupport
import Testing

@testable import Apus

/// Random lives of a partitioned collection against a dictionary: rows are in the partition they were written to last,
/// searches of partitions find these rows and no others, and what was dropped never comes back.
@Suite struct PartitionModelTests {
    @Test(arguments: [false, true], 0..<8 as Range<UInt64>)
    func aPartitionedCollectionIsADictionary(isHashed: Bool, stream: UInt64) {
        let seed = testSeed(41_000) &+ stream
        var step = "the opening"
        do {
            let run = try PartitionModelRun(seed: seed, isHashed: isHashed)
            for number in 0..<160 {
                step = "operation \(number)"
                try run.performAny()
            }
        } catch {
            Issue.record(
                "APUS_TEST_SEED=\(testSeed(41_000)), stream \(stream), hashed \(isHashed), \(step): \(error)")
        }
    }
}

private final class PartitionModelRun {
    private struct Row: Equatable {
        var partition: String
        var vector: [Float]
        var tenant: Int64
    }

    private var random: RandomSource
    private let isHashed: Bool
    private var disk = SimulatedFileSystem()
    private var instance: Instance
    private var collection: Collection
    private var rows: [Int64: Row] = [:]
    private var partitions: [String]
    /// nil: nothing is loaded.
    private var loaded: LoadedModel = .none
    private var namesUsed = 0

    private enum LoadedModel: Equatable {
        case none
        case only(Set<String>)
        case allExcept(Set<String>)

        func contains(_ name: String) -> Bool {
            switch self {
            case .none: false
            case .only(let names): names.contains(name)
            case .allExcept(let names): !names.contains(name)
            }
        }
    }

    init(seed: UInt64, isHashed: Bool) throws {
        random = RandomSource(seed: seed)
        self.isHashed = isHashed
        instance = try Self.open(disk)
        let schema = try Schema(
            fields: [
                Field("id", .int64), Field("tenant", .int64, isPartitionKey: isHashed),
                Field("v", .floatVector(dimension: 3)),
            ], primaryKey: "id", partitionCount: isHashed ? 3 : 16)
        let type: IndexType = seed % 2 == 0 ? .flat : .hnsw
        collection = try instance.database().createCollection(
            "c", schema: schema, indexes: ["v": IndexDefinition(type, metric: .l2)])
        partitions = isHashed ? ["_default_0", "_default_1", "_default_2"] : ["_default"]
    }

    private static func open(_ disk: SimulatedFileSystem) throws -> Instance {
        try Instance(folder: "m", options: DatabaseOptions(buildThreads: 1, segmentBytes: 3_000), fileSystem: disk)
    }

    // MARK: Operations

    func performAny() throws {
        switch Int.random(in: 0..<20, using: &random) {
        case 0..<6: try write(isUpsert: false)
        case 6..<10: try write(isUpsert: true)
        case 10, 11: try delete()
        case 12 where !isHashed: try create()
        case 13 where !isHashed: try drop()
        case 14: try collection.flush()
        case 15: try collection.compact()
        case 16: try loadOrRelease()
        case 17: try reopen()
        default: break
        }
        try compare()
    }

    private func write(isUpsert: Bool) throws {
        let partition = partitions.randomElement(using: &random)!
        let keys = Set(
            (0..<Int.random(in: 1...12, using: &random)).map { _ in Int64.random(in: 0..<200, using: &random) }
        )
        .filter { isUpsert || rows[$0] == nil }.sorted()
        guard !keys.isEmpty else { return }
        let written = keys.map { _ in
            Row(
                partition: partition, vector: (0..<3).map { _ in Float(Int.random(in: -20...20, using: &random)) },
                tenant: Int64.random(in: 0..<9, using: &random))
        }
        let fields = [
            FieldData("id", .int64(keys)), FieldData("tenant", .int64(written.map(\.tenant))),
            FieldData("v", .floatVector(written.flatMap(\.vector))),
        ]
        let name = isHashed || partition == "_default" && Bool.random(using: &random) ? nil : partition
        if isUpsert {
            try collection.upsert(fields, partition: name)
        } else {
            try collection.insert(fields, partition: name)
        }
        for (key, row) in zip(keys, written) {
            rows[key] = row
            if isHashed { rows[key]!.partition = hashed(row.tenant) }
        }
    }

    /// The partition of a tenant, told by the rows of it that a search finds.
    private func hashed(_ tenant: Int64) -> String {
        "_default_\(PartitionKey.partition(of: .integer(tenant), schema: collection.schema)!)"
    }

    private func delete() throws {
        let keys = (0..<20).map { _ in Int64.random(in: 0..<200, using: &random) }
        let partition = isHashed || Bool.random(using: &random) ? nil : partitions.randomElement(using: &random)!
        let present = Set(keys).filter { rows[$0].map { partition == nil || $0.partition == partition } ?? false }
        let result = try collection.delete(keys: keys.map { .integer($0) }, partition: partition)
        guard result.rowCount == present.count else { throw ModelMismatch("\(result.rowCount) rows were deleted") }
        for key in present { rows[key] = nil }
    }

    private func create() throws {
        namesUsed += 1
        // Names come back, numbers do not.
        let name = "p\(namesUsed % 5)"
        guard try collection.createPartition(name) == !partitions.contains(name) else {
            throw ModelMismatch("making \(name) among \(partitions)")
        }
        if !partitions.contains(name) { partitions.append(name) }
    }

    private func drop() throws {
        let name = partitions.randomElement(using: &random)!
        do {
            guard try collection.dropPartition(name) else { throw ModelMismatch("\(name) was not there") }
        } catch let error as ApusError where error.code == .invalidArgument {
            guard name == "_default" || loaded.contains(name) else { throw error }
            return
        }
        guard name != "_default", !loaded.contains(name) else { throw ModelMismatch("\(name) was dropped") }
        partitions.removeAll { $0 == name }
        rows = rows.filter { $0.value.partition != name }
        switch loaded {
        case .allExcept(let names): loaded = .allExcept(names.subtracting([name]))
        default: break
        }
    }

    private func loadOrRelease() throws {
        let names = Set(partitions.filter { _ in Bool.random(using: &random) })
        switch Int.random(in: 0..<5, using: &random) {
        case 0, 1:
            try collection.load()
            loaded = .allExcept([])
        case 2 where !isHashed && !names.isEmpty:
            try collection.load(partitions: names.sorted())
            switch loaded {
            case .none: loaded = .only(names)
            case .only(let present): loaded = .only(present.union(names))
            case .allExcept(let released): loaded = .allExcept(released.subtracting(names))
            }
        case 3 where !isHashed:
            try collection.release(partitions: names.sorted())
            switch loaded {
            case .none: break
            case .only(let present): loaded = .only(present.subtracting(names))
            case .allExcept(let released): loaded = .allExcept(released.union(names))
            }
            if !partitions.contains(where: loaded.contains) { loaded = .none }
        case 4:
            try collection.release()
            loaded = .none
        default: break
        }
    }

    private func reopen() throws {
        let isCut = Bool.random(using: &random)
        let after = isCut ? disk.crash(survival: UInt64.random(in: 0..<50, using: &random)) : disk
        try instance.close()
        disk = after
        instance = try Self.open(disk)
        collection = try instance.database().collection("c")
        loaded = .none
    }

    // MARK: Comparing

    private func compare() throws {
        guard try collection.listPartitions() == partitions, collection.count == rows.count, collection.damage.isEmpty
        else {
            throw ModelMismatch(
                "\(try collection.listPartitions()) of \(collection.count) rows, not \(partitions) of \(rows.count)")
        }
        for partition in try collection.describePartitions() {
            let live = rows.values.count { $0.partition == partition.name }
            guard partition.liveRows == live, partition.isLoaded == loaded.contains(partition.name) else {
                throw ModelMismatch("\(partition) has \(live) rows, loaded: \(loaded)")
            }
        }
        try compareSearch(names: [])
        if !isHashed { try compareSearch(names: partitions.filter { _ in Bool.random(using: &random) }) }
        try compareSegments()
    }

    private func compareSearch(names: [String]) throws {
        let query = (0..<3).map { _ in Float(Int.random(in: -20...20, using: &random)) }
        var request = SearchRequest(vectors: query, limit: 300, outputFields: ["tenant", "v"])
        request.partitions = names
        guard loaded != .none, names.allSatisfy(loaded.contains) else {
            do {
                _ = try collection.search(request)
            } catch let error as ApusError where error.code == .notLoaded {
                return
            }
            throw ModelMismatch("\(names) were searched, though only \(loaded) is loaded")
        }
        let searched = names.isEmpty ? partitions.filter(loaded.contains) : names
        let wanted = rows.filter { searched.contains($0.value.partition) }
        let hits = try collection.search(request).hits[0]
        guard hits.map(\.primaryKey).sorted() == wanted.keys.sorted().map({ .integer($0) }) else {
            throw ModelMismatch("a search of \(searched) finds \(hits.count) of \(wanted.count) rows")
        }
        for hit in hits {
            guard case .integer(let key) = hit.primaryKey, let row = rows[key],
                hit.fields == ["tenant": .integer(row.tenant), "v": .vector(row.vector)]
            else { throw ModelMismatch("nobody wrote \(hit)") }
        }
    }

    /// Every row lies in a segment of its partition.
    private func compareSegments() throws {
        for segment in collection.state.sealed {
            let name = collection.state.partitions.partition(numbered: segment.record.partition)?.name
            for row in 0..<segment.record.rowCount where segment.rows.contains(row) {
                guard case .integer(let key) = segment.key(at: row), rows[key]?.partition == name else {
                    throw ModelMismatch("a row of \(String(describing: name)) lies in segment \(segment.identifier)")
                }
            }
        }
    }
}
