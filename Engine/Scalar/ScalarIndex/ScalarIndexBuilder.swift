/// Builds the index of a definition over the values of a column. The same values give the same index.
struct ScalarIndexBuilder {
    let path: ScalarPath
    let definition: ScalarIndexDefinition
    let values: IndexedValues

    /// - Parameter definition: one that fits the field of the column.
    init(_ column: Column, path: ScalarPath, definition: ScalarIndexDefinition) {
        self.path = path
        self.definition = definition
        values = IndexedValues(column, keys: path.keys, definition: definition)
    }

    /// O(n log n) comparisons of texts, O(n) for numbers.
    ///
    /// - Throws: `ApusError` if there are more entries than an index can have.
    func build() throws -> any StoredScalarIndex {
        if definition.type == .ngram { return try buildGrams() }
        return KeyedIndex(
            path: path, definition: definition, rowCount: values.rowCount, isOfElements: values.isOfElements,
            parts: try buildParts())
    }

    private func buildParts() throws -> [KeyedIndex.Part] {
        if values.kind == .text {
            var entries = TextEntries()
            values.forEachText { entries.append($0, row: $1) }
            return [try part(entries.grouped())]
        }
        var entries = values.kind.orders.map { NumberEntries(order: $0) }
        values.forEachNumber { entries[$0].append($1, row: $2) }
        return try entries.map { try part($0.grouped()) }
    }

    // MARK: The form of a type

    private func part(_ numbers: (values: SortedNumbers, groups: RowGroups)) throws -> KeyedIndex.Part {
        KeyedIndex.Part(dictionary: numbers.values, rows: try rows(numbers.groups, areNumbers: true))
    }

    private func part(_ texts: (values: SortedTexts, groups: RowGroups)) throws -> KeyedIndex.Part {
        let rows = try rows(texts.groups, areNumbers: false)
        if definition.type == .trie { return KeyedIndex.Part(dictionary: TextTrie(texts.values), rows: rows) }
        return KeyedIndex.Part(dictionary: texts.values, rows: rows)
    }

    private func rows(_ groups: RowGroups, areNumbers: Bool) throws -> any KeyRows {
        try RowLists.check(entryCount: groups.rows.count)
        return isSorted(valueCount: groups.count, areNumbers: areNumbers) ? SortedRows(groups) : try RowLists(groups)
    }

    /// Whether rows are kept in the order of their values rather than in a list for each value. Where the engine
    /// chooses, many distinct numbers are mostly asked for by range, which this answers best.
    private func isSorted(valueCount: Int, areNumbers: Bool) -> Bool {
        switch definition.type {
        case .stlSort: true
        case .hybrid, .autoIndex:
            areNumbers && !values.isOfElements
                && valueCount > definition.parameters.integer("bitmap_cardinality_limit")!
        default: false
        }
    }

    // MARK: NGRAM

    private func buildGrams() throws -> NGramIndex {
        var entries = TextEntries()
        let lengths = definition.gramLengths
        values.forEachText { text, row in
            let characters = Characters(text)
            for length in lengths where length <= characters.count {
                characters.forEachGram(of: length, in: text) { entries.append($0, row: row) }
            }
        }
        let (grams, groups) = entries.grouped()
        return NGramIndex(
            path: path, definition: definition, grams: grams, rows: try RowLists(groups), values: values)
    }
}
