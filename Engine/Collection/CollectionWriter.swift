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
    let clock: CollectionClock
    private let working: Mutex<Working>
    private let published: Mutex<CollectionState>
    /// The published state without expired rows, as it was computed last.
    private let unexpired = Mutex<(state: CollectionState, moment: UInt64)?>(nil)
    private let isClosed = Atomic(false)

    init(schema: Schema, log: WriteAheadLog, clock: CollectionClock, working: Working) {
        self.schema = schema
        self.log = log
        self.clock = clock
        self.working = Mutex(working)
        published = Mutex(working.state)
    }

    /// All rows that are acknowledged, also those that are expired.
    var state: CollectionState { published.withLock { $0 } }

    /// What readers see. O(1) unless rows have expired since the last call.
    var visibleState: CollectionState {
        let state = state
        guard let moment = state.expiry(at: clock.now) else { return state }
        return unexpired.withLock { known in
            if let known, known.state.version == state.version, known.moment == moment { return known.state }
            let visible = state.expiring(through: moment)
            known = (visible, moment)
            return visible
        }
    }

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
            var batch = try stamped(batch, working.state)
            batch.partition = try working.state.partitionToWrite(partition)
            batch = try withAutomaticKeys(batch, &working)
            let keys = batch.allKeys(schema)
            try PrimaryKey.refuseRepeated(keys)
            let expiry = working.state.expiry(at: clock.now)
            for (row, key) in keys.enumerated() where working.state.locate(key, expiry: expiry) != nil {
                throw ApusError(
                    .alreadyExists, "row \(row): the key \(key) is taken; use upsert to replace its entity")
            }
            try append(.insert, batch, &working)
            if expiry != nil { _ = working.state.delete(keys) }
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
            var batch = try stamped(batch, working.state)
            batch.partition = try working.state.partitionToWrite(partition)
            let keys = batch.allKeys(schema)
            try PrimaryKey.refuseRepeated(keys)
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
            let expiry = working.state.expiry(at: clock.now)
            let present = try working.state.keys(keys, inPartition: partition).filter {
                working.state.locate($0, expiry: expiry) != nil
            }
            guard !present.isEmpty else {
                return WriteResult(keys: keys, rowCount: 0, sequence: working.sequence)
            }
            // Only what goes now: a row that is expired may come back when the time to live is raised.
            let logged =
                present.count == keys.count ? payload : try DeletionCodec.payload(present, type: schema.primaryKey.type)
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
        // It would keep segments alive that were merged.
        unexpired.withLock { $0 = nil }
    }

    // MARK: Parts of a write

    func append(_ kind: LogRecordKind, _ batch: Batch, _ working: inout Working) throws {
        guard batch.byteCount <= Limits.writeBytes else {
            throw ApusError(
                .invalidArgument,
                "the rows have \(batch.byteCount) bytes; at most \(Limits.writeBytes) fit into one write, so split them"
            )
        }
        working.sequence = try BatchCodec.withPieces(of: batch) { try log.append(kind: kind.rawValue, $0, .deferred) }
    }

    /// The batch with the time, and with the fields that were added since it was encoded.
    func stamped(_ batch: Batch, _ state: CollectionState) throws -> Batch {
        var batch = try batch.extended(to: state.schema)
        batch.writtenSeconds = clock.now
        return batch
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
}
