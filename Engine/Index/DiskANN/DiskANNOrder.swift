/// The order in which the nodes of a graph lie on disk: rows that link to each other share blocks, so that one read
/// brings several nodes that a walk wants (block shuffling of Starling, Wang et al. 2024, filled greedily).
///
/// The rows above level 0 come first, in the order of their rows: searches begin among them, in memory, and so their
/// codes lie together. The other rows follow breadth first from the entry, block by block: a block takes, again and
/// again, the row with the most links from those it holds.
struct DiskANNOrder {
    /// The row of each node; rows without links of their own (members of duplicate groups) have none.
    private(set) var rows: [UInt32] = []
    /// Nodes that are above level 0: 0 ..< upperCount. The entry row is among them. Zero for no rows only.
    let upperCount: Int

    private let vectors: VectorSpace
    private let links: HNSWLinks
    private let nodesPerBlock: Int
    private var isPlaced: RowSet
    private var isQueued: RowSet
    private var queue: [UInt32] = []
    private var queueHead = 0
    /// Rows that the block links to, and of each the sum of its distances to the rows of the block.
    private var candidates: [UInt32] = []
    private var sums: [Float] = []
    private var distances: [Float] = []
    private var isCandidate: RowSet

    /// O(rows x degree x nodes of a block).
    init(graph: HNSWGraph, vectors: VectorSpace, nodesPerBlock: Int) {
        let linked = graph.linkedRows
        let upper = linked.filter { graph.level(of: $0) > 0 || $0 == graph.entryRow }
        upperCount = upper.count
        self.vectors = vectors
        links = graph.links(level: 0)
        self.nodesPerBlock = nodesPerBlock
        isPlaced = RowSet(capacity: graph.rowCount)
        isQueued = RowSet(capacity: graph.rowCount)
        isCandidate = RowSet(capacity: graph.rowCount)
        rows.reserveCapacity(linked.count)
        for row in upper { place(row) }
        while let row = nextSeed() {
            place(row)
            while rows.count % nodesPerBlock != 0, let row = nearestCandidate() { place(row) }
        }
        // Every row is reachable in a built graph; those of any other graph are nodes all the same.
        for row in linked where !isPlaced.contains(Int(row)) { place(row) }
    }

    private mutating func nextSeed() -> UInt32? {
        while queueHead < queue.count {
            let row = queue[queueHead]
            queueHead += 1
            if !isPlaced.contains(Int(row)) { return row }
        }
        return nil
    }

    private mutating func place(_ row: UInt32) {
        if rows.count % nodesPerBlock == 0 { beginBlock() }
        rows.append(row)
        isPlaced.insert(Int(row))
        add(distancesFrom: row, from: 0)
        let firstNew = candidates.count
        let block = links.block(of: row)
        for index in 0..<links.count(in: block) where !isPlaced.contains(Int(block[index])) {
            let target = block[index]
            if isQueued.insert(Int(target)) { queue.append(target) }
            if isCandidate.insert(Int(target)) {
                candidates.append(target)
                sums.append(0)
            }
        }
        let members = rows[(rows.count - 1) / nodesPerBlock * nodesPerBlock..<rows.count]
        for member in members { add(distancesFrom: member, from: firstNew) }
    }

    private mutating func add(distancesFrom row: UInt32, from first: Int) {
        guard first < candidates.count else { return }
        let count = candidates.count - first
        if distances.count < count { distances = Array(repeating: 0, count: count) }
        candidates.withUnsafeBufferPointer {
            vectors.scorer(forRow: row).distances(to: $0.baseAddress! + first, count: count, into: &distances)
        }
        for index in 0..<count { sums[first + index] += distances[index] }
    }

    private mutating func beginBlock() {
        for row in candidates { isCandidate.remove(Int(row)) }
        candidates.removeAll(keepingCapacity: true)
        sums.removeAll(keepingCapacity: true)
    }

    private func nearestCandidate() -> UInt32? {
        var best: Int?
        for index in candidates.indices where !isPlaced.contains(Int(candidates[index])) {
            if best.map({ sums[index] < sums[$0] }) ?? true { best = index }
        }
        return best.map { candidates[$0] }
    }
}
