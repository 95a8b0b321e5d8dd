import Synchronization

/// How many rows a walk keeps, and how many of the nearest of them are ranked again by better distances.
struct HNSWBreadth {
    let ef: Int
    let refined: Int

    /// The `ef` of a search that names none: this, or k if that is more.
    private static let defaultEf = 16

    /// - Parameter refined: at least k; a walk keeps at least as many.
    init(ef: Int?, k: Int, refined: Int = 0) {
        precondition(ef ?? k >= k, "ef was not checked before the search")
        self.refined = max(refined, k)
        self.ef = max(ef ?? max(Self.defaultEf, k), self.refined)
    }
}

/// The searchers of one index: each search takes one that is free.
final class HNSWSearchers: Sendable {
    private let graph: HNSWGraph
    private let vectors: HNSWVectors
    private let free = Mutex<[HNSWSearcher]>([])
    private let costs: LazyCosts

    /// - Parameter costs: nil measures them at the first search under a filter.
    init(graph: HNSWGraph, vectors: HNSWVectors, costs: CostModel? = nil) {
        precondition(vectors.walked.count == graph.rowCount)
        self.graph = graph
        self.vectors = vectors
        self.costs = LazyCosts(costs)
    }

    /// The ways to answer under a filter that permits so many rows, nil without one, and the one that is taken.
    func plan(k: Int, breadth: HNSWBreadth, permitted: Int?, forced: SearchStrategy?) -> StrategyPlan {
        let permitted = min(permitted ?? graph.rowCount, graph.rowCount)
        // A scan of so few rows costs less than a look at the costs.
        guard graph.rowCount > breadth.ef, permitted > breadth.ef || forced != nil else {
            return StrategyPlan(only: .scan, nanoseconds: 0, permittedRows: permitted, rows: graph.rowCount)
        }
        if permitted == graph.rowCount, forced == nil {
            return StrategyPlan(only: .walk, nanoseconds: 0, permittedRows: permitted, rows: graph.rowCount)
        }
        let planner = GraphPlanner(
            costs: costs.value { CostProbe(graph: graph, vectors: vectors).measure() }, rowCount: graph.rowCount,
            width: graph.bottomWidth, breadth: breadth, refines: vectors.refinement != nil)
        return planner.plan(permitted: permitted, forced: forced)
    }

    /// The nearest `k` permitted rows of each query.
    func search(
        _ queries: QueryBlock, k: Int, breadth: HNSWBreadth, permitted: RowSet?, forced: SearchStrategy?,
        statistics: inout SearchStatistics
    ) -> [[Neighbor]] {
        let task = task(k: k, breadth, permitted, forced)
        return withSearcher(&statistics) { searcher in
            (0..<queries.count).map { searcher.search(queries.query($0), task, permitted: permitted) }
        }
    }

    /// The walk does not pass through the row: its links lead straight to its neighbours, which no stranger would be
    /// led by.
    func search(
        holdingBack row: UInt32, _ query: QueryBlock, k: Int, breadth: HNSWBreadth, permitted: RowSet,
        forced: SearchStrategy?, statistics: inout SearchStatistics
    ) -> [Neighbor] {
        let wider = HNSWBreadth(ef: max(breadth.ef, k + 1), k: k + 1, refined: breadth.refined)
        let task = task(k: k + 1, wider, permitted, forced)
        return withSearcher(&statistics) { searcher in
            searcher.holdingBack(row) {
                let found = searcher.search(query.query(0), task, permitted: permitted)
                return Array(found.filter { $0.row != row }.prefix(k))
            }
        }
    }

    private func task(
        k: Int, _ breadth: HNSWBreadth, _ permitted: RowSet?, _ forced: SearchStrategy?
    ) -> HNSWSearcher.Task {
        HNSWSearcher.Task(
            k: k, breadth: breadth, plan: plan(k: k, breadth: breadth, permitted: permitted?.count, forced: forced),
            costs: costs.known ?? .none, isForced: forced != nil)
    }

    private func withSearcher<Result>(
        _ statistics: inout SearchStatistics, _ body: (HNSWSearcher) throws -> Result
    ) rethrows -> Result {
        let searcher = free.withLock { $0.popLast() } ?? HNSWSearcher(graph: graph, vectors: vectors)
        defer { free.withLock { $0.append(searcher) } }
        defer { searcher.moveCounters(to: &statistics) }
        return try body(searcher)
    }
}
