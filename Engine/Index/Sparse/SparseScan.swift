/// Exact search of sparse rows without an index, for growing segments, small ones and as the reference of the indexes.
///
/// The distance is the negative score; rows that share no dimension with the query, nonzero in both, are no results.
struct SparseScan {
    private let scoring: SparseScoring
    private let table: DimensionTable
    /// By the number of the dimension in the table.
    private let scorers: [TermScorer]

    /// - Parameter statistics: of all documents, for BM25.
    init(_ query: SparseVector, scoring: SparseScoring, statistics: BM25Statistics) {
        self.scoring = scoring
        let entries = query.entries.filter { scoring.counts($0.value) }
        var table = DimensionTable(capacity: entries.count)
        for entry in entries { _ = table.add(entry.index) }
        self.table = table
        scorers = entries.map { scoring.scorer(of: $0, statistics: statistics) }
    }

    /// Offers rows of `range` to `nearest`.
    ///
    /// - Parameters:
    ///   - firstRow: the row of the segment that row 0 of `rows` is; results and `permitted` count from the start of
    ///     the segment.
    /// - Returns: how many scores were computed.
    func scan(
        _ rows: SparseRows, range: Range<Int>, firstRow: Int, permitted: RowSet?, into nearest: inout TopK
    ) -> Int {
        var computed = 0
        for row in range where permitted?.contains(firstRow + row) ?? true {
            guard let score = score(of: rows.row(row)) else { continue }
            nearest.offer(-score, UInt32(firstRow + row))
            computed += 1
        }
        return computed
    }

    /// The score of a row: the sum of what each common dimension adds, in double precision by ascending dimension, then
    /// rounded; nil if there is no common dimension. O(entries of the row).
    func score(of row: SparseRow) -> Float? {
        var sum = 0.0
        var meets = false
        let length = scoring == .innerProduct ? 0 : Float(row.length)
        for position in 0..<row.count {
            let entry = row[position]
            guard let number = table.number(of: entry.index), scoring.counts(entry.value) else { continue }
            sum += scorers[number].score(entry.value, length: length)
            meets = true
        }
        return meets ? Float(sum) : nil
    }
}
