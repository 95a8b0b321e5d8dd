import Synchronization

/// A set of entities that share a schema, searched by their vectors.
///
/// Every call may come from any thread. Searches hold no lock and see the rows that were acknowledged when they
/// began; writes are taken one after the other.
///
///     let collection = try database.createCollection("glosses", schema: schema, indexes: ["embedding": index])
///     try collection.insert([FieldData("id", .int64(ids)), FieldData("embedding", .floatVector(vectors))])
///     try collection.flush()
///     try collection.load()
///     let result = try collection.search(SearchRequest(vectors: query, limit: 10))
public final class Collection: Sendable {
    /// What was found when the collection was opened.
    public let recovery: RecoveryReport

    let maintenance: Maintenance
    let writer: CollectionWriter
    private let background: BackgroundSealing
    let contracts: RecallContracts
    let audits = AuditRecords()

    /// - Parameters:
    ///   - buildThreads: threads of an index build.
    ///   - segmentBytes: bytes of rows after which a segment is sealed.
    init(
        fileSystem: any FileSystem, folder: String, buildThreads: Int, segmentBytes: Int, clock: WallClock
    ) throws {
        let damage = DamageLog()
        let recovered = try Recovery(fileSystem: fileSystem, folder: folder, damage: damage).recover()
        let schema = recovered.manifest.schema
        recovery = RecoveryReport(replayedRecords: recovered.replayedRecords, cutBytes: recovered.cutBytes)
        writer = CollectionWriter(
            schema: schema, log: recovered.log,
            clock: CollectionClock(clock, latest: recovered.latestSeconds), working: recovered.working)
        maintenance = Maintenance(
            files: SegmentFiles(fileSystem: fileSystem, folder: folder), manifest: recovered.manifest,
            writer: writer, report: damage, buildThreads: buildThreads)
        background = BackgroundSealing(maintenance: maintenance, segmentBytes: segmentBytes)
        contracts = try RecallContracts(
            files: maintenance.files, schema: schema, threads: buildThreads, damage: damage)
    }

    /// Writes the first manifest of a collection, and the beginning of its log, into an empty folder.
    static func create(
        _ fileSystem: any FileSystem, folder: String, schema: Schema, definitions: [String: IndexDefinition],
        properties: [String: String]
    ) throws {
        var manifest = CollectionManifest(
            schema: schema, definitions: definitions,
            partitions: PartitionTable(schema: schema, createdSeconds: UnixTime.seconds))
        manifest.properties = properties
        try manifest.write(fileSystem, folder: folder)
        try WriteAheadLog(fileSystem, folder: folder, continuing: LogReplay(lastSequence: 0)).close()
    }

    // MARK: Writing

    /// Inserts rows with keys that are not there yet: all of them, or none and an error.
    ///
    /// - Parameter partition: the partition that the rows go to; nil for the default one. Left out where a partition
    ///   key decides.
    /// - Throws: `ApusError` that names field and row of what is wrong; `alreadyExists` for a taken key, whichever
    ///   partition has it; `notFound` for a partition that is not there.
    @discardableResult
    public func insert(
        _ fields: [FieldData], partition: String? = nil, sync: SyncPolicy = .everyWrite
    ) throws -> WriteResult {
        try write { try writer.insert(encoder.encode(fields), partition: partition, sync: sync) }
    }

    @discardableResult
    public func insert(
        rows: [[String: Value]], partition: String? = nil, sync: SyncPolicy = .everyWrite
    ) throws -> WriteResult {
        try write { try writer.insert(encoder.encode(rows: rows), partition: partition, sync: sync) }
    }

    /// Inserts rows; entities with the same keys are replaced, whichever partition they are in.
    @discardableResult
    public func upsert(
        _ fields: [FieldData], partition: String? = nil, sync: SyncPolicy = .everyWrite
    ) throws -> WriteResult {
        try write { try writer.upsert(encoder.encode(fields), partition: partition, sync: sync) }
    }

    @discardableResult
    public func upsert(
        rows: [[String: Value]], partition: String? = nil, sync: SyncPolicy = .everyWrite
    ) throws -> WriteResult {
        try write { try writer.upsert(encoder.encode(rows: rows), partition: partition, sync: sync) }
    }

    /// Deletes the entities with these keys; keys that are not there are passed over. `rowCount` says how many went.
    ///
    /// - Parameter partition: the partition whose entities go; nil for all.
    @discardableResult
    public func delete(
        keys: [PrimaryKey], partition: String? = nil, sync: SyncPolicy = .everyWrite
    ) throws -> WriteResult {
        try check(keys)
        return try ApusError.translating { try writer.delete(keys, partition: partition, sync: sync) }
    }

    var encoder: BatchEncoder {
        BatchEncoder(schema: schema, metrics: schema.metrics(writer.state.definitions))
    }

    func write(_ body: () throws -> WriteResult) throws -> WriteResult {
        try background.admit(writer.state.growing.byteCount)
        let result = try ApusError.translating(body)
        background.noteGrowth(writer.state.growing.byteCount)
        return result
    }

    // MARK: Reading

    /// The nearest entities of each query vector.
    public func search(_ request: SearchRequest) throws -> SearchResult {
        try writer.requireOpen()
        return try ApusError.translating { try searcher.search(request) }
    }

    /// How a search would go: per segment the rows that it may return, the strategies with their expected costs, and the
    /// one that is taken. Nothing is searched.
    public func explain(_ request: SearchRequest) throws -> Explanation {
        try writer.requireOpen()
        return try ApusError.translating { try Explainer(prepared(request)).explain() }
    }

