/// The runs of characters that occur in texts, and the texts that have each. A pattern with a literal run of characters
/// can only match rows that have all n-grams of it; those candidates are then compared with the pattern
/// (Zobel, Moffat and Sacks-Davis 1993).
struct NGramIndex: ScalarIndex {
    let path: ScalarPath
    let definition: ScalarIndexDefinition
    let grams: SortedTexts
    let rows: RowLists
    /// What candidates are compared with.
    let values: IndexedValues

    var memoryBytes: Int { grams.memoryBytes + rows.memoryBytes }

    func rows(matching predicate: ScalarPredicate) -> RowSet? {
        guard case .like(let pattern) = predicate, let positions = positions(of: pattern) else { return nil }
        var collector = RowCollector(capacity: values.rowCount)
        if case .all(let positions) = positions {
            for row in rows.common(positions) where values.matches(pattern, row: Int(row)) {
                collector.insert(Int(row))
            }
        }
        return collector.finish()
    }

    func estimate(_ predicate: ScalarPredicate) -> Int? {
        guard case .like(let pattern) = predicate, let positions = positions(of: pattern) else { return nil }
        guard case .all(let positions) = positions else { return 0 }
        return positions.lazy.map { rows.estimatedRowCount($0..<$0 + 1) }.min()
    }

    private enum Positions {
        case all([Int])
        /// An n-gram of the pattern is in no text.
        case unmatched
    }

    /// The n-grams of a pattern, as long as the index has them; nil if no literal of it is long enough.
    private func positions(of pattern: LikePattern) -> Positions? {
        var positions: Set<Int> = []
        var isAnyMissing = false
        for literal in pattern.literals {
            let characters = Characters(literal)
            let length = min(characters.count, definition.gramLengths.upperBound)
            guard length >= definition.gramLengths.lowerBound else { continue }
            literal.withUnsafeBytes { text in
                characters.forEachGram(of: length, in: text) { gram in
                    if let position = grams.position(of: gram) {
                        positions.insert(position)
                    } else {
                        isAnyMissing = true
                    }
                }
            }
        }
        if isAnyMissing { return .unmatched }
        return positions.isEmpty ? nil : .all(positions.sorted())
    }
}

/// Where the characters of a text begin, and where the last ends.
struct Characters {
    private var starts: [Int] = []

    init(_ text: some Swift.Collection<UInt8>) {
        for (offset, byte) in text.enumerated() where byte & 0xC0 != 0x80 || offset == 0 { starts.append(offset) }
        starts.append(text.count)
    }

    var count: Int { starts.count - 1 }

    /// Calls `body` with each run of `length` characters of the text.
    func forEachGram(of length: Int, in text: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) -> Void) {
        guard length <= count else { return }
        for first in 0...count - length {
            body(UnsafeRawBufferPointer(rebasing: text[starts[first]..<starts[first + length]]))
        }
    }
}
