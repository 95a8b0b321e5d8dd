/// Rows of a segment as queries, and the exact answers to them. Each row is held back from the answer to itself.
struct HeldBackRows {
    private let rows: VectorRows
    private let space: VectorSpace
    private let metric: Metric
    private let permitted: RowSet
    private let k: Int
    private let team: WorkerTeam
    /// Those of `HeldBackSample` that are alive.
    private let order: [UInt32]
    /// For the first queries, the distance of the farthest of the k nearest rows.
    private var bounds: [Float] = []

    init(rows: VectorRows, live: LiveRows, metric: Metric, k: Int, team: WorkerTeam) {
        self.rows = rows
        self.metric = metric
        self.k = k
        self.team = team
        space = VectorSpace(metric: metric, rows: rows, count: live.rowCount)
        permitted = live.permitted ?? RowSet(capacity: live.rowCount).complement(upTo: live.rowCount)
        order = HeldBackSample.rows(of: live.rowCount).filter { live.contains(Int($0)) }
    }

    var count: Int { order.count }

    /// The recall of each query of `range` at the given effort: the share of the k nearest rows that was found. Rows as
    /// near as the k-th count as well.
    mutating func recalls(_ range: Range<Int>, index: any VectorIndex, parameters: Parameters) throws -> [Double] {
        findBounds(upTo: range.upperBound)
        let possible = min(k, permitted.count - 1)
        guard possible > 0 else { return range.map { _ in 1 } }
        let resolved = try index.definition.resolveSearch(parameters, k: k)
        var statistics = SearchStatistics()
        return try range.map { position in
            let row = order[position]
            let query = QueryBlock(
                base: rows.row(Int(row)), element: rows.element, count: 1, dimension: rows.dimension)
            let found = try index.search(
                holdingBack: row, query, k: k, parameters: resolved, permitted: permitted, statistics: &statistics)
            let scorer = space.scorer(forRow: row)
            let near = found.count { $0.row != row && scorer.distance(to: $0.row) <= bounds[position] }
            return Double(min(near, possible)) / Double(possible)
        }
    }

    /// Searches exactly for the queries whose answers are not known yet.
    private mutating func findBounds(upTo end: Int) {
        guard end > bounds.count else { return }
        let pending = Array(order[bounds.count..<end])
        var found = Array(repeating: Float(0), count: pending.count)
        found.withUnsafeMutableBufferPointer { found in
            // Each worker writes the bounds of its own queries.
            let target = found.baseAddress!
            team.forEach(pending.count, grain: (pending.count + team.count - 1) / team.count) { range, _ in
                for (place, bound) in zip(range, exactBounds(of: Array(pending[range]))) { target[place] = bound }
            }
        }
        bounds += found
    }

    private func exactBounds(of queries: [UInt32]) -> [Float] {
        let block = VectorRows(element: rows.element, dimension: rows.dimension, capacity: queries.count)
        for (place, row) in queries.enumerated() {
            block.row(place).copyMemory(from: rows.row(Int(row)), byteCount: rows.strideBytes)
        }
        var nearest = Array(repeating: TopK(k: k + 1), count: queries.count)
        _ = FlatScan.scan(
            space, metric: metric,
            queries: QueryBlock(
                base: block.base, element: rows.element, count: queries.count, dimension: rows.dimension),
            firstRow: 0, permitted: permitted, into: &nearest)
        return zip(queries, nearest).map { row, nearest in
            nearest.sorted().filter { $0.row != row }.prefix(k).last?.distance ?? .infinity
        }
    }
}
