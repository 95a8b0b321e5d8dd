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
        self.parameters = try ParameterRange.resolve(
            parameters, against: type.buildParameters, owner: "index type \(type.rawValue)")
    }

    /// How a vector field without an index is searched.
    static let unindexed = try! IndexDefinition(.flat, metric: .cosine)

    /// The value of an integer parameter of the type.
    func integer(_ name: String) -> Int {
        guard case .integer(let value)? = parameters[name] else {
            preconditionFailure("index type \(type.rawValue) has no integer parameter \(name)")
        }
        return value
    }
}

/// The kinds of index, under Milvus's names.
public enum IndexType: String, Sendable, CaseIterable, Hashable {
    /// Exact search by scanning all rows.
    case flat = "FLAT"
    /// Hierarchical navigable small world graph.
    case hnsw = "HNSW"

    /// Parameters of the build.
    public var buildParameters: [ParameterRange] {
        switch self {
        case .flat: []
        case .hnsw:
            [
                ParameterRange(name: "M", range: 2...2048, defaultValue: 16),
                ParameterRange(name: "efConstruction", range: 1...100_000, defaultValue: 200),
            ]
        }
    }

    /// Parameters of a search. A default of nil depends on the request.
    public var searchParameters: [ParameterRange] {
        switch self {
        case .flat: []
        case .hnsw: [ParameterRange(name: "ef", range: 1...32_768, defaultValue: nil)]
        }
    }
}
