extension FilterBinder {
    func call(_ name: String, _ expression: FilterExpression, _ polarity: FilterPolarity) throws -> FilterNode {
        let condition: (FilterOperand, FilterCondition)
        switch name.lowercased() {
        case "json_contains", "array_contains": condition = try containing(expression)
        case "json_contains_all", "array_contains_all": condition = try containingAll(expression)
        case "json_contains_any", "array_contains_any": condition = try containingAny(expression)
        case "text_match": condition = try textMatch(expression)
        case "phrase_match": condition = try phraseMatch(expression)
        default: throw unknown(name, expression)
        }
        return .leaf(FilterLeaf(operand: condition.0, condition: condition.1, polarity: polarity))
    }

    private func unknown(_ name: String, _ expression: FilterExpression) -> FilterError {
        let lower = name.lowercased()
        let problem =
            switch lower {
            case "array_length": "a condition was expected; compare the length, as in array_length(tags) > 2"
            case "random_sample": "random_sample stands last in the outermost chain of 'and', and nowhere else"
            case "text_match_fuzzy": "text_match_fuzzy is not supported; text_match and phrase_match are"
            case "element_filter", "match_any", "match_all", "match_least", "match_most", "match_exact":
                "\(lower) is not supported: there are no arrays of structs"
            case _ where lower.hasPrefix("st_"): "\(lower.shortened(to: 40)) is not supported: there is no geometry type"
            default:
                "there is no function '\(name.shortened(to: 40))'; the functions are json_contains, json_contains_all, "
                    + "json_contains_any, array_contains, array_contains_all, array_contains_any, array_length, "
                    + "text_match, phrase_match and random_sample"
            }
        return FilterError(at: expression.position, problem)
    }

    private func checkCount(_ counts: ClosedRange<Int>, _ expression: FilterExpression) throws {
        guard case .call(let name) = expression.form, !counts.contains(expression.operands.count) else { return }
        let expected =
            counts.count == 1 ? "\(counts.lowerBound)" : "\(counts.lowerBound) to \(counts.upperBound)"
        throw FilterError(
            at: expression.position,
            "\(name.shortened(to: 40)) takes \(expected) arguments; it has \(expression.operands.count)")
    }

    // MARK: Arrays

    func arrayLength(_ expression: FilterExpression) throws -> FilterOperand {
        try checkCount(1...1, expression)
        let operand = try arrayOperand(expression)
        return FilterOperand(
            path: operand.path, name: "array_length(\(operand.name))", type: .int64, isNullable: operand.isNullable,
            reading: .length)
    }

    private func arrayOperand(_ expression: FilterExpression) throws -> FilterOperand {
        let operand = try operand(expression.operands[0])
        switch operand.type {
        case .array, .json: return operand
        default:
            throw FilterError(
                at: expression.operands[0].position, "an array or a JSON path was expected; \(operand.name) is "
                    + "\(operand.type)")
        }
    }

    private func containing(_ expression: FilterExpression) throws -> (FilterOperand, FilterCondition) {
        try checkCount(2...2, expression)
        let operand = try arrayOperand(expression)
        let constant = try constant(expression.operands[1])
        let values = try cast([constant], to: Self.element(of: operand), expression.operands[1])
        return (operand, .matches(.containsAny(values)))
    }

    private func containingAny(_ expression: FilterExpression) throws -> (FilterOperand, FilterCondition) {
        let (operand, constants) = try arrayAndList(expression)
        let values = try cast(constants, to: Self.element(of: operand), expression.operands[1])
        return (operand, .matches(.containsAny(values)))
    }

    /// An element that no value can equal makes the whole impossible.
    private func containingAll(_ expression: FilterExpression) throws -> (FilterOperand, FilterCondition) {
        let (operand, constants) = try arrayAndList(expression)
        let element = Self.element(of: operand)
        let values = try constants.map { try cast([$0], to: element, expression.operands[1]) }
        if values.contains(where: \.isEmpty) { return (operand, .matches(.containsAny([]))) }
        return (operand, .matches(.containsAll(FilterOrder.sortedSet(values.flatMap(\.self)))))
    }

