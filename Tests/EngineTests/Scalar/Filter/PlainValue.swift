@testable import Apus

/// A value as the plain evaluator of the tests keeps it.
indirect enum PlainValue {
    case null
    case bool(Bool)
    case integer(Int64)
    case double(Double)
    case text(String)
    case array([PlainValue])
    case object([(name: String, value: PlainValue)])

    var json: String {
        switch self {
        case .null: "null"
        case .bool(let value): "\(value)"
        case .integer(let value): "\(value)"
        case .double(let value): "\(value)"
        case .text(let value): "\"\(value)\""
        case .array(let values): "[\(values.map(\.json).joined(separator: ", "))]"
        case .object(let members): "{\(members.map { "\"\($0.name)\": \($0.value.json)" }.joined(separator: ","))}"
        }
    }

    /// As the engine stores it in a field of a type.
    func value(as type: DataType) -> Value {
        switch (self, type) {
        case (.null, _): .null
        case (_, .json): .json(json)
        case (.bool(let value), _): .bool(value)
        case (.integer(let value), _): .integer(value)
        case (.double(let value), _): .double(value)
        case (.text(let value), _): .text(value)
        case (.array(let values), .array(let element, _)): .array(values.map { $0.value(as: element.dataType) })
        default: preconditionFailure("\(self) is no \(type)")
        }
    }

    /// As a caller gives it beside an expression.
    var template: Value {
        switch self {
        case .array(let values): .array(values.map(\.template))
        default: value(as: .double)
        }
    }

    func element(_ key: JSONKey) -> PlainValue? {
        switch (self, key) {
        case (.array(let values), .element(let index)): index < values.count ? values[index] : nil
        case (.object(let members), .member(let name)): members.first { $0.name == name }?.value
        default: nil
        }
    }

    /// -1, 0 or 1; nil for values of different kinds.
    func order(_ other: PlainValue) -> Int? {
        switch (self, other) {
        case (.integer(let left), .integer(let right)): left < right ? -1 : left > right ? 1 : 0
        case (.integer(let left), .double(let right)): Self.order(Double(left), right)
        case (.double(let left), .integer(let right)): Self.order(left, Double(right))
        case (.double(let left), .double(let right)): Self.order(left, right)
        case (.text(let left), .text(let right)): Self.order(Array(left.utf8), Array(right.utf8))
        case (.bool(let left), .bool(let right)): left == right ? 0 : left ? 1 : -1
        case (.array(let left), .array(let right)):
            left.count == right.count && zip(left, right).allSatisfy { $0.order($1) == 0 } ? 0 : 1
        default: nil
        }
    }

    private static func order(_ left: Double, _ right: Double) -> Int { left < right ? -1 : left > right ? 1 : 0 }

    private static func order(_ left: [UInt8], _ right: [UInt8]) -> Int {
        left == right ? 0 : left.lexicographicallyPrecedes(right) ? -1 : 1
    }

    func equals(_ other: PlainValue) -> Bool { order(other) == 0 }

    var kind: Int {
        switch self {
        case .null: 0
        case .bool: 1
        case .integer, .double: 2
        case .text: 3
        case .array: 4
        case .object: 5
        }
    }
}
