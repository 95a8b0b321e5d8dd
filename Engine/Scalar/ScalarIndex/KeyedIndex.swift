/// The index of all types but NGRAM: a dictionary of the values that occur, and the rows of each. The types differ in
/// the dictionary (sorted, or a tree for TRIE) and in how rows are kept (a list for each value, or all in one order for
/// STL_SORT).
struct KeyedIndex: ScalarIndex {
    /// Values of one kind.
    struct Part: Sendable {
        let dictionary: any ScalarDictionary
        let rows: any KeyRows
    }

    let path: ScalarPath
    let definition: ScalarIndexDefinition
    let rowCount: Int
    /// Whether the values are the elements of arrays, of which a row has several.
    let isOfElements: Bool
    /// Numbers of JSON have two parts: those that floating point numbers hold, and the other integers.
    let parts: [Part]

    var memoryBytes: Int { parts.reduce(0) { $0 + $1.dictionary.memoryBytes + $1.rows.memoryBytes } }

    func rows(matching predicate: ScalarPredicate) -> RowSet? {
        if case .containsAll(let values) = predicate { return rows(containing: values) }
        guard let positions = positions(matching: predicate) else { return nil }
        var collector = RowCollector(capacity: rowCount)
        for (part, ranges) in zip(parts, positions) {
            for range in ranges { part.rows.add(range, to: &collector) }
        }
        return collector.finish()
    }

    func estimate(_ predicate: ScalarPredicate) -> Int? {
        if case .containsAll(let values) = predicate {
            guard isOfElements, !values.isEmpty else { return nil }
            let counts = values.map { estimate(.containsAny([$0])) }
            return counts.contains(nil) ? nil : counts.lazy.map { $0! }.min()
        }
        if case .like(let pattern) = predicate, !isOfElements {
            return rowCount(at: inEveryPart { $0.dictionary.candidates(like: pattern).map { [$0] } }, times: 1)
        }
        let (sample, share) = Self.sample(of: predicate)
        return rowCount(at: positions(matching: sample), times: share)
    }

    /// About how many rows the values at some positions have, multiplied by how many such there are.
    private func rowCount(at positions: [[Range<Int>]]?, times share: Double) -> Int? {
        guard let positions else { return nil }
        let count = zip(parts, positions).reduce(0) { sum, part in
            part.1.reduce(sum) { $0 + part.0.rows.estimatedRowCount($1) }
        }
        return min(Int(Double(count) * share), rowCount)
    }

    /// Constants of a list that are looked up for an estimate.
    private static let countedConstants = 256

    /// The predicate with a part of its constants if there are many, and how many times as many there are.
    private static func sample(of predicate: ScalarPredicate) -> (ScalarPredicate, share: Double) {
        func some(_ values: [Value]) -> [Value] {
            stride(from: 0, to: values.count, by: (values.count + countedConstants - 1) / countedConstants)
                .map { values[$0] }
        }
        switch predicate {
        case .isIn(let values) where values.count > countedConstants:
            let some = some(values)
            return (.isIn(some), Double(values.count) / Double(some.count))
        case .containsAny(let values) where values.count > countedConstants:
            let some = some(values)
            return (.containsAny(some), Double(values.count) / Double(some.count))
        default: return (predicate, 1)
        }
    }

    /// For each part the positions of the values that make a row match; nil if the index cannot tell.
    private func positions(matching predicate: ScalarPredicate) -> [[Range<Int>]]? {
        switch (predicate, isOfElements) {
        case (.isIn(let values), false), (.containsAny(let values), true):
            inEveryPart { part in
                var ranges: [Range<Int>] = []
                for value in values {
                    guard let range = part.dictionary.positions(equalTo: value) else { return nil }
                    if !range.isEmpty { ranges.append(range) }
                }
                return ranges
            }
        case (.range(let range), false): inEveryPart { $0.dictionary.positions(in: range).map { [$0] } }
        case (.like(let pattern), false): inEveryPart { $0.dictionary.positions(like: pattern) }
        default: nil
        }
    }

    private func inEveryPart(_ positions: (Part) -> [Range<Int>]?) -> [[Range<Int>]]? {
        var all: [[Range<Int>]] = []
        for part in parts {
            guard let ranges = positions(part) else { return nil }
            all.append(ranges)
        }
        return all
    }

    /// The rows whose arrays have each of some elements: the rarest element first, then those of its rows that have the
    /// others.
    private func rows(containing values: [Value]) -> RowSet? {
        guard isOfElements, !values.isEmpty else { return nil }
        var positions: [[Int]] = parts.map { _ in [] }
        for value in values {
            var isThere = false
            for (part, content) in parts.enumerated() {
                guard let range = content.dictionary.positions(equalTo: value) else { return nil }
                positions[part] += range
                isThere = isThere || !range.isEmpty
            }
            if !isThere { return RowSet(capacity: rowCount) }
        }
        let common = zip(parts, positions).filter { !$1.isEmpty }.map { $0.rows.common($1) }
        let rows = common.dropFirst().reduce(common[0]) { rows, others in
            others.withUnsafeBufferPointer { RowList.rows($0).intersection(with: rows) }
        }
        var collector = RowCollector(capacity: rowCount)
        rows.withUnsafeBufferPointer { collector.insert($0) }
        return collector.finish()
    }
}
