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

    private let links: HNSWLinks
    private let nodesPerBlock: Int
    private var isPlaced: RowSet
    private var isQueued: RowSet
    private var queue: [UInt32] = []
    private var queueHead = 0
    /// For each row the links to it from the block that is filled, and the rows for which there are some.
    private var linksFromBlock: [UInt16]
    private var candidates: [UInt32] = []

    /// O(rows x degree x nodes of a block).
    init(graph: HNSWGraph, nodesPerBlock: Int) {
        let linked = graph.linkedRows
        let upper = linked.filter { graph.level(of: $0) > 0 || $0 == graph.entryRow }
        upperCount = upper.count
        links = graph.links(level: 0)
        self.nodesPerBlock = nodesPerBlock
        isPlaced = RowSet(capacity: graph.rowCount)
        isQueued = RowSet(capacity: graph.rowCount)
        linksFromBlock = Array(repeating: 0, count: graph.rowCount)
        rows.reserveCapacity(linked.count)
        for row in upper { place(row) }
        while let row = nextSeed() {
            place(row)
            while rows.count % nodesPerBlock != 0, let row = takeBestCandidate() { place(row) }
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
        let block = links.block(of: row)
        for index in 0..<links.count(in: block) where !isPlaced.contains(Int(block[index])) {
            let target = block[index]
            if isQueued.insert(Int(target)) { queue.append(target) }
            if linksFromBlock[Int(target)] == 0 { candidates.append(target) }
            linksFromBlock[Int(target)] += 1
        }
    }

    private mutating func beginBlock() {
        for row in candidates { linksFromBlock[Int(row)] = 0 }
        candidates.removeAll(keepingCapacity: true)
    }

    /// The row with the most links from the block; of equals the one that was met first, which is the nearest.
    private mutating func takeBestCandidate() -> UInt32? {
        var best: UInt32?
        var most: UInt16 = 0
        for row in candidates where linksFromBlock[Int(row)] > most && !isPlaced.contains(Int(row)) {
            best = row
            most = linksFromBlock[Int(row)]
        }
        return best
    }
}
