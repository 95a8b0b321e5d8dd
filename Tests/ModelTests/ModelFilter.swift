@testable import Apus

/// A filter as a tree, written as an expression of the language and evaluated plainly on one row.
///
/// Comparing a null is unknown, written nil; so is what depends on it (Kleene). A row matches only if that is true.
indirect enum ModelFilter {
    case compare(String, Comparison, Value)
    /// low <(=) field <(=) high
    case between(Value, isLowIncluded: Bool, String, Value, isHighIncluded: Bool)
    case isIn(String, [Value], isNegated: Bool)
    case startsWith(String, String)
    case contains(String, String)
    case isNull(String, isNegated: Bool)
    case arrayContains(String, Value)
    /// field + addend == remainder
    case sum(String, Int64, Comparison, Int64)
    case both(ModelFilter, ModelFilter)
    case either(ModelFilter, ModelFilter)
    case not(ModelFilter)

    enum Comparison: String, CaseIterable {
        case less = "<"
        case lessOrEqual = "<="
        case equal = "=="
        case notEqual = "!="
        case greaterOrEqual = ">="
        case greater = ">"
    }

    func matches(_ row: [String: Value]) -> Bool { truth(row) == true }

    private func truth(_ row: [String: Value]) -> Bool? {
        switch self {
        case .compare(let field, let comparison, let constant):
            return Self.order(row[field]!, constant).map { comparison.holds($0) }
        case .between(let low, let isLowIncluded, let field, let high, let isHighIncluded):
            guard let below = Self.order(row[field]!, low), let above = Self.order(row[field]!, high) else {
                return nil
            }
            return (isLowIncluded ? below >= 0 : below > 0) && (isHighIncluded ? above <= 0 : above < 0)
        case .isIn(let field, let values, let isNegated):
            // An empty list asks nothing of the value.
            if values.isEmpty { return isNegated }
            guard row[field]! != .null else { return nil }
            return values.contains { Self.order(row[field]!, $0) == 0 } != isNegated
        case .startsWith(let field, let prefix): return row[field]!.text.map { $0.starts(with: prefix.utf8) }
        case .contains(let field, let part):
            let part = Array(part.utf8)
            return row[field]!.text.map { text in
                text.count >= part.count
                    && (0...text.count - part.count).contains { text[$0..<$0 + part.count].elementsEqual(part) }
            }
        case .isNull(let field, let isNegated): return (row[field]! == .null) != isNegated
        case .arrayContains(let field, let value):
            guard case .array(let elements) = row[field]! else { return nil }
            return elements.contains { Self.order($0, value) == 0 }
        case .sum(let field, let addend, let comparison, let total):
            guard case .integer(let number) = row[field]! else { return nil }
            return comparison.holds(number + addend < total ? -1 : number + addend == total ? 0 : 1)
        case .both(let left, let right): return Self.both(left.truth(row), right.truth(row))
        case .either(let left, let right):
            return Self.both(left.truth(row).map { !$0 }, right.truth(row).map { !$0 }).map { !$0 }
        case .not(let filter): return filter.truth(row).map { !$0 }
        }
    }

    private static func both(_ left: Bool?, _ right: Bool?) -> Bool? {
        if left == false || right == false { return false }
        return left == nil || right == nil ? nil : true
    }

    /// Negative, zero or positive; nil if the value is null.
    private static func order(_ value: Value, _ constant: Value) -> Int? {
        func compare<Number: Comparable>(_ left: Number, _ right: Number) -> Int {
            left < right ? -1 : left == right ? 0 : 1
        }
        switch (value, constant) {
        case (.null, _): return nil
        case (.bool(let left), .bool(let right)): return left == right ? 0 : 1
        case (.integer(let left), .integer(let right)): return compare(left, right)
        // Integers of the model are small.
        case (.integer(let left), .double(let right)): return compare(Double(left), right)
        case (.double(let left), .double(let right)): return compare(left, right)
        case (.double(let left), .integer(let right)): return compare(left, Double(right))
        case (.text, .text):
            let (left, right) = (value.text!, constant.text!)
            return left == right ? 0 : left.lexicographicallyPrecedes(right) ? -1 : 1
        default: preconditionFailure("\(value) and \(constant) do not compare")
        }
    }
}

extension ModelFilter.Comparison {
    func holds(_ order: Int) -> Bool {
        switch self {
        case .less: order < 0
        case .lessOrEqual: order <= 0
        case .equal: order == 0
        case .notEqual: order != 0
        case .greaterOrEqual: order >= 0
        case .greater: order > 0
        }
    }
}

extension ModelFilter: CustomStringConvertible {
    var description: String {
        switch self {
        case .compare(let field, let comparison, let constant):
            "\(field) \(comparison.rawValue) \(Self.literal(constant))"
        case .between(let low, let isLowIncluded, let field, let high, let isHighIncluded):
            "\(Self.literal(low)) \(isLowIncluded ? "<=" : "<") \(field) "
                + "\(isHighIncluded ? "<=" : "<") \(Self.literal(high))"
        case .isIn(let field, let values, let isNegated):
            "\(field) \(isNegated ? "not in" : "in") [\(values.map(Self.literal).joined(separator: ", "))]"
        case .startsWith(let field, let prefix): "\(field) like \(Self.literal(.text(prefix + "%")))"
        case .contains(let field, let part): "\(field) like \(Self.literal(.text("%" + part + "%")))"
        case .isNull(let field, let isNegated): "\(field) \(isNegated ? "is not null" : "is null")"
        case .arrayContains(let field, let value): "array_contains(\(field), \(Self.literal(value)))"
        case .sum(let field, let addend, let comparison, let total):
            "\(field) \(addend < 0 ? "-" : "+") \(abs(addend)) \(comparison.rawValue) \(total)"
        case .both(let left, let right): "(\(left)) and (\(right))"
        case .either(let left, let right): "(\(left)) or (\(right))"
        case .not(let filter): "not (\(filter))"
        }
    }

    private static func literal(_ value: Value) -> String { "\(value)" }
}

extension Value {
    /// The UTF-8 bytes of a text; nil for any other value.
    var text: [UInt8]? { if case .text(let text) = self { Array(text.utf8) } else { nil } }
}
