import Synchronization

/// Divides texts into terms: a tokenizer finds the words, filters change or drop them.
///
///     let analyzer = try Analyzer(#"{"type": "english"}"#)
///     analyzer.terms(of: "Two foxes").map(\.text)  // ["two", "fox"]
///
/// The same parameters give the same terms on every machine. Texts are not normalised: "é" as one scalar and as "e" with
/// an accent are different terms, unless `asciifolding` makes both "e".
public struct Analyzer: Sendable {
    let tokenizer: Tokenizer
    let filters: [TermFilter]

    /// - Parameter parameters: JSON in the form of Milvus's `analyzer_params`; empty is the analyzer `standard`.
    ///   `docs/full-text.md` lists what is there.
    /// - Throws: `ApusError` with code `invalidArgument` that names the parameter and what is permitted.
    public init(_ parameters: String = "") throws {
        self = try AnalyzerParameters.analyzer(parameters)
    }

    init(_ tokenizer: Tokenizer, _ filters: [TermFilter]) {
        self.tokenizer = tokenizer
        self.filters = filters
    }

    /// The terms of a text in their order. O(bytes).
    public func terms(of text: String) -> [Term] {
        var text = text
        return text.withUTF8 { bytes in
            var stream = TermStream(self)
            stream.start(UnsafeRawBufferPointer(bytes))
            var terms: [Term] = []
            while stream.next() {
                terms.append(
                    Term(
                        text: String(decoding: stream.bytes, as: UTF8.self), position: stream.position,
                        byteRange: stream.byteRange))
            }
            return terms
        }
    }
}

/// The analyzers that have a name.
extension Analyzer {
    static let standard = Analyzer(.standard, [.lowercase])
    static let english = english(droppingAlso: [])
    static let chinese = Analyzer(.standard, [.chineseAlphanumericOnly])

    /// Stop words go before words are stemmed, since they are listed as they are written.
    static func english(droppingAlso words: [String]) -> Analyzer {
        Analyzer(.standard, [.lowercase, .stop(TermTable(StopWords.english + words)), .englishStemmer])
    }
}

extension Analyzer {
    private static let recent = Mutex<[String: Analyzer]>([:])
    private static let recentLimit = 64

    /// The analyzer of these parameters; those used lately are kept.
    static func shared(_ parameters: String) throws -> Analyzer {
        if let known = recent.withLock({ $0[parameters] }) { return known }
        let analyzer = try Analyzer(parameters)
        recent.withLock {
            if $0.count >= recentLimit { $0.removeAll() }
            $0[parameters] = analyzer
        }
        return analyzer
    }
}
