/// Queries and iterators.
extension Collection {
    /// The entities that a filter permits, or numbers about them.
    ///
    ///     try collection.query(QueryRequest(filter: "price < 50", outputFields: ["name"], limit: 10))
    ///     try collection.query(QueryRequest(aggregates: [.count])).rows[0]["count(*)"]
    ///
    /// Without an order the entities come by ascending primary key. The first of an order are kept in a heap, so the
    /// others are read but not sorted; a count reads bitmaps only.
    ///
    /// - Throws: `ApusError` that names what is wrong with the request.
    public func query(_ request: QueryRequest) throws -> QueryResult {
        try maintenance.writer.requireOpen()
        return try ApusError.translating { try QueryRunner(state: state).run(request) }
    }

    /// All entities that a filter permits, batch by batch.
    ///
    /// - Parameters:
    ///   - request: its limit is the size of a batch, 1,000 if it has none. Orders and aggregates are refused.
    ///   - total: entities given at most; nil for all.
    public func queryIterator(_ request: QueryRequest = QueryRequest(), total: Int? = nil) throws -> QueryIterator {
        let writer = maintenance.writer
        try writer.requireOpen()
        return try ApusError.translating {
            try QueryIterator(request, state: state, total: total) { try writer.requireOpen() }
        }
    }

    /// All neighbours of one query, batch by batch.
    ///
    /// - Parameters:
    ///   - request: its limit is the size of a batch. It may have a range; groups and an offset are refused.
    ///   - total: hits given at most; nil for all.
    public func searchIterator(_ request: SearchRequest, total: Int? = nil) throws -> SearchIterator {
        let writer = maintenance.writer
        try writer.requireOpen()
        return try ApusError.translating {
            let search = try PreparedSearch(request, state: state, contracts: contracts)
            return try SearchIterator(search, total: total) { try writer.requireOpen() }
        }
    }
}
