/// What one thread of a build works with.
final class HNSWBuildWorker {
    var walk: HNSWWalk
    var selection: NeighborSelection
    private var refiner = PoolRefiner()
    private let batchDistances: UnsafeMutablePointer<Float>

    init(graph: HNSWGraph, vectors: VectorSpace, efConstruction: Int) {
        walk = HNSWWalk(graph: graph)
        let fromSearch = efConstruction + HNSWBuilder.maximumBatch
        let fromLinks = graph.bottomWidth + HNSWBuilder.maximumBatch
        selection = NeighborSelection(capacity: max(fromSearch, fromLinks))
        batchDistances = .allocate(capacity: HNSWBuilder.maximumBatch)
    }

    deinit { batchDistances.deallocate() }

    /// Leaves the nearest rows of the graph and of `earlier` as sorted candidates.
    ///
    /// - Parameters:
    ///   - scorer: of what the walk goes over.
    ///   - refinement: the exact scorer of the same row, if the walk goes over codes.
    /// - Returns: the nearest row of the graph, from which the search of the next level starts.
    func findCandidates(
        _ links: HNSWLinks, entry: Neighbor, ef: Int, earlier: UnsafeBufferPointer<UInt32>,
        scorer: QueryScorer, refinement: QueryScorer?
    ) -> Neighbor {
        walk.search(links, from: entry, ef: ef, scorer: scorer)
        let nearest = walk.pool.neighbor(at: 0)
        if let refinement { _ = refiner.refine(&walk.pool, count: ef, limit: ef, scorer: refinement) }
        if let rows = earlier.baseAddress {
            (refinement ?? scorer).distances(to: rows, count: earlier.count, into: batchDistances)
            for (index, row) in earlier.enumerated() { walk.pool.insert(batchDistances[index], row) }
        }
        selection.removeCandidates()
        for index in 0..<walk.pool.count { selection.add(walk.pool.neighbor(at: index)) }
        return nearest
    }

    /// Makes the chosen rows the links of a row.
    func storeChosen(_ links: HNSWLinks, row: UInt32, distances: UnsafeMutablePointer<Float>) {
        let block = links.block(of: row)
        let blockDistances = distances + links.offset(of: row)
        for index in 0..<links.width {
            let isUsed = index < selection.chosenCount
            block[index] = isUsed ? selection.chosen(at: index).row : HNSWGraph.noLink
            blockDistances[index] = isUsed ? selection.chosen(at: index).distance : 0
        }
    }
}
