/// The walk of one query: beam search of Subramanya et al. (DiskANN, 2019, section 3.3).
///
/// Codes in memory say which nodes to read next; the vector of a node that was read gives its exact distance, and its links
/// the next candidates. The other nodes of a block come with it: those that are nearer than the last candidate are expanded
/// at once, which saves their own reads (block search of Starling, Wang et al. 2024).
///
/// The walk says which blocks it needs and is given them, so that whoever drives it can have many walks wait for the
/// disk at a time. One thread at a time.
final class DiskANNWalk {
    /// What a walk is asked for, the same for all queries of a call.
    struct Task {
        let k: Int
        /// Candidates that are kept by their codes.
        let searchList: Int
        /// Blocks that are asked for at a time.
        let beamWidth: Int
        /// nil permits every row.
        let permitted: RowSet?
        /// A node that the search treats as if it were not there.
        var heldBack: UInt32?
    }

    private enum Phase {
        /// Follows links from near nodes to nearer ones.
        case walking
        /// Reads the nearest of all permitted nodes, which a scan of the codes has found.
        case scanning
    }

    private let navigator: DiskANNNavigator
    private let exactKernel: DistanceKernel
    private let preparedQuery: UnsafeMutableRawPointer
    private let links: UnsafeMutablePointer<UInt32>
    private let distances: UnsafeMutablePointer<Float>
    private var seen = SeenNodes()
    private var frontier = Frontier()
    /// The nearest permitted nodes met, by their codes; the last bounds what is worth reading.
    private var candidates = TopK(k: 1)
    /// The nearest permitted rows read, by their exact distances.
    private var nearest = TopK(k: 1)
    private var task = Task(k: 1, searchList: 1, beamWidth: 1, permitted: nil)
    private var query: UnsafeRawPointer
    /// The query as the codes are compared with it.
    private var codeQuery: UnsafeRawPointer
    private var phase = Phase.walking
    private var expansionsLeft = 0
    /// The blocks of the round, and its nodes in the order in which they are expanded.
    private(set) var blocks: [Int] = []
    private var wanted: [UInt32] = []
    var statistics = SearchStatistics()

    init(navigator: DiskANNNavigator, metric: Metric) {
        self.navigator = navigator
        exactKernel = Kernels.best.distance(metric, .float32)
        let preparation = navigator.codes.space.preparation
        preparedQuery = .allocate(byteCount: preparation?.preparedBytes ?? 0, alignment: 64)
        query = UnsafeRawPointer(preparedQuery)
        codeQuery = query
        links = .allocate(capacity: max(navigator.layout.degree, 1))
        distances = .allocate(capacity: max(navigator.layout.degree, 1))
    }

    deinit {
        preparedQuery.deallocate()
        links.deallocate()
        distances.deallocate()
    }

    /// The marks, which are most of it, and the prepared query.
    var memoryBytes: Int { seen.memoryBytes + (navigator.codes.space.preparation?.preparedBytes ?? 0) }

    /// Begins the search of a query.
    ///
    /// - Parameters:
    ///   - query: prepared for the metric, and there until the search has ended.
    ///   - entries: walks the upper levels to where the walk on disk begins.
    func begin(_ query: UnsafePointer<Float>, _ task: Task, entries: inout DiskANNEntryWalk) {
        self.query = UnsafeRawPointer(query)
        self.task = task
        let preparation = navigator.codes.space.preparation
        preparation?.prepare(query, into: preparedQuery)
        codeQuery = preparation == nil ? self.query : UnsafeRawPointer(preparedQuery)
        nearest = TopK(k: task.k)
        seen.removeAll()
        if let node = task.heldBack { _ = seen.expand(node) }
        let plan = DiskANNPlan(navigator: navigator, task: task)
        if plan.scans { beginScan() } else { beginWalk(expansions: plan.expansionsAtMost, &entries) }
    }

    /// Chooses the blocks to be read next, `beamWidth` at most; none when the search has ended.
    func chooseBlocks() {
        blocks.removeAll(keepingCapacity: true)
        wanted.removeAll(keepingCapacity: true)
        gather()
        if blocks.isEmpty, phase == .walking, nearest.worstDistance == .infinity {
            beginScan()
            gather()
        }
    }

    /// Expands the nodes of the blocks that were chosen.
    ///
    /// - Parameter bytes: gives the checked bytes of a block by its place in `blocks`.
    /// - Throws: `DamagedNode` if a link or a number of links cannot be.
    func expand(bytes: (Int) -> UnsafeRawPointer) throws {
        let layout = navigator.layout
        for node in wanted {
            let place = blocks.firstIndex(of: layout.block(of: node))!
            try expand(node, layout.node(node, in: bytes(place)))
        }
        for (place, block) in blocks.enumerated() { try expandOthers(of: block, bytes(place)) }
        if phase == .walking, expansionsLeft < 0 { beginScan() }
    }

