/// Exact search: every distance is computed, recall is one.
struct FlatIndex: VectorIndex {
    let definition: IndexDefinition
    private let vectors: VectorSpace

    /// - Parameter rows: prepared for the metric (normalised for COSINE); rows 0 ..< `count` are searched.
    init(definition: IndexDefinition, rows: VectorRows, count: Int) {
        self.definition = definition
        vectors = VectorSpace(metric: definition.metric, rows: rows, count: count)
    }

    var memoryBytes: Int { 0 }

    func search(
        _ queries: QueryBlock, k: Int, parameters: Parameters, permitted: RowSet?,
        statistics: inout SearchStatistics
    ) -> [[Neighbor]] {
        var nearest = Array(repeating: TopK(k: k), count: queries.count)
        statistics.distanceComputations += FlatScan.scan(
            vectors, metric: definition.metric, queries: queries, firstRow: 0, permitted: permitted,
            into: &nearest)
        return nearest.map { $0.sorted() }
    }
}
