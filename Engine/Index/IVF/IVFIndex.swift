import Synchronization

/// Approximate search over inverted lists (Sivic and Zisserman 2003; Jégou, Douze and Schmid 2011): the rows are
/// divided into `nlist` lists around the centroids of a k-means, and a search scans the `nprobe` lists whose
/// centroids are nearest to the query.
///
/// How rows are kept inside the lists is the codec's. Lists beyond `nprobe` are scanned only until k rows are found.
/// Under a filter `nprobe` grows, since the nearest permitted rows lie farther away.
///
/// Twice as many lists halve the rows of each: rows scanned for a recall fall, until finding the lists costs as much
/// as scanning them. About 4 to 16 times the square root of the number of rows is a good `nlist`.
final class IVFIndex<Codec: ListCodec>: StoredIndex {
    let definition: IndexDefinition
    let coarse: CoarseQuantizer
    let lists: InvertedLists
    let codec: Codec
    let rescoring: Rescoring
    private let header: MemoryBlock
    private let scratches: Mutex<[IVFScratch]>

    init(
        definition: IndexDefinition, coarse: CoarseQuantizer, lists: InvertedLists, codec: Codec,
        rescoring: Rescoring
    ) {
        precondition(lists.count == coarse.count && lists.alignment == codec.alignment)
        self.definition = definition
        self.coarse = coarse
        self.lists = lists
        self.codec = codec
        self.rescoring = rescoring
        header = IVFFile.header(coarse, lists)
        scratches = Mutex([])
    }

    var digest: UInt64 { IndexParts.digest(of: parts) }

    func write(_ append: (UnsafeRawBufferPointer) throws -> Void) throws {
        try IndexParts.write(parts, append)
    }

    /// Those that `IVFFile` reads, and those of the codec.
    private var parts: [UnsafeRawBufferPointer] {
        [header.bytes, coarse.bytes, lists.countBytes, lists.rowBytes] + codec.parts
    }

    var memoryBytes: Int { coarse.memoryBytes + lists.memoryBytes + codec.memoryBytes }

    func search(
        _ queries: QueryBlock, k: Int, parameters: Parameters, permitted: RowSet?,
        statistics: inout SearchStatistics
    ) throws -> [[Neighbor]] {
        let nprobe = parameters.integer("nprobe") ?? Self.defaultProbes
        guard queries.dimension == coarse.centroids.dimension else { throw wrongDimension(queries.dimension) }
        if lists.rowCount == 0 || permitted?.count == 0 { return Array(repeating: [], count: queries.count) }
        if let found = searchPermittedExactly(queries, k, nprobe, permitted, &statistics) { return found }
        statistics.strategies[.lists] += queries.count
        let scratch = takeScratch()
        defer { scratches.withLock { $0.append(scratch) } }
        let search = IVFSearch(
            index: self, k: k, probes: probes(nprobe, permitted), parameters: parameters, permitted: permitted,
            scratch: scratch)
        return search.run(queries, statistics: &statistics)
    }

    /// Exact distances where few rows are permitted and full rows are at hand, else lists. The costs are those of
    /// estimates, by what they take on processors of the last years.
    func plan(k: Int, parameters: Parameters, permitted: Int?) -> StrategyPlan {
        let permittedRows = permitted ?? lists.rowCount
        let nprobe = parameters.integer("nprobe") ?? Self.defaultProbes
        let probed = Double(min(nprobe, lists.count)) / Double(max(lists.count, 1))
        let scanned = StrategyCost(
            strategy: .lists, nanoseconds: probed * Double(lists.rowCount) * Self.estimateNanoseconds)
        let measured = StrategyCost(
            strategy: .scan, nanoseconds: Double(permittedRows * Self.exactShare) * Self.estimateNanoseconds)
        let scans = permitted != nil && rescoring.vectors != nil && permittedRows <= exactRowsAtMost(nprobe, k)
        return StrategyPlan(
            rescoring.vectors == nil || permitted == nil ? [scanned] : [scanned, measured],
            forced: scans ? .scan : .lists, permittedRows: permittedRows, rows: lists.rowCount)
    }

    /// So many permitted rows or fewer are measured one by one.
    private func exactRowsAtMost(_ nprobe: Int, _ k: Int) -> Int {
        max(lists.rowCount / max(lists.count, 1) * min(nprobe, lists.count) / Self.exactShare, k)
    }

    /// A file says of which dimension its index is; one that was exchanged for another collection's says it wrongly.
    private func wrongDimension(_ dimension: Int) -> StorageError {
        .corrupted(
            definition.type.rawValue, at: nil,
            "the index is of dimension \(coarse.centroids.dimension), the field of \(dimension); build the index again")
    }

    private func takeScratch() -> IVFScratch {
        scratches.withLock { $0.popLast() }
            ?? IVFScratch(coarse, preparedBytes: codec.preparedBytes)
    }

    /// Lists to scan: `nprobe` without a filter. With one, a list holds fewer permitted rows and the nearest lie in
    /// more lists; the inverse square root of the permitted share keeps the recall up while the work still falls.
    private func probes(_ nprobe: Int, _ permitted: RowSet?) -> Int {
        guard let permitted else { return min(nprobe, lists.count) }
        let share = Double(permitted.count) / Double(lists.rowCount)
        return min(Int((Double(nprobe) / share.squareRoot()).rounded()), lists.count)
    }

    /// Exact distances to all permitted rows, where there are fewer of them than a search would look at. Nil where
    /// there are more, or no full rows.
    private func searchPermittedExactly(
        _ queries: QueryBlock, _ k: Int, _ nprobe: Int, _ permitted: RowSet?, _ statistics: inout SearchStatistics
    ) -> [[Neighbor]]? {
        guard let permitted, let vectors = rescoring.vectors else { return nil }
        guard permitted.count <= exactRowsAtMost(nprobe, k) else { return nil }
        statistics.strategies[.scan] += queries.count
        return (0..<queries.count).map { query in
            var nearest = TopK(k: k)
            statistics.distanceComputations += FlatScan.scan(
                vectors.scorer(for: queries.query(query)), rows: 0..<vectors.count, firstRow: 0,
                permitted: permitted, into: &nearest)
            return nearest.sorted()
        }
    }

    /// The lists of a search that names no number.
    private static var defaultProbes: Int { 8 }
    /// An exact distance to a row somewhere costs about as much as this many estimates in a list.
    private static var exactShare: Int { 4 }
    private static var estimateNanoseconds: Double { 4 }
}
