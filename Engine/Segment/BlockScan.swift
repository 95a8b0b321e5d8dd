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
        (0..<queries.count).map { index in
            var nearest = TopK(k: k)
            for block in blocks {
                let space = VectorSpace(metric: metric, rows: block.rows, count: block.count)
                statistics.distanceComputations += FlatScan.scan(
                    space.scorer(for: queries.query(index)), rows: 0..<block.count, firstRow: block.firstRow,
                    permitted: permitted, into: &nearest)
            }
            return nearest.sorted()
        }
    }
}
