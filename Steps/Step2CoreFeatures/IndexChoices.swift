import Apus

/// How each index type is built in this step: one setting a type, alike where types are alike, and none of them tuned to
/// the data.
enum IndexChoices {
    /// Links of a row and candidates for them, for every graph.
    private static let graph: Parameters = ["M": 16, "efConstruction": 200]
    /// The nearest by codes are ranked again by the full rows.
    private static let byRows: Parameters = ["refine": true]
    /// The same by finer codes of a byte a number, so that no full row is needed in memory.
    private static let byFinerCodes: Parameters = ["refine": true, "refine_type": "SQ8"]
    /// Numbers of a vector that share a byte of a product code.
    private static let dimensionsPerByte = 4

    static func definition(_ type: IndexType, metric: Metric, rows: Int, dimension: Int) throws -> IndexDefinition {
        try IndexDefinition(type, metric: metric, parameters: parameters(type, rows: rows, dimension: dimension))
    }

    /// What is given; the engine fills in the rest. A type without a line here is built by its defaults.
    static func parameters(_ type: IndexType, rows: Int, dimension: Int) -> Parameters {
        // Lists and rows in a list come out alike.
        let lists: Parameters = ["nlist": .integer(max(1, Int(Double(rows).squareRoot())))]
        let products: Parameters = ["m": .integer(max(1, dimension / dimensionsPerByte))]
        switch type {
        case .ivfFlat, .ivfSQ8, .scann, .binIVFFlat: return lists
        case .ivfPQ: return join(lists, products, byRows)
        case .ivfRaBitQ: return join(lists, byRows)
        case .hnsw, .hnswSQ: return graph
        case .hnswPQ: return join(graph, products, byFinerCodes)
        case .diskANN: return ["max_degree": 32, "search_list_size": 100]
        default: return [:]
        }
    }

    /// Whether an index built so answers from its own codes, without full rows in memory.
    static func isCompact(_ type: IndexType) -> Bool {
        switch type {
        case .ivfSQ8, .hnswSQ, .hnswPQ, .diskANN: true
        default: false
        }
    }

    private static func join(_ parts: Parameters...) -> Parameters {
        parts.reduce([:]) { $0.merging($1) { $1 } }
    }
}
