/// Finds the rows of one block for which a filter holds, condition by condition for all rows at once.
///
/// Conditions that an index answers come first, then the others from the cheap to the dear, each looking only at rows
/// that may still change the answer.
struct FilterEvaluator {
    let block: ScalarBlock

    /// All rows of the block.
    private let every: RowSet

    init(_ block: ScalarBlock) {
        self.block = block
        every = .full(capacity: block.count)
    }

    func rows(_ node: FilterNode) -> RowSet { rows(node, among: every) }

    /// The candidates for which a filter holds.
    func rows(_ node: FilterNode, among candidates: RowSet) -> RowSet {
        if candidates.count == 0 { return candidates }
        return switch node {
        case .constant(let value): value ? candidates : RowSet(capacity: block.count)
        case .sample(let share): sample(share, among: candidates)
        case .all(let parts): all(parts, among: candidates)
        case .any(let parts): any(parts, among: candidates)
        case .leaf(let leaf): rows(leaf, among: candidates)
        }
    }

    // MARK: Chains

    private func all(_ parts: [FilterNode], among candidates: RowSet) -> RowSet {
        var rows = candidates
        for part in ordered(parts) {
            rows = self.rows(part, among: rows)
            if rows.count == 0 { break }
        }
        return rows
    }

    private func any(_ parts: [FilterNode], among candidates: RowSet) -> RowSet {
        var found = RowSet(capacity: block.count)
        for part in parts {
            let open = candidates.subtracting(found)
            if open.count == 0 { break }
            found = found.union(rows(part, among: open))
        }
        return found
    }

    /// What an index answers comes first, the fewest rows before more.
    private func ordered(_ parts: [FilterNode]) -> [FilterNode] {
        guard !block.indexes.isEmpty || !block.termIndexes.isEmpty else { return parts }
        let ranked = parts.enumerated().map { ($1, estimate($1) ?? Int.max, $0) }
        return ranked.sorted { ($0.1, $0.2) < ($1.1, $1.2) }.map(\.0)
    }

    private func estimate(_ node: FilterNode) -> Int? {
        guard case .leaf(let leaf) = node else { return nil }
        guard let (index, predicate) = indexAndPredicate(for: leaf) else { return nil }
        return index.estimate(predicate).map { leaf.polarity == .holds ? $0 : block.count - $0 }
    }

    // MARK: Leaves

    private func rows(_ leaf: FilterLeaf, among candidates: RowSet) -> RowSet {
        let field = leaf.operand.path.field
        guard field < block.columns.count, let column = block.columns[field] else {
            return rowsWithoutColumn(leaf, among: candidates)
        }
        if let rows = indexed(leaf, column, among: candidates) { return rows }
        if leaf.operand.isWholeField, case .matches(.isNull) = leaf.condition {
            let nulls = column.nullRows(count: block.count) ?? RowSet(capacity: block.count)
            return leaf.polarity == .holds ? candidates.intersection(nulls) : candidates.subtracting(nulls)
        }
        switch leaf.condition {
        case .compares(let comparison, let other):
            return compared(leaf, column, comparison, other, among: candidates)
        case .terms(let condition, _): return terms(leaf, column, condition, among: candidates)
        default: return numbers(leaf, column, among: candidates) ?? scan(leaf, column, among: candidates)
        }
    }

    /// A field that the block knows nothing of is null in all of its rows.
    private func rowsWithoutColumn(_ leaf: FilterLeaf, among candidates: RowSet) -> RowSet {
        let isTaken = leaf.test?.holds(nil) == (leaf.polarity == .holds)
        return isTaken ? candidates : RowSet(capacity: block.count)
    }

    /// Reads the value of every candidate.
    private func scan(_ leaf: FilterLeaf, _ column: any ScalarValues, among candidates: RowSet) -> RowSet {
        let (operand, test) = (leaf.operand, leaf.test!)
        let wanted = leaf.polarity == .holds
        let type = column.type
        let nulls = column.nullRows(count: block.count)
        let open = nulls.map(candidates.subtracting) ?? candidates
        let rows: RowSet
        if case .expression(let expression) = test {
            var search = RegularSearch(expression)
            rows = column.rows(among: open) { bytes in
                operand.read(bytes, as: type)?.withText { search.matches($0) } == wanted
            }
        } else {
            rows = column.rows(among: open) { test.holds(operand.read($0, as: type)) == wanted }
        }
        guard let nulls, test.holds(nil) == wanted else { return rows }
        return rows.union(nulls.intersection(candidates))
    }

