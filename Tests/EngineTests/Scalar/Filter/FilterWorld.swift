import Common

@testable import Apus

/// A random schema, rows of it, and random filters over them.
struct FilterWorld {
    private var random: RandomSource
    let schema: Schema
    private(set) var rows: [[String: PlainValue]] = []

    private static let types: [DataType] = [
        .bool, .int8, .int16, .int32, .int64, .float, .double, .varchar(maxLength: 20), .json,
        .array(of: .int16, maxCapacity: 8), .array(of: .varchar(maxLength: 8), maxCapacity: 8),
        .array(of: .float, maxCapacity: 8), .array(of: .bool, maxCapacity: 8),
    ]
    private static let texts = ["", "a", "b", "ab", "abc", "ba", "ä", "aä", "a%b", "a_b", "a\\b", "longer than fifteen"]
    private static let patterns = ["a%", "%b", "%a%", "_", "a_", "%", "ab", "%ä", "a\\%%", "_b%", "%a%b%", "", "a\\\\b"]
    private static let members = ["x", "y", "name"]

    init(seed: UInt64) throws {
        var random = RandomSource(seed: seed)
        var fields = [Field("id", .int64), Field("vector", .floatVector(dimension: 2))]
        for (index, type) in Self.types.enumerated() where Bool.random(using: &random) || index == 4 {
            fields.append(Field("f\(index)", type, isNullable: Bool.random(using: &random)))
        }
        fields.append(Field("g", [.int8, .float, .int64].randomElement(using: &random)!, isNullable: true))
        let isDynamic = Bool.random(using: &random)
        schema = try Schema(fields: fields, primaryKey: "id", isDynamic: isDynamic)
        self.random = random
        let count = [1, 5, 63, 64, 65, 200].randomElement(using: &self.random)!
        for _ in 0..<count { rows.append(row()) }
    }

    private var scalarFields: [Field] { schema.fields.filter { !$0.type.isVector } }

    private mutating func pick<Element>(_ choices: [Element]) -> Element { choices.randomElement(using: &random)! }

    private mutating func chance(_ sides: Int) -> Bool { Int.random(in: 0..<sides, using: &random) == 0 }

    // MARK: Rows

    private mutating func row() -> [String: PlainValue] {
        var row: [String: PlainValue] = [:]
        for field in scalarFields {
            row[field.name] = field.isNullable && chance(4) ? .null : value(of: field.type)
        }
        return row
    }

    private mutating func value(of type: DataType) -> PlainValue {
        switch type {
        case .bool: .bool(Bool.random(using: &random))
        case .int8, .int16, .int32, .int64: integer(in: type.integerRange!)
        case .float: .double(Double(Float(pick([-1, -0.5, 0, 0.1, 0.5, 1, 2, 3.4e38]))))
        case .double: .double(pick([-1, -0.5, -0.0, 0, 0.1, 0.5, 1, 2, 1e300]))
        case .varchar: .text(String(pick(Self.texts).prefix(19)))
        case .json: document()
        case .array(let element, _):
            .array((0..<Int.random(in: 0...4, using: &random)).map { _ in value(of: element.dataType) })
        default: preconditionFailure("\(type)")
        }
    }

    private mutating func integer(in range: ClosedRange<Int64>) -> PlainValue {
        if chance(8) { return .integer(pick([range.lowerBound, range.upperBound])) }
        return .integer(Int64.random(in: -3...3, using: &random))
    }

    private mutating func document() -> PlainValue {
        if chance(10) { return json(depth: 2) }
        return .object(
            Self.members.filter { _ in Bool.random(using: &random) }.map { (name: $0, value: json(depth: 0)) })
    }

    private mutating func json(depth: Int) -> PlainValue {
        switch Int.random(in: 0..<(depth < 2 ? 8 : 6), using: &random) {
        case 0: .null
        case 1: .bool(Bool.random(using: &random))
        case 2, 3: .integer(Int64.random(in: -3...3, using: &random))
        case 4: .double(pick([-0.5, 0.5, 1, 2, 1e300]))
        case 5: .text(pick(["", "a", "ab", "abc", "ä"]))
        case 6: .array((0..<Int.random(in: 0...3, using: &random)).map { _ in json(depth: depth + 1) })
        default: .object([(name: pick(Self.members), value: json(depth: depth + 1))])
        }
    }

    // MARK: Filters

    mutating func filter(depth: Int = 3) -> PlainFilter {
        guard depth > 0, !chance(3) else { return leaf() }
        switch Int.random(in: 0..<6, using: &random) {
        case 0: return .not(filter(depth: depth - 1))
        case 1, 2: return .and(filters(depth: depth - 1))
        case 3, 4: return .or(filters(depth: depth - 1))
        default: return chance(3) ? .constant(Bool.random(using: &random)) : leaf()
        }
    }

    private mutating func filters(depth: Int) -> [PlainFilter] {
        (0..<Int.random(in: 2...4, using: &random)).map { _ in filter(depth: depth) }
    }

    private mutating func leaf() -> PlainFilter {
        let operand = operand()
        if chance(8) { return chance(2) ? .isNull(operand) : .isNotNull(operand) }
        if chance(10), let pair = pair() { return .fields(pair.0, pick(["==", "!=", "<", "<=", ">", ">="]), pair.1) }
        switch operand.field.type {
        case .bool: return .compare(operand, pick(["==", "!="]), .bool(Bool.random(using: &random)))
        case .int8, .int16, .int32, .int64, .float, .double: return number(operand, type: operand.field.type)
        case .varchar: return text(operand)
        case .json: return json(operand)
        case .array(let element, _): return operand.keys.isEmpty ? array(operand, element.dataType) : elementOf(operand)
        default: preconditionFailure()
        }
    }