    /// Runs a search and says how it went: time and work of each segment, and the recall, measured against all permitted
    /// rows, which takes far longer than the search.
    public func explainAnalyze(_ request: SearchRequest) throws -> Explanation {
        try writer.requireOpen()
        return try ApusError.translating { try Explainer(prepared(request)).explainAnalyzed() }
    }

    private func prepared(_ request: SearchRequest) throws -> PreparedSearch {
        try PreparedSearch(request, state: writer.state, contracts: contracts)
    }

    /// The entities with these keys, in their order, nil for keys that are not there.
    ///
    /// - Parameter outputFields: nil or `*` for all fields. A name that is no field is a key of the dynamic field, if
    ///   there is one; entities without the key have no value under that name.
    public func get(keys: [PrimaryKey], outputFields: [String]? = nil) throws -> [[String: Value]?] {
        try writer.requireOpen()
        try check(keys)
        let state = state
        let outputs = try OutputFields(outputFields ?? ["*"], schema: state.schema)
        guard state.isLoaded else {
            throw ApusError(.notLoaded, "the collection is not loaded; call load() before get")
        }
        return try ApusError.translating {
            try keys.map { key in
                guard let (place, row) = state.locate(key) else { return nil }
                try state.requireLoaded(state.partition(at: place, row: row))
                return try outputs.values(of: state.segment(at: place), row: row)
            }
        }
    }

    /// The fields that there are now.
    public var schema: Schema { writer.state.schema }

    /// How many entities there are.
    public var count: Int { state.liveCount }

    /// Whether any partition is in memory.
    public var isLoaded: Bool { writer.state.isLoaded }

    private var searcher: Searcher { Searcher(state: state, contracts: contracts) }

    /// What searches the state of now, for an answer that takes several searches.
    func openSearcher() throws -> Searcher {
        try writer.requireOpen()
        return searcher
    }

    private func check(_ keys: [PrimaryKey]) throws {
        let name = schema.primaryKey.name
        for (row, key) in keys.enumerated() {
            do {
                _ = try ValueCodec.encode(key.value, as: schema.primaryKey.type)
            } catch {
                throw ApusError(.invalidArgument, "key \(row) of '\(name)': \(error)")
            }
        }
    }

    // MARK: Maintenance

    /// Seals all rows into files and builds the indexes that are missing. Returns when both are durable; searches and
    /// writes go on meanwhile.
    public func flush(progress: BuildProgress = .silent) throws {
        try background.flush(progress: progress)
    }

    /// Brings vectors, scalars and indexes into memory, which searching needs. Builds indexes that are missing; those
    /// that a full disk does not take are left to the next `flush` or `load`, and their rows are scanned exactly.
    ///
    /// Partitions that are made later are in memory from the beginning.
    public func load(progress: BuildProgress = .silent) throws {
        try ApusError.translating { try maintenance.load(progress: progress) { _ in .all } }
    }

    /// Gives the memory of `load` back. Writes and counting go on; searches are refused.
    public func release() throws {
        try ApusError.translating { try maintenance.release { _ in .none } }
    }

    /// Merges segments that are small or have deleted rows, and gives their space back.
    public func compact(progress: BuildProgress = .silent) throws {
        try ApusError.translating {
            try maintenance.compact(progress: progress)
            try contracts.renew(state)
        }
    }

    /// Indexes a vector field anew; one there was is replaced.
    ///
    /// After an error the new definition may be in force while its index is not built: rows are then scanned exactly
    /// until the next `flush` or `load` builds it.
    public func createIndex(
        on field: String, _ definition: IndexDefinition, progress: BuildProgress = .silent
    ) throws {
        let position = try vectorFieldPosition(field)
        try definition.check(fits: schema.fields[position], of: schema)
        try ApusError.translating {
            try maintenance.createIndex(definition, field: position, progress: progress)
        }
    }

    /// Removes the index of a vector field, which is then scanned exactly by COSINE, or all indexes of a scalar field.
    public func dropIndex(on field: String) throws {
        let position = try schema.requirePosition(of: field)
        guard schema.fields[position].type.isVector else { return try dropScalarIndexes(on: field) }
        guard indexDefinitions[field] != nil else {
            throw ApusError(.notFound, "field '\(field)' has no index")
        }
        try ApusError.translating { try maintenance.createIndex(nil, field: position, progress: .silent) }
    }

    /// How each indexed field is indexed.
    public var indexDefinitions: [String: IndexDefinition] { writer.state.definitions }

    /// Damage found since the collection was opened. What it concerns is left out of results.
    public var damage: [Damage] { maintenance.report.all }

    private func vectorFieldPosition(_ name: String) throws -> Int {
        let position = try schema.requirePosition(of: name)
        guard schema.fields[position].type.isVector else {
            throw ApusError(
                .invalidArgument, "field '\(name)' is of type \(schema.fields[position].type), not a vector field")
        }
        return position
    }

    /// What readers see now.
    var state: CollectionState { writer.visibleState }

    /// Ends background work and the log. Later reads and writes get the error `closed`; searches under way are
    /// finished.
    func close() throws {
        background.stop()
        try ApusError.translating { try maintenance.close() }
    }
}

/// What was found when a collection was opened.
public struct RecoveryReport: Sendable, Hashable {
    /// Log records that were applied again.
    public let replayedRecords: Int
    /// Bytes of writes that had not been acknowledged and were cut off.
    public let cutBytes: Int
}
