/// Reads the terms of texts one after the other, in memory that is used again.
///
///     var stream = TermStream(analyzer)
///     stream.start(text)
///     while stream.next() { use(stream.bytes, stream.position) }
struct TermStream: ~Copyable {
    private let analyzer: Analyzer
    private var cursor: TokenCursor
    private var term = TermBuffer()
    /// Of the current term: the number of its word in the text; words that a filter drops count.
    private(set) var position = -1
    /// Of the current term: where its word lies in the text.
    private(set) var byteRange = 0..<0

    init(_ analyzer: Analyzer) {
        self.analyzer = analyzer
        cursor = TokenCursor(UnsafeRawBufferPointer(start: nil, count: 0), analyzer.tokenizer)
    }

    /// Goes before the first term of `text`, which the caller holds until the last.
    mutating func start(_ text: UnsafeRawBufferPointer) {
        cursor = TokenCursor(text, analyzer.tokenizer)
        position = -1
    }

    /// Goes to the next term; false behind the last.
    mutating func next() -> Bool {
        while let range = cursor.next() {
            position += 1
            byteRange = range
            term.set(UnsafeRawBufferPointer(rebasing: cursor.text[range]))
            if applyFilters() { return true }
        }
        return false
    }

    /// The current term, in UTF-8. Valid until `next`.
    var bytes: UnsafeRawBufferPointer { term.bytes }

    /// Whether a term is left.
    private mutating func applyFilters() -> Bool {
        for filter in analyzer.filters {
            guard filter.keeps(&term), term.count > 0 else { return false }
        }
        return true
    }
}
