import Synchronization

/// The entities that a query permits, batch by batch, by ascending primary key.
///
/// It sees the collection as it was when the iterator was made, whatever is written, sealed, merged or released
/// meanwhile: each entity of that moment comes once, none of a later one. So it keeps the rows of that moment in
/// memory, and the files that their vectors are read from open, until it is let go.
///
///     let iterator = try collection.queryIterator(QueryRequest(filter: "stock > 0", limit: 500))
///     while case let rows = try iterator.next(), !rows.isEmpty { ... }
public final class QueryIterator: Sendable {
    private struct Progress {
        var order: KeyOrder
        /// How many entities are still to come at most; nil for all there are.
        var remaining: Int?
    }

    /// What each row holds, the primary key first.
    public let columns: [String]
    private let batchSize: Int
    private let parts: [SelectedRows.Part]
    private let outputs: OutputFields
    private let progress: Mutex<Progress>
    private let requireOpen: @Sendable () throws -> Void

    init(
        _ request: QueryRequest, state: CollectionState, total: Int?,
        requireOpen: @escaping @Sendable () throws -> Void
    ) throws {
        batchSize = try Self.batchSize(of: request, total: total)
        outputs = try OutputFields([state.schema.primaryKey.name] + request.outputFields, schema: state.schema)
        columns = outputs.names
        let rows = try QueryRunner(state: state).selectedRows(request)
        parts = rows.parts
        self.requireOpen = requireOpen
        var order = KeyOrder(rows, limit: nil)
        var passedOver = 0
        while passedOver < request.offset, order.next() != nil { passedOver += 1 }
        progress = Mutex(Progress(order: order, remaining: total))
    }

    private static let defaultBatchSize = 1000

    private static func batchSize(of request: QueryRequest, total: Int?) throws -> Int {
        guard request.orderBy.isEmpty, request.aggregates.isEmpty, request.groupBy.isEmpty else {
            throw ApusError(.invalidArgument, "an iterator goes by primary key; leave orders and aggregates out")
        }
        let batchSize = request.limit ?? defaultBatchSize
        guard (1...Limits.searchLimit).contains(batchSize), request.offset >= 0, total ?? 0 >= 0 else {
            throw ApusError(
                .invalidArgument,
                "a batch has 1 to \(Limits.searchLimit) entities, not \(batchSize); offset and total are not negative")
        }
        return batchSize
    }

    /// The next entities, as many as a batch holds or are left; none once all were given.
    ///
    /// - Throws: `ApusError` with code `closed` after the collection was closed or dropped.
    public func next() throws -> [[String: Value]] {
        try requireOpen()
        return try ApusError.translating {
            try progress.withLock { progress in
                // A batch that cannot be read now is read again by the next call.
                var after = progress
                let rows = try take(&after)
                progress = after
                return rows
            }
        }
    }

    private func take(_ progress: inout Progress) throws -> [[String: Value]] {
        var rows: [[String: Value]] = []
        let count = min(batchSize, progress.remaining ?? batchSize)
        while rows.count < count, let place = progress.order.next() {
            rows.append(try outputs.values(of: parts[place.part].segment, row: place.row))
        }
        progress.remaining = progress.remaining.map { $0 - rows.count }
        return rows
    }
}
