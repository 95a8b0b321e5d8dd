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
        var matching = RowSet(capacity: segment.rows.rowCount)
        for block in try segment.scalarBlocks() {
            try filter.rows(in: block).forEach { matching.insert(block.firstRow + $0) }
        }
        guard let live = segment.rows.permitted else { return matching }
        return matching.intersection(live)
    }
}
