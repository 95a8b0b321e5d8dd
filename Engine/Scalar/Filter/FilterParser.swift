/// Makes the syntax tree of a filter expression by operator precedence (Pratt 1973).
///
/// Chains of `and` and `or` and lists are read in a loop; only brackets and prefix operators recurse, and their depth
/// is bounded, as is the height of the tree, so that no expression exhausts the stack of a thread.
struct FilterParser {
    /// Levels to which an expression may be nested.
    static let mostLevels = 200

    private var lexer: FilterLexer
    private var token: FilterToken = .end
    private var position = 0
    private var depth = 0

    /// - Throws: `FilterError` with the place and what was expected there.
    static func parse(_ expression: String) throws -> FilterExpression {
        var parser = FilterParser(lexer: FilterLexer(expression))
        try parser.advance()
        if parser.token == .end { throw FilterError(at: nil, "the expression is empty") }
        let tree = try parser.expression(.lowest)
        guard parser.token == .end else { throw parser.expected("an operator or the end") }
        return tree
    }

    private init(lexer: FilterLexer) {
        self.lexer = lexer
    }

    // MARK: Operators

    /// An expression whose operators all hold at least as strongly as `precedence`.
    private mutating func expression(_ precedence: FilterPrecedence) throws -> FilterExpression {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.mostLevels else { throw tooDeep(at: position) }
        var left = try prefixed()
        while case .symbol(let symbol) = token, let own = FilterPrecedence(binary: symbol), own >= precedence {
            left = try binary(left, symbol, own)
            guard left.height <= Self.mostLevels else { throw tooDeep(at: left.position) }
        }
        return left
    }

    private mutating func binary(
        _ left: FilterExpression, _ symbol: FilterSymbol, _ precedence: FilterPrecedence
    ) throws -> FilterExpression {
        let start = position
        switch symbol {
        case .and, .or: return try chain(left, symbol, precedence)
        case .not:
            try advance()
            guard token == .symbol(.isIn) else { throw expected("'in' behind 'not', or 'and' before it") }
            try advance()
            return FilterExpression(.notIn, [left, try expression(precedence.tighter)], at: start)
        default:
            try advance()
            let right = try expression(precedence.tighter)
            if let range = try range(left, symbol, right, at: start) { return range }
            return FilterExpression(.binary(symbol), [left, right], at: start)
        }
    }

    /// Operands of one level parted by the same word.
    private mutating func chain(
        _ first: FilterExpression, _ symbol: FilterSymbol, _ precedence: FilterPrecedence
    ) throws -> FilterExpression {
        let start = position
        var operands = [first]
        while try accept(symbol) { operands.append(try expression(precedence.tighter)) }
        return FilterExpression(.binary(symbol), operands, at: start)
    }

    /// `low < value < high`, if the comparison that was just read goes on in its direction.
    private mutating func range(
        _ low: FilterExpression, _ first: FilterSymbol, _ value: FilterExpression, at start: Int
    ) throws -> FilterExpression? {
        guard case .symbol(let second) = token, let way = Self.direction(first), way == Self.direction(second)
        else { return nil }
        try advance()
        let high = try expression(FilterPrecedence.comparison.tighter)
        return FilterExpression(.between(first, second), [low, value, high], at: start)
    }

    private static func direction(_ symbol: FilterSymbol) -> Int? {
        switch symbol {
        case .less, .lessOrEqual: 1
        case .greater, .greaterOrEqual: -1
        default: nil
        }
    }

    /// An operand with the operators before it.
    private mutating func prefixed() throws -> FilterExpression {
        guard case .symbol(let symbol) = token else { return try primary() }
        let start = position
        switch symbol {
        case .minus:
            try advance()
            if token == .integer(1 << 63) {
                try advance()
                return FilterExpression(.constant(.integer(.min)), at: start)
            }
            return FilterExpression(.unary(symbol), [try expression(.unary)], at: start)
        case .plus, .tilde, .not:
            try advance()
            return FilterExpression(.unary(symbol), [try expression(.unary)], at: start)
        case .exists:
            try advance()
            return FilterExpression(.unary(symbol), [try expression(.exists)], at: start)
        default: return try primary()
        }
    }

