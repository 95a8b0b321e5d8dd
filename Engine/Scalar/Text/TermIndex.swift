/// Which rows of a sealed segment have which terms of a text field, and where: an inverted file with positions
/// (Zobel and Moffat 2006), in memory. Answers exactly as dividing each text would.
final class TermIndex: Sendable {
    /// Position of the field in the schema.
    let field: Int
    let rowCount: Int
    private let terms: TermTable
    /// By number of the term, where its postings begin in `postings`; one more ends those of the last.
    private let starts: [Int]
    /// See `TermPostings`.
    private let postings: [UInt8]

    /// Indexes all texts of a column. O(terms in all texts). The same column and analyzer give the same index.
    init(field: Int, column: Column, analyzer: Analyzer) {
        self.field = field
        rowCount = column.count
        var builder = TermIndexBuilder(analyzer)
        for row in 0..<column.count where !column.isNull(row) {
            column.withBytes(at: row) { builder.add($0, row: UInt32(row)) }
        }
        (terms, starts, postings) = builder.finish()
    }

    var memoryBytes: Int { terms.memoryBytes + starts.count * 8 + postings.count }

    /// O(rows with one of the terms), and O(rows / 64).
    func rows(matching match: TextMatch) -> RowSet {
        var rows = RowSet(capacity: rowCount)
        let numbers = numbers(of: match.terms).compactMap(\.self)
        guard numbers.count >= match.minimum else { return rows }
        if match.minimum == 1 {
            for number in numbers { forEachPosting(of: number) { row, _ in rows.insert(row) } }
            return rows
        }
        var counts = Array(repeating: UInt16(0), count: rowCount)
        for number in numbers {
            forEachPosting(of: number) { row, _ in
                guard counts[row] < match.minimum else { return }
                counts[row] += 1
                if counts[row] == match.minimum { rows.insert(row) }
            }
        }
        return rows
    }

    /// O(postings of the terms).
    func rows(matching match: PhraseMatch) -> RowSet {
        var rows = RowSet(capacity: rowCount)
        let numbers = numbers(of: match.terms)
        guard !numbers.isEmpty, !numbers.contains(nil) else { return rows }
        postings.withUnsafeBytes { bytes in
            var lists = numbers.map { TermPostings(UnsafeRawBufferPointer(rebasing: bytes[range(of: $0!)])) }
            while let row = Self.nextCommonRow(&lists) {
                if match.matches(places: lists.map(\.positions)) { rows.insert(row) }
                lists[0].advance()
            }
        }
        return rows
    }

    /// How many rows have one of the terms of a query at most. O(terms).
    func estimate(_ match: TextMatch) -> Int {
        // A posting takes three bytes at least.
        let bytes = numbers(of: match.terms).reduce(0) { $0 + ($1.map { range(of: $0).count } ?? 0) }
        return min(rowCount, bytes / 3 / match.minimum)
    }

    private func numbers(of terms: TermTable) -> [Int?] {
        (0..<terms.count).map { number in terms.withBytes(of: number) { self.terms.number(of: $0) } }
    }

    private func range(of number: Int) -> Range<Int> { starts[number]..<starts[number + 1] }

    private func forEachPosting(of number: Int, _ body: (Int, TermPostings) -> Void) {
        postings.withUnsafeBytes { bytes in
            var list = TermPostings(UnsafeRawBufferPointer(rebasing: bytes[range(of: number)]))
            while let row = list.row {
                body(row, list)
                list.advance()
            }
        }
    }

    /// Moves all lists to the first row that all have, from their current ones on; nil if there is none.
    private static func nextCommonRow(_ lists: inout [TermPostings]) -> Int? {
        guard var target = lists[0].row else { return nil }
        var agreed = 1
        var index = 0
        while agreed < lists.count {
            index = (index + 1) % lists.count
            lists[index].seek(target)
            guard let row = lists[index].row else { return nil }
            agreed = row == target ? agreed + 1 : 1
            target = row
        }
        return target
    }
}