    private func compared(
        _ leaf: FilterLeaf, _ column: any ScalarValues, _ comparison: FilterComparison, _ other: FilterOperand,
        among candidates: RowSet
    ) -> RowSet {
        guard other.path.field < block.columns.count, let second = block.columns[other.path.field] else {
            return RowSet(capacity: block.count)
        }
        var open = candidates
        for nulls in [column, second].compactMap({ $0.nullRows(count: block.count) }) { open = open.subtracting(nulls) }
        let wanted = leaf.polarity == .holds
        var rows = RowSet(capacity: block.count)
        open.forEach { row in
            let order = column.withBytes(at: row) { first in
                second.withBytes(at: row) {
                    FilterScalar(first, as: column.type).order(FilterScalar($0, as: second.type))
                }
            }
            if let order, comparison.holds(order) == wanted { rows.insert(row) }
        }
        return rows
    }

    private func terms(
        _ leaf: FilterLeaf, _ column: any ScalarValues, _ condition: any TermCondition, among candidates: RowSet
    ) -> RowSet {
        let nulls = column.nullRows(count: block.count)
        let open = nulls.map(candidates.subtracting) ?? candidates
        let wanted = leaf.polarity == .holds
        if let index = block.termIndexes[condition.field] {
            let rows = condition.rows(in: index)
            return wanted ? open.intersection(rows) : open.subtracting(rows)
        }
        return column.rows(among: open) { condition.matches($0) == wanted }
    }

    /// Which rows a sample takes depends on their place in the segment alone, so the same request finds the same.
    private func sample(_ share: Double, among candidates: RowSet) -> RowSet {
        let limit = UInt64(share * 0x1p64)
        var rows = RowSet(capacity: block.count)
        candidates.forEach { row in
            if StableHash.hash(UInt64(block.firstRow + row), seed: Self.sampleSeed) < limit { rows.insert(row) }
        }
        return rows
    }

    private static let sampleSeed: UInt64 = 0x5A17
}

// MARK: Indexes

extension FilterEvaluator {
    /// Rows that an index gives for each candidate, from which on reading the candidates is cheaper.
    private static let mostRowsForCandidate = 8

    private func indexAndPredicate(for leaf: FilterLeaf) -> (any ScalarIndex, ScalarPredicate)? {
        guard leaf.operand.reading == .value, case .matches(let predicate) = leaf.condition, leaf.isIndexable,
            let index = block.indexes.first(where: {
                $0.path == leaf.operand.path && $0.estimate(predicate) != nil
            })
        else { return nil }
        return (index, predicate)
    }

    private func indexed(_ leaf: FilterLeaf, _ column: any ScalarValues, among candidates: RowSet) -> RowSet? {
        guard !block.indexes.isEmpty, let (index, predicate) = indexAndPredicate(for: leaf),
            index.estimate(predicate).map({ $0 / Self.mostRowsForCandidate <= candidates.count }) ?? false,
            let rows = index.rows(matching: predicate)
        else { return nil }
        if leaf.polarity == .holds { return candidates.intersection(rows) }
        let others = candidates.subtracting(rows)
        if predicate == .isNull { return others }
        return column.nullRows(count: block.count).map(others.subtracting) ?? others
    }
}

extension FilterLeaf {
    /// Whether what an index finds decides the leaf. Of JSON and of elements it does not say where a comparison is
    /// unknown, so that the rows where it fails cannot be told from its answer.
    fileprivate var isIndexable: Bool {
        switch condition {
        case .matches(.isNull): true
        case .matches(.isIn([])), .matches(.containsAny([])), .matches(.containsAll([])): false
        case .matches: polarity == .holds || (operand.isWholeField && operand.type != .json)
        default: false
        }
    }
}
