/// MaxScore (Turtle and Flood 1995), a window of rows at a time.
///
/// Terms stand by ascending bound. The first of them, whose bounds together cannot lift a row above the best k so
/// far, are not essential: a row that has only those is no answer. The postings of the essential terms are added up
/// row by row, and only rows that can still enter look for the other terms, the strongest first.
struct MaxScore: ~Copyable {
    private let cursors: PostingCursors
    private let window = SumWindow()
    private var bounds: WindowBounds

    /// - Parameter scope: how narrow the bounds are.
    init(_ terms: SparseTerms, scope: WindowBounds.Scope) {
        cursors = PostingCursors(terms)
        bounds = WindowBounds(cursors, scope: scope)
    }

    /// Offers every row that can enter to `collector`.
    mutating func search(into collector: inout ScoreCollector) {
        var length = SumWindow.firstRowCount
        while let start = bounds.nextWindow(cursors, length: length, above: collector.cutoff) {
            let end = start + min(length, PostingCursor.end - start)
            var touched: UInt64 = 0
            for index in bounds.firstEssential..<cursors.count { touched |= add(cursors[index], from: start, to: end) }
            let limit = collector.cutoff - bounds.sums[bounds.firstEssential]
            window.drain(touched, above: limit) { place, sum in
                offer(start + UInt32(truncatingIfNeeded: place), sum, &collector)
            }
            length = min(length * 2, UInt32(SumWindow.rowCount))
        }
    }

    /// Adds the postings of one term in a window to the sums of its rows.
    private func add(_ cursor: UnsafeMutablePointer<PostingCursor>, from start: UInt32, to end: UInt32) -> UInt64 {
        cursor.pointee.seek(start)
        return cursor.pointee.add(before: end, to: window.sums, from: start)
    }

    /// - Parameter sum: of the essential terms of `row`.
    @inline(__always)
    private func offer(_ row: UInt32, _ sum: Double, _ collector: inout ScoreCollector) {
        guard sum + bounds.sums[bounds.firstEssential] > collector.cutoff, collector.permits(row) else { return }
        var sum = sum
        for index in (0..<bounds.firstEssential).reversed() {
            guard sum + bounds.sums[index + 1] > collector.cutoff else { return }
            let cursor = cursors[index]
            cursor.pointee.seek(row)
            if cursor.pointee.row == row { sum += cursor.pointee.score }
        }
        if sum > collector.cutoff { collector.offer(row, sum: sum) }
    }
}
