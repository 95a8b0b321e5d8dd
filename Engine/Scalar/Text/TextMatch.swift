/// Whether a text has enough of the terms of a query: `text_match(field, "words", minimum_should_match=n)`.
struct TextMatch: Sendable {
    /// Position of the field in the schema.
    let field: Int
    /// The different terms of the query. Without any, no text matches.
    let terms: TermTable
    /// How many of the terms a text must have.
    let minimum: Int
    /// That of the field.
    let analyzer: Analyzer

    static let minimumRange = 1...1000

    /// - Throws: `ApusError` with code `invalidArgument` if `minimum` is out of range.
    init(field: Int, words: String, minimum: Int = 1, analyzer: Analyzer) throws {
        guard Self.minimumRange.contains(minimum) else {
            throw ApusError(
                .invalidArgument,
                "minimum_should_match is \(minimum); it must be \(Self.minimumRange.lowerBound) to "
                    + "\(Self.minimumRange.upperBound)")
        }
        self.field = field
        self.minimum = minimum
        self.analyzer = analyzer
        terms = TermTable(analyzer.terms(of: words).lazy.map(\.text))
    }

    /// - Parameter text: UTF-8.
    func matches(_ text: UnsafeRawBufferPointer) -> Bool {
        guard terms.count >= minimum else { return false }
        var found: Set<Int> = []
        var stream = TermStream(analyzer)
        stream.start(text)
        while stream.next() {
            guard let number = terms.number(of: stream.bytes) else { continue }
            if minimum == 1 || found.insert(number).inserted && found.count == minimum { return true }
        }
        return false
    }
}
