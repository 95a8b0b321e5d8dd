/// Gives the parts of a syntax tree their meaning: names become fields, constants get the type of what they are compared
/// with, `not` moves down to the comparisons.
///
/// Each function throws a `FilterError` that names the place and what may stand there.
struct FilterBinder {
    let schema: Schema
    let values: [String: Value]

    static func bind(_ tree: FilterExpression, schema: Schema, values: [String: Value]) throws -> FilterNode {
        let binder = FilterBinder(schema: schema, values: values)
        return try FilterSimplifier.simplified(binder.root(tree))
    }

    /// Only here, as a factor of the outermost `and`, a sample may stand: it is taken of what the others leave.
    private func root(_ tree: FilterExpression) throws -> FilterNode {
        if let share = try sampleShare(tree) { return .sample(share) }
        guard case .binary(.and) = tree.form, let last = tree.operands.last, let share = try sampleShare(last) else {
            return try condition(tree, .holds)
        }
        let factors = try tree.operands.dropLast().map { try condition($0, .holds) }
        return .all(factors + [.sample(share)])
    }

    // MARK: Conditions

    func condition(_ expression: FilterExpression, _ polarity: FilterPolarity) throws -> FilterNode {
        switch expression.form {
        case .binary(.and), .binary(.or): return try combination(expression, polarity)
        case .unary(.not): return try negation(expression, polarity)
        case .unary(.exists): return try existence(expression.operands[0], polarity)
        case .binary(let symbol): return try operation(symbol, expression, polarity)
        case .between(let first, let second): return try between(first, second, expression, polarity)
        case .isNull: return try nullTest(expression, polarity)
        case .isNotNull: return try nullTest(expression, polarity.opposite)
        case .notIn: return try membership(expression, polarity.opposite)
        case .call(let name): return try call(name, expression, polarity)
        case .constant, .template: return try constantCondition(expression, polarity)
        case .path: return try flag(expression, polarity)
        case .list, .unary, .argument: throw notACondition(expression)
        }
    }

    private func combination(_ expression: FilterExpression, _ polarity: FilterPolarity) throws -> FilterNode {
        let parts = try expression.operands.map { try condition($0, polarity) }
        return (expression.form == .binary(.and)) == (polarity == .holds) ? .all(parts) : .any(parts)
    }

    /// `not` holds its operand more strongly than comparisons do, which is rarely meant.
    private func negation(_ expression: FilterExpression, _ polarity: FilterPolarity) throws -> FilterNode {
        let operand = expression.operands[0]
        if case .path(let name, let keys) = operand.form, !isBool(operand) {
            throw FilterError(
                at: operand.position,
                "'not' takes a condition and holds \(Self.text(name, keys)) alone; write not (...), or 'not in'")
        }
        return try condition(operand, polarity.opposite)
    }

    private func operation(
        _ symbol: FilterSymbol, _ expression: FilterExpression, _ polarity: FilterPolarity
    ) throws -> FilterNode {
        switch symbol {
        case .isIn: return try membership(expression, polarity)
        case .like: return try like(expression, polarity)
        case .matches: return try regularExpression(expression, polarity)
        case .matchesNot: return try regularExpression(expression, polarity.opposite)
        case .shiftLeft, .shiftRight: throw shiftUnsupported(expression)
        default:
            guard let comparison = FilterComparison(symbol) else { throw notACondition(expression) }
            return try self.comparison(comparison, expression, polarity)
        }
    }

    private func between(
        _ first: FilterSymbol, _ second: FilterSymbol, _ expression: FilterExpression, _ polarity: FilterPolarity
    ) throws -> FilterNode {
        let (low, value, high) = (expression.operands[0], expression.operands[1], expression.operands[2])
        let parts = [
            FilterExpression(.binary(first), [low, value], at: expression.position),
            FilterExpression(.binary(second), [value, high], at: expression.position),
        ]
        return try combination(FilterExpression(.binary(.and), parts, at: expression.position), polarity)
    }

    private func constantCondition(_ expression: FilterExpression, _ polarity: FilterPolarity) throws -> FilterNode {
        guard case .bool(let value) = try constant(expression) else { throw notACondition(expression) }
        return .constant(value == (polarity == .holds))
    }

    /// A field of type Bool is a condition by itself.
    private func flag(_ expression: FilterExpression, _ polarity: FilterPolarity) throws -> FilterNode {
        let operand = try operand(expression)
        guard operand.type == .bool else { throw notACondition(expression) }
        return .leaf(FilterLeaf(operand: operand, condition: .matches(.isIn([.bool(true)])), polarity: polarity))
    }

    private func isBool(_ expression: FilterExpression) -> Bool {
        (try? operand(expression).type) == .bool
    }

    private func notACondition(_ expression: FilterExpression) -> FilterError {
        FilterError(at: expression.position, "a condition, such as a comparison, was expected")
    }

    // MARK: Null and presence

    private func nullTest(_ expression: FilterExpression, _ polarity: FilterPolarity) throws -> FilterNode {
        let tested = expression.operands[0]
        guard case .path = tested.form else {
            throw FilterError(at: expression.position, "'is null' takes a field or a path")
        }
        let operand = try operand(tested)
        return .leaf(FilterLeaf(operand: operand, condition: .matches(.isNull), polarity: polarity))
    }

    private func existence(_ expression: FilterExpression, _ polarity: FilterPolarity) throws -> FilterNode {
        guard case .path = expression.form else {
            throw FilterError(at: expression.position, "'exists' takes a JSON path, such as exists meta[\"key\"]")
        }
        let operand = try operand(expression)
        guard operand.type == .json else {
            throw FilterError(
                at: expression.position,
                "'exists' takes a JSON path; \(operand.name) is \(operand.type), for which there is 'is not null'")
        }
        return .leaf(FilterLeaf(operand: operand, condition: .exists, polarity: polarity))
    }
}
