/// Every posting of every term, a term at a time, into one sum for each row of the segment: the baseline.
enum TermAtATime {
    /// Offers every row that has a term to `collector`.
    static func search(_ terms: SparseTerms, rowCount: Int, into collector: inout ScoreCollector) {
        let cursors = PostingCursors(terms)
        withUnsafeTemporaryAllocation(of: Double.self, capacity: rowCount) { sums in
            // A sum of scores is never -0.0; see `SumWindow`.
            sums.initialize(repeating: -0.0)
            guard let base = sums.baseAddress else { return }
            for index in 0..<cursors.count {
                _ = cursors[index].pointee.add(before: PostingCursor.end, to: base, from: 0)
            }
            for row in 0..<UInt32(rowCount) where sums[Int(row)].bitPattern != (-0.0).bitPattern {
                guard sums[Int(row)] > collector.cutoff, collector.permits(row) else { continue }
                collector.offer(row, sum: sums[Int(row)])
            }
        }
    }
}
