@testable import Apus

/// Index types with parameters for small collections, and what their answers are held to.
enum SearchedIndex: String, CaseIterable, Sendable {
    case none, flat, hnsw, hnswCodes, lists, listCodes, refinedCodes, disk

    func definition(_ metric: Metric) throws -> IndexDefinition? {
        let lists: Parameters = ["nlist": 16]
        return switch self {
        case .none: nil
        case .flat: try IndexDefinition(.flat, metric: metric)
        case .hnsw: try IndexDefinition(.hnsw, metric: metric, parameters: ["M": 8, "efConstruction": 60])
        case .hnswCodes: try IndexDefinition(.hnswSQ, metric: metric, parameters: ["M": 8, "efConstruction": 60])
        case .lists: try IndexDefinition(.ivfFlat, metric: metric, parameters: lists)
        case .listCodes: try IndexDefinition(.ivfSQ8, metric: metric, parameters: lists)
        case .refinedCodes:
            try IndexDefinition(.ivfRaBitQ, metric: metric, parameters: ["nlist": 16, "refine": true])
        case .disk: try IndexDefinition(.diskANN, metric: metric, parameters: ["max_degree": 16])
        }
    }

    /// By which metric the field is searched if it is indexed by `metric`.
    func metric(_ metric: Metric) -> Metric { self == .none ? .cosine : metric }

    /// Whether order and distances are exact.
    var isExact: Bool { self == .none || self == .flat }

    /// Whether distances are those of the vectors, and not of codes.
    var hasExactDistances: Bool { self != .hnswCodes && self != .listCodes }
}
