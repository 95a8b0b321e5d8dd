/// A graph that is walked over codes of the rows, the nearest rows found ranked again by better distances.
///
/// HNSW_SQ and AUTOINDEX are this with different settings.
final class CodedHNSWIndex: StoredIndex {
    let definition: IndexDefinition
    let graph: HNSWGraph
    let codes: CodedRows
    /// Better codes that rows are ranked again by; nil if that is done by full rows or not at all.
    let fineCodes: CodedRows?
    private let searchers: HNSWSearchers

    init(
        definition: IndexDefinition, graph: HNSWGraph, codes: CodedRows, fineCodes: CodedRows?, rows: VectorRows?
    ) {
        self.definition = definition
        self.graph = graph
        self.codes = codes
        self.fineCodes = fineCodes
        let full = definition.keepsRows ? rows! : nil
        let exact = full.map { VectorSpace(metric: definition.metric, rows: $0, count: graph.rowCount) }
        searchers = HNSWSearchers(
            graph: graph, vectors: HNSWVectors(walked: codes.space, refinement: fineCodes?.space ?? exact))
    }

    /// Builds the graph; the same rows, definition and seed give the same bytes for any number of threads.
    static func build(_ source: IndexSource) -> CodedHNSWIndex {
        let plan = CodedHNSWPlan(source.definition)
        let team = WorkerTeam(count: source.threads)
        let vectors = VectorSpace(metric: source.definition.metric, rows: source.rows, count: source.count)
        let codes = CodedRows(plan.codes, source, team: team)
        let builder = HNSWBuilder(
            vectors: vectors, walked: vectors, m: plan.m,
            efConstruction: min(plan.efConstruction, max(source.count, 1)), seed: source.seed, team: team)
        let graph = builder.build(progress: source.progress)
        return CodedHNSWIndex(
            definition: source.definition, graph: graph, codes: codes,
            fineCodes: plan.fineCodes.map { CodedRows($0, source, team: team) }, rows: source.rows)
    }

    var memoryBytes: Int { graph.memoryBytes + codes.memoryBytes + (fineCodes?.memoryBytes ?? 0) }

    func search(
        _ queries: QueryBlock, k: Int, parameters: Parameters, permitted: RowSet?,
        statistics: inout SearchStatistics
    ) -> [[Neighbor]] {
        let breadth = CodedHNSWPlan(definition).breadth(parameters, k: k)
        return searchers.search(queries, k: k, breadth: breadth, permitted: permitted, statistics: &statistics)
    }

    // MARK: Bytes

    var digest: UInt64 { withParts { IndexParts.digest(of: $0) } }

    func write(_ append: (UnsafeRawBufferPointer) throws -> Void) throws {
        try withParts { try IndexParts.write($0, append) }
    }

    /// The graph in three parts, then codes in two, then fine codes in two if there are any.
    private func withParts<Result>(_ body: ([UnsafeRawBufferPointer]) throws -> Result) rethrows -> Result {
        try graph.withParts { graphParts in
            try codes.withParts { codeParts in
                guard let fineCodes else { return try body(graphParts + codeParts) }
                return try fineCodes.withParts { try body(graphParts + codeParts + $0) }
            }
        }
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
        let expected = plan.fineCodes == nil ? 5 : 7
        guard parts.count == expected else {
            throw parts.corrupted("the index has \(parts.count) parts instead of \(expected)")
        }
        let codes = try CodedRows(plan.codes, definition.metric, parts, first: 3, count: count)
        let fineCodes = try plan.fineCodes.map { try CodedRows($0, definition.metric, parts, first: 5, count: count) }
        return CodedHNSWIndex(definition: definition, graph: graph, codes: codes, fineCodes: fineCodes, rows: rows)
    }
}
