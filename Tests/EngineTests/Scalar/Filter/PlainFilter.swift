@testable import Apus

/// What a plain filter reads of a row.
struct PlainOperand {
    enum Reading {
        case value
        case length
        case arithmetic(String, PlainValue)
    }

    let field: Field
    let keys: [JSONKey]
    var reading: Reading = .value
    /// Whether keys of the dynamic field are written without it.
    var isDynamicName = false

    /// Nil where nothing is there.
    func read(_ row: [String: PlainValue]) -> PlainValue? {
        var value = row[field.name]!
        if case .null = value { return nil }
        for key in keys {
            guard let next = value.element(key) else { return nil }
            value = next
        }
        switch (reading, value) {
        case (.value, _): return value
        case (.length, .array(let values)): return .integer(Int64(values.count))
        case (.arithmetic(let sign, let constant), _): return Self.calculate(sign, value, constant)
        default: return nil
        }
    }

    private static func calculate(_ sign: String, _ left: PlainValue, _ right: PlainValue) -> PlainValue? {
        switch (left, right) {
        case (.integer(let left), .integer(let right)):
            switch sign {
            case "+": .integer(left &+ right)
            case "-": .integer(left &- right)
            case "*": .integer(left &* right)
            case "/": .integer(left / right)
            default: .integer(left % right)
            }
        case (.integer(let left), .double(let right)): calculate(sign, Double(left), right)
        case (.double(let left), .integer(let right)): calculate(sign, left, Double(right))
        case (.double(let left), .double(let right)): calculate(sign, left, right)
        default: nil
        }
    }

    private static func calculate(_ sign: String, _ left: Double, _ right: Double) -> PlainValue? {
        switch sign {
        case "+": .double(left + right)
        case "-": .double(left - right)
        case "*": .double(left * right)
        case "/": .double(left / right)
        default: nil
        }
    }

    /// A constant as values of the operand are compared with it: Float fields hold rounded numbers.
    func cast(_ constant: PlainValue) -> PlainValue {
        let isFloat: Bool
        switch (field.type, reading) {
        case (.float, .value), (.array(.float, _), .value): isFloat = true
        default: isFloat = false
        }
        guard isFloat else { return constant }
        switch constant {
        case .double(let value): return .double(Double(Float(value)))
        case .integer(let value): return .double(Double(Float(value)))
        case .array(let values): return .array(values.map(cast))
        default: return constant
        }
    }
}

