/// A word of a filter expression.
enum FilterToken: Sendable, Equatable {
    case identifier(String)
    /// `{name}`
    case template(String)
    /// A number below 2^63, or 2^63 itself, which only a minus before it makes fit.
    case integer(UInt64)
    case double(Double)
    case text(String)
    case bool(Bool)
    case symbol(FilterSymbol)
    case end
}

/// The signs and the reserved words of the language.
enum FilterSymbol: String, Sendable, CaseIterable {
    case or, and, not, like, exists
    case isIn = "in"
    case isNull = "is null"
    case isNotNull = "is not null"
    case matches = "=~"
    case matchesNot = "!~"
    case power = "**"
    case plus = "+"
    case minus = "-"
    case times = "*"
    case divide = "/"
    case modulo = "%"
    case shiftLeft = "<<"
    case shiftRight = ">>"
    case tilde = "~"
    case equal = "=="
    case notEqual = "!="
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
    case bitAnd = "&"
    case bitXor = "^"
    case bitOr = "|"
    case assign = "="
    case comma = ","
    case openParenthesis = "("
    case closeParenthesis = ")"
    case openBracket = "["
    case closeBracket = "]"
}

extension FilterToken: CustomStringConvertible {
    /// As error messages name it.
    var description: String {
        switch self {
        case .identifier(let name): "'\(name.shortened(to: 40))'"
        case .template(let name): "'{\(name.shortened(to: 40))}'"
        case .integer(let value): "'\(value)'"
        case .double(let value): "'\(value)'"
        case .text(let text): "the text \"\(text.shortened(to: 40))\""
        case .bool(let value): "'\(value)'"
        case .symbol(let symbol): "'\(symbol.rawValue)'"
        case .end: "the end"
        }
    }
}

extension String {
    /// The text, or its beginning and its end if it has more characters than `count`.
    func shortened(to count: Int) -> String {
        guard utf8.count > count, self.count > count else { return self }
        return "\(prefix(count / 2))...\(suffix(count / 2))"
    }
}
