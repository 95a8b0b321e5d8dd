/// Writes to the entities that match a filter, and to some fields of entities.
///
/// Each call is one write: readers and later writers see all of it or nothing, also after a crash. Entities are looked for
/// while other writers wait, in memory, so the collection must be loaded.
extension Collection {
    /// Deletes the entities that match a filter. The result has their keys and says how many they were.
    ///
    ///     try collection.delete(matching: "price > {limit} and sold", values: ["limit": 50])
    ///
    /// - Parameters:
    ///   - expression: `docs/filters.md` has the language. An empty one is refused.
    ///   - values: what stands for `{name}` in the filter.
    ///   - partitions: names of the partitions whose entities go; empty for all.
    /// - Throws: `ApusError` with code `invalidArgument` for a filter that is none, `notLoaded`, `notFound` for a
    ///   partition.
    @discardableResult
    public func delete(
        matching expression: String, values: [String: Value] = [:], partitions: [String] = [],
        sync: SyncPolicy = .everyWrite
    ) throws -> WriteResult {
        try ApusError.translating {
            try writer.delete(sync: sync) { try $0.selection(expression, values, partitions) }
        }
    }

    /// Replaces the given fields of the entities with the given keys; their other fields stay as they are. Keys of the
    /// dynamic field are set beside those that are there, nested objects as a whole.
    ///
    /// The rows count as written now, as far as their time to live is concerned.
    ///
    /// - Throws: `ApusError` with code `notFound` naming a key that no entity has; nothing is changed then.
    @discardableResult
    public func update(_ fields: [FieldData], sync: SyncPolicy = .everyWrite) throws -> WriteResult {
        try write {
            let given = try encoder.encodePartial(fields)
            return try writer.update(sync: sync) { _ in given }
        }
    }

    /// The same from rows, all of which give the same fields; their dynamic keys may differ.
    @discardableResult
    public func update(rows: [[String: Value]], sync: SyncPolicy = .everyWrite) throws -> WriteResult {
        try write {
            let given = try encoder.encodePartial(rows: rows)
            return try writer.update(sync: sync) { _ in given }
        }
    }

    /// Replaces fields of all entities that match a filter, each by the same value.
    ///
    ///     try collection.update(matching: "stock == 0", setting: ["sold": true])
    ///
    /// - Parameters: as for `delete(matching:)`.
    @discardableResult
    public func update(
        matching expression: String, values: [String: Value] = [:], partitions: [String] = [],
        setting fields: [String: Value], sync: SyncPolicy = .everyWrite
    ) throws -> WriteResult {
        guard !fields.isEmpty else { throw ApusError(.invalidArgument, "no field is to be set; name one at least") }
        return try write {
            try writer.update(sync: sync) { state in
                let keys = try state.selection(expression, values, partitions).keys(in: state)
                let encoder = BatchEncoder(schema: state.schema, metrics: state.schema.metrics(state.definitions))
                // A value that does not fit is refused whether or not an entity matches.
                guard !keys.isEmpty else {
                    _ = try encoder.encodePartial(fields, rowCount: 1)
                    return PartialRows(keys: [], columns: [:])
                }
                return PartialRows(keys: keys, columns: try encoder.encodePartial(fields, rowCount: keys.count))
            }
        }
    }
}

extension CollectionState {
    /// The rows that a write by filter is about.
    ///
    /// - Throws: `ApusError` with code `notLoaded` unless all rows that may match are in memory: none may be passed over.
    fileprivate func selection(
        _ expression: String, _ values: [String: Value], _ names: [String]
    ) throws -> RowSelection {
        guard expression.utf8.contains(where: { $0 > 0x20 }) else {
            throw ApusError(
                .invalidArgument, "the filter is empty; give a condition, one that all entities meet if all are meant")
        }
        guard isLoaded, !names.isEmpty || partitions.partitions.allSatisfy({ loaded.contains($0.number) }) else {
            throw ApusError(
                .notLoaded,
                "the collection is not loaded as a whole; call load() before writing by a filter, or name loaded partitions"
            )
        }
        return try RowSelection(expression, values, names, self)
    }
}
