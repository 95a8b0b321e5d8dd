/// How the rows of a vector field are indexed: a type, a metric and the parameters of the build.
public struct IndexDefinition: Sendable, Hashable {
    public let type: IndexType
    public let metric: Metric
    /// Every parameter of the type, the ones not given at their defaults.
    public let parameters: Parameters

    /// - Throws: `ApusError` with code `invalidArgument` for an unknown parameter or a value out of its range; the
    ///   message names the parameter and the range.
    public init(_ type: IndexType, metric: Metric, parameters: Parameters = [:]) throws {
        self.type = type
        self.metric = metric
        self.parameters = try ParameterRule.resolve(
            parameters, against: type.buildParameters, owner: "index type \(type.rawValue)")
    }

    /// Whether the full rows stay in memory beside the index. Otherwise the index answers from its own codes, and
    /// vectors are read from their file when they are asked for.
    var keepsRows: Bool {
        switch type {
        case .flat, .binFlat, .hnsw, .autoIndex, .ivfFlat: true
        case .hnswSQ, .hnswPQ, .ivfPQ, .ivfRaBitQ: boolean("refine") && text("refine_type") == "FP32"
        case .scann: boolean("with_raw_data")
        case .ivfSQ8, .binIVFFlat, .diskANN, .sparseInvertedIndex, .sparseWAND: false
        }
    }
}

extension IndexDefinition {
    func integer(_ name: String) -> Int { parameters.integer(name)! }
    func number(_ name: String) -> Double { parameters.number(name)! }
    func text(_ name: String) -> String { parameters.text(name)! }
    func boolean(_ name: String) -> Bool { parameters.boolean(name)! }
}
