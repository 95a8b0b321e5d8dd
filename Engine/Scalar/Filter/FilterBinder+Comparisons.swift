extension FilterBinder {
    func comparison(
        _ comparison: FilterComparison, _ expression: FilterExpression, _ polarity: FilterPolarity
    ) throws -> FilterNode {
        let (left, right) = (expression.operands[0], expression.operands[1])
        switch (try side(left), try side(right)) {
        case (.operand(let operand), .constant(let constant)):
            return try leaf(comparison, operand, constant, polarity, at: expression.position)
        case (.constant(let constant), .operand(let operand)):
            return try leaf(comparison.mirrored, operand, constant, polarity, at: expression.position)
        case (.constant(let first), .constant(let second)):
            let holds = try compared(comparison, first, second, at: expression.position)
            return .constant(holds == (polarity == .holds))
        case (.operand(let first), .operand(let second)):
            return try fields(comparison, first, second, polarity, at: expression.position)
        }
    }

    private func leaf(
        _ comparison: FilterComparison, _ operand: FilterOperand, _ constant: Value, _ polarity: FilterPolarity,
        at position: Int
    ) throws -> FilterNode {
        guard let outcome = FilterCasting(type: operand.type).comparison(comparison, constant) else {
            throw FilterError(
                at: position,
                "\(operand.name) is \(operand.type); '\(comparison.rawValue)' compares it with "
                    + "\(Self.comparable(operand.type, comparison)), not with \(constant.description.shortened(to: 60))")
        }
        return .leaf(
            FilterLeaf(
                operand: operand, condition: .matches(outcome.predicate),
                polarity: outcome.polarity == .holds ? polarity : polarity.opposite))
    }

    /// What values of a type compare with, for messages.
    private static func comparable(_ type: DataType, _ comparison: FilterComparison) -> String {
        let isEquality = comparison == .equal || comparison == .notEqual
        return switch type {
        case .bool: isEquality ? "true or false" : "nothing; '==' and '!=' are possible"
        case .varchar: "texts"
        case .array: isEquality ? "lists of its element type" : "nothing; '==', '!=' and array_contains are possible"
        case .json: isEquality ? "constants" : "numbers and texts"
        default: "numbers"
        }
    }

    private func compared(
        _ comparison: FilterComparison, _ left: Value, _ right: Value, at position: Int
    ) throws -> Bool {
        guard FilterOrder.kind(of: left) == FilterOrder.kind(of: right) else {
            throw FilterError(
                at: position,
                "\(left.description.shortened(to: 60)) and \(right.description.shortened(to: 60)) do not compare")
        }
        return comparison.holds(FilterOrder.order(left, right))
    }

    // MARK: Two fields

    private func fields(
        _ comparison: FilterComparison, _ first: FilterOperand, _ second: FilterOperand, _ polarity: FilterPolarity,
        at position: Int
    ) throws -> FilterNode {
        guard first.isWholeField, second.isWholeField, let kind = Self.kind(of: first.type),
            kind == Self.kind(of: second.type)
        else {
            throw FilterError(
                at: position,
                "\(first.name) (\(first.type)) and \(second.name) (\(second.type)) do not compare; two fields of "
                    + "numbers do, or two of text")
        }
        let isInOrder = first.path.field <= second.path.field
        let condition = FilterCondition.compares(isInOrder ? comparison : comparison.mirrored, isInOrder ? second : first)
        return .leaf(FilterLeaf(operand: isInOrder ? first : second, condition: condition, polarity: polarity))
    }

    private static func kind(of type: DataType) -> FilterOrder.Kind? {
        switch type {
        case .int8, .int16, .int32, .int64, .float, .double: .number
        case .varchar: .text
        default: nil
        }
    }

    // MARK: Lists

    func membership(_ expression: FilterExpression, _ polarity: FilterPolarity) throws -> FilterNode {
        let (left, right) = (expression.operands[0], expression.operands[1])
        guard case .operand(let operand) = try side(left) else {
            throw FilterError(at: left.position, "'in' takes a field on its left")
        }
        let constants = try list(right)
        if constants.isEmpty { return .constant(polarity == .fails) }
        if case .array = operand.type {
            throw FilterError(at: left.position, "\(operand.name) is an array; array_contains_any looks at its elements")
        }
        let values = try cast(constants, to: operand, right)
        return .leaf(FilterLeaf(operand: operand, condition: .matches(.isIn(values)), polarity: polarity))
    }

    /// The constants of a list.
    func list(_ expression: FilterExpression) throws -> [Value] {
        guard case .array(let constants) = try constant(expression) else {
            throw FilterError(at: expression.position, "a list in brackets was expected")
        }
        return constants
    }

    /// A list as values of the operand's type, those that no value can equal left out.
    func cast(_ constants: [Value], to operand: FilterOperand, _ expression: FilterExpression) throws -> [Value] {
        let casting = FilterCasting(type: operand.type)
        if let values = casting.list(constants) { return values }
        let place = casting.misfit(constants)!
        let isWritten = expression.form == .list && expression.operands.indices.contains(place)
        throw FilterError(
            at: isWritten ? expression.operands[place].position : expression.position,
            "\(constants[place].description.shortened(to: 60)) is not of type \(operand.type), which \(operand.name) has")
    }

    // MARK: Patterns

    func like(_ expression: FilterExpression, _ polarity: FilterPolarity) throws -> FilterNode {
        let (operand, text) = try textOperands(expression, "like")
        guard let pattern = LikePattern(text) else {
            throw FilterError(
                at: expression.operands[1].position,
                "the pattern ends in a backslash that stands before nothing; write \\\\ for a backslash itself")
        }
        return .leaf(FilterLeaf(operand: operand, condition: .matches(.like(pattern)), polarity: polarity))
    }

    func regularExpression(_ expression: FilterExpression, _ polarity: FilterPolarity) throws -> FilterNode {
        let (operand, text) = try textOperands(expression, "=~")
        do {
            let pattern = try RegularExpression(text)
            return .leaf(FilterLeaf(operand: operand, condition: .expression(pattern), polarity: polarity))
        } catch {
            throw FilterError(at: expression.operands[1].position, "the regular expression is not valid: \(error)")
        }
    }

    private func textOperands(_ expression: FilterExpression, _ name: String) throws -> (FilterOperand, String) {
        let (left, right) = (expression.operands[0], expression.operands[1])
        guard case .operand(let operand) = try side(left), operand.reading == .value else {
            throw FilterError(at: left.position, "'\(name)' takes a field on its left")
        }
        switch operand.type {
        case .varchar, .json: break
        default:
            throw FilterError(at: left.position, "'\(name)' takes text; \(operand.name) is \(operand.type)")
        }
        guard case .text(let text) = try constant(right) else {
            throw FilterError(at: right.position, "'\(name)' takes a text on its right")
        }
        return (operand, text)
    }
}
