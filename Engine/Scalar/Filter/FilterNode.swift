/// A filter with its names resolved and its constants cast: what is evaluated.
///
/// There is no `not`: it has been moved down to the leaves, each of which knows whether it must hold or fail. So the
/// third truth value of SQL, unknown, needs no bitmap: a row is taken where every leaf is certain.
indirect enum FilterNode: Sendable {
    case constant(Bool)
    /// A share of the rows.
    case sample(Double)
    case all([FilterNode])
    case any([FilterNode])
    case leaf(FilterLeaf)
}

/// Whether rows are wanted for which a condition holds, or for which it fails. Neither is true where it is unknown.
enum FilterPolarity: Sendable {
    case holds, fails

    var opposite: FilterPolarity { self == .holds ? .fails : .holds }
}

/// One condition on one operand.
struct FilterLeaf: Sendable {
    let operand: FilterOperand
    let condition: FilterCondition
    let polarity: FilterPolarity
    /// The condition ready to be asked of rows; nil until the whole filter has its final form.
    var test: FilterTest?
}

enum FilterCondition: Sendable {
    case matches(ScalarPredicate)
    /// A JSON document has something at the path, if only null. Never unknown.
    case exists
    case compares(FilterComparison, FilterOperand)
    case expression(RegularExpression)
    /// The text is canonical, see `FilterNode.description`.
    case terms(any TermCondition, text: String)
}

/// What a condition reads of a row.
struct FilterOperand: Sendable {
    let path: ScalarPath
    /// As the expression names it.
    let name: String
    /// Of what is compared: the value at the path, or what `reading` makes of it. `.json` may be anything.
    let type: DataType
    let isNullable: Bool
    var reading: FilterReading = .value

    /// Whether the operand is a field as it is.
    var isWholeField: Bool { path.keys.isEmpty && reading == .value }
}

/// What is made of the value at a path before it is compared.
enum FilterReading: Sendable, Hashable {
    case value
    /// The number of elements of an array.
    case length
    case arithmetic(FilterArithmetic)
}

/// `value operation constant`.
struct FilterArithmetic: Sendable, Hashable {
    let operation: FilterSymbol
    /// `.integer` or `.double`.
    let constant: Value
}

enum FilterComparison: String, Sendable {
    case equal = "=="
    case notEqual = "!="
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="

    init?(_ symbol: FilterSymbol) { self.init(rawValue: symbol.rawValue) }

    /// With its operands exchanged.
    var mirrored: FilterComparison {
        switch self {
        case .equal, .notEqual: self
        case .less: .greater
        case .lessOrEqual: .greaterOrEqual
        case .greater: .less
        case .greaterOrEqual: .lessOrEqual
        }
    }

    /// What an order of two values, -1, 0 or 1, means for the comparison.
    func holds(_ order: Int) -> Bool {
        switch self {
        case .equal: order == 0
        case .notEqual: order != 0
        case .less: order < 0
        case .lessOrEqual: order <= 0
        case .greater: order > 0
        case .greaterOrEqual: order >= 0
        }
    }
}
