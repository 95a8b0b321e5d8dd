/// A filter expression bound to a schema: says which rows match. docs/filters.md describes the language.
///
///     let filter = try Filter("price < {limit} and color in ['red', 'blue']", values: ["limit": 50], schema: schema)
///     let rows = filter.rows(in: block)
struct Filter: Sendable {
    /// As it is written.
    let expression: FilterExpression
    /// What is evaluated.
    let node: FilterNode

    /// - Parameters:
    ///   - expression: white space alone matches every row.
    ///   - values: what `{name}` stands for; those that the expression does not name are ignored.
    /// - Throws: `ApusError` with code `invalidArgument`: the column and what was expected there.
    init(_ expression: String, values: [String: Value] = [:], schema: Schema) throws {
        do {
            let isEmpty = expression.utf8.allSatisfy { $0 == 0x20 || (0x09...0x0D).contains($0) }
            self.expression =
                isEmpty ? FilterExpression(.constant(.bool(true)), at: 0) : try FilterParser.parse(expression)
            node = try FilterBinder.bind(self.expression, schema: schema, values: values).prepared()
        } catch let error as FilterError {
            throw error.error(in: expression)
        }
    }

    /// Whether every row matches, so that nothing need be asked.
    var isAlwaysTrue: Bool { if case .constant(true) = node { true } else { false } }

    /// Whether no row matches.
    var isAlwaysFalse: Bool { if case .constant(false) = node { true } else { false } }

    /// A text that is equal for filters on one schema that are known to match the same rows, and only for these, so
    /// that they can share a result. O(length of the expression).
    var normalized: String { node.description }
}

extension Filter: RowFilter {
    /// nil where rows are drawn at random.
    var cacheKey: String? {
        let text = normalized
        return text.contains("random_sample(") ? nil : text
    }

    /// The matching rows, counted from the start of the block; a row for which the filter is unknown does not match.
    func rows(in block: ScalarBlock) -> RowSet {
        FilterEvaluator(block).rows(node)
    }
}

extension FilterNode {
    /// The same filter with each condition ready to be asked of rows.
    fileprivate func prepared() -> FilterNode {
        switch self {
        case .constant, .sample: return self
        case .all(let parts): return .all(parts.map { $0.prepared() })
        case .any(let parts): return .any(parts.map { $0.prepared() })
        case .leaf(var leaf):
            leaf.test = FilterTest(leaf.condition)
            return .leaf(leaf)
        }
    }
}
