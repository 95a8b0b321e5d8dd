/// Searches one graph, one query at a time, with working memory that it keeps from query to query.
final class HNSWSearcher: @unchecked Sendable {
    // Sendable: one thread at a time has it, taken from and put back to the pool of its index.
    private let graph: HNSWGraph
    private let vectors: HNSWVectors
    private var walk: HNSWWalk
    private var refiner = PoolRefiner()
    private var lastFilter: GraphFilter?
    private var counters = SearchStatistics()

    init(graph: HNSWGraph, vectors: HNSWVectors) {
        self.graph = graph
        self.vectors = vectors
        walk = HNSWWalk(graph: graph)
    }

    /// A search of one block of queries.
    struct Task {
        let k: Int
        let breadth: HNSWBreadth
        let plan: StrategyPlan
        let costs: CostModel
        /// Whether a walk that costs more than a scan goes on, since its strategy was asked for.
        let isForced: Bool
    }

    /// The nearest `k` permitted rows that the strategy of the plan finds; exactly the nearest of the better part of
    /// them, found by a scan, where a walk finds too few or would cost more.
    func search(_ query: UnsafeRawPointer, _ task: Task, permitted: RowSet?) -> [Neighbor] {
        guard let permitted, permitted.count < graph.rowCount else { return searchAll(query, task) }
        guard permitted.count > 0 else { return [] }
        let strategy = strategy(for: query, task, permitted)
        if let found = search(query, task, permitted, by: strategy) {
            counters.strategies[strategy] += 1
            return found
        }
        counters.walksDropped += 1
        counters.strategies[task.plan.exhaustive.strategy] += 1
        return search(query, task, permitted, by: task.plan.exhaustive.strategy)!
    }

    /// Runs searches that treat a row as if it were not in the graph, unless equal rows would take its place.
    func holdingBack<Result>(_ row: UInt32, _ body: () throws -> Result) rethrows -> Result {
        if graph.duplicates.members(of: row).isEmpty { walk.heldBack = row }
        defer { walk.heldBack = HNSWGraph.noLink }
        return try body()
    }

    /// Adds the work done since the last call to `statistics`.
    func moveCounters(to statistics: inout SearchStatistics) {
        counters.distanceComputations += walk.distanceComputations
        counters.nodesExpanded += walk.nodesExpanded
        counters.nodesBridged += walk.nodesBridged
        statistics.add(counters)
        counters = SearchStatistics()
        (walk.distanceComputations, walk.nodesExpanded, walk.nodesBridged) = (0, 0, 0)
    }

    // MARK: Strategies

    private func searchAll(_ query: UnsafeRawPointer, _ task: Task) -> [Neighbor] {
        if task.plan.chosen == .walk {
            walkAll(query, ef: task.breadth.ef)
            refine(query, task.breadth.refined)
            let found = nearest(task.k) { _ in true }
            if found.count == min(task.k, graph.rowCount) {
                counters.strategies[.walk] += 1
                return found
            }
        }
        let strategy = task.plan.chosen == .codeScan ? SearchStrategy.codeScan : .scan
        counters.strategies[strategy] += 1
        return strategy == .codeScan ? scanCodes(query, task, nil) : scan(query, k: task.k, permitted: nil)
    }

    /// That of the plan; instead of testing rows afterwards a bridge walk where the walk would begin among rows that are
    /// not permitted.
    private func strategy(for query: UnsafeRawPointer, _ task: Task, _ permitted: RowSet) -> SearchStrategy {
        guard task.plan.chosen == .postFilter, !task.isForced else { return task.plan.chosen }
        let filter = filter(permitted)
        let entry = vectors.walked.withScorer(for: query) { walk.approach(graph, above: 0, scorer: $0) }
        return filter.nodes.contains(Int(entry.row)) ? .postFilter : .bridgeWalk
    }

    /// nil if a walk found too few rows or was dropped.
    private func search(
        _ query: UnsafeRawPointer, _ task: Task, _ permitted: RowSet, by strategy: SearchStrategy
    ) -> [Neighbor]? {
        switch strategy {
        case .codeScan: return scanCodes(query, task, permitted)
        case .bridgeWalk: guard bridge(query, task, filter(permitted)) else { return nil }
        case .maskedWalk: guard walkMasked(query, task, filter(permitted)) else { return nil }
        case .postFilter: guard walkWide(query, task, filter(permitted)) else { return nil }
        case .scan, .walk, .lists: return scan(query, k: task.k, permitted: permitted)
        }
        refine(query, task.breadth.refined)
        let found = nearest(task.k) { permitted.contains(Int($0)) }
        return found.count == min(task.k, permitted.count) ? found : nil
    }

