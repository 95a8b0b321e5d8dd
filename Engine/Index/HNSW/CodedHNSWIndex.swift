/// A graph that is walked over codes of the rows, the nearest rows found ranked again by better distances.
///
/// HNSW_SQ, HNSW_PQ and AUTOINDEX are this with different settings.
final class CodedHNSWIndex: StoredIndex {
    let definition: IndexDefinition
    let graph: HNSWGraph
    /// What is walked over; nil for the rows themselves.
    let codes: CodedRows?
    /// Better codes that rows are ranked again by; nil if that is done by full rows or not at all.
    let fineCodes: CodedRows?
    private let searchers: HNSWSearchers
    private let dimension: Int

    /// - Parameter rows: those that the graph is of; nil only if the definition does not keep them.
    init(
        definition: IndexDefinition, graph: HNSWGraph, codes: CodedRows?, fineCodes: CodedRows?, rows: VectorRows?
    ) {
        precondition(rows != nil || !definition.keepsRows)
        self.definition = definition
        self.graph = graph
        self.codes = codes
        self.fineCodes = fineCodes
        let full = definition.keepsRows ? rows : nil
        let exact = full.map { VectorSpace(metric: definition.metric, rows: $0, count: graph.rowCount) }
        let vectors = HNSWVectors(
            walked: codes?.space ?? exact!, refinement: codes == nil ? nil : fineCodes?.space ?? exact)
        searchers = HNSWSearchers(graph: graph, vectors: vectors)
        dimension = vectors.walked.rows.dimension
    }

    /// Builds the graph; the same rows, definition and seed give the same bytes for any number of threads.
    ///
    /// - Throws: `ApusError` if the codes that the definition asks for do not suit the dimension.
    static func build(_ source: IndexSource) throws -> CodedHNSWIndex {
        let plan = CodedHNSWPlan(source.definition)
        let team = WorkerTeam(count: source.threads)
        let vectors = VectorSpace(metric: source.definition.metric, rows: source.rows, count: source.count)
        let codes = try plan.codes.map { try CodedRows($0, source, team: team) }
        let builder = HNSWBuilder(
            vectors: vectors, walked: (plan.buildsOverCodes ? codes?.space : nil) ?? vectors, m: plan.m,
            efConstruction: min(plan.efConstruction, max(source.count, 1)), seed: source.seed, team: team)
        let graph = builder.build(progress: source.progress)
        let fineCodes = try plan.fineCodes.map { try CodedRows($0, source, team: team) }
        return CodedHNSWIndex(
            definition: source.definition, graph: graph, codes: codes, fineCodes: fineCodes, rows: source.rows)
    }

    var memoryBytes: Int { graph.memoryBytes + (codes?.memoryBytes ?? 0) + (fineCodes?.memoryBytes ?? 0) }

    func search(
        _ queries: QueryBlock, k: Int, parameters: Parameters, permitted: RowSet?,
        statistics: inout SearchStatistics
    ) throws -> [[Neighbor]] {
        try checkDimension(queries)
        let breadth = CodedHNSWPlan(definition).breadth(parameters, k: k)
        return searchers.search(
            queries, k: k, breadth: breadth, permitted: permitted, forced: parameters.strategy,
            statistics: &statistics)
    }

    func plan(k: Int, parameters: Parameters, permitted: Int?) -> StrategyPlan {
        let breadth = CodedHNSWPlan(definition).breadth(parameters, k: k)
        return searchers.plan(k: k, breadth: breadth, permitted: permitted, forced: parameters.strategy)
    }

    func search(
        holdingBack row: UInt32, _ query: QueryBlock, k: Int, parameters: Parameters, permitted: RowSet,
        statistics: inout SearchStatistics
    ) throws -> [Neighbor] {
        try checkDimension(query)
        let breadth = CodedHNSWPlan(definition).breadth(parameters, k: k)
        return searchers.search(
            holdingBack: row, query, k: k, breadth: breadth, permitted: permitted, forced: parameters.strategy,
            statistics: &statistics)
    }

    /// A file without the rows beside it does not show of which dimension they are.
    private func checkDimension(_ queries: QueryBlock) throws {
        guard queries.dimension == dimension else {
            throw StorageError.corrupted(
                "index", at: nil, "its codes are of dimension \(dimension), the vectors of \(queries.dimension)")
        }
    }

    // MARK: Bytes

    var digest: UInt64 { withParts { IndexParts.digest(of: $0) } }

    func write(_ append: (UnsafeRawBufferPointer) throws -> Void) throws {
        try withParts { try IndexParts.write($0, append) }
    }

    /// The graph in three parts, then codes in two and fine codes in two, as far as there are any.
    private func withParts<Result>(_ body: ([UnsafeRawBufferPointer]) throws -> Result) rethrows -> Result {
        try graph.withParts { graphParts in
            try Self.withParts(of: [codes, fineCodes].compactMap(\.self)[...], after: graphParts, body)
        }
    }

    private static func withParts<Result>(
        of coded: ArraySlice<CodedRows>, after parts: [UnsafeRawBufferPointer],
        _ body: ([UnsafeRawBufferPointer]) throws -> Result
    ) rethrows -> Result {
        guard let first = coded.first else { return try body(parts) }
        return try first.withParts { try withParts(of: coded.dropFirst(), after: parts + $0, body) }
    }

    /// Reads an index whose checksum was found right.
    ///
    /// - Throws: `StorageError` if the parts are not those of such an index.
    static func read(
        _ definition: IndexDefinition, _ parts: IndexParts, rows: VectorRows?, count: Int
    ) throws -> CodedHNSWIndex {
        let plan = CodedHNSWPlan(definition)
        let graph: HNSWGraph
        do {
            graph = try HNSWGraph(parts, first: 0, rowCount: count)
        } catch let error as DamagedGraph {
            throw parts.corrupted(error.message)
        }
        let kinds = [plan.codes, plan.fineCodes].compactMap(\.self)
        guard parts.count == 3 + 2 * kinds.count else {
            throw parts.corrupted("the index has \(parts.count) parts instead of \(3 + 2 * kinds.count)")
        }
        let coded = try kinds.enumerated().map { index, kind in
            try CodedRows(kind, definition, parts, first: 3 + 2 * index, count: count)
        }
        if let rows, let wrong = coded.first(where: { $0.dimension != rows.dimension }) {
            throw parts.corrupted("the codes are of dimension \(wrong.dimension), not \(rows.dimension)")
        }
        return CodedHNSWIndex(
            definition: definition, graph: graph, codes: coded.first, fineCodes: coded.dropFirst().first, rows: rows)
    }
}
