/// One search of an inverted file: the parameters of the call, and the two ways to run it.
struct IVFSearch<Codec: ListCodec> {
    private let index: IVFIndex<Codec>
    private let k: Int
    private let probes: Int
    /// Rows kept while the lists are scanned: k, or more to choose from by exact distance.
    private let keptCount: Int
    private let permitted: RowSet?
    private let scratch: IVFScratch
    private let scan: ListScan<Codec>

    /// Fewer queries than this are faster one by one.
    private static var fewestTogether: Int { 4 }
    /// So many queries are prepared at a time that their tables stay in the second-level cache.
    private static var preparedBytes: Int { 256 << 10 }

    init(
        index: IVFIndex<Codec>, k: Int, probes: Int, parameters: Parameters, permitted: RowSet?, scratch: IVFScratch
    ) {
        self.index = index
        self.k = k
        self.probes = probes
        keptCount = index.rescoring.keptCount(k, parameters, rowCount: index.lists.rowCount)
        self.permitted = permitted
        self.scratch = scratch
        scan = ListScan(codec: index.codec, lists: index.lists, permitted: permitted, scratch: scratch)
    }

    func run(_ queries: QueryBlock, statistics: inout SearchStatistics) -> [[Neighbor]] {
        guard queries.count >= Self.fewestTogether, !index.codec.hasUncertainBounds else {
            return (0..<queries.count).map { searchAlone(queries, $0, &statistics) }
        }
        let slice = max(Self.preparedBytes / max(index.codec.preparedBytes, 1), 4 * Self.fewestTogether)
        return stride(from: 0, to: queries.count, by: slice).flatMap { start in
            searchTogether(queries, start..<min(start + slice, queries.count), &statistics)
        }
    }

    // MARK: One query

    private func searchAlone(
        _ queries: QueryBlock, _ query: Int, _ statistics: inout SearchStatistics
    ) -> [Neighbor] {
        var nearest = TopK(k: keptCount)
        let exact = boundScorer(queries, query)
        bind(queries, query, prepared: scratch.prepared)
        for place in scratch.lists.indices {
            prefetch(place + 1)
            statistics.distanceComputations += scan.scan(
                scratch.lists[place], prepared: scratch.prepared, exact: exact, into: &nearest)
        }
        scanFurther(queries, query, scratch.prepared, exact, &nearest, &statistics)
        return finish(nearest, queries, query, &statistics)
    }

    /// Prepares a query and finds its lists, which are left in `scratch.lists`.
    private func bind(_ queries: QueryBlock, _ query: Int, prepared: UnsafeMutableRawPointer) {
        let vector = queries.query(query)
        index.codec.prepare(vector, into: prepared)
        index.coarse.nearest(probes, to: vector, scratch: scratch)
    }

    private func prefetch(_ place: Int) {
        guard place < scratch.lists.count else { return }
        index.codec.prefetch(index.lists.starts[Int(scratch.lists[place].row)])
    }

    /// Goes on with lists behind the `probes` nearest while fewer than k rows are found and more are permitted.
    private func scanFurther(
        _ queries: QueryBlock, _ query: Int, _ prepared: UnsafeRawPointer, _ exact: QueryScorer?,
        _ nearest: inout TopK, _ statistics: inout SearchStatistics
    ) {
        let possible = min(k, permitted?.count ?? index.lists.rowCount)
        guard nearest.count < possible, probes < index.lists.count else { return }
        let vector = queries.query(query)
        var done = RowSet(capacity: index.lists.count)
        index.coarse.nearest(probes, to: vector, scratch: scratch)
        for list in scratch.lists { done.insert(Int(list.row)) }
        index.coarse.nearest(index.lists.count, to: vector, scratch: scratch)
        for list in scratch.lists where !done.contains(Int(list.row)) {
            statistics.distanceComputations += scan.scan(list, prepared: prepared, exact: exact, into: &nearest)
            if nearest.count >= possible { return }
        }
    }

    // MARK: Many queries

    /// Each list is read once for all queries that scan it. Every query first scans the list nearest to it, which
    /// gives it a bound, then the lists follow in their order.
    private func searchTogether(
        _ queries: QueryBlock, _ range: Range<Int>, _ statistics: inout SearchStatistics
    ) -> [[Neighbor]] {
        let stride = alignedUp(index.codec.preparedBytes, to: 64)
        let prepared = MemoryBlock(byteCount: range.count * stride)
        var nearest = Array(repeating: TopK(k: keptCount), count: range.count)
        var first = Visits()
        var further = Visits()
        for query in range {
            let slot = query - range.lowerBound
            bind(queries, query, prepared: prepared.base + slot * stride)
            first.append(scratch.lists.prefix(1), slot: slot)
            further.append(scratch.lists.dropFirst(), slot: slot)
        }
        for visits in [first, further] {
            visits.forEach(listCount: index.lists.count) { list, slot in
                statistics.distanceComputations += scan.scan(
                    list, prepared: prepared.base + slot * stride,
                    exact: boundScorer(queries, range.lowerBound + slot), into: &nearest[slot])
            }
        }
        return range.map { query in
            let slot = query - range.lowerBound
            scanFurther(
                queries, query, prepared.base + slot * stride, boundScorer(queries, query), &nearest[slot], &statistics)
            return finish(nearest[slot], queries, query, &statistics)
        }
    }

    // MARK: Exact distances

    private func boundScorer(_ queries: QueryBlock, _ query: Int) -> QueryScorer? {
        guard case .withinBounds(let vectors, _) = index.rescoring else { return nil }
        return vectors.scorer(for: queries.query(query))
    }

    private func finish(
        _ kept: TopK, _ queries: QueryBlock, _ query: Int, _ statistics: inout SearchStatistics
    ) -> [Neighbor] {
        guard case .best(let vectors, _) = index.rescoring else { return Array(kept.sorted().prefix(k)) }
        let rows = kept.neighbors.map(\.row)
        let distances = [Float](unsafeUninitializedCapacity: rows.count) { distances, filled in
            vectors.scorer(for: queries.query(query)).distances(
                to: rows, count: rows.count, into: distances.baseAddress!)
            filled = rows.count
        }
        statistics.distanceComputations += rows.count
        var nearest = TopK(k: k)
        for (row, distance) in zip(rows, distances) { nearest.offer(distance, row) }
        return nearest.sorted()
    }
}

/// Lists that queries scan, to be gone through list by list.
private struct Visits {
    private var lists: [Neighbor] = []
    private var slots: [UInt32] = []

    mutating func append(_ lists: ArraySlice<Neighbor>, slot: Int) {
        self.lists += lists
        slots += repeatElement(UInt32(slot), count: lists.count)
    }

    /// Calls `body` with each list and the query that scans it, lists ascending, queries of a list as they were
    /// appended. O(visits + lists).
    func forEach(listCount: Int, _ body: (Neighbor, Int) -> Void) {
        for visit in GroupedRows(labels: lists.map(\.row), groupCount: listCount).rows {
            body(lists[Int(visit)], Int(slots[Int(visit)]))
        }
    }
}
