import Synchronization

/// What a write did.
public struct WriteResult: Sendable, Hashable {
    /// The keys of the rows in the order given; for a deletion the keys that were asked for.
    public let keys: [PrimaryKey]
    /// Rows inserted or deleted.
    public let rowCount: Int
    /// Number of the write in the collection's log; rises by one a write.
    public let sequence: UInt64
}

/// The only place where the rows of a collection change.
///
/// A write is logged and applied to the working state under one lock; readers see it when it is as durable as its
/// policy asks.
final class CollectionWriter: Sendable {
    struct Working: Sendable {
        var state: CollectionState
        var nextAutomaticKey: Int64
        /// The last record in the log.
        var sequence: UInt64
    }

    let schema: Schema
    let log: WriteAheadLog
    private let working: Mutex<Working>
    private let published: Mutex<CollectionState>
    private let isClosed = Atomic(false)

    init(schema: Schema, log: WriteAheadLog, working: Working) {
        self.schema = schema
        self.log = log
        self.working = Mutex(working)
        published = Mutex(working.state)
    }

    /// What readers see.
    var state: CollectionState { published.withLock { $0 } }

    /// Ends the log. Later reads and writes are refused.
    func close() throws {
        isClosed.store(true, ordering: .releasing)
        try log.close()
    }

    /// - Throws: `ApusError` with code `closed` after `close`.
    func requireOpen() throws {
        if isClosed.load(ordering: .acquiring) { throw ApusError.collectionClosed }
    }

    var nextAutomaticKey: Int64 { working.withLock { $0.nextAutomaticKey } }

    // MARK: Writes

    /// - Parameter partition: name of the partition that the rows go to; nil for the default one, and where a partition
    ///   key decides.
    func insert(_ batch: Batch, partition: String? = nil, sync: SyncPolicy) throws -> WriteResult {
        try write(sync) { working in
            var batch = batch
            batch.partition = try working.state.partitionToWrite(partition)
            batch = try withAutomaticKeys(batch, &working)
            let keys = batch.allKeys(schema)
            try refuseRepeated(keys)
            for (row, key) in keys.enumerated() where working.state.locate(key) != nil {
                throw ApusError(
                    .alreadyExists, "row \(row): the key \(key) is taken; use upsert to replace its entity")
            }
            try append(.insert, batch, &working)
            working.state.append(batch)
            return WriteResult(keys: keys, rowCount: batch.rowCount, sequence: working.sequence)
        }
    }

    /// An entity with the same key goes, whichever partition it is in.
    func upsert(_ batch: Batch, partition: String? = nil, sync: SyncPolicy) throws -> WriteResult {
        guard schema.keyAssignment == .byCaller else {
            throw ApusError(
                .invalidArgument, "the collection assigns keys itself, so nothing can be upserted; use insert")
        }
        return try write(sync) { working in
            var batch = batch
            batch.partition = try working.state.partitionToWrite(partition)
            let keys = batch.allKeys(schema)
            try refuseRepeated(keys)
            try append(.upsert, batch, &working)
            _ = working.state.delete(keys)
            working.state.append(batch)
            return WriteResult(keys: keys, rowCount: batch.rowCount, sequence: working.sequence)
        }
    }

    /// - Parameter partition: name of the partition whose entities go; nil for all.
    func delete(_ keys: [PrimaryKey], partition: String? = nil, sync: SyncPolicy) throws -> WriteResult {
        let payload = try DeletionCodec.payload(keys, type: schema.primaryKey.type)
        guard payload.count <= Limits.writeBytes else {
            throw ApusError(
                .invalidArgument,
                "the keys have \(payload.count) bytes; at most \(Limits.writeBytes) fit into one write, so split them")
        }
        return try write(sync) { working in
            let present = try working.state.keys(keys, inPartition: partition)
            guard !present.isEmpty else {
                return WriteResult(keys: keys, rowCount: 0, sequence: working.sequence)
            }
            let logged = partition == nil ? payload : try DeletionCodec.payload(present, type: schema.primaryKey.type)
            working.sequence = try logged.withUnsafeBytes {
                try log.append(kind: LogRecordKind.delete.rawValue, [$0], .deferred)
            }
            let count = working.state.delete(present)
            return WriteResult(keys: keys, rowCount: count, sequence: working.sequence)
        }
    }

    // MARK: Changes that move no row

    /// Changes how the rows are held: freezing, sealing, loading. What readers see afterwards is durable.
    func change<Result>(_ body: (inout Working) throws -> Result) throws -> Result {
        let (result, state, sequence) = try working.withLock { working in
            let result = try body(&working)
            working.state.version += 1
            return (result, working.state, working.sequence)
        }
        try log.sync(through: sequence)
        publish(state)
        return result
    }

    func write<Result>(_ sync: SyncPolicy, _ body: (inout Working) throws -> Result) throws -> Result {
        let (result, state, sequence) = try working.withLock { working in
            try requireOpen()
            // Before all checks: rows of a write that failed are in the working state, but in nobody's sight.
            try log.checkWritable()
            let result = try body(&working)
            working.state.version += 1
            return (result, working.state, working.sequence)
        }
        if sync == .everyWrite { try log.sync(through: sequence) }
        publish(state)
        return result
    }

    private func publish(_ state: CollectionState) {
        published.withLock { if $0.version < state.version { $0 = state } }
    }

    // MARK: Parts of a write

    private func append(_ kind: LogRecordKind, _ batch: Batch, _ working: inout Working) throws {
        guard batch.byteCount <= Limits.writeBytes else {
            throw ApusError(
                .invalidArgument,
                "the rows have \(batch.byteCount) bytes; at most \(Limits.writeBytes) fit into one write, so split them"
            )
        }
        working.sequence = try BatchCodec.withPieces(of: batch) { try log.append(kind: kind.rawValue, $0, .deferred) }
    }

    private func withAutomaticKeys(_ batch: Batch, _ working: inout Working) throws -> Batch {
        guard schema.keyAssignment == .automatic else { return batch }
        let type = schema.primaryKey.type
        var builder = ColumnBuilder(type: type, reservingRows: batch.rowCount)
        for offset in 0..<Int64(batch.rowCount) {
            let key = working.nextAutomaticKey + offset
            builder.append(try ValueCodec.encode(type == .int64 ? .integer(key) : .text("\(key)"), as: type))
        }
        working.nextAutomaticKey += Int64(batch.rowCount)
        var batch = batch
        batch.columns[schema.primaryKeyIndex] = .scalar(builder.finish())
        return batch
    }

    private func refuseRepeated(_ keys: [PrimaryKey]) throws {
        var rows: [PrimaryKey: Int] = [:]
        rows.reserveCapacity(keys.count)
        for (row, key) in keys.enumerated() {
            if let before = rows.updateValue(row, forKey: key) {
                throw ApusError(
                    .invalidArgument, "rows \(before) and \(row) have the same key \(key); give each key once")
            }
        }
    }
}
