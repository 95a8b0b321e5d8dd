/// A filter expression as it is written: what `FilterParser` makes and `FilterBinder` gives a meaning.
struct FilterExpression: Sendable, Equatable {
    enum Form: Sendable, Equatable {
        case constant(Value)
        /// A value that the caller gives beside the expression.
        case template(String)
        /// A field, with the keys in brackets behind its name.
        case path(String, [JSONKey])
        case list
        case unary(FilterSymbol)
        /// `and` and `or` have two operands or more, all others two.
        case binary(FilterSymbol)
        /// `1 < a <= 5`: the operands are bound, value, bound; the symbols stand between them.
        case between(FilterSymbol, FilterSymbol)
        case isNull
        case isNotNull
        case notIn
        case call(String)
        /// `name=value` among the arguments of a call.
        case argument(String)
    }

    let form: Form
    let operands: [FilterExpression]
    /// Offset in the bytes of the expression at which to point when something is wrong: of an operator its own, else
    /// where the part begins.
    let position: Int
    /// Levels of the tree below and with this one.
    let height: Int

    init(_ form: Form, _ operands: [FilterExpression] = [], at position: Int) {
        self.form = form
        self.operands = operands
        self.position = position
        height = 1 + (operands.lazy.map(\.height).max() ?? 0)
    }
}

/// How strongly operators hold their operands, from the loosest. Binary ones associate to the left.
enum FilterPrecedence: Int, Comparable {
    case lowest, or, and, bitOr, bitXor, bitAnd, equality, comparison, range, membership, shift, sum, product, unary,
        power, like, exists, primary

    static func < (left: FilterPrecedence, right: FilterPrecedence) -> Bool { left.rawValue < right.rawValue }

    /// The level that holds its operands one step more strongly.
    var tighter: FilterPrecedence { FilterPrecedence(rawValue: rawValue + 1)! }

    /// Of an operator between two operands; nil for a symbol that is none.
    init?(binary symbol: FilterSymbol) {
        switch symbol {
        case .or: self = .or
        case .and: self = .and
        case .bitOr: self = .bitOr
        case .bitXor: self = .bitXor
        case .bitAnd: self = .bitAnd
        case .equal, .notEqual: self = .equality
        case .less, .lessOrEqual, .greater, .greaterOrEqual: self = .comparison
        case .isIn, .not: self = .membership
        case .shiftLeft, .shiftRight: self = .shift
        case .plus, .minus: self = .sum
        case .times, .divide, .modulo: self = .product
        case .power: self = .power
        case .like, .matches, .matchesNot: self = .like
        default: return nil
        }
    }
}