    private func arrayAndList(_ expression: FilterExpression) throws -> (FilterOperand, [Value]) {
        try checkCount(2...2, expression)
        return (try arrayOperand(expression), try list(expression.operands[1]))
    }

    /// What an element of the array is compared as.
    private static func element(of operand: FilterOperand) -> FilterOperand {
        guard case .array(let element, _) = operand.type else { return operand }
        return FilterOperand(path: operand.path, name: operand.name, type: element.dataType, isNullable: true)
    }

    // MARK: Terms

    private func textMatch(_ expression: FilterExpression) throws -> (FilterOperand, FilterCondition) {
        try checkCount(2...3, expression)
        let (operand, words, analyzer) = try termOperands(expression)
        let minimum = try expression.operands.dropFirst(2).first.map { argument in
            guard argument.form == .argument("minimum_should_match") else {
                throw FilterError(at: argument.position, "minimum_should_match=n was expected")
            }
            return try integer(argument.operands[0])
        }
        return try located(expression) {
            let minimum = minimum ?? 1
            let match = try TextMatch(field: operand.path.field, words: words, minimum: minimum, analyzer: analyzer)
            return (operand, .terms(match, text: "text_match \(minimum) \(FilterCondition.quoted(words))"))
        }
    }

    private func phraseMatch(_ expression: FilterExpression) throws -> (FilterOperand, FilterCondition) {
        try checkCount(2...3, expression)
        let (operand, words, analyzer) = try termOperands(expression)
        let slop = try expression.operands.dropFirst(2).first.map { argument in
            try integer(argument.form == .argument("slop") ? argument.operands[0] : argument)
        }
        return try located(expression) {
            let slop = slop ?? 0
            let match = try PhraseMatch(field: operand.path.field, words: words, slop: slop, analyzer: analyzer)
            return (operand, .terms(match, text: "phrase_match \(slop) \(FilterCondition.quoted(words))"))
        }
    }

    private func termOperands(_ expression: FilterExpression) throws -> (FilterOperand, String, Analyzer) {
        let operand = try operand(expression.operands[0])
        guard operand.isWholeField, case .varchar = operand.type else {
            throw FilterError(
                at: expression.operands[0].position, "a VarChar field was expected; \(operand.name) is \(operand.type)")
        }
        let field = schema.fields[operand.path.field]
        guard field.text?.isMatched ?? false else {
            throw FilterError(
                at: expression.operands[0].position, "field \"\(field.name)\" does not enable match")
        }
        guard case .text(let words) = try constant(expression.operands[1]) else {
            throw FilterError(at: expression.operands[1].position, "the words to look for were expected, as a text")
        }
        return try located(expression) { (operand, words, try field.analyzer()) }
    }

    private func integer(_ expression: FilterExpression) throws -> Int {
        guard case .integer(let value) = try constant(expression) else {
            throw FilterError(at: expression.position, "an integer was expected")
        }
        return Int(value)
    }

    /// Adds the place to what the text side reports.
    private func located<Result>(_ expression: FilterExpression, _ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let error as ApusError {
            throw FilterError(at: expression.position, error.message)
        }
    }

    // MARK: Sample

    /// The share of a `random_sample(share)`; nil if the expression is none.
    func sampleShare(_ expression: FilterExpression) throws -> Double? {
        guard case .call(let name) = expression.form, name.lowercased() == "random_sample" else { return nil }
        try checkCount(1...1, expression)
        let share: Double? =
            switch try constant(expression.operands[0]) {
            case .double(let value): value
            case .integer(let value): Double(value)
            default: nil
            }
        guard let share, share > 0, share < 1 else {
            throw FilterError(at: expression.operands[0].position, "a share between 0 and 1 was expected")
        }
        return share
    }
}