    /// The nearest permitted rows, nearest first.
    func takeResult() -> [Neighbor] {
        let found = nearest
        nearest = TopK(k: 1)
        return found.sorted()
    }

    private var codeScorer: QueryScorer {
        QueryScorer(navigator.codes.space.kernel, query: codeQuery, rows: navigator.codes.rows)
    }

    private func beginWalk(expansions: Int, _ entries: inout DiskANNEntryWalk) {
        phase = .walking
        expansionsLeft = expansions
        frontier.removeAll()
        candidates = TopK(k: task.searchList)
        statistics.distanceComputations += entries.search(codeScorer) { [self] node, distance in
            if seen.insert(node) { meet(node, distance) }
        }
    }

    private func beginScan() {
        phase = .scanning
        let nodes = (0..<UInt32(navigator.layout.nodeCount)).filter { navigator.isPermitted($0, task.permitted) }
        frontier.removeAll()
        for found in navigator.nearest(DiskANNPlan.scanList(task), of: nodes, codeScorer) {
            frontier.insert(found)
        }
        statistics.distanceComputations += nodes.count
    }

    private func gather() {
        while blocks.count < task.beamWidth, let next = frontier.popNearest() {
            if phase == .walking, next.distance > candidates.worstDistance { return frontier.removeAll() }
            if seen.isExpanded(next.row) { continue }
            let block = navigator.layout.block(of: next.row)
            if !blocks.contains(block) { blocks.append(block) }
            wanted.append(next.row)
        }
    }

    private func expandOthers(of block: Int, _ bytes: UnsafeRawPointer) throws {
        let layout = navigator.layout
        for node in layout.nodes(of: block) where !seen.isExpanded(node) {
            if phase == .walking {
                let distance = codeScorer.distance(to: node)
                statistics.distanceComputations += 1
                guard distance <= candidates.worstDistance else { continue }
                if seen.insert(node), navigator.isPermitted(node, task.permitted) { candidates.offer(distance, node) }
            }
            try expand(node, layout.node(node, in: bytes))
        }
    }

    private func expand(_ node: UInt32, _ bytes: DiskANNNode) throws {
        guard seen.expand(node) else { return }
        let distance = exactKernel.pair(query, bytes.vector, navigator.layout.dimension)
        navigator.offer(distance, node, task.permitted, to: &nearest)
        statistics.distanceComputations += 1
        if phase == .walking { try follow(node, bytes) }
    }

    private func follow(_ node: UInt32, _ bytes: DiskANNNode) throws {
        let count = bytes.linkCount
        guard count <= navigator.layout.degree else { throw DamagedNode(node: node) }
        var found = 0
        for index in 0..<count {
            let target = bytes.link(index)
            guard target < navigator.layout.nodeCount else { throw DamagedNode(node: node) }
            links[found] = target
            found += seen.insert(target) ? 1 : 0
        }
        codeScorer.distances(to: links, count: found, into: distances)
        for index in 0..<found where distances[index] <= candidates.worstDistance {
            meet(links[index], distances[index])
        }
        statistics.distanceComputations += found
        statistics.nodesExpanded += 1
        expansionsLeft -= 1
    }

    private func meet(_ node: UInt32, _ distance: Float) {
        frontier.insert(Neighbor(distance: distance, row: node))
        if navigator.isPermitted(node, task.permitted) { candidates.offer(distance, node) }
    }
}

/// The bytes of a node cannot be those of a node.
struct DamagedNode: Error {
    let node: UInt32
}

/// Walks the levels in memory to where the walk on disk begins.
struct DiskANNEntryWalk: ~Copyable {
    private let upper: HNSWGraph
    private var walk: HNSWWalk

    /// Nodes that a walk on disk begins at: one alone may lie behind a gap.
    private static let entryCount = 16

    init(upper: HNSWGraph) {
        self.upper = upper
        walk = HNSWWalk(graph: upper)
    }

    /// Passes the nearest nodes found to `found`; returns how many distances were computed.
    mutating func search(_ scorer: QueryScorer, _ found: (UInt32, Float) -> Void) -> Int {
        let entry = walk.approach(upper, above: 0, scorer: scorer)
        walk.search(upper.links(level: 0), from: entry, ef: Self.entryCount, scorer: scorer)
        for index in 0..<walk.pool.count { found(walk.pool.row(at: index), walk.pool.distance(at: index)) }
        defer { walk.distanceComputations = 0 }
        return walk.distanceComputations
    }
}
