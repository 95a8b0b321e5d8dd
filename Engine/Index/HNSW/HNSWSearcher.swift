/// Searches one graph, one query at a time, with working memory that it keeps from query to query.
final class HNSWSearcher: @unchecked Sendable {
    // Sendable: one thread at a time has it, taken from and put back to the pool of its index.
    private let graph: HNSWGraph
    private let vectors: HNSWVectors
    private var walk: HNSWWalk
    private var refiner = PoolRefiner()

    init(graph: HNSWGraph, vectors: HNSWVectors) {
        self.graph = graph
        self.vectors = vectors
        walk = HNSWWalk(graph: graph)
    }

    /// The nearest `k` permitted rows that a walk finds; exactly the nearest, by the finest distances, where a scan
    /// costs no more.
    func search(_ query: UnsafeRawPointer, k: Int, breadth: HNSWBreadth, permitted: RowSet?) -> [Neighbor] {
        let ef = breadth.ef
        guard graph.rowCount > ef else { return scan(query, k: k, permitted: permitted) }
        guard let permitted, permitted.count < graph.rowCount else {
            let found = walkAll(query, k: k, breadth)
            return found.count == min(k, graph.rowCount) ? found : scan(query, k: k, permitted: nil)
        }
        if permitted.count <= scanThreshold(ef: ef) { return scan(query, k: k, permitted: permitted) }
        return walkPermitted(query, k: k, breadth, permitted) ?? scan(query, k: k, permitted: permitted)
    }

    /// Runs searches that treat a row as if it were not in the graph, unless equal rows would take its place.
    func holdingBack<Result>(_ row: UInt32, _ body: () throws -> Result) rethrows -> Result {
        if graph.duplicates.members(of: row).isEmpty { walk.heldBack = row }
        defer { walk.heldBack = HNSWGraph.noLink }
        return try body()
    }

    /// Adds the work done since the last call to `statistics`.
    func moveCounters(to statistics: inout SearchStatistics) {
        statistics.distanceComputations += walk.distanceComputations
        statistics.nodesExpanded += walk.nodesExpanded
        walk.distanceComputations = 0
        walk.nodesExpanded = 0
    }

    private func walkAll(_ query: UnsafeRawPointer, k: Int, _ breadth: HNSWBreadth) -> [Neighbor] {
        vectors.walked.withScorer(for: query) { scorer in
            let entry = walk.approach(graph, above: 0, scorer: scorer)
            walk.search(graph.links(level: 0), from: entry, ef: breadth.ef, scorer: scorer)
        }
        refine(query, breadth)
        return nearest(k) { _ in true }
    }

    /// nil if the walk found too few rows or was dropped because a scan of the permitted rows costs less.
    private func walkPermitted(
        _ query: UnsafeRawPointer, k: Int, _ breadth: HNSWBreadth, _ permitted: RowSet
    ) -> [Neighbor]? {
        let isComplete = vectors.walked.withScorer(for: query) { scorer in
            let entry = walk.approach(graph, above: 0, scorer: scorer)
            return walk.search(
                graph.links(level: 0), from: entry, ef: breadth.ef, scorer: scorer, budget: permitted.count
            ) { [duplicates = graph.duplicates] row in
                permitted.contains(Int(row))
                    || duplicates.members(of: row).contains { permitted.contains(Int($0)) }
            }
        }
        guard isComplete else { return nil }
        refine(query, breadth)
        let found = nearest(k) { permitted.contains(Int($0)) }
        return found.count == min(k, permitted.count) ? found : nil
    }

    private func refine(_ query: UnsafeRawPointer, _ breadth: HNSWBreadth) {
        guard let refinement = vectors.refinement else { return }
        refinement.withScorer(for: query) { scorer in
            walk.distanceComputations += refiner.refine(
                &walk.pool, count: breadth.refined, limit: breadth.refined, scorer: scorer)
        }
    }

    private func scan(_ query: UnsafeRawPointer, k: Int, permitted: RowSet?) -> [Neighbor] {
        var nearest = TopK(k: k)
        vectors.finest.withScorer(for: query) { scorer in
            walk.distanceComputations += FlatScan.scan(
                scorer, rows: 0..<graph.rowCount, firstRow: 0, permitted: permitted, into: &nearest)
        }
        return nearest.sorted()
    }

    /// The nearest `k` rows of the pool and of their duplicates.
    private func nearest(_ k: Int, where isPermitted: (UInt32) -> Bool) -> [Neighbor] {
        guard !graph.duplicates.isEmpty else {
            return (0..<min(k, walk.pool.count)).map { walk.pool.neighbor(at: $0) }
        }
        var nearest = TopK(k: k)
        for index in 0..<walk.pool.count {
            let found = walk.pool.neighbor(at: index)
            if found.distance > nearest.worstDistance { break }
            if isPermitted(found.row) { nearest.offer(found.distance, found.row) }
            for row in graph.duplicates.members(of: found.row).lazy.filter(isPermitted).prefix(k) {
                nearest.offer(found.distance, row)
            }
        }
        return nearest.sorted()
    }

    /// A walk expands about `ef` rows for each share of permitted ones, so with p permitted rows of n it computes
    /// about 12 x ef x n / p distances (new rows of an expansion, measured 12 to 15 at M = 16), each at 1.7 times
    /// the cost of one of the p distances of a scan. Both cost the same at the square root.
    private func scanThreshold(ef: Int) -> Int {
        let product = Self.scanDistancesPerExpansion * Double(ef) * Double(graph.rowCount)
        return Int(product.squareRoot())
    }

    private static let scanDistancesPerExpansion = 20.0
}
