extension FilterBinder {
    /// What stands on one side of a comparison.
    enum Side {
        case constant(Value)
        case operand(FilterOperand)
    }

    func side(_ expression: FilterExpression) throws -> Side {
        switch expression.form {
        case .constant, .template, .list: return .constant(try constant(expression))
        case .path: return .operand(try operand(expression))
        case .unary(let symbol): return .constant(try folded(symbol, expression))
        case .binary(let symbol) where FilterFolding.isArithmetic(symbol): return try arithmetic(symbol, expression)
        case .binary(.shiftLeft), .binary(.shiftRight): throw shiftUnsupported(expression)
        case .call("array_length"), .call("ARRAY_LENGTH"): return .operand(try arrayLength(expression))
        default:
            throw FilterError(
                at: expression.position,
                "a field or a constant was expected here, not a condition; '==' holds its operands more strongly than "
                    + "'and', and less strongly than '<': use parentheses")
        }
    }

    // MARK: Fields

    /// The field, or the place in it, that a path names.
    func operand(_ expression: FilterExpression) throws -> FilterOperand {
        guard case .path(let name, let keys) = expression.form else {
            throw FilterError(at: expression.position, "a field was expected")
        }
        guard let position = schema.position(of: name) else { return try dynamic(name, keys, expression) }
        let field = schema.fields[position]
        return FilterOperand(
            path: ScalarPath(field: position, keys: keys), name: Self.text(name, keys),
            type: try type(of: field, at: keys, expression), isNullable: field.isNullable || !keys.isEmpty)
    }

    /// Names that the schema does not know are keys of the dynamic field, if there is one.
    private func dynamic(_ name: String, _ keys: [JSONKey], _ expression: FilterExpression) throws -> FilterOperand {
        guard let position = schema.position(of: Schema.dynamicFieldName) else {
            let known = schema.fields.map(\.name).joined(separator: ", ")
            throw FilterError(at: expression.position, "field \(name) not exist; the fields are \(known)")
        }
        return FilterOperand(
            path: ScalarPath(field: position, keys: [.member(name)] + keys), name: Self.text(name, keys), type: .json,
            isNullable: true)
    }

    private func type(of field: Field, at keys: [JSONKey], _ expression: FilterExpression) throws -> DataType {
        switch (field.type, keys.first) {
        case (let type, nil):
            if !type.isVector { return type }
            throw FilterError(at: expression.position, "field \(field.name) is a vector; filters read scalar fields")
        case (.json, _): return .json
        case (.array(let element, _), .element) where keys.count == 1: return element.dataType
        case (.array, _):
            throw FilterError(
                at: expression.position, "field \(field.name) is an array; its elements are named as \(field.name)[0]")
        default:
            throw FilterError(
                at: expression.position, "field \(field.name) is \(field.type) and has no parts that a key could name")
        }
    }

    /// A path as it is written.
    static func text(_ name: String, _ keys: [JSONKey]) -> String {
        keys.reduce(into: name.shortened(to: 60)) { text, key in
            switch key {
            case .member(let key): text += "[\"\(key.shortened(to: 60))\"]"
            case .element(let index): text += "[\(index)]"
            }
        }
    }

    // MARK: Constants

    /// The value of an expression without fields.
    func constant(_ expression: FilterExpression) throws -> Value {
        switch expression.form {
        case .constant(let value): return value
        case .template(let name): return try template(name, expression)
        case .list: return .array(try expression.operands.map(constant))
        case .unary(let symbol): return try folded(symbol, expression)
        case .binary(let symbol) where FilterFolding.isArithmetic(symbol):
            guard case .constant(let value) = try arithmetic(symbol, expression) else { throw notConstant(expression) }
            return value
        default: throw notConstant(expression)
        }
    }

    func notConstant(_ expression: FilterExpression) -> FilterError {
        FilterError(at: expression.position, "a constant was expected")
    }

    func template(_ name: String, _ expression: FilterExpression) throws -> Value {
        guard let value = values[name] else {
            throw FilterError(
                at: expression.position, "the value of expression template variable name {\(name)} is not found")
        }
        guard let constant = FilterFolding.constant(value) else {
            throw FilterError(
                at: expression.position,
                "the value of {\(name)} is \(value.description.shortened(to: 60)); a template takes a bool, a number, "
                    + "a text or an array of these")
        }
        return constant
    }

    private func folded(_ symbol: FilterSymbol, _ expression: FilterExpression) throws -> Value {
        let operand = expression.operands[0]
        guard symbol != .not, symbol != .exists else {
            throw FilterError(
                at: expression.position,
                "a value was expected; '\(symbol.rawValue)' makes a condition and holds its operand more strongly than "
                    + "comparisons do: use parentheses")
        }
        guard let value = FilterFolding.value(symbol, try constant(operand)) else {
            throw FilterError(
                at: expression.position, "'\(symbol.rawValue)' takes a constant number that stays in range")
        }
        return value
    }

    // MARK: Arithmetic

    private func arithmetic(_ symbol: FilterSymbol, _ expression: FilterExpression) throws -> Side {
        let (left, right) = (expression.operands[0], expression.operands[1])
        switch (try side(left), try side(right)) {
        case (.constant(let first), .constant(let second)):
            return .constant(try FilterFolding.value(symbol, first, second, at: expression.position))
        case (.operand(let operand), .constant(let constant)):
            return .operand(try applying(symbol, constant, to: operand, at: expression.position))
        case (.constant(let constant), .operand(let operand)) where FilterFolding.isCommutative(symbol):
            return .operand(try applying(symbol, constant, to: operand, at: expression.position))
        default:
            throw FilterError(
                at: expression.position, "arithmetic is possible as: field \(symbol.rawValue) constant, then a comparison")
        }
    }

    private func applying(
        _ symbol: FilterSymbol, _ constant: Value, to operand: FilterOperand, at position: Int
    ) throws -> FilterOperand {
        guard operand.reading == .value else {
            throw FilterError(at: position, "only one operation on a field is possible")
        }
        let arithmetic = FilterArithmetic(operation: symbol, constant: constant)
        guard symbol != .power, let type = arithmetic.resultType(of: operand.type) else {
            throw FilterError(
                at: position,
                "'\(symbol.rawValue)' is not possible between \(operand.name), which is \(operand.type), and "
                    + "\(constant.description.shortened(to: 60))")
        }
        guard !arithmetic.dividesByZero else { throw FilterError(at: position, "division by zero") }
        return FilterOperand(
            path: operand.path, name: "(\(operand.name) \(symbol.rawValue) \(constant))", type: type,
            isNullable: operand.isNullable, reading: .arithmetic(arithmetic))
    }

    func shiftUnsupported(_ expression: FilterExpression) -> FilterError {
        FilterError(at: expression.position, "'<<' and '>>' are not supported in filters")
    }
}
