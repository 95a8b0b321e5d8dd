import Apus
import Common

/// An index with the searches that it is measured by.
struct BenchPlan {
    enum Searches {
        case grid([ParameterList])
        /// The main parameters are doubled until recall stays as it is.
        case automatic

        /// As it is typed behind `--search`.
        static let automaticName = "auto"

        static func parse(_ text: String) throws -> Searches {
            text == automaticName ? .automatic : .grid(try parseSearchGrid(text))
        }
    }

    let specification: IndexSpecification
    let type: IndexType
    let searches: Searches
    let searchText: String

    /// - Throws: `UsageError` for a text that cannot be read and for a type that is not known.
    init(_ index: String, search: String) throws {
        specification = try parseIndexSpecification(index)
        guard let type = IndexType(rawValue: specification.type.uppercased()) else {
            let known = IndexType.allCases.map(\.rawValue).joined(separator: ", ")
            throw UsageError("there is no index type '\(specification.type)'; there are \(known)")
        }
        self.type = type
        searches = try Searches.parse(search)
        searchText = search
    }

    /// - Throws: `ApusError` for a parameter that is not permitted.
    func definition(_ metric: Metric) throws -> IndexDefinition {
        try IndexDefinition(type, metric: metric, parameters: Parameters(specification.parameters))
    }
}

extension IndexDefinition {
    /// - Throws: `UsageError` for a type that is not known, `ApusError` for a parameter that is not permitted.
    init(_ specification: IndexSpecification, metric: Metric) throws {
        self = try BenchPlan(specification.description, search: "").definition(metric)
    }
}

extension Parameters {
    /// Texts as the values that they look like.
    init(_ list: ParameterList) {
        self = list.dictionary.mapValues { text in
            if let integer = Int(text) { return .integer(integer) }
            if let number = Double(text) { return .number(number) }
            if let boolean = Bool(text) { return .boolean(boolean) }
            return .text(text)
        }
    }
}
