/// Writes to entities that are found under the lock of the writer, so that no other write comes in between.
extension CollectionWriter {
    /// Deletes the entities of a selection by one log record.
    ///
    /// - Parameter select: given the state without expired rows.
    func delete(sync: SyncPolicy, _ select: (CollectionState) throws -> RowSelection) throws -> WriteResult {
        try write(sync) { working in
            let visible = visible(working.state)
            let keys = try select(visible).keys(in: visible)
            guard !keys.isEmpty else { return WriteResult(keys: [], rowCount: 0, sequence: working.sequence) }
            let payload = try DeletionCodec.payload(keys, type: schema.primaryKey.type)
            guard payload.count <= Limits.writeBytes else {
                throw ApusError(
                    .invalidArgument,
                    "the keys of \(keys.count) entities have \(payload.count) bytes; at most \(Limits.writeBytes) fit into one write, so narrow the filter"
                )
            }
            working.sequence = try payload.withUnsafeBytes {
                try log.append(kind: LogRecordKind.delete.rawValue, [$0], .deferred)
            }
            let count = working.state.delete(keys)
            return WriteResult(keys: keys, rowCount: count, sequence: working.sequence)
        }
    }

    /// Replaces some fields of entities by one log record.
    ///
    /// - Parameter change: given the state without expired rows, says of which entities which fields are replaced.
    func update(sync: SyncPolicy, _ change: (CollectionState) throws -> PartialRows) throws -> WriteResult {
        try write(sync) { working in
            let visible = visible(working.state)
            let given = try change(visible)
            guard !given.keys.isEmpty else { return WriteResult(keys: [], rowCount: 0, sequence: working.sequence) }
            let batch = try stamped(RowUpdate(state: visible, given: given).rows(), working.state)
            try append(.upsert, batch, &working)
            _ = working.state.delete(given.keys)
            working.state.append(batch)
            return WriteResult(keys: given.keys, rowCount: batch.rowCount, sequence: working.sequence)
        }
    }

    private func visible(_ state: CollectionState) -> CollectionState {
        state.expiry(at: clock.now).map(state.expiring) ?? state
    }
}

extension RowSelection {
    /// The keys of the selected rows, segment by segment.
    func keys(in state: CollectionState) throws -> [PrimaryKey] {
        var keys: [PrimaryKey] = []
        for segment in state.segments {
            guard let permitted = try permitted(in: segment) else {
                keys += (0..<segment.rows.rowCount).map(segment.key)
                continue
            }
            keys.reserveCapacity(keys.count + permitted.count)
            func append(_ row: Int) { keys.append(segment.key(at: row)) }
            permitted.forEach(append)
        }
        return keys
    }
}
