/// Exact search of many queries at once through codes. The kernel names the rows whose lower bound is within what each
/// query has found so far; their distances are then computed. The result is, bit by bit, that of one `FlatScan` for
/// each query.
///
/// Where codes rule out too little, the rest of the rows goes through `FlatBatchScan`.
struct FlatCodeBatchScan {
    private let vectors: VectorSpace
    private let codes: BlockCodes
    private let metric: Metric
    private let queries: QueryBlock
    private let permitted: RowSet?
    private let prepared: MemoryBlock

    /// Fewer queries than this are faster one by one.
    private static let minimumQueries = 8
    /// Codes that are compared with one panel of queries after the other take about this much of the second-level
    /// cache.
    private static let chunkBytes = 384 << 10
    /// Blocks from which each query gets its first bound.
    private static let sampleBlocks = 128
    /// If more than one row in this many is left, tiles of full rows are faster.
    private static let worstShare = 10

    /// nil if one query after the other is better: they are few, or codes give no bounds for one of them.
    init?(_ vectors: VectorSpace, _ codes: BlockCodes, metric: Metric, _ queries: QueryBlock, permitted: RowSet?) {
        guard queries.count >= Self.minimumQueries else { return nil }
        self.vectors = vectors
        self.codes = codes
        self.metric = metric
        self.queries = queries
        self.permitted = permitted
        let size = BlockQuery.preparedBytes(codes)
        prepared = MemoryBlock(byteCount: queries.count * size)
        for query in 0..<queries.count {
            guard BlockQuery.prepare(queries.floats(query), for: codes, into: prepared.base + query * size) else {
                return nil
            }
        }
    }

    private func prepared(_ query: Int) -> BlockQuery {
        BlockQuery(prepared: prepared.base + query * BlockQuery.preparedBytes(codes))
    }

    /// Offers the permitted rows that can be near to the `nearest` of each query, which are empty.
    func scan(into nearest: inout [TopK]) {
        precondition(nearest.count == queries.count)
        let width = BlockKernels.best.panelWidth
        let panels = stride(from: 0, to: queries.count, by: width).map { first in
            BlockPanel((first..<min(first + width, queries.count)).map(prepared), of: codes)
        }
        var bounds = Array(repeating: Float.infinity, count: queries.count)
        guard lowerByASample(&bounds, k: nearest[0].k) * Self.worstShare < codes.places * queries.count else {
            return scanRows(from: 0, &nearest)
        }
        let chunkBlocks = max(Self.chunkBytes / codes.blockBytes, 1)
        let found = BlockCandidates(capacity: chunkBlocks * BlockCodes.blockRows)
        let buffers = ScanBuffers(capacity: found.capacity)
        for start in stride(from: 0, to: codes.blockCount, by: chunkBlocks) {
            let blocks = start..<min(start + chunkBlocks, codes.blockCount)
            var left = 0
            for (number, panel) in panels.enumerated() {
                let first = number * width
                bounds.withUnsafeBufferPointer {
                    codes.candidates(of: blocks, panel: panel, bounds: $0.baseAddress! + first, into: found)
                }
                for lane in 0..<panel.count {
                    left += found.counts[lane]
                    measure(found.places(of: lane), blocks, first + lane, buffers, &nearest[first + lane])
                    bounds[first + lane] = min(bounds[first + lane], nearest[first + lane].worstDistance)
                }
            }
            if left * Self.worstShare > blocks.count * BlockCodes.blockRows * queries.count {
                return scanRows(from: blocks.upperBound * BlockCodes.blockRows, &nearest)
            }
        }
    }

    /// Lowers the bound of each query to a distance within which k rows of a sample lie, found among those of the
    /// smallest lower bounds.
    ///
    /// - Returns: how many rows will be left to measure, for all queries together, if each part of the rows leaves as
    ///   many as the sample when it is added to the parts before.
    private func lowerByASample(_ bounds: inout [Float], k: Int) -> Int {
        let sample = 0..<min(Self.sampleBlocks, codes.blockCount)
        let count = min(sample.count * BlockCodes.blockRows, codes.places)
        let buffers = ScanBuffers(capacity: sample.count * BlockCodes.blockRows)
        let values = UnsafeMutablePointer<Float>.allocate(capacity: sample.count * BlockCodes.blockRows)
        defer { values.deallocate() }
        var left = 0
        for query in 0..<queries.count {
            codes.lowerBounds(of: sample, to: prepared(query), into: values)
            permitted?.forEachMissing(in: 0..<count) { values[$0] = .nan }
            var smallest = TopK(k: 2 * k)
            buffers.offer(values, count: count, to: &smallest) { UInt32($0) }
            let scorer = vectors.scorer(for: queries.query(query))
            var nearest = TopK(k: k)
            for neighbor in smallest.sorted() { nearest.offer(scorer.distance(to: neighbor.row), neighbor.row) }
            bounds[query] = nearest.worstDistance
            left += buffers.pickRows(values, within: bounds[query], count: count, first: 0)
        }
        // Parts that double what was seen: as many as bits by which all rows exceed the sample.
        let doublings = (codes.places / count).bitWidth - (codes.places / count).leadingZeroBitCount
        return left * doublings
    }

    /// Measures the rows of one chunk that are left for one query.
    private func measure(
        _ places: UnsafeMutableBufferPointer<UInt32>, _ blocks: Range<Int>, _ query: Int,
        _ buffers: borrowing ScanBuffers, _ nearest: inout TopK
    ) {
        let first = UInt32(blocks.lowerBound * BlockCodes.blockRows)
        let ids = buffers.ids
        var count = 0
        for place in places {
            let row = first + place
            guard row < codes.places, permitted?.contains(Int(row)) ?? true else { continue }
            ids[count] = row
            count += 1
        }
        guard count > 0 else { return }
        let scorer = vectors.scorer(for: queries.query(query))
        scorer.distances(to: ids, count: count, into: buffers.distances)
        buffers.offer(count: count, to: &nearest) { ids[$0] }
    }

    /// Tiles of full rows, from `row` on.
    private func scanRows(from row: Int, _ nearest: inout [TopK]) {
        guard row < vectors.count else { return }
        _ = FlatBatchScan(vectors, metric: metric, queries: queries, firstRow: 0, permitted: permitted)
            .scan(rows: row..<vectors.count, into: &nearest)
    }
}
