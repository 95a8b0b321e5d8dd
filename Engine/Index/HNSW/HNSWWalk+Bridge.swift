import CKernels

/// How far an expansion reaches through rows that are not permitted.
struct BridgeReach {
    let breadth: BridgeBreadth
    /// The walk is dropped when it has cost more than this.
    let nanosecondsAtMost: Double
    let costs: CostModel
    /// The walk begins at nodes from all over the graph, too, if the entry reaches too few or through more bridges.
    let entryBridgesAtMost: Int
    /// Whether the walk goes on then; if not, it is dropped.
    let walksElsewhere: Bool
}

extension HNSWWalk {
    /// A walk over the permitted rows alone, whose links to other rows are bridges: an expansion that finds few permitted
    /// rows goes on through the links of its other neighbours, whose distances are not computed (ACORN, Patel et al.
    /// 2024: its search over an ordinary graph, with as many second links as are needed to be not all).
    ///
    /// The walk begins at the entry and at nodes from all over the graph, since the permitted rows may lie far from the
    /// query. Leaves the nearest permitted rows found in `pool`.
    ///
    /// - Returns: false if the walk was dropped because it became too expensive.
    mutating func bridge(
        _ links: HNSWLinks, from entry: Neighbor, filter: GraphFilter, scorer: QueryScorer, reach: BridgeReach
    ) -> Bool {
        filter.nodes.withWords { words in
            forgetVisited()
            pool.reset(limit: reach.breadth.ef)
            guard begin(links, entry, filter.samples, words, scorer, reach) else { return false }
            let (distancesBefore, bridgedBefore) = (distanceComputations, nodesBridged)
            while let row = pool.expandNearest() {
                let found = collectPermitted(links, from: row, words, reach.breadth.reach)
                if let next = pool.likelyNext { prefetch(links, next) }
                offer(found, links, scorer)
                nodesExpanded += 1
                let cost =
                    Double(distanceComputations - distancesBefore) * reach.costs.walkedSomewhere
                    + Double(nodesBridged - bridgedBefore) * reach.costs.linkBlock
                if cost > reach.nanosecondsAtMost { return false }
            }
            return true
        }
    }

    /// Offers what the entry reaches, and nodes from everywhere if that is little: the permitted rows may lie elsewhere.
    ///
    /// - Returns: whether the walk is to go on.
    private mutating func begin(
        _ links: HNSWLinks, _ entry: Neighbor, _ samples: [UInt32], _ words: UnsafePointer<UInt64>,
        _ scorer: QueryScorer, _ reach: BridgeReach
    ) -> Bool {
        let isNew = visited.insert(entry.row)
        if words[Int(entry.row >> 6)] >> UInt64(entry.row & 63) & 1 != 0 {
            if isNew { pool.insert(entry.distance, entry.row) }
            return true
        }
        let before = nodesBridged
        let found = collectPermitted(links, from: entry.row, words, reach.breadth.reach)
        offer(found, links, scorer)
        let isElsewhere = found < reach.breadth.reach / 2 || nodesBridged - before > reach.entryBridgesAtMost
        if isElsewhere {
            pool.widen(to: reach.breadth.efElsewhere)
            offerSamples(samples, links, scorer)
        }
        return !isElsewhere || reach.walksElsewhere
    }

    private mutating func offerSamples(_ samples: [UInt32], _ links: HNSWLinks, _ scorer: QueryScorer) {
        var found = 0
        for row in samples {
            ids[found] = row
            found += visited.insert(row) ? 1 : 0
        }
        offer(found, links, scorer)
    }

    private mutating func offer(_ found: Int, _ links: HNSWLinks, _ scorer: QueryScorer) {
        scorer.distances(to: ids, count: found, into: distances)
        for index in 0..<found where pool.insert(distances[index], ids[index]) { prefetch(links, ids[index]) }
        distanceComputations += found
    }

    /// Leaves new permitted rows within two links of `row` in `ids`: those linked to it, then, while they are fewer than
    /// `wanted`, those linked to its other neighbours. A neighbour is passed through once in a walk.
    ///
    /// - Returns: how many there are.
    @inline(__always)
    private mutating func collectPermitted(
        _ links: HNSWLinks, from row: UInt32, _ words: UnsafePointer<UInt64>, _ wanted: Int
    ) -> Int {
        let near = kernel.divide(
            links.block(of: row), width: links.width, in: words, into: ids, others: others)
        var found = keepUnvisited(from: 0, to: near.permitted)
        guard found < wanted else { return found }
        let bridges = keepUnusedBridges(near.others)
        for index in 0..<min(bridges, Self.bridgesAhead) { prefetchAll(links, others[index]) }
        var next = 0
        while found < wanted && next < bridges {
            if next + Self.bridgesAhead < bridges { prefetchAll(links, others[next + Self.bridgesAhead]) }
            let block = links.block(of: others[next])
            _ = visited.insert(others[next])
            next += 1
            let reached = kernel.pick(block, width: links.width, in: words, into: ids + found)
            found = keepUnvisited(from: found, to: found + reached)
        }
        nodesBridged += next
        return found
    }

    /// Blocks of links that are asked for before they are read.
    private static var bridgesAhead: Int { 8 }

    /// Marks the rows of `ids` from a place on and moves those not marked before to the front.
    @inline(__always)
    private mutating func keepUnvisited(from first: Int, to end: Int) -> Int {
        var kept = first
        for index in first..<end {
            let row = ids[index]
            ids[kept] = row
            kept += visited.insert(row) ? 1 : 0
        }
        return kept
    }

    @inline(__always)
    private mutating func keepUnusedBridges(_ count: Int) -> Int {
        var kept = 0
        for index in 0..<count {
            let row = others[index]
            others[kept] = row
            kept += visited.contains(row) ? 0 : 1
        }
        return kept
    }

    @inline(__always)
    private func prefetchAll(_ links: HNSWLinks, _ row: UInt32) {
        let block = UnsafeRawPointer(links.block(of: row))
        var offset = 0
        while offset < links.width * 4 {
            apus_prefetch(block + offset)
            offset += 64
        }
    }
}
