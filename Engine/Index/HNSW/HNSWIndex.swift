import Synchronization

/// Approximate search over a hierarchical navigable small world graph (Malkov and Yashunin 2018).
///
/// Build parameters: `M` (links of a row) and `efConstruction` (rows considered for them). Search parameter: `ef`
/// (rows kept by a walk), larger finds more and costs more.
final class HNSWIndex: VectorIndex {
    let definition: IndexDefinition
    let graph: HNSWGraph
    let vectors: VectorSpace
    private let walks: Mutex<[HNSWSearcher]>

    /// The `ef` of a search that names none: this, or twice k if that is more.
    static let defaultEf = 64

    /// An index over a graph that was built or read before.
    init(definition: IndexDefinition, graph: HNSWGraph, rows: VectorRows) {
        precondition(graph.rowCount <= rows.capacity)
        self.definition = definition
        self.graph = graph
        vectors = VectorSpace(metric: definition.metric, rows: rows, count: graph.rowCount)
        walks = Mutex([])
    }

    /// Builds the graph; the same rows, definition and seed give the same graph for any number of threads.
    ///
    /// - Parameters:
    ///   - rows: prepared for the metric (normalised for COSINE); rows 0 ..< `count` are indexed.
    ///   - progress: called on this thread with the rows done and all rows.
    static func build(
        definition: IndexDefinition, rows: VectorRows, count: Int, seed: UInt64, threads: Int,
        progress: (Int, Int) -> Void = { _, _ in }
    ) -> HNSWIndex {
        let builder = HNSWBuilder(
            vectors: VectorSpace(metric: definition.metric, rows: rows, count: count),
            m: definition.integer("M"), efConstruction: definition.integer("efConstruction"), seed: seed,
            team: WorkerTeam(count: threads))
        return HNSWIndex(definition: definition, graph: builder.build(progress: progress), rows: rows)
    }

    /// The `ef` of a search.
    ///
    /// - Throws: `ApusError` with code `invalidArgument` if `ef` is below `k`.
    static func resolveEf(_ parameters: Parameters, k: Int) throws -> Int {
        guard case .integer(let ef)? = parameters["ef"] else { return max(defaultEf, 2 * k) }
        if ef >= k { return ef }
        throw ApusError(
            .invalidArgument, "search parameter ef is \(ef), below k = \(k); set ef to \(k) or more")
    }

    var memoryBytes: Int { graph.memoryBytes }

    func search(
        _ queries: QueryBlock, k: Int, parameters: Parameters, permitted: RowSet?,
        statistics: inout SearchStatistics
    ) -> [[Neighbor]] {
        guard let ef = try? Self.resolveEf(parameters, k: k) else {
            preconditionFailure("ef was not checked before the search")
        }
        let searcher = walks.withLock { $0.popLast() } ?? HNSWSearcher(graph: graph, vectors: vectors)
        defer { walks.withLock { $0.append(searcher) } }
        let results = (0..<queries.count).map { index in
            searcher.search(queries.query(index), k: k, ef: ef, permitted: permitted)
        }
        searcher.moveCounters(to: &statistics)
        return results
    }
}