    // MARK: Operands

    private mutating func primary() throws -> FilterExpression {
        let operand = try operand()
        let start = position
        if try accept(.isNull) { return FilterExpression(.isNull, [operand], at: start) }
        if try accept(.isNotNull) { return FilterExpression(.isNotNull, [operand], at: start) }
        return operand
    }

    private mutating func operand() throws -> FilterExpression {
        let start = position
        switch token {
        case .integer(let value):
            guard let value = Int64(exactly: value) else {
                throw FilterError(at: start, "the number is out of range; Int64 ends at \(Int64.max)")
            }
            return try constant(.integer(value))
        case .double(let value): return try constant(.double(value))
        case .bool(let value): return try constant(.bool(value))
        case .text(let value): return try constant(.text(value))
        case .template(let name):
            try advance()
            return FilterExpression(.template(name), at: start)
        case .identifier(let name):
            try advance()
            return token == .symbol(.openParenthesis) ? try call(name, at: start) : try path(name, at: start)
        case .symbol(.openParenthesis): return try parenthesized()
        case .symbol(.openBracket): return try list()
        default: throw expected("a value, a field or '('")
        }
    }

    private mutating func constant(_ value: Value) throws -> FilterExpression {
        let start = position
        try advance()
        return FilterExpression(.constant(value), at: start)
    }

    private mutating func parenthesized() throws -> FilterExpression {
        try advance()
        let inner = try expression(.lowest)
        try expect(.closeParenthesis)
        return inner
    }

    private mutating func list() throws -> FilterExpression {
        let start = position
        try advance()
        var elements: [FilterExpression] = []
        while try !accept(.closeBracket) {
            if !elements.isEmpty {
                guard try accept(.comma) else { throw expected("',' or ']'") }
                // A comma behind the last element is let through, as lists that programs write often have one.
                if try accept(.closeBracket) { break }
            }
            elements.append(try expression(.lowest))
        }
        return FilterExpression(.list, elements, at: start)
    }

    private mutating func path(_ name: String, at start: Int) throws -> FilterExpression {
        var keys: [JSONKey] = []
        while try accept(.openBracket) {
            switch token {
            case .text(let key): keys.append(.member(key))
            case .integer(let index) where index <= UInt64(Int32.max): keys.append(.element(Int(index)))
            default: throw expected("a key in quotes or the position of an element")
            }
            try advance()
            try expect(.closeBracket)
        }
        return FilterExpression(.path(name, keys), at: start)
    }

    private mutating func call(_ name: String, at start: Int) throws -> FilterExpression {
        try advance()
        var arguments: [FilterExpression] = []
        while try !accept(.closeParenthesis) {
            if !arguments.isEmpty {
                guard try accept(.comma) else { throw expected("',' or ')'") }
            }
            arguments.append(try argument())
        }
        return FilterExpression(.call(name), arguments, at: start)
    }

    private mutating func argument() throws -> FilterExpression {
        let value = try expression(.lowest)
        guard token == .symbol(.assign), case .path(let name, []) = value.form else { return value }
        try advance()
        return FilterExpression(.argument(name), [try expression(.lowest)], at: value.position)
    }

    // MARK: Words

    private mutating func advance() throws {
        token = try lexer.next()
        position = lexer.start
    }

    private mutating func accept(_ symbol: FilterSymbol) throws -> Bool {
        guard token == .symbol(symbol) else { return false }
        try advance()
        return true
    }

    private mutating func expect(_ symbol: FilterSymbol) throws {
        guard try accept(symbol) else { throw expected("'\(symbol.rawValue)'") }
    }

    private func expected(_ what: String) -> FilterError {
        FilterError(at: position, "\(what) was expected, \(token) was found")
    }

    private func tooDeep(at position: Int) -> FilterError {
        FilterError(at: position, "the expression is nested deeper than \(Self.mostLevels) levels")
    }
}
