/// Whether the ways to the rows of a collection agree, at one moment.
public struct RowAuditReport: Sendable, Hashable {
    /// Live rows by the bitmaps of deleted ones, which is what `Collection.count` says.
    public let countedRows: Int
    /// Live rows that a look at every row finds.
    public let scannedRows: Int
    /// Rows that an iterator by primary key gives.
    public let iteratedRows: Int
    /// Rows that the look-up of their own key does not find.
    public let misplacedCount: Int
    /// The keys of the first of these, at most `Collection.listedKeys`.
    public let misplaced: [PrimaryKey]

    public var isConsistent: Bool {
        countedRows == scannedRows && scannedRows == iteratedRows && misplacedCount == 0
    }
}

extension Collection {
    /// Counts the live rows in every way there is, and looks each of them up by its key. Works without `load`.
    /// O(rows x segments).
    public func auditRows() throws -> RowAuditReport {
        try maintenance.writer.requireOpen()
        return try ApusError.translating { try RowAudit(state: state).run() }
    }
}

private struct RowAudit {
    let state: CollectionState

    func run() throws -> RowAuditReport {
        var scannedRows = 0
        var misplaced: [PrimaryKey] = []
        for segment in state.segments {
            for row in 0..<segment.rows.rowCount where segment.rows.contains(row) {
                scannedRows += 1
                let key = segment.key(at: row)
                if !isFound(key, segment, row) { misplaced.append(key) }
            }
        }
        return RowAuditReport(
            countedRows: state.liveCount, scannedRows: scannedRows, iteratedRows: try iteratedRows(),
            misplacedCount: misplaced.count, misplaced: Array(misplaced.sorted().prefix(Collection.listedKeys)))
    }

    private func isFound(_ key: PrimaryKey, _ segment: any Segment, _ row: Int) -> Bool {
        guard let found = state.locate(key) else { return false }
        return found.row == row && state.segment(at: found.place).identifier == segment.identifier
    }

    private func iteratedRows() throws -> Int {
        var order = KeyOrder(try SelectedRows(.all, in: state), limit: nil)
        var count = 0
        while order.next() != nil { count += 1 }
        return count
    }
}
