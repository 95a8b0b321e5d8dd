/// Which rows of a segment are alive. A value: readers keep the one that was in force when they began.
struct LiveRows: Sendable {
    let rowCount: Int
    /// Rows that were deleted; may be shorter than `rowCount` allows where no later row was.
    private(set) var deleted: RowSet
    /// The rows that are alive; nil while none is deleted.
    private(set) var permitted: RowSet?

    init(rowCount: Int, deleted: RowSet? = nil) {
        self.rowCount = rowCount
        self.deleted = deleted ?? RowSet(capacity: rowCount)
        precondition(self.deleted.capacity <= rowCount)
        permitted = self.deleted.count == 0 ? nil : self.deleted.extended(to: rowCount).complement(upTo: rowCount)
    }

    var count: Int { rowCount - deleted.count }

    func contains(_ row: Int) -> Bool { permitted?.contains(row) ?? true }

    /// The same with more rows deleted. O(rowCount / 64).
    func deleting(_ rows: some Sequence<Int>) -> LiveRows {
        var deleted = self.deleted.extended(to: rowCount)
        for row in rows { deleted.insert(row) }
        return LiveRows(rowCount: rowCount, deleted: deleted)
    }

    /// The same with more rows appended, all alive. O(1) while none is deleted.
    func extended(to rowCount: Int) -> LiveRows {
        guard deleted.count > 0 else { return LiveRows(rowCount: rowCount, deleted: RowSet(capacity: 0)) }
        return LiveRows(rowCount: rowCount, deleted: deleted)
    }
}
