/// Makes one comparison of several that look at the same operand in one chain: `a > 1 and a <= 5` is a range,
/// `a == 1 or a == 2` a list.
enum FilterMerging {
    private struct Key: Hashable {
        let operand: String
        let polarity: FilterPolarity
    }

    static func merged(_ parts: [FilterNode], _ chain: FilterChain) -> [FilterNode] {
        var result: [FilterNode] = []
        var groups: [Key: Group] = [:]
        for part in parts {
            guard case .leaf(let leaf) = part, case .matches(let predicate) = leaf.condition,
                Group.takes(leaf, predicate, chain)
            else {
                result.append(part)
                continue
            }
            let key = Key(operand: leaf.operand.text, polarity: leaf.polarity)
            groups[key, default: Group(leaf: leaf)].add(predicate)
        }
        // The order of a dictionary does not matter: the parts are sorted afterwards.
        return result + groups.values.flatMap { $0.nodes(chain) }
    }

    /// The lists and ranges of one operand that must all hold, one of them at least, or that must all fail.
    private struct Group {
        let leaf: FilterLeaf
        private var lists: [[Value]] = []
        private var ranges: [ScalarRange] = []

        init(leaf: FilterLeaf) {
            self.leaf = leaf
        }

        /// Where the merged form is true for the same rows. Failing lists of JSON are not: of what kind a value must be
        /// is then asked of each by itself.
        static func takes(_ leaf: FilterLeaf, _ predicate: ScalarPredicate, _ chain: FilterChain) -> Bool {
            switch (predicate, chain, leaf.polarity) {
            case (.isIn([]), _, _): false
            case (.isIn, .any, .holds), (.isIn, .all, .holds), (.range, .all, .holds): true
            case (.isIn, .all, .fails): leaf.operand.type != .json
            default: false
            }
        }

        mutating func add(_ predicate: ScalarPredicate) {
            switch predicate {
            case .isIn(let values): lists.append(values)
            case .range(let range): ranges.append(range)
            default: preconditionFailure("only lists and ranges are merged")
            }
        }

        func nodes(_ chain: FilterChain) -> [FilterNode] {
            if chain == .any || leaf.polarity == .fails {
                return [node(.isIn(lists.count == 1 ? lists[0] : FilterOrder.sortedSet(lists.flatMap(\.self))))]
            }
            let spans = FilterSpan.intersections(of: ranges, type: leaf.operand.type)
            guard let list = commonValues() else { return spans.map { node($0.predicate) } }
            let values = list.filter { value in spans.allSatisfy { $0.contains(value) } }
            return [values.isEmpty ? .constant(false) : node(.isIn(values))]
        }

        /// The constants that all lists have; nil if there is no list.
        private func commonValues() -> [Value]? {
            guard var common = lists.first else { return nil }
            for list in lists.dropFirst() { common = FilterOrder.common(common, list) }
            return common
        }

        private func node(_ predicate: ScalarPredicate) -> FilterNode {
            if case .isIn([]) = predicate, leaf.polarity == .holds { return .constant(false) }
            return .leaf(FilterLeaf(operand: leaf.operand, condition: .matches(predicate), polarity: leaf.polarity))
        }
    }
}

/// What several ranges over values of one kind have in common.
struct FilterSpan {
    private let kind: FilterOrder.Kind
    private let type: DataType
    private var lower: ScalarBound?
    private var upper: ScalarBound?

    /// One span for each kind of value: numbers and texts of JSON have nothing in common.
    static func intersections(of ranges: [ScalarRange], type: DataType) -> [FilterSpan] {
        var spans: [FilterSpan] = []
        for range in ranges {
            let kind = FilterOrder.kind(of: (range.lower ?? range.upper)!.value)
            if let place = spans.firstIndex(where: { $0.kind == kind }) {
                spans[place].narrow(range)
            } else {
                spans.append(FilterSpan(kind: kind, type: type, lower: range.lower, upper: range.upper))
            }
        }
        return spans
    }

    private mutating func narrow(_ range: ScalarRange) {
        if let bound = range.lower {
            lower = lower.map { FilterOrder.tighter($0, bound, sign: 1) } ?? bound
        }
        if let bound = range.upper {
            upper = upper.map { FilterOrder.tighter($0, bound, sign: -1) } ?? bound
        }
    }

    var predicate: ScalarPredicate {
        if let lower, let upper {
            let order = FilterOrder.order(lower.value, upper.value)
            if order > 0 || (order == 0 && !(lower.isIncluded && upper.isIncluded)) { return .isIn([]) }
            if order == 0 { return .isIn([lower.value]) }
        }
        return .range(ScalarRange(lower: lower, upper: upper))
    }

    func contains(_ value: Value) -> Bool {
        guard FilterOrder.kind(of: value) == kind else { return false }
        return ScalarRange(lower: lower, upper: upper).contains { FilterOrder.order(value, $0) }
    }
}

extension ScalarRange {
    /// - Parameter order: how the value in question orders to a bound: -1, 0 or 1.
    @inline(__always)
    func contains(_ order: (Value) -> Int) -> Bool {
        if let lower {
            let order = order(lower.value)
            if order < 0 || (order == 0 && !lower.isIncluded) { return false }
        }
        if let upper {
            let order = order(upper.value)
            if order > 0 || (order == 0 && !upper.isIncluded) { return false }
        }
        return true
    }
}

extension FilterOrder {
    /// The bound that leaves less.
    ///
    /// - Parameter sign: 1 for lower bounds, -1 for upper ones.
    static func tighter(_ first: ScalarBound, _ second: ScalarBound, sign: Int) -> ScalarBound {
        let order = order(first.value, second.value) * sign
        if order == 0 { return first.isIncluded ? second : first }
        return order > 0 ? first : second
    }

    /// What two sorted lists have in common.
    static func common(_ first: [Value], _ second: [Value]) -> [Value] {
        var result: [Value] = []
        var (left, right) = (0, 0)
        while left < first.count, right < second.count {
            let order = order(first[left], second[right])
            if order == 0 { result.append(first[left]) }
            if order <= 0 { left += 1 }
            if order >= 0 { right += 1 }
        }
        return result
    }
}
