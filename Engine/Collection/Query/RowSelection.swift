/// Which rows of each segment a request may return: the live ones that its filter and its partitions permit.
struct RowSelection {
    let filter: (any RowFilter)?
    /// Numbers of the partitions; nil for all.
    let partitions: Set<UInt32>?

    static let all = RowSelection(filter: nil, partitions: nil)

    /// The permitted rows of a segment; nil if it has no row that is not.
    func permitted(in segment: any Segment) throws -> RowSet? {
        let chosen = partitions.flatMap(segment.rows(of:))
        if let chosen, chosen.count == 0 { return chosen }
        let live = Self.intersection(chosen, segment.rows.permitted)
        guard let filter else { return live }
        if let key = filter.cacheKey, let cache = segment.filterCache {
            return try cache.permitted(key: key, live: live) { try rowsMatching(filter, in: segment) }
        }
        return Self.intersection(try rowsMatching(filter, in: segment), live)
    }

    /// The rows that match a filter, deleted ones included.
    private func rowsMatching(_ filter: any RowFilter, in segment: any Segment) throws -> RowSet {
        let blocks = try segment.scalarBlocks()
        if let only = blocks.first, blocks.count == 1, only.count == segment.rows.rowCount {
            return try filter.rows(in: only)
        }
        var matching = RowSet(capacity: segment.rows.rowCount)
        for block in blocks {
            matching.insert(try filter.rows(in: block), shiftedBy: block.firstRow)
        }
        return matching
    }

    /// The rows in both sets, of which nil has every row.
    private static func intersection(_ left: RowSet?, _ right: RowSet?) -> RowSet? {
        guard let left, let right else { return left ?? right }
        return left.intersection(right)
    }
}

extension RowSelection {
    init(_ request: SearchRequest, _ state: CollectionState) throws {
        try self.init(request.filter, request.filterValues, request.partitions, state)
    }

    init(_ request: QueryRequest, _ state: CollectionState) throws {
        try self.init(request.filter, request.filterValues, request.partitions, state)
    }

    /// - Parameter names: of the partitions; empty for all that are loaded.
    init(_ expression: String?, _ values: [String: Value], _ names: [String], _ state: CollectionState) throws {
        let bound = try expression.map { try Filter($0, values: values, schema: state.schema) }
        filter = bound
        partitions = try PartitionPruning.pruned(state.searchedPartitions(names), by: bound, schema: state.schema)
    }
}
