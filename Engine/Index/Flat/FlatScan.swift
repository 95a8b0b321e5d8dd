/// Exact search by computing every distance: the part of a flat index that also serves growing segments,
/// small segments and filters that few rows pass.
enum FlatScan {
    /// Rows whose distances are compared at a time; the distances stay in the first-level cache.
    private static let blockRows = 2048
    /// Of a block with fewer permitted rows than one in this many, only those rows are read.
    private static let sparseShare = 2

    /// Offers the permitted rows of `vectors` to the `nearest` of each query, many queries at once where that pays.
    ///
    /// - Parameters:
    ///   - firstRow: the row of the segment that row 0 of `vectors` is; results and `permitted` count from the
    ///     start of the segment, so the chunks of a growing segment are scanned one after the other.
    /// - Returns: how many distances were computed.
    static func scan(
        _ vectors: VectorSpace, metric: Metric, queries: QueryBlock, firstRow: Int, permitted: RowSet?,
        into nearest: inout [TopK]
    ) -> Int {
        if FlatBatchScan.pays(vectors, queryCount: queries.count, permitted: permitted) {
            let batch = FlatBatchScan(
                vectors, metric: metric, queries: queries, firstRow: firstRow, permitted: permitted)
            return batch.scan(into: &nearest)
        }
        return (0..<queries.count).reduce(0) { computed, query in
            computed
                + scan(
                    vectors.scorer(for: queries.query(query)), rows: 0..<vectors.count, firstRow: firstRow,
                    permitted: permitted, into: &nearest[query])
        }
    }

    /// Offers the permitted rows of `range` to `nearest`.
    ///
    /// - Parameters:
    ///   - range: rows of the vectors that `scorer` is bound to.
    ///   - firstRow: the row of the segment that row 0 of those vectors is; results and `permitted` count from
    ///     the start of the segment.
    /// - Returns: how many distances were computed.
    static func scan(
        _ scorer: QueryScorer, rows range: Range<Int>, firstRow: Int, permitted: RowSet?,
        into nearest: inout TopK
    ) -> Int {
        let buffers = ScanBuffers(capacity: blockRows)
        var computed = 0
        var start = range.lowerBound
        while start < range.upperBound {
            let block = start..<min(start + blockRows, range.upperBound)
            start = block.upperBound
            guard let permitted else {
                computed += block.count
                scorer.distances(to: block, into: buffers.distances)
                buffers.offer(count: block.count, to: &nearest) { UInt32(block.lowerBound + firstRow + $0) }
                continue
            }
            computed += scan(scorer, block, firstRow, permitted, buffers, &nearest)
        }
        return computed
    }

    /// One block of which not all rows are permitted.
    private static func scan(
        _ scorer: QueryScorer, _ block: Range<Int>, _ firstRow: Int, _ permitted: RowSet,
        _ buffers: borrowing ScanBuffers, _ nearest: inout TopK
    ) -> Int {
        let ids = buffers.ids
        var count = 0
        permitted.forEach(in: block.lowerBound + firstRow..<block.upperBound + firstRow) { row in
            ids[count] = UInt32(row - firstRow)
            count += 1
        }
        if count * sparseShare < block.count {
            scorer.distances(to: ids, count: count, into: buffers.distances)
        } else {
            scorer.distances(to: block, into: buffers.distances)
            for index in 0..<count {
                buffers.distances[index] = buffers.distances[Int(ids[index]) - block.lowerBound]
            }
        }
        buffers.offer(count: count, to: &nearest) { ids[$0] + UInt32(firstRow) }
        return count * sparseShare < block.count ? count : block.count
    }
}
