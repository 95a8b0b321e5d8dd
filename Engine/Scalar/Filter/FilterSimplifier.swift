/// Brings filters that mean the same into the same form where that is cheap: chains are flat, sorted and without
/// repetitions, comparisons of one operand that stand together are one.
enum FilterSimplifier {
    static func simplified(_ node: FilterNode) -> FilterNode {
        switch node {
        case .constant, .sample: node
        case .leaf(let leaf): simplified(leaf)
        case .all(let parts): combined(parts.map(simplified), .all)
        case .any(let parts): combined(parts.map(simplified), .any)
        }
    }

    // MARK: Leaves

    private static func simplified(_ leaf: FilterLeaf) -> FilterNode {
        guard case .matches(let predicate) = leaf.condition else { return .leaf(leaf) }
        let isPlain = leaf.operand.isWholeField && leaf.operand.type != .json
        switch predicate {
        case .isIn([]), .containsAny([]):
            if leaf.polarity == .holds { return .constant(false) }
            return isPlain ? present(leaf.operand) : .leaf(leaf)
        case .isIn(let values) where leaf.operand.type == .bool && values.count == 2:
            if leaf.polarity == .fails { return .constant(false) }
            return isPlain ? present(leaf.operand) : .leaf(leaf)
        case .isIn(let values) where leaf.operand.type == .bool && leaf.polarity == .fails:
            // Bool has one other value.
            let others: [Value] = [.bool(values[0] == .bool(false))]
            return .leaf(FilterLeaf(operand: leaf.operand, condition: .matches(.isIn(others)), polarity: .holds))
        case .isNull where !leaf.operand.isNullable: return .constant(leaf.polarity == .fails)
        case .like(let pattern):
            guard let text = pattern.exactText else { return .leaf(leaf) }
            let value = Value.text(String(decoding: text, as: UTF8.self))
            return .leaf(FilterLeaf(operand: leaf.operand, condition: .matches(.isIn([value])), polarity: leaf.polarity))
        default: return .leaf(leaf)
        }
    }

    /// All rows where a field is not null.
    private static func present(_ operand: FilterOperand) -> FilterNode {
        guard operand.isNullable else { return .constant(true) }
        return .leaf(FilterLeaf(operand: operand, condition: .matches(.isNull), polarity: .fails))
    }

    // MARK: Chains

    private static func combined(_ parts: [FilterNode], _ chain: FilterChain) -> FilterNode {
        var rest: [FilterNode] = []
        for part in parts {
            switch (part, chain) {
            case (.constant(let value), _):
                if value == chain.decidingValue { return part }
            case (.all(let inner), .all), (.any(let inner), .any): rest += inner
            default: rest.append(part)
            }
        }
        rest = FilterMerging.merged(rest, chain)
        if rest.contains(where: { $0.constant == chain.decidingValue }) { return .constant(chain.decidingValue) }
        let sorted = sortedWithoutRepetitions(rest)
        switch sorted.count {
        case 0: return .constant(!chain.decidingValue)
        case 1: return sorted[0]
        default: return chain == .all ? .all(sorted) : .any(sorted)
        }
    }

    /// The cheap before the dear, which then look at fewer rows.
    private static func sortedWithoutRepetitions(_ parts: [FilterNode]) -> [FilterNode] {
        let named = parts.map { (cost: $0.cost, text: $0.description, node: $0) }
        let sorted = named.sorted { ($0.cost, $0.text) < ($1.cost, $1.text) }
        var result: [FilterNode] = []
        for (index, part) in sorted.enumerated() where index == 0 || part.text != sorted[index - 1].text {
            result.append(part.node)
        }
        return result
    }
}

/// Conditions joined by `and` or by `or`.
enum FilterChain {
    case all, any

    /// The truth of one part that makes the others not matter.
    var decidingValue: Bool { self == .any }
}

extension FilterNode {
    fileprivate var constant: Bool? {
        if case .constant(let value) = self { value } else { nil }
    }
}