    private func bridge(_ query: UnsafeRawPointer, _ task: Task, _ filter: GraphFilter) -> Bool {
        let breadth = BridgeBreadth(task.breadth)
        let reach = BridgeReach(
            breadth: breadth, nanosecondsAtMost: dropsAt(task), costs: task.costs,
            entryBridgesAtMost: Int(2 * Double(breadth.reach) / (Double(graph.bottomWidth) * task.plan.share)),
            walksElsewhere: task.isForced || GraphPlanner.walksElsewhere(task.plan, breadth))
        return vectors.walked.withScorer(for: query) { scorer in
            let entry = walk.approach(graph, above: 0, scorer: scorer)
            return walk.bridge(graph.links(level: 0), from: entry, filter: filter, scorer: scorer, reach: reach)
        }
    }

    private func walkMasked(_ query: UnsafeRawPointer, _ task: Task, _ filter: GraphFilter) -> Bool {
        let budget = min(dropsAt(task) / task.costs.walkedSomewhere, 1e15)
        return vectors.walked.withScorer(for: query) { scorer in
            let entry = walk.approach(graph, above: 0, scorer: scorer)
            return walk.search(
                graph.links(level: 0), from: entry, ef: task.breadth.ef, scorer: scorer, budget: Int(budget)
            ) { filter.nodes.contains(Int($0)) }
        }
    }

    /// Walks over all rows, twice as wide each time, until enough permitted rows are among those kept.
    private func walkWide(_ query: UnsafeRawPointer, _ task: Task, _ filter: GraphFilter) -> Bool {
        let wanted = min(max(task.breadth.ef * 9 / 10, task.k), filter.nodes.count)
        let atMost = dropsAt(task) / task.costs.walkedSomewhere + Double(walk.distanceComputations)
        var ef = Int((Double(task.breadth.ef) / task.plan.share).rounded(.up))
        while Double(walk.distanceComputations) <= atMost {
            walkAll(query, ef: min(ef, graph.rowCount))
            let found = walk.pool.count(where: { filter.nodes.contains(Int($0)) })
            if found >= wanted || ef >= graph.rowCount {
                walk.pool.keep { filter.nodes.contains(Int($0)) }
                return true
            }
            ef *= 2
        }
        return false
    }

    private func dropsAt(_ task: Task) -> Double { task.isForced ? .infinity : GraphPlanner.dropsAt(task.plan) }

    private func walkAll(_ query: UnsafeRawPointer, ef: Int) {
        vectors.walked.withScorer(for: query) { scorer in
            let entry = walk.approach(graph, above: 0, scorer: scorer)
            walk.search(graph.links(level: 0), from: entry, ef: ef, scorer: scorer)
        }
    }

    private func filter(_ permitted: RowSet) -> GraphFilter {
        if let lastFilter, lastFilter.isOf(permitted) { return lastFilter }
        let filter = GraphFilter(permitted, graph: graph)
        lastFilter = filter
        return filter
    }

    // MARK: Distances

    private func refine(_ query: UnsafeRawPointer, _ count: Int) {
        guard let refinement = vectors.refinement else { return }
        refinement.withScorer(for: query) { scorer in
            walk.distanceComputations += refiner.refine(&walk.pool, count: count, limit: count, scorer: scorer)
        }
    }

    private func scan(_ query: UnsafeRawPointer, k: Int, permitted: RowSet?) -> [Neighbor] {
        nearest(k, in: vectors.finest, to: query, permitted).sorted()
    }

    /// The nearest by codes, ranked again.
    private func scanCodes(_ query: UnsafeRawPointer, _ task: Task, _ permitted: RowSet?) -> [Neighbor] {
        guard vectors.refinement != nil else { return scan(query, k: task.k, permitted: permitted) }
        let count = task.breadth.refined
        let candidates = nearest(count, in: vectors.walked, to: query, permitted).sorted()
        walk.pool.reset(limit: count)
        for candidate in candidates { walk.pool.insert(candidate.distance, candidate.row) }
        refine(query, count)
        return (0..<min(task.k, walk.pool.count)).map { walk.pool.neighbor(at: $0) }
    }

    private func nearest(
        _ count: Int, in space: VectorSpace, to query: UnsafeRawPointer, _ permitted: RowSet?
    ) -> TopK {
        var nearest = TopK(k: count)
        space.withScorer(for: query) { scorer in
            walk.distanceComputations += FlatScan.scan(
                scorer, rows: 0..<graph.rowCount, firstRow: 0, permitted: permitted, into: &nearest)
        }
        return nearest
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
}
