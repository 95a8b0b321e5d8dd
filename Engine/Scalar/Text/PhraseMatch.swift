/// Whether a text has the terms of a query near each other and in their order: `phrase_match(field, "words", slop)`.
///
/// Each term of the query takes a place in the text of its own. How far a place lies from where the term would stand if
/// the text were the query may differ by at most `slop` among the terms. So slop 0 asks for the phrase as it is, 1
/// permits one more word between, and 2 also permits two neighbours to change places.
struct PhraseMatch: Sendable {
    /// Position of the field in the schema.
    let field: Int
    /// The different terms of the query. Without any, no text matches.
    let terms: TermTable
    let slop: Int
    /// That of the field.
    let analyzer: Analyzer
    /// By number of the term: where it stands in the query, ascending, from the first term on.
    private let offsets: [[Int]]

    static let slopRange = 0...Int(Int32.max)

    /// - Throws: `ApusError` with code `invalidArgument` if `slop` is out of range.
    init(field: Int, words: String, slop: Int = 0, analyzer: Analyzer) throws {
        guard Self.slopRange.contains(slop) else {
            throw ApusError(
                .invalidArgument,
                "the slop is \(slop); it must be \(Self.slopRange.lowerBound) to \(Self.slopRange.upperBound)")
        }
        self.field = field
        self.slop = slop
        self.analyzer = analyzer
        var table = TermTable()
        var offsets: [[Int]] = []
        let found = analyzer.terms(of: words)
        for term in found {
            let number = table.add(term.text)
            if number == offsets.count { offsets.append([]) }
            offsets[number].append(term.position - found[0].position)
        }
        terms = table
        self.offsets = offsets
    }

    /// - Parameter text: UTF-8.
    func matches(_ text: UnsafeRawBufferPointer) -> Bool {
        var places: [[Int]] = Array(repeating: [], count: terms.count)
        var stream = TermStream(analyzer)
        stream.start(text)
        while stream.next() {
            if let number = terms.number(of: stream.bytes) { places[number].append(stream.position) }
        }
        return matches(places: places)
    }

    /// - Parameter places: by number of the term, where the text has it, ascending.
    func matches(places: [[Int]]) -> Bool {
        guard terms.count > 0, zip(places, offsets).allSatisfy({ $0.count >= $1.count }) else { return false }
        if slop > 0 { return places.indices.contains { hasStart(places, from: $0) } }
        return hasStart(places, from: places.indices.min { places[$0].count < places[$1].count }!)
    }

    /// Whether the phrase begins, at the earliest, where a place of term `number` says.
    private func hasStart(_ places: [[Int]], from number: Int) -> Bool {
        offsets[number].contains { offset in
            places[number].contains { place in
                offsets.indices.allSatisfy { fits(places[$0], offsets[$0], from: place - offset) }
            }
        }
    }

    /// Whether one term has a place for each of its offsets, at most `slop` behind `start` and the offset. Both ends of
    /// what is permitted ascend with the offset, so taking the earliest place each time is best.
    private func fits(_ places: [Int], _ offsets: [Int], from start: Int) -> Bool {
        var next = 0
        for offset in offsets {
            let earliest = start + offset
            while next < places.count, places[next] < earliest { next += 1 }
            guard next < places.count, places[next] - earliest <= slop else { return false }
            next += 1
        }
        return true
    }
}
