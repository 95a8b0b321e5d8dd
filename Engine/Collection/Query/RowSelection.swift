/// Which rows of each segment a request may return: the live ones that its filter and its partitions permit.
struct RowSelection {
    let filter: (any RowFilter)?
    /// Numbers of the partitions; nil for all.
    let partitions: Set<UInt32>?

    static let all = RowSelection(filter: nil, partitions: nil)

    /// The permitted rows of a segment; nil if it has no row that is not.
    func permitted(in segment: any Segment) throws -> RowSet? {
        if let partitions, let own = segment.partition, !partitions.contains(own) {
            return RowSet(capacity: segment.rows.rowCount)
        }
        guard let filter else { return segment.rows.permitted }
        let live = segment.rows.permitted
        if let key = filter.cacheKey, let cache = segment.filterCache {
            return try cache.permitted(key: key, live: live) { try rowsMatching(filter, in: segment) }
        }
        let matching = try rowsMatching(filter, in: segment)
        return live.map { matching.intersection($0) } ?? matching
    }

    /// The rows that match a filter, deleted ones included.
    private func rowsMatching(_ filter: any RowFilter, in segment: any Segment) throws -> RowSet {
        let blocks = try segment.scalarBlocks()
        if let only = blocks.first, blocks.count == 1, only.count == segment.rows.rowCount {
            return try filter.rows(in: only)
        }
        var matching = RowSet(capacity: segment.rows.rowCount)
        for block in blocks { try filter.rows(in: block).forEach { matching.insert(block.firstRow + $0) } }
        return matching
    }
}
