import Synchronization

/// Approximate search over a hierarchical navigable small world graph (Malkov and Yashunin 2018).
///
/// Build parameters: `M` (links of a row) and `efConstruction` (rows considered for them). Search parameter: `ef`
/// (rows kept by a walk), larger finds more and costs more.
final class HNSWIndex: StoredIndex {
    let definition: IndexDefinition
    let graph: HNSWGraph
    let vectors: VectorSpace
    private let walks: Mutex<[HNSWSearcher]>

    /// The `ef` of a search that names none: this, or k if that is more.
    private static let defaultEf = 16

    /// An index over a graph that was built or read before.
    init(definition: IndexDefinition, graph: HNSWGraph, rows: VectorRows) {
        precondition(graph.rowCount <= rows.capacity)
        self.definition = definition
        self.graph = graph
        vectors = VectorSpace(metric: definition.metric, rows: rows, count: graph.rowCount)
        walks = Mutex([])
    }

    /// Builds the graph; the same rows, definition and seed give the same graph for any number of threads.
    static func build(_ source: IndexSource) -> HNSWIndex {
        let definition = source.definition
        let builder = HNSWBuilder(
            vectors: VectorSpace(metric: definition.metric, rows: source.rows, count: source.count),
            m: definition.integer("M"), efConstruction: min(definition.integer("efConstruction"), max(source.count, 1)),
            seed: source.seed, team: WorkerTeam(count: source.threads))
        return HNSWIndex(definition: definition, graph: builder.build(progress: source.progress), rows: source.rows)
    }

    var memoryBytes: Int { graph.memoryBytes }

    var digest: UInt64 { graph.digest }

    func write(_ append: (UnsafeRawBufferPointer) throws -> Void) throws {
        try graph.writeBody(append)
    }

    func search(
        _ queries: QueryBlock, k: Int, parameters: Parameters, permitted: RowSet?,
        statistics: inout SearchStatistics
    ) -> [[Neighbor]] {
        let ef = parameters.integer("ef") ?? max(Self.defaultEf, k)
        precondition(ef >= k, "ef was not checked before the search")
        let searcher = walks.withLock { $0.popLast() } ?? HNSWSearcher(graph: graph, vectors: vectors)
        defer { walks.withLock { $0.append(searcher) } }
        let results = (0..<queries.count).map { index in
            searcher.search(queries.query(index), k: k, ef: ef, permitted: permitted)
        }
        searcher.moveCounters(to: &statistics)
        return results
    }
}
