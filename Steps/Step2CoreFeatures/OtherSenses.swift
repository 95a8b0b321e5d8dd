import Apus
import Common
import Lesson

/// Entries of the dictionary whose word has other entries: these are what a search for one of them should find. Whether
/// two entries have the same word is said by the data, by nobody's judgement.
struct OtherSenses {
    /// How a text asks for the other entries of its word.
    enum Question: String {
        case withWord = "the word and its meaning"
        case withoutWord = "the meaning alone"
    }

    /// An entry and the rows of the others.
    struct Case {
        let row: Int
        let useful: Set<Int32>
    }

    let cases: [Case]
    private let texts: LoadedTexts

    /// Hits of each part of a hybrid search.
    static let depth = 50

    /// - Parameter count: cases at most; the first ones are taken.
    init(_ labelled: LabelledTexts, count: Int) {
        texts = labelled.texts
        var rows: [String: [Int32]] = [:]
        for (row, gloss) in texts.texts.enumerated() { rows[gloss.lemma.lowercased(), default: []].append(Int32(row)) }
        cases = texts.texts.enumerated().lazy.compactMap { row, gloss in
            let useful = Set(rows[gloss.lemma.lowercased()]!).subtracting([Int32(row)])
            return useful.isEmpty ? nil : Case(row: row, useful: useful)
        }.prefix(count).map { $0 }
    }

    func byWords(_ sense: Case, _ question: Question) -> SearchRequest {
        let gloss = texts.texts[sense.row]
        let text = question == .withWord ? gloss.searchText : gloss.gloss
        return part(.texts([text]), LabelledTexts.words, sense)
    }

    func byMeaning(_ sense: Case) -> SearchRequest {
        part(.dense(.float32(texts.base[sense.row])), LabelledTexts.embedding, sense)
    }

    /// The entry itself is no answer.
    private func part(_ queries: QueryVectors, _ field: String, _ sense: Case) -> SearchRequest {
        SearchRequest(queries: queries, field: field, limit: Self.depth)
            .filtered("id != {self}", ["self": .integer(Int64(sense.row))])
    }

    /// The quality of each answer.
    func gains(_ answer: (Case) throws -> [Hit]) rethrows -> [Double] {
        try cases.map { sense in
            let gains = Dictionary(uniqueKeysWithValues: sense.useful.map { ($0, 1.0) })
            let found = try answer(sense).map(\.primaryKey.row)
            return RankingQuality.normalizedGain(found: found, gains: gains, k: LessonData.k)!
        }
    }
}

/// How much better one way to search is than another on the same questions.
struct PairedGain {
    let mean: Double
    /// The lower end of the 95 % interval of the mean.
    let low: Double

    init(_ better: [Double], over worse: [Double]) {
        let differences = zip(better, worse).map { $0 - $1 }
        mean = Samples.mean(of: differences) ?? 0
        let deviation = Samples.standardDeviation(of: differences) ?? 0
        low = mean - 1.96 * deviation / Double(differences.count).squareRoot()
    }
}
