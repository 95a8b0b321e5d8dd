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
    private var upperWalk: HNSWWalk
    private var seen = SeenNodes()
    private var frontier = Frontier()
    /// The distances by code of the nearest permitted nodes met; its last bounds what is worth reading.
    private var candidates = TopK(k: 1)
    private var nearest = TopK(k: 1)
    private var task = Task(k: 1, searchList: 1, beamWidth: 1, permitted: nil)
    private var query: UnsafeRawPointer
    private var phase = Phase.walking
    /// The blocks of the round, and the nodes of the round, in the order in which they are expanded.
    private(set) var blocks: [Int] = []
    private var wanted: [UInt32] = []
    private var expansionsLeft = 0
    var statistics = SearchStatistics()

    /// Of the upper graph, whose nearest nodes the walk begins at.
    private static let entryCount = 16

    init(navigator: DiskANNNavigator, metric: Metric) {
        self.navigator = navigator
        exactKernel = Kernels.best.distance(metric, .float32)
        preparedQuery = .allocate(byteCount: navigator.codes.preparedBytes, alignment: 64)
        query = UnsafeRawPointer(preparedQuery)
        let width = max(navigator.layout.degree, navigator.layout.nodesPerBlock, navigator.upper.bottomWidth)
        links = .allocate(capacity: width)
        distances = .allocate(capacity: width)
        upperWalk = HNSWWalk(graph: navigator.upper)
    }

    deinit {
        preparedQuery.deallocate()
        links.deallocate()
        distances.deallocate()
    }

    /// Begins the search of a query.
    ///
    /// - Parameter query: prepared for the metric, and there until the search has ended.
    func begin(_ query: UnsafePointer<Float>, _ task: Task) {
        self.query = UnsafeRawPointer(query)
        self.task = task
        navigator.codes.prepare(query, into: preparedQuery)
        nearest = TopK(k: task.k)
        let costs = DiskANNCosts(navigator: navigator, task: task)
        if costs.scanIsCheaper { beginScan() } else { beginWalk(expansions: costs.expansionsWorthAScan) }
    }

    /// Chooses the blocks to be read next, `beamWidth` at most; none when the search has ended.
    func chooseBlocks() {
        blocks.removeAll(keepingCapacity: true)
        wanted.removeAll(keepingCapacity: true)
        gather()
        if blocks.isEmpty, phase == .walking, nearest.count < min(task.k, permittedCount) {
            beginScan()
            gather()
        }
    }

    /// Takes the bytes of the blocks that were chosen, which `bytes` gives, and expands what they hold.
    ///
    /// - Throws: `DamagedNode` if a link or a number of links cannot be.
    func expand(bytes: (Int) -> UnsafeRawPointer) throws {
        let layout = navigator.layout
        for node in wanted {
            let index = blocks.firstIndex(of: layout.block(of: node))!
            try expand(layout.node(node, in: bytes(index)), node)
        }
        for (index, block) in blocks.enumerated() { try expandOthers(of: block, bytes(index)) }
        if phase == .walking, expansionsLeft < 0 { beginScan() }
    }

    /// The nearest permitted rows, by their exact distances, nearest first.
    func takeResult() -> [Neighbor] {
        let found = nearest
        nearest = TopK(k: 1)
        return found.sorted()
    }

    private var permittedCount: Int { task.permitted?.count ?? navigator.rowCount }

    private var codeScorer: QueryScorer { navigator.codes.scorer(UnsafeRawPointer(preparedQuery)) }

    private func beginWalk(expansions: Int) {
        phase = .walking
        expansionsLeft = expansions
        seen.removeAll()
        frontier.removeAll()
        candidates = TopK(k: task.searchList)
        let entry = upperWalk.approach(navigator.upper, above: 0, scorer: codeScorer)
        upperWalk.search(navigator.upper.links(level: 0), from: entry, ef: Self.entryCount, scorer: codeScorer)
        for index in 0..<upperWalk.pool.count {
            let found = upperWalk.pool.neighbor(at: index)
            _ = seen.insert(found.row)
            meet(found.row, found.distance)
        }
        statistics.distanceComputations += upperWalk.distanceComputations
        upperWalk.distanceComputations = 0
    }

    /// Puts the nearest permitted nodes by code on the list, without those whose exact distance is known.
    private func beginScan() {
        phase = .scanning
        frontier.removeAll()
        var nodes: [UInt32] = []
        for node in 0..<UInt32(navigator.layout.nodeCount) where navigator.isPermitted(node, task.permitted) {
            nodes.append(node)
        }
        let found = navigator.codes.nearest(DiskANNCosts.scanList(task), of: nodes, codeScorer)
        statistics.distanceComputations += nodes.count
        if !wasWalking { seen.removeAll() }
        for neighbor in found { frontier.insert(neighbor) }
        candidates = TopK(k: found.count + 1)
    }
}
