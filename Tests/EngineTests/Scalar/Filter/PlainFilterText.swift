import Common

@testable import Apus

/// Writes plain filters as expressions, in one of the ways in which each may be written.
struct PlainFilterText {
    private var random: RandomSource
    private(set) var values: [String: Value] = [:]

    init(seed: UInt64) {
        random = RandomSource(seed: seed)
    }

    mutating func text(_ filter: PlainFilter) -> String {
        switch filter {
        case .constant(let value): return value ? oneOf("true", "True", "1 < 2") : oneOf("false", "FALSE", "'a' == 'b'")
        case .not(let inner): return "\(oneOf("not ", "NOT ", "!"))(\(text(inner)))"
        case .and(let parts): return chain(parts, oneOf("and", "AND", "&&"))
        case .or(let parts): return chain(parts, oneOf("or", "OR", "||"))
        case .compare(let operand, let sign, let value):
            if chance(4) { return "\(constant(value)) \(PlainFilter.mirrored(sign)) \(self.operand(operand))" }
            return "\(self.operand(operand)) \(sign)\(oneOf("", " "))\(constant(value))"
        case .between(let low, let first, let operand, let second, let high):
            return "\(constant(low)) \(first) \(self.operand(operand)) \(second) \(constant(high))"
        case .isIn(let operand, let list): return "\(self.operand(operand)) \(oneOf("in", "IN")) \(constant(.array(list)))"
        case .notIn(let operand, let list):
            return "\(self.operand(operand)) \(oneOf("not in", "NOT IN")) \(constant(.array(list)))"
        case .like(let operand, let pattern): return "\(self.operand(operand)) like \(quoted(pattern))"
        case .search(let operand, let wanted): return "\(self.operand(operand)) =~ \"\(wanted)\""
        case .isNull(let operand): return "\(self.operand(operand)) \(oneOf("is null", "IS NULL"))"
        case .isNotNull(let operand): return "\(self.operand(operand)) \(oneOf("is not null", "IS NOT NULL"))"
        case .exists(let operand): return "\(oneOf("exists", "EXISTS")) \(self.operand(operand))"
        case .contains(let operand, let value): return call("contains", operand, value)
        case .containsAny(let operand, let list): return call("contains_any", operand, .array(list))
        case .containsAll(let operand, let list): return call("contains_all", operand, .array(list))
        case .fields(let left, let sign, let right): return "\(self.operand(left)) \(sign) \(self.operand(right))"
        }
    }

    private mutating func chain(_ parts: [PlainFilter], _ word: String) -> String {
        parts.map { "(\(text($0)))" }.joined(separator: " \(word) ")
    }

    private mutating func call(_ name: String, _ operand: PlainOperand, _ value: PlainValue) -> String {
        "\(oneOf("json_", "array_", "JSON_"))\(name)(\(self.operand(operand)), \(constant(value)))"
            .replacing("JSON_\(name)", with: "JSON_\(name.uppercased())")
    }

    private mutating func operand(_ operand: PlainOperand) -> String {
        var keys = operand.keys
        var text = operand.field.name
        if operand.isDynamicName, case .member(let name)? = keys.first {
            text = name
            keys.removeFirst()
        }
        for key in keys {
            switch key {
            case .member(let name): text += "[\(quoted(name))]"
            case .element(let index): text += "[\(index)]"
            }
        }
        switch operand.reading {
        case .value: return text
        case .length: return "array_length(\(text))"
        case .arithmetic(let sign, let value): return "\(oneOf("", " "))\(text) \(sign) \(constant(value))"
        }
    }

    private mutating func constant(_ value: PlainValue) -> String {
        if chance(6) {
            let name = "t\(values.count)"
            values[name] = value.template
            return "{\(name)}"
        }
        switch value {
        case .null, .object: preconditionFailure("null is no constant")
        case .bool(let value): return value ? oneOf("true", "TRUE") : oneOf("false", "False")
        case .integer(let value):
            return value >= 0 && chance(4) ? "0x\(String(value, radix: 16))" : "\(value)"
        case .double(let value): return "\(value)"
        case .text(let value): return quoted(value)
        case .array(let values): return "[\(values.map { constant($0) }.joined(separator: ", "))]"
        }
    }

    private mutating func quoted(_ text: String) -> String {
        let escaped = text.replacing("\\", with: "\\\\")
        return chance(2) ? "\"\(escaped)\"" : "'\(escaped)'"
    }

    private mutating func oneOf(_ choices: String...) -> String { choices.randomElement(using: &random)! }

    private mutating func chance(_ sides: Int) -> Bool { Int.random(in: 0..<sides, using: &random) == 0 }
}