/// A filter evaluated row by row with the three truth values of SQL: the reference of the model test.
indirect enum PlainFilter {
    case constant(Bool)
    case not(PlainFilter)
    case and([PlainFilter])
    case or([PlainFilter])
    case compare(PlainOperand, String, PlainValue)
    case between(PlainValue, String, PlainOperand, String, PlainValue)
    case isIn(PlainOperand, [PlainValue])
    case notIn(PlainOperand, [PlainValue])
    case like(PlainOperand, String)
    /// `=~` with a text that stands for itself.
    case search(PlainOperand, String)
    case isNull(PlainOperand)
    case isNotNull(PlainOperand)
    case exists(PlainOperand)
    case contains(PlainOperand, PlainValue)
    case containsAny(PlainOperand, [PlainValue])
    case containsAll(PlainOperand, [PlainValue])
    case fields(PlainOperand, String, PlainOperand)

    /// Nil is unknown.
    func holds(_ row: [String: PlainValue]) -> Bool? {
        switch self {
        case .constant(let value): return value
        case .not(let inner): return inner.holds(row).map { !$0 }
        case .and(let parts):
            let truths = parts.map { $0.holds(row) }
            return truths.contains(false) ? false : truths.contains(nil) ? nil : true
        case .or(let parts):
            let truths = parts.map { $0.holds(row) }
            return truths.contains(true) ? true : truths.contains(nil) ? nil : false
        case .compare(let operand, let sign, let constant):
            return Self.compare(operand.read(row), sign, operand.cast(constant))
        case .between(let low, let first, let operand, let second, let high):
            let parts: [PlainFilter] = [
                .compare(operand, Self.mirrored(first), low), .compare(operand, second, high),
            ]
            return PlainFilter.and(parts).holds(row)
        case .isIn(let operand, let list): return Self.isIn(operand.read(row), list.map(operand.cast))
        case .notIn(let operand, let list): return PlainFilter.not(.isIn(operand, list)).holds(row)
        case .like(let operand, let pattern):
            guard case .text(let text)? = operand.read(row) else { return nil }
            return Self.like(Array(pattern.unicodeScalars)[...], Array(text.unicodeScalars)[...])
        case .search(let operand, let wanted):
            guard case .text(let text)? = operand.read(row) else { return nil }
            return Self.like(Array("%\(wanted)%".unicodeScalars)[...], Array(text.unicodeScalars)[...])
        case .isNull(let operand): return Self.isNull(operand.read(row))
        case .isNotNull(let operand): return !Self.isNull(operand.read(row))
        case .exists(let operand): return operand.read(row) != nil
        case .contains(let operand, let constant): return PlainFilter.containsAny(operand, [constant]).holds(row)
        case .containsAny(let operand, let list):
            guard case .array(let values)? = operand.read(row) else { return nil }
            return list.map(operand.cast).contains { constant in values.contains { $0.equals(constant) } }
        case .containsAll(let operand, let list):
            guard case .array(let values)? = operand.read(row) else { return nil }
            return list.map(operand.cast).allSatisfy { constant in values.contains { $0.equals(constant) } }
        case .fields(let left, let sign, let right):
            guard let right = right.read(row) else { return nil }
            return Self.compare(left.read(row), sign, right)
        }
    }

    private static func isNull(_ value: PlainValue?) -> Bool {
        guard let value else { return true }
        if case .null = value { return true } else { return false }
    }

    private static func compare(_ value: PlainValue?, _ sign: String, _ constant: PlainValue) -> Bool? {
        guard let order = value?.order(constant) else { return nil }
        switch sign {
        case "==": return order == 0
        case "!=": return order != 0
        case "<": return order < 0
        case "<=": return order <= 0
        case ">": return order > 0
        default: return order >= 0
        }
    }

    private static func isIn(_ value: PlainValue?, _ list: [PlainValue]) -> Bool? {
        if list.isEmpty { return false }
        guard let value, list.contains(where: { $0.kind == value.kind }) else { return nil }
        return list.contains { value.equals($0) }
    }

    static func mirrored(_ sign: String) -> String {
        ["<": ">", "<=": ">=", ">": "<", ">=": "<="][sign] ?? sign
    }

    private static func like(_ pattern: ArraySlice<Unicode.Scalar>, _ text: ArraySlice<Unicode.Scalar>) -> Bool {
        guard let first = pattern.first else { return text.isEmpty }
        let rest = pattern.dropFirst()
        switch first {
        case "%": return like(rest, text) || (!text.isEmpty && like(pattern, text.dropFirst()))
        case "_": return !text.isEmpty && like(rest, text.dropFirst())
        case "\\": return text.first == rest.first && like(rest.dropFirst(), text.dropFirst())
        default: return text.first == first && like(rest, text.dropFirst())
        }
    }

    /// Filters that are smaller and perhaps fail in the same way.
    var simpler: [PlainFilter] {
        switch self {
        case .not(let inner): return [inner] + inner.simpler.map(PlainFilter.not)
        case .and(let parts): return parts + Self.shorter(parts).map(PlainFilter.and)
        case .or(let parts): return parts + Self.shorter(parts).map(PlainFilter.or)
        case .isIn(let operand, let list) where list.count > 1:
            return list.indices.map { .isIn(operand, Self.without($0, list)) }
        case .notIn(let operand, let list) where list.count > 1:
            return list.indices.map { .notIn(operand, Self.without($0, list)) }
        default: return []
        }
    }

    private static func without<Element>(_ index: Int, _ list: [Element]) -> [Element] {
        var list = list
        list.remove(at: index)
        return list
    }

    private static func shorter(_ parts: [PlainFilter]) -> [[PlainFilter]] {
        let dropped = parts.count > 2 ? parts.indices.map { without($0, parts) } : []
        let replaced = parts.indices.flatMap { index in
            parts[index].simpler.map { part in
                var parts = parts
                parts[index] = part
                return parts
            }
        }
        return dropped + replaced
    }
}
