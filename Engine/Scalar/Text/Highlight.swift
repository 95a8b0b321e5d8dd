/// Asks a search to show where the texts of its hits have the terms that were asked for.
public struct Highlight: Sendable, Hashable {
    /// Stands before each word that was asked for.
    public var openingTag: String
    /// Stands behind it.
    public var closingTag: String
    /// Characters of a fragment, tags not counted; a fragment is longer where a word would be cut. 0 gives the whole text.
    public var fragmentSize: Int
    /// Characters that a fragment shows before its first word that was asked for.
    public var fragmentOffset: Int
    /// Fragments of a text at most, those with the highest scores.
    public var fragmentCount: Int
    /// More texts whose terms are shown, by name of the field that they are looked for in.
    public var texts: [String: String]

    public init(
        openingTag: String = "<em>", closingTag: String = "</em>", fragmentSize: Int = 100, fragmentOffset: Int = 0,
        fragmentCount: Int = 5, texts: [String: String] = [:]
    ) {
        self.openingTag = openingTag
        self.closingTag = closingTag
        self.fragmentSize = fragmentSize
        self.fragmentOffset = fragmentOffset
        self.fragmentCount = fragmentCount
        self.texts = texts
    }

    /// - Throws: `ApusError` with code `invalidArgument` naming what is out of range.
    func check() throws {
        for (name, value, least) in [
            ("fragmentSize", fragmentSize, 0), ("fragmentOffset", fragmentOffset, 0),
            ("fragmentCount", fragmentCount, 1),
        ] where !(least...Limits.varcharBytes).contains(value) {
            throw ApusError(
                .invalidArgument, "\(name) of the highlight is \(value); it must be \(least) to \(Limits.varcharBytes)")
        }
    }
}

/// The parts of one text that have the terms that were asked for, best first; none if the text has no such term.
public struct HighlightResult: Sendable, Hashable {
    public struct Fragment: Sendable, Hashable {
        /// A part of the text, with tags around the words that were asked for.
        public let text: String
        /// How many of its words were asked for, and one more for each different term among them.
        public let score: Float
        /// Where the part lies in the UTF-8 of the whole text.
        public let byteRange: Range<Int>
    }

    public let fragments: [Fragment]
}
