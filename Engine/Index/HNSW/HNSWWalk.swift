import CKernels

/// The working memory of one walk over a graph, used again by the next.
///
/// Not copyable and full of raw pointers: this is the inner loop of building and searching. One thread at a time.
struct HNSWWalk: ~Copyable {
    var pool = CandidatePool()
    var visited: VisitedRows
    /// Rows not yet expanded, of a walk over more rows than it may return.
    private var frontier = Frontier()
    /// Links not yet seen of the row that is expanded, and their distances.
    let ids: UnsafeMutablePointer<UInt32>
    let distances: UnsafeMutablePointer<Float>
    /// Links of the row that is expanded which are not permitted.
    let others: UnsafeMutablePointer<UInt32>
    var distanceComputations = 0
    var nodesExpanded = 0
    var nodesBridged = 0
    let kernel = LinksKernel.best
    /// A row that walks treat as if it were not there.
    var heldBack = HNSWGraph.noLink

    init(graph: HNSWGraph) {
        visited = VisitedRows(capacity: graph.rowCount)
        let room = max(2 * graph.bottomWidth + BridgeBreadth.reachAtMost, GraphFilter.samplesAtMost) + LinksKernel.slack
        ids = .allocate(capacity: room)
        distances = .allocate(capacity: room)
        others = .allocate(capacity: graph.bottomWidth + LinksKernel.slack)
    }

    deinit {
        ids.deallocate()
        distances.deallocate()
        others.deallocate()
    }

    /// Algorithm 2 of Malkov and Yashunin: leaves the nearest rows found, at most `ef`, in `pool`.
    mutating func search(_ links: HNSWLinks, from entry: Neighbor, ef: Int, scorer: QueryScorer) {
        forgetVisited()
        pool.reset(limit: ef)
        _ = visited.insert(entry.row)
        pool.insert(entry.distance, entry.row)
        while let row = pool.expandNearest() {
            let found = collectUnvisited(links.block(of: row), width: links.width)
            if let next = pool.likelyNext { prefetch(links, next) }
            scorer.distances(to: ids, count: found, into: distances)
            for index in 0..<found where pool.insert(distances[index], ids[index]) { prefetch(links, ids[index]) }
            nodesExpanded += 1
            distanceComputations += found
        }
    }

    /// Algorithm 2 with results restricted to permitted rows: walks over all rows, nearest first, until the
    /// nearest row left is farther than the `ef` nearest permitted rows, which stay in `pool`.
    ///
    /// - Returns: false if the walk was dropped because it computed more than `budget` distances.
    mutating func search(
        _ links: HNSWLinks, from entry: Neighbor, ef: Int, scorer: QueryScorer, budget: Int,
        isPermitted: (UInt32) -> Bool
    ) -> Bool {
        let stop = distanceComputations + budget
        forgetVisited()
        pool.reset(limit: ef)
        frontier.removeAll()
        _ = visited.insert(entry.row)
        frontier.insert(entry)
        if isPermitted(entry.row) { pool.insert(entry.distance, entry.row) }
        while let nearest = frontier.popNearest(), nearest.distance <= pool.worstDistance {
            let found = collectUnvisited(links.block(of: nearest.row), width: links.width)
            scorer.distances(to: ids, count: found, into: distances)
            for index in 0..<found where distances[index] <= pool.worstDistance {
                frontier.insert(Neighbor(distance: distances[index], row: ids[index]))
                if isPermitted(ids[index]) { pool.insert(distances[index], ids[index]) }
            }
            nodesExpanded += 1
            distanceComputations += found
            if distanceComputations > stop { return false }
        }
        return true
    }

    /// Follows the nearest link of a level until no link leads nearer.
    mutating func descend(_ links: HNSWLinks, from entry: Neighbor, scorer: QueryScorer) -> Neighbor {
        var nearest = entry
        while true {
            let current = nearest
            let block = links.block(of: current.row)
            let count = links.count(in: block)
            scorer.distances(to: block, count: count, into: distances)
            for index in 0..<count where block[index] != heldBack {
                nearest = min(nearest, Neighbor(distance: distances[index], row: block[index]))
            }
            nodesExpanded += 1
            distanceComputations += count
            if nearest.row == current.row { return nearest }
        }
    }

    /// From the entry row down to the nearest row found on the level above `level`.
    mutating func approach(_ graph: HNSWGraph, above level: Int, scorer: QueryScorer) -> Neighbor {
        var nearest = Neighbor(distance: scorer.distance(to: graph.entryRow), row: graph.entryRow)
        distanceComputations += 1
        var current = graph.topLevel
        while current > level {
            nearest = descend(graph.links(level: current), from: nearest, scorer: scorer)
            current -= 1
        }
        return nearest
    }

    mutating func forgetVisited() {
        visited.reset()
        if heldBack != HNSWGraph.noLink { _ = visited.insert(heldBack) }
    }

    /// Copies the links not seen before to `ids` and marks them as seen.
    @inline(__always)
    private mutating func collectUnvisited(_ block: UnsafeMutablePointer<UInt32>, width: Int) -> Int {
        var found = 0
        for index in 0..<width {
            let row = block[index]
            if row == HNSWGraph.noLink { break }
            ids[found] = row
            found += visited.insert(row) ? 1 : 0
        }
        return found
    }

    @inline(__always)
    func prefetch(_ links: HNSWLinks, _ row: UInt32) {
        let block = UnsafeRawPointer(links.block(of: row))
        apus_prefetch(block)
        apus_prefetch(block + 64)
    }
}
