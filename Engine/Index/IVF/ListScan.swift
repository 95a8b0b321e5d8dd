/// Scans lists for one query, or for several one after the other: estimates of a chunk of places, the positions
/// that may enter, and for those the distances.
struct ListScan<Codec: ListCodec> {
    let codec: Codec
    let lists: InvertedLists
    let permitted: RowSet?
    let scratch: IVFScratch
    private let kernels = Kernels.best

    /// Permitted places that lie no farther apart than this share a run of estimates.
    private static var runGap: Int { 16 }
    /// If more places than one in this many are permitted, all of a chunk are estimated.
    private static var sparseShare: Int { 4 }

    init(codec: Codec, lists: InvertedLists, permitted: RowSet?, scratch: IVFScratch) {
        self.codec = codec
        self.lists = lists
        self.permitted = permitted
        self.scratch = scratch
    }

    /// Offers the permitted rows of a list to `nearest`.
    ///
    /// - Parameters:
    ///   - list: the list and the distance of the query from its centroid.
    ///   - exact: computes the distances to offer; nil offers the estimates.
    /// - Returns: how many estimates were computed.
    func scan(
        _ list: Neighbor, prepared: UnsafeRawPointer, exact: QueryScorer?, into nearest: inout TopK
    ) -> Int {
        let places = lists.places(Int(list.row))
        var computed = 0
        var start = places.lowerBound
        while start < places.upperBound {
            let chunk = start..<min(start + IVFScratch.chunkPlaces, places.upperBound)
            start = chunk.upperBound
            if let permitted {
                computed += scanPermitted(permitted, chunk, list, prepared, exact, &nearest)
            } else if exact == nil {
                computed += chunk.count
                offerCandidates(chunk, list, prepared, &nearest)
            } else {
                codec.estimate(chunk, of: list, prepared: prepared, into: scratch.estimates)
                computed += chunk.count
                offer(chunk, list, prepared, exact, &nearest)
            }
        }
        return computed
    }

    private func offerCandidates(
        _ chunk: Range<Int>, _ list: Neighbor, _ prepared: UnsafeRawPointer, _ nearest: inout TopK
    ) {
        let found = codec.candidates(
            chunk, of: list, prepared: prepared, bound: nearest.worstDistance, positions: scratch.positions,
            estimates: scratch.estimates)
        for index in 0..<found {
            nearest.offer(scratch.estimates[index], lists.rows[chunk.lowerBound + Int(scratch.positions[index])])
        }
    }

    /// Estimates only runs of places around permitted ones; the others count as infinitely far.
    private func scanPermitted(
        _ permitted: RowSet, _ chunk: Range<Int>, _ list: Neighbor, _ prepared: UnsafeRawPointer,
        _ exact: QueryScorer?, _ nearest: inout TopK
    ) -> Int {
        var found = 0
        for place in chunk where permitted.contains(Int(lists.rows[place])) {
            scratch.positions[found] = UInt32(place - chunk.lowerBound)
            found += 1
        }
        guard found > 0 else { return 0 }
        let computed = estimateRuns(found, chunk, list, prepared)
        // Permitted estimates move to the front: each to a place at or before its own.
        for index in 0..<found {
            let position = Int(scratch.positions[index])
            scratch.estimates[index] = scratch.estimates[position]
            scratch.rows[index] = lists.rows[chunk.lowerBound + position]
        }
        offer(count: found, list, prepared, exact, &nearest)
        return computed
    }

    private func estimateRuns(
        _ found: Int, _ chunk: Range<Int>, _ list: Neighbor, _ prepared: UnsafeRawPointer
    ) -> Int {
        if found * Self.sparseShare >= chunk.count {
            codec.estimate(chunk, of: list, prepared: prepared, into: scratch.estimates)
            return chunk.count
        }
        var computed = 0
        var index = 0
        while index < found {
            let first = Int(scratch.positions[index]) / codec.alignment * codec.alignment
            var last = Int(scratch.positions[index])
            index += 1
            while index < found, Int(scratch.positions[index]) - last <= Self.runGap {
                last = Int(scratch.positions[index])
                index += 1
            }
            let end = min((last / codec.alignment + 1) * codec.alignment, chunk.count)
            // A run ends with its block, so the next one may begin no earlier than there.
            while index < found, Int(scratch.positions[index]) < end { index += 1 }
            codec.estimate(
                chunk.lowerBound + first..<chunk.lowerBound + end, of: list, prepared: prepared,
                into: scratch.estimates + first)
            computed += end - first
        }
        return computed
    }

    private func offer(
        _ chunk: Range<Int>, _ list: Neighbor, _ prepared: UnsafeRawPointer, _ exact: QueryScorer?,
        _ nearest: inout TopK
    ) {
        scratch.rows.update(from: lists.rows + chunk.lowerBound, count: chunk.count)
        offer(count: chunk.count, list, prepared, exact, &nearest)
    }

    /// Offers the first `count` of `scratch.rows`, whose estimates are in `scratch.estimates`.
    private func offer(
        count: Int, _ list: Neighbor, _ prepared: UnsafeRawPointer, _ exact: QueryScorer?, _ nearest: inout TopK
    ) {
        guard let exact else {
            for index in 0..<positionsWithin(nearest.worstDistance, count: count) {
                let position = Int(scratch.positions[index])
                nearest.offer(scratch.estimates[position], scratch.rows[position])
            }
            return
        }
        if nearest.worstDistance == .infinity { offerBestEstimates(count: count, exact, &nearest) }
        let bound = codec.largestEstimate(forDistance: nearest.worstDistance, of: list, prepared: prepared)
        let found = positionsWithin(bound, count: count)
        offerExact(found, exact, &nearest)
    }

    /// Fills `nearest` with the rows of the least estimates, so that there is a bound for the others.
    private func offerBestEstimates(count: Int, _ exact: QueryScorer, _ nearest: inout TopK) {
        var best = TopK(k: min(nearest.k, IVFScratch.chunkPlaces))
        for position in 0..<count { best.offer(scratch.estimates[position], UInt32(position)) }
        let positions = best.sorted()
        for (index, neighbor) in positions.enumerated() { scratch.positions[index] = neighbor.row }
        offerExact(positions.count, exact, &nearest)
        for neighbor in positions { scratch.estimates[Int(neighbor.row)] = .nan }
    }

    private func offerExact(_ found: Int, _ exact: QueryScorer, _ nearest: inout TopK) {
        // Found positions ascend or are the only ones, so none is overwritten before it is read.
        let ids = scratch.positions
        for index in 0..<found { ids[index] = scratch.rows[Int(scratch.positions[index])] }
        exact.distances(to: ids, count: found, into: scratch.distances)
        for index in 0..<found where scratch.distances[index] <= nearest.worstDistance {
            nearest.offer(scratch.distances[index], ids[index])
        }
    }

    /// NaN, what estimates of rows offered before are set to, is within no bound.
    private func positionsWithin(_ bound: Float, count: Int) -> Int {
        scratch.bounds.update(repeating: bound, count: count)
        return kernels.positionsWithin(
            values: scratch.estimates, bounds: scratch.bounds, count: count, positions: scratch.positions)
    }
}
