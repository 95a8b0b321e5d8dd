/// Ranks the nearest rows of a pool again, by better distances.
struct PoolRefiner: ~Copyable {
    private var rows: UnsafeMutablePointer<UInt32>
    private var distances: UnsafeMutablePointer<Float>
    private var capacity = 64

    init() {
        rows = .allocate(capacity: capacity)
        distances = .allocate(capacity: capacity)
    }

    deinit {
        rows.deallocate()
        distances.deallocate()
    }

    /// Leaves the `count` nearest rows of the pool in it, with the distances of `scorer`, and room for `limit`.
    ///
    /// - Returns: how many distances were computed.
    mutating func refine(_ pool: inout CandidatePool, count wanted: Int, limit: Int, scorer: QueryScorer) -> Int {
        let count = min(wanted, pool.count)
        guard count > 0 else { return 0 }
        reserve(count)
        for index in 0..<count { rows[index] = pool.row(at: index) }
        scorer.distances(to: rows, count: count, into: distances)
        pool.reset(limit: limit)
        for index in 0..<count { pool.insert(distances[index], rows[index]) }
        return count
    }

    private mutating func reserve(_ count: Int) {
        guard count > capacity else { return }
        rows.deallocate()
        distances.deallocate()
        capacity = count
        rows = .allocate(capacity: count)
        distances = .allocate(capacity: count)
    }
}
