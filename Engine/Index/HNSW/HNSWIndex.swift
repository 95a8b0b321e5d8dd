/// Approximate search over a hierarchical navigable small world graph (Malkov and Yashunin 2018).
///
/// Build parameters: `M` (links of a row) and `efConstruction` (rows considered for them). Search parameter: `ef`
/// (rows kept by a walk), larger finds more and costs more.
final class HNSWIndex: StoredIndex {
    let definition: IndexDefinition
    let graph: HNSWGraph
    private let searchers: HNSWSearchers

    /// An index over a graph that was built or read before.
    init(definition: IndexDefinition, graph: HNSWGraph, rows: VectorRows) {
        precondition(graph.rowCount <= rows.capacity)
        self.definition = definition
        self.graph = graph
        let vectors = VectorSpace(metric: definition.metric, rows: rows, count: graph.rowCount)
        searchers = HNSWSearchers(graph: graph, vectors: HNSWVectors(walked: vectors, refinement: nil))
    }

    /// Builds the graph; the same rows, definition and seed give the same graph for any number of threads.
    static func build(_ source: IndexSource) -> HNSWIndex {
        let definition = source.definition
        let vectors = VectorSpace(metric: definition.metric, rows: source.rows, count: source.count)
        let builder = HNSWBuilder(
            vectors: vectors, walked: vectors, m: definition.integer("M"),
            efConstruction: min(definition.integer("efConstruction"), max(source.count, 1)), seed: source.seed,
            team: WorkerTeam(count: source.threads))
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
        let breadth = HNSWBreadth(ef: parameters.integer("ef"), k: k)
        return searchers.search(
            queries, k: k, breadth: breadth, permitted: permitted, forced: parameters.strategy,
            statistics: &statistics)
    }

    func plan(k: Int, parameters: Parameters, permitted: Int?) -> StrategyPlan {
        let breadth = HNSWBreadth(ef: parameters.integer("ef"), k: k)
        return searchers.plan(k: k, breadth: breadth, permitted: permitted, forced: parameters.strategy)
    }

    func search(
        holdingBack row: UInt32, _ query: QueryBlock, k: Int, parameters: Parameters, permitted: RowSet,
        statistics: inout SearchStatistics
    ) -> [Neighbor] {
        let breadth = HNSWBreadth(ef: parameters.integer("ef"), k: k)
        return searchers.search(
            holdingBack: row, query, k: k, breadth: breadth, permitted: permitted, forced: parameters.strategy,
            statistics: &statistics)
    }
}
