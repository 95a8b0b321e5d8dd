/// Exact search over vectors that lie in several blocks: a growing segment, or a sealed one without an index.
struct BlockScan {
    struct Block {
        let rows: VectorRows
        /// The row of the segment that row 0 of the block is.
        let firstRow: Int
        let count: Int
    }

    let metric: Metric
    let blocks: [Block]

    /// As `VectorIndex.search`.
    func search(
        _ queries: QueryBlock, k: Int, permitted: RowSet?, statistics: inout SearchStatistics
    ) -> [[Neighbor]] {
        var nearest = Array(repeating: TopK(k: k), count: queries.count)
        for block in blocks {
            statistics.distanceComputations += FlatScan.scan(
                VectorSpace(metric: metric, rows: block.rows, count: block.count), metric: metric, queries: queries,
                firstRow: block.firstRow, permitted: permitted, into: &nearest)
        }
        return nearest.map { $0.sorted() }
    }
}
