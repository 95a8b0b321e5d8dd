/// Builds a graph with any number of threads, byte for byte the same for all of them.
///
/// Rows enter in batches of two phases. First every row of the batch searches the graph as it was before the
/// batch, adds the rows before it in the batch by their distances, and chooses its links. Then the links back
/// are sorted by the row they start from, and each such row takes all of its new links at once. No row is
/// written by two threads and no phase reads what it writes, so there are no locks and no races to win.
final class HNSWBuilder {
    private let vectors: VectorSpace
    /// What the search for candidates walks over: `vectors`, or codes of them.
    private let walked: VectorSpace
    private let graph: HNSWGraph
    private let insertionOrder: [UInt32]
    private let efConstruction: Int
    private let team: WorkerTeam
    private let workers: [HNSWBuildWorker]
    private let linkDistances: [MemoryBlock]

    /// Rows of a batch at most: enough that threads seldom wait for the last row of a phase.
    static let maximumBatch = 128
    /// A batch is at most this share of the rows before it, so that hardly a near row hides in it.
    private static let batchShare = 16

    /// - Parameters:
    ///   - vectors: full rows, which links are chosen by.
    ///   - walked: the same rows, or codes of them, which are searched for candidates.
    init(vectors: VectorSpace, walked: VectorSpace, m: Int, efConstruction: Int, seed: UInt64, team: WorkerTeam) {
        precondition(vectors.count < CandidatePool.maximumRowCount)
        let duplicates = DuplicateGroups(rows: vectors.rows, count: vectors.count, team: team)
        let drawn = HNSWLevels(rowCount: vectors.count, m: m, seed: seed, duplicates: duplicates)
        let graph = HNSWGraph(
            m: m, levels: drawn.levels, entryRow: drawn.insertionOrder.first ?? 0, duplicates: duplicates)
        self.vectors = vectors
        self.walked = walked
        self.graph = graph
        self.efConstruction = efConstruction
        self.team = team
        insertionOrder = drawn.insertionOrder
        linkDistances = graph.blockBytes.map { MemoryBlock(byteCount: $0.count) }
        workers = (0..<team.count).map { _ in
            HNSWBuildWorker(graph: graph, vectors: vectors, efConstruction: efConstruction)
        }
    }

    /// - Parameter progress: called between batches with the rows done and all rows.
    func build(progress: (Int, Int) -> Void) -> HNSWGraph {
        var done = min(1, insertionOrder.count)
        while done < insertionOrder.count {
            let size = min(max(done / Self.batchShare, 1), Self.maximumBatch, insertionOrder.count - done)
            insert(done..<done + size)
            done += size
            progress(done, insertionOrder.count)
        }
        var repair = HNSWRepair(graph: graph, vectors: vectors, efConstruction: efConstruction)
        repair.run()
        return graph
    }

    private func insert(_ batch: Range<Int>) {
        insertionOrder.withUnsafeBufferPointer { order in
            team.forEach(batch.count, grain: 1) { range, worker in
                for position in range {
                    let earlier = UnsafeBufferPointer(
                        rebasing: order[batch.lowerBound..<batch.lowerBound + position])
                    chooseLinks(of: order[batch.lowerBound + position], earlier: earlier, workers[worker])
                }
            }
        }
        let links = reverseLinks(of: batch)
        let groups = HNSWReverseLink.groups(of: links)
        links.withUnsafeBufferPointer { links in
            team.forEach(groups.count, grain: 16) { range, worker in
                for group in range { link(links[groups[group]], workers[worker]) }
            }
        }
    }

    private func distances(_ links: HNSWLinks) -> UnsafeMutablePointer<Float> {
        linkDistances[links.level == 0 ? 0 : 1].base.assumingMemoryBound(to: Float.self)
    }

    /// Phase one: the links of a new row on all its levels.
    private func chooseLinks(of row: UInt32, earlier: UnsafeBufferPointer<UInt32>, _ worker: HNSWBuildWorker) {
        let exact = vectors.scorer(forRow: row)
        walked.withScorer(for: vectors.rows.row(Int(row))) { scorer in
            var level = graph.level(of: row)
            var entry = worker.walk.approach(graph, above: level, scorer: scorer)
            while level >= 0 {
                let links = graph.links(level: level)
                entry = worker.findCandidates(
                    links, entry: entry, ef: efConstruction, earlier: earlier, scorer: scorer,
                    refinement: walked.preparation == nil ? nil : exact)
                worker.selection.select(for: row, limit: graph.upperWidth, among: vectors)
                worker.storeChosen(links, row: row, distances: distances(links))
                level -= 1
            }
        }
    }

    /// The links back to the rows of a batch, sorted.
    private func reverseLinks(of batch: Range<Int>) -> [HNSWReverseLink] {
        var reverse: [HNSWReverseLink] = []
        for row in insertionOrder[batch] {
            for level in 0...graph.level(of: row) {
                let links = graph.links(level: level)
                let block = links.block(of: row)
                let blockDistances = distances(links) + links.offset(of: row)
                for index in 0..<links.count(in: block) {
                    reverse.append(
                        HNSWReverseLink(
                            from: block[index], level: UInt32(level), to: row,
                            distance: blockDistances[index]))
                }
            }
        }
        reverse.sort()
        return reverse
    }

    /// Phase two: one row takes its new links, and chooses anew if there are too many.
    private func link(_ new: Slice<UnsafeBufferPointer<HNSWReverseLink>>, _ worker: HNSWBuildWorker) {
        guard let first = new.first else { return }
        let links = graph.links(level: Int(first.level))
        let block = links.block(of: first.from)
        let blockDistances = distances(links) + links.offset(of: first.from)
        let count = links.count(in: block)
        if count + new.count <= links.width {
            for (index, link) in new.enumerated() {
                block[count + index] = link.to
                blockDistances[count + index] = link.distance
            }
            return
        }
        worker.selection.removeCandidates()
        for index in 0..<count {
            worker.selection.add(Neighbor(distance: blockDistances[index], row: block[index]))
        }
        for link in new { worker.selection.add(Neighbor(distance: link.distance, row: link.to)) }
        worker.selection.sortCandidates()
        worker.selection.select(for: first.from, limit: links.width, among: vectors)
        worker.storeChosen(links, row: first.from, distances: distances(links))
    }
}

/// A link that a row gains because a new row links to it.
struct HNSWReverseLink: Comparable {
    let from: UInt32
    let level: UInt32
    let to: UInt32
    let distance: Float

    static func < (left: HNSWReverseLink, right: HNSWReverseLink) -> Bool {
        if left.from != right.from { return left.from < right.from }
        return left.level != right.level ? left.level < right.level : left.to < right.to
    }

    /// Ranges of equal row and level in sorted links.
    static func groups(of sorted: [HNSWReverseLink]) -> [Range<Int>] {
        var groups: [Range<Int>] = []
        var start = 0
        for index in sorted.indices.dropFirst()
        where sorted[index].from != sorted[start].from || sorted[index].level != sorted[start].level {
            groups.append(start..<index)
            start = index
        }
        if start < sorted.count { groups.append(start..<sorted.count) }
        return groups
    }
}
