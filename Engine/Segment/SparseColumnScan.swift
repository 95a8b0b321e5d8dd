/// Exact search over sparse vectors that lie in columns: a growing segment, or a sealed one without an index.
struct SparseColumnScan {
    let scoring: SparseScoring

    /// As `VectorIndex.search`, over one column whose row 0 is row `firstRow` of the segment.
    ///
    /// - Parameter withBytes: calls its second argument with the encoded vector of a row.
    func scan(
        _ queries: SparseQueries, rows: Range<Int>, firstRow: Int, permitted: RowSet?,
        statistics: inout SearchStatistics, into nearest: inout [TopK],
        withBytes: (Int, (UnsafeRawBufferPointer) -> Void) -> Void
    ) {
        for (query, vector) in queries.vectors.enumerated() {
            let scan = SparseScan(vector, scoring: scoring, statistics: queries.statistics)
            for row in rows where permitted?.contains(firstRow + row) ?? true {
                withBytes(row) { bytes in
                    guard let score = scan.score(of: SparseRow(encoded: bytes)) else { return }
                    nearest[query].offer(-score, UInt32(firstRow + row))
                    statistics.distanceComputations += 1
                }
            }
        }
    }
}

extension BM25Statistics {
    /// Of documents, as far as queries ask for their terms.
    ///
    /// - Parameter withBytes: as for `SparseColumnScan.scan`.
    init(
        for queries: [SparseVector], rows: some RandomAccessCollection<Int>,
        withBytes: (Int, (UnsafeRawBufferPointer) -> Void) -> Void
    ) {
        var frequencies = Dictionary(
            queries.flatMap(\.indices).map { ($0, 0) }, uniquingKeysWith: { first, _ in first })
        var totalLength = 0.0
        for row in rows {
            withBytes(row) { bytes in
                let document = SparseRow(encoded: bytes)
                totalLength += document.length
                for position in 0..<document.count where document[position].value > 0 {
                    frequencies[document[position].index]? += 1
                }
            }
        }
        self.init(documents: rows.count, totalLength: totalLength, documentFrequencies: frequencies)
    }
}

extension SparseRows {
    /// The vectors of a column.
    convenience init(_ column: Column) {
        self.init(capacity: column.count)
        for row in 0..<column.count { column.withBytes(at: row) { _ = append(SparseRow(encoded: $0)) } }
    }
}
