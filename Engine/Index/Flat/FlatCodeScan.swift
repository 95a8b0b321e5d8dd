/// Exact search of one query through codes: lower bounds of all distances from one sweep over the codes, the distances
/// of the rows with the smallest bounds, and then of every row whose bound reaches the k-th of these.
///
/// `BlockQuery` proves the bounds, for the distances as the float32 kernel computes them. So no row is lost, and the
/// result is bit by bit that of `FlatScan`, which computes all distances.
struct FlatCodeScan {
    let vectors: VectorSpace
    let codes: BlockCodes
    let permitted: RowSet?

    /// Blocks whose bounds are computed at a time; the bounds stay in the first-level cache.
    private static let blocksAtATime = 128
    /// If fewer rows than one in this many are permitted, reading only those is faster.
    private static let sparseShare = 12
    /// Rows measured first, beside two for each that is wanted.
    private static let firstRows = 44
    /// A search for more than one row in this many measures all.
    private static let largestShare = 32
    /// Of a block with more rows left than one in this many, all rows are read.
    private static let denseShare = 2

    /// Whether this pays for a search, against `FlatScan`.
    static func pays(_ codes: BlockCodes, k: Int, permitted: RowSet?) -> Bool {
        k * largestShare <= codes.places && (permitted?.count ?? codes.places) * sparseShare >= codes.places
    }

    /// Offers the permitted rows that can be near to `nearest`, which is empty.
    ///
    /// - Returns: false, with nothing offered, if the query is one that codes give no bounds for.
    func scan(_ query: UnsafePointer<Float>, scratch: FlatScratch, into nearest: inout TopK) -> Bool {
        guard BlockQuery.prepare(query, for: codes, into: scratch.prepared) else { return false }
        let scorer = vectors.scorer(for: query)
        for neighbor in smallestBounds(BlockQuery(prepared: scratch.prepared), k: nearest.k, scratch) {
            nearest.offer(scorer.distance(to: neighbor.row), neighbor.row)
            scratch.bounds[Int(neighbor.row)] = .nan
        }
        measureRest(scorer, scratch, &nearest)
        return true
    }

    /// Fills the bounds, NaN for a row that is not permitted, and returns the rows to measure first.
    private func smallestBounds(_ query: BlockQuery, k: Int, _ scratch: FlatScratch) -> [Neighbor] {
        var smallest = TopK(k: 2 * k + Self.firstRows)
        for start in stride(from: 0, to: codes.blockCount, by: Self.blocksAtATime) {
            let blocks = start..<min(start + Self.blocksAtATime, codes.blockCount)
            let first = start * BlockCodes.blockRows
            let rows = first..<min(blocks.upperBound * BlockCodes.blockRows, codes.places)
            codes.lowerBounds(of: blocks, to: query, into: scratch.bounds + first)
            if let permitted { permitted.forEachMissing(in: rows) { scratch.bounds[$0] = .nan } }
            scratch.buffers.offer(scratch.bounds + first, count: rows.count, to: &smallest) { UInt32(first + $0) }
        }
        return smallest.sorted()
    }

    /// Measures the rows whose bound is within the worst distance so far. NaN is within no distance.
    private func measureRest(_ scorer: QueryScorer, _ scratch: FlatScratch, _ nearest: inout TopK) {
        let step = Self.blocksAtATime * BlockCodes.blockRows
        for first in stride(from: 0, to: codes.places, by: step) {
            let rows = first..<min(first + step, codes.places)
            let count = scratch.buffers.pickRows(
                scratch.bounds + first, within: nearest.worstDistance, count: rows.count, first: first)
            let (ids, distances) = (scratch.buffers.ids, scratch.buffers.distances)
            if count * Self.denseShare < rows.count {
                scorer.distances(to: ids, count: count, into: distances)
            } else {
                scorer.distances(to: rows, into: distances)
                for index in 0..<count { distances[index] = distances[Int(ids[index]) - first] }
            }
            scratch.buffers.offer(count: count, to: &nearest) { ids[$0] }
        }
    }
}

/// Memory of one search through codes, kept from search to search.
final class FlatScratch: @unchecked Sendable {
    // Sendable: one search at a time uses it.

    /// A prepared query.
    let prepared: UnsafeMutableRawPointer
    /// A bound for each row.
    let bounds: UnsafeMutablePointer<Float>
    let buffers: ScanBuffers

    private let memory: MemoryBlock
    private static let bufferRows = 2_048

    init(_ codes: BlockCodes) {
        let preparedBytes = BlockQuery.preparedBytes(codes)
        memory = MemoryBlock(byteCount: preparedBytes + codes.blockCount * BlockCodes.blockRows * 4)
        prepared = memory.base
        bounds = (memory.base + preparedBytes).assumingMemoryBound(to: Float.self)
        buffers = ScanBuffers(capacity: Self.bufferRows)
    }
}
