/// The kinds of index of a scalar field, under Milvus's names. All give the rows that a scan of the field gives.
public enum ScalarIndexType: String, Sendable, CaseIterable, Hashable {
    /// Each value with its rows.
    case inverted = "INVERTED"
    /// The same for few distinct values, so that most lists of rows are bitmaps or runs.
    case bitmap = "BITMAP"
    /// All rows in the order of their values.
    case stlSort = "STL_SORT"
    /// Texts with their rows; beginnings that texts share are kept once.
    case trie = "TRIE"
    /// The runs of characters that texts have, for patterns that begin with a wildcard.
    case ngram = "NGRAM"
    /// Chosen for each segment by the number of distinct values.
    case hybrid = "HYBRID"
    /// What the engine takes to be the best for the type of the field.
    case autoIndex = "AUTOINDEX"

    /// - Parameter name: in upper or lower case, as clients write `Trie`.
    /// - Throws: `ApusError` with code `invalidArgument` that lists the names there are.
    public init(name: String) throws {
        guard let type = Self.allCases.first(where: { $0.rawValue == name.uppercased() }) else {
            throw ApusError(
                .invalidArgument,
                "invalid index type: \(name); a scalar field takes "
                    + Self.allCases.map(\.rawValue).joined(separator: ", "))
        }
        self = type
    }

    /// Parameters of the build, with Milvus's names and ranges.
    public var buildParameters: [ParameterRule] {
        switch self {
        case .bitmap, .stlSort, .trie: []
        case .inverted: ParameterRule.jsonValue
        case .ngram: [.integer("min_gram", 1...65_535), .integer("max_gram", 1...65_535)] + ParameterRule.jsonValue
        case .hybrid, .autoIndex: [.integer("bitmap_cardinality_limit", 1...1_000, 100)] + ParameterRule.jsonValue
        }
    }
}

extension ParameterRule {
    /// Which value of a JSON field is indexed, and as what.
    fileprivate static let jsonValue = [
        text("json_path"), choice("json_cast_type", ScalarCast.allCases.map(\.rawValue)),
        choice("json_cast_function", ["STRING_TO_DOUBLE"]),
    ]
}

/// What the value at a path of a JSON field is indexed as, under Milvus's names. Values of other types are left out,
/// as they match no comparison with a constant of this type.
public enum ScalarCast: String, Sendable, CaseIterable, Hashable {
    case bool = "BOOL"
    case double = "DOUBLE"
    case varchar = "VARCHAR"
    case boolArray = "ARRAY_BOOL"
    case doubleArray = "ARRAY_DOUBLE"
    case varcharArray = "ARRAY_VARCHAR"
}