    private mutating func operand() -> PlainOperand {
        let field = pick(scalarFields)
        switch field.type {
        case .json: return path(into: field)
        case .array where chance(3): return PlainOperand(field: field, keys: [.element(Int.random(in: 0...3, using: &random))])
        default: return PlainOperand(field: field, keys: [])
        }
    }

    private mutating func path(into field: Field) -> PlainOperand {
        var keys: [JSONKey] = [.member(pick(Self.members))]
        while chance(3) { keys.append(chance(2) ? .member(pick(Self.members)) : .element(Int.random(in: 0...2, using: &random))) }
        return PlainOperand(field: field, keys: keys, isDynamicName: field.name == "$meta" && chance(2))
    }

    private mutating func pair() -> (PlainOperand, PlainOperand)? {
        let numbers = scalarFields.filter { $0.type.isNumber }
        return (PlainOperand(field: pick(numbers), keys: []), PlainOperand(field: pick(numbers), keys: []))
    }

    private mutating func numericConstant(_ type: DataType) -> PlainValue {
        if chance(12) { return .integer(pick([127, -128, 128, 300, -40_000, Int64.max, Int64.min])) }
        if type.integerRange == nil ? chance(2) : chance(5) {
            return .double(pick([-1.5, -0.5, 0, 0.1, 0.5, 1, 1.5, 2, 1e19, -1e300]))
        }
        return .integer(Int64.random(in: -3...3, using: &random))
    }

    private mutating func number(_ operand: PlainOperand, type: DataType) -> PlainFilter {
        var operand = operand
        if chance(6) {
            let isInteger = type.integerRange != nil && chance(2)
            let constant: PlainValue = isInteger ? .integer(pick([-2, 1, 2, 3])) : .double(pick([-0.5, 0.5, 2]))
            operand.reading = .arithmetic(pick(isInteger ? ["+", "-", "*", "/", "%"] : ["+", "-", "*", "/"]), constant)
        } else if chance(4) {
            let isInteger = type.integerRange != nil
            let list = (0..<pick([1, 2, 4, 24])).map { _ in
                isInteger
                    ? .integer(Int64.random(in: chance(9) ? -300...300 : -4...4, using: &random)) : numericConstant(type)
            }
            return chance(2) ? .isIn(operand, list) : .notIn(operand, list)
        }
        if chance(5) { return between(operand, numericConstant(type), numericConstant(type)) }
        return .compare(operand, pick(["==", "!=", "<", "<=", ">", ">="]), numericConstant(type))
    }

    private mutating func between(_ operand: PlainOperand, _ low: PlainValue, _ high: PlainValue) -> PlainFilter {
        let signs = chance(2) ? ["<", "<="] : [">", ">="]
        return .between(low, pick(signs), operand, pick(signs), high)
    }

    private mutating func text(_ operand: PlainOperand) -> PlainFilter {
        switch Int.random(in: 0..<6, using: &random) {
        case 0: return .like(operand, pick(Self.patterns))
        case 1: return .isIn(operand, (0...pick([0, 2, 20])).map { _ in .text(pick(Self.texts)) })
        case 2: return .notIn(operand, (0...2).map { _ in .text(pick(Self.texts)) })
        case 3: return .search(operand, pick(["a", "b", "ab", "ä", "longer"]))
        case 4: return between(operand, .text(pick(Self.texts)), .text(pick(Self.texts)))
        default: return .compare(operand, pick(["==", "!=", "<", "<=", ">", ">="]), .text(pick(Self.texts)))
        }
    }

    private mutating func elementOf(_ operand: PlainOperand) -> PlainFilter {
        guard case .array(let element, _) = operand.field.type else { preconditionFailure() }
        switch element {
        case .bool: return .compare(operand, pick(["==", "!="]), .bool(Bool.random(using: &random)))
        case .varchar: return text(operand)
        default: return number(operand, type: element.dataType)
        }
    }

    private mutating func elements(of type: DataType) -> [PlainValue] {
        (0..<Int.random(in: 1...3, using: &random)).map { _ in value(of: type) }
    }

    private mutating func array(_ operand: PlainOperand, _ element: DataType) -> PlainFilter {
        var measured = operand
        measured.reading = .length
        switch Int.random(in: 0..<5, using: &random) {
        case 0: return .contains(operand, value(of: element))
        case 1: return .containsAny(operand, elements(of: element))
        case 2: return .containsAll(operand, elements(of: element))
        case 3: return .compare(operand, pick(["==", "!="]), .array(elements(of: element)))
        default: return .compare(measured, pick(["==", "!=", "<", ">="]), .integer(Int64.random(in: 0...4, using: &random)))
        }
    }

    private mutating func jsonConstant() -> PlainValue {
        while true {
            let value = json(depth: 2)
            if case .null = value { continue }
            return value
        }
    }

    private mutating func json(_ operand: PlainOperand) -> PlainFilter {
        switch Int.random(in: 0..<9, using: &random) {
        case 0: return .exists(operand)
        case 1: return .contains(operand, jsonConstant())
        case 2: return .containsAny(operand, [jsonConstant(), jsonConstant()])
        case 3: return .containsAll(operand, [jsonConstant(), jsonConstant()])
        case 4: return .isIn(operand, (0...2).map { _ in jsonConstant() })
        case 5: return text(operand)
        case 6: return .compare(operand, pick(["==", "!="]), jsonConstant())
        case 7: return .compare(operand, pick(["==", "!="]), .array([jsonConstant()]))
        default: return number(operand, type: .double)
        }
    }
}
