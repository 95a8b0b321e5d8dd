/// Finds the words of texts that were asked for and cuts the texts into fragments around them.
struct Highlighter {
    private let highlight: Highlight
    private let analyzer: Analyzer
    /// The terms that were asked for.
    private let terms: TermTable

    /// - Parameters:
    ///   - texts: whose terms were asked for.
    ///   - terms: others, as the analyzer gives them.
    init(_ highlight: Highlight, analyzer: Analyzer, texts: some Sequence<String>, terms: [String] = []) {
        self.highlight = highlight
        self.analyzer = analyzer
        self.terms = TermTable(texts.flatMap { analyzer.terms(of: $0) }.map(\.text) + terms)
    }

    /// The best fragments of a text. O(bytes).
    func result(for text: String) -> HighlightResult {
        var fragments: [HighlightResult.Fragment] = []
        var rest = marks(in: text)[...]
        while let first = rest.first {
            let fragment = range(in: text, around: first, from: fragments.last?.byteRange.upperBound ?? 0)
            let inside = rest.prefix { $0.byteRange.lowerBound < fragment.upperBound }
            rest = rest.dropFirst(inside.count)
            let end = max(fragment.upperBound, inside.last!.byteRange.upperBound)
            fragments.append(self.fragment(of: text, fragment.lowerBound..<end, marks: Array(inside)))
        }
        // The sort is stable: of equal scores the earlier stays first.
        let best = fragments.sorted { $0.score > $1.score }.prefix(highlight.fragmentCount)
        return HighlightResult(fragments: Array(best))
    }

    /// Consecutive words that were asked for, if they overlap as bigrams do.
    private struct Mark {
        var byteRange: Range<Int>
        /// Numbers of the terms.
        var terms: [Int]
    }

    private func marks(in text: String) -> [Mark] {
        var marks: [Mark] = []
        var text = text
        text.withUTF8 { bytes in
            var stream = TermStream(analyzer)
            stream.start(UnsafeRawBufferPointer(bytes))
            while stream.next() {
                guard let number = terms.number(of: stream.bytes) else { continue }
                if let last = marks.last, last.byteRange.upperBound > stream.byteRange.lowerBound {
                    marks[marks.count - 1].byteRange = last.byteRange.lowerBound..<stream.byteRange.upperBound
                    marks[marks.count - 1].terms.append(number)
                } else {
                    marks.append(Mark(byteRange: stream.byteRange, terms: [number]))
                }
            }
        }
        return marks
    }

    /// The part of `text` that begins `fragmentOffset` characters before a mark, not before `start`; all of it if it is
    /// no longer than a fragment.
    private func range(in text: String, around mark: Mark, from start: Int) -> Range<Int> {
        let isLonger =
            text.index(text.startIndex, offsetBy: highlight.fragmentSize, limitedBy: text.endIndex)
            .map { $0 < text.endIndex } ?? false
        guard highlight.fragmentSize > 0, isLonger else { return 0..<text.utf8.count }
        let least = Self.index(start, in: text)
        let first = Self.index(mark.byteRange.lowerBound, in: text)
        let lower = text.index(first, offsetBy: -highlight.fragmentOffset, limitedBy: least) ?? least
        let upper = text.index(lower, offsetBy: highlight.fragmentSize, limitedBy: text.endIndex) ?? text.endIndex
        let end = max(text.utf8.distance(from: text.startIndex, to: upper), mark.byteRange.upperBound)
        return text.utf8.distance(from: text.startIndex, to: lower)..<end
    }

    private static func index(_ offset: Int, in text: String) -> String.Index {
        text.utf8.index(text.startIndex, offsetBy: offset)
    }

    private func fragment(of text: String, _ range: Range<Int>, marks: [Mark]) -> HighlightResult.Fragment {
        func part(_ lower: Int, _ upper: Int) -> Substring {
            text[Self.index(lower, in: text)..<Self.index(upper, in: text)]
        }
        var marked = ""
        var end = range.lowerBound
        for mark in marks {
            marked += part(end, mark.byteRange.lowerBound)
            marked += highlight.openingTag + part(mark.byteRange.lowerBound, mark.byteRange.upperBound)
            marked += highlight.closingTag
            end = mark.byteRange.upperBound
        }
        marked += part(end, range.upperBound)
        let words = marks.reduce(0) { $0 + $1.terms.count }
        let different = Set(marks.flatMap(\.terms)).count
        return HighlightResult.Fragment(text: marked, score: Float(words + different), byteRange: range)
    }
}
