import Synchronization

/// Exact search: recall is one. The distances are those of the float32 kernel, bit by bit, whether all of them are
/// computed (`FlatScan`) or only those that codes cannot rule out (`FlatCodeScan`).
final class FlatIndex: VectorIndex {
    let definition: IndexDefinition
    private let vectors: VectorSpace
    private let codes: BlockCodes?
    private let scratches = Mutex<[FlatScratch]>([])

    /// - Parameters:
    ///   - rows: prepared for the metric (normalised for COSINE); rows 0 ..< `count` are searched.
    ///   - threads: for making the codes.
    convenience init(definition: IndexDefinition, rows: VectorRows, count: Int, threads: Int = Processors.count) {
        let codes = FlatCodes.make(metric: definition.metric, rows: rows, count: count, threads: threads)
        self.init(definition: definition, rows: rows, count: count, codes: codes)
    }

    /// - Parameter codes: of these rows.
    init(definition: IndexDefinition, rows: VectorRows, count: Int, codes: BlockCodes?) {
        precondition(codes == nil || codes!.places == count)
        self.definition = definition
        self.codes = codes
        vectors = VectorSpace(metric: definition.metric, rows: rows, count: count)
    }

    var memoryBytes: Int { codes?.memoryBytes ?? 0 }

    func search(
        _ queries: QueryBlock, k: Int, parameters: Parameters, permitted: RowSet?,
        statistics: inout SearchStatistics
    ) -> [[Neighbor]] {
        var nearest = Array(repeating: TopK(k: k), count: queries.count)
        if let codes, FlatCodeScan.pays(codes, k: k, permitted: permitted) {
            scan(codes, queries, permitted, &nearest)
            statistics.distanceComputations += queries.count * vectors.count
        } else {
            statistics.distanceComputations += FlatScan.scan(
                vectors, metric: definition.metric, queries: queries, firstRow: 0, permitted: permitted,
                into: &nearest)
        }
        return nearest.map { $0.sorted() }
    }

    /// Each row counts as one distance of a query, though most are told by their codes.
    private func scan(_ codes: BlockCodes, _ queries: QueryBlock, _ permitted: RowSet?, _ nearest: inout [TopK]) {
        if let batch = FlatCodeBatchScan(vectors, codes, metric: definition.metric, queries, permitted: permitted) {
            return batch.scan(into: &nearest)
        }
        let scratch = scratches.withLock { $0.popLast() } ?? FlatScratch(codes)
        defer { scratches.withLock { $0.append(scratch) } }
        let scan = FlatCodeScan(vectors: vectors, codes: codes, permitted: permitted)
        for query in 0..<queries.count {
            if scan.scan(queries.floats(query), scratch: scratch, into: &nearest[query]) { continue }
            _ = FlatScan.scan(
                vectors.scorer(for: queries.query(query)), rows: 0..<vectors.count, firstRow: 0,
                permitted: permitted, into: &nearest[query])
        }
    }
}
