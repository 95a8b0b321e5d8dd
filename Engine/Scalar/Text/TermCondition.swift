/// A condition on the terms of the texts of one field.
protocol TermCondition: Sendable {
    /// Position of the field in the schema.
    var field: Int { get }
    /// The different terms that it asks for.
    var terms: TermTable { get }

    /// Whether one text, in UTF-8, meets the condition.
    func matches(_ text: UnsafeRawBufferPointer) -> Bool

    /// The rows of an indexed column that meet it.
    func rows(in index: TermIndex) -> RowSet
}

extension TextMatch: TermCondition {
    func rows(in index: TermIndex) -> RowSet { index.rows(matching: self) }
}

extension PhraseMatch: TermCondition {
    func rows(in index: TermIndex) -> RowSet { index.rows(matching: self) }
}

extension ScalarBlock {
    /// The rows whose text meets a condition, by the term index if there is one, else by dividing every text. Null
    /// rows do not.
    func rows(matching condition: some TermCondition) -> RowSet {
        if let index = termIndexes[condition.field] { return condition.rows(in: index) }
        var rows = RowSet(capacity: count)
        guard let column = columns[condition.field] else { preconditionFailure("terms are matched in text fields") }
        for row in 0..<count where !column.isNull(row) {
            if column.withBytes(at: row, condition.matches) { rows.insert(row) }
        }
        return rows
    }
}
