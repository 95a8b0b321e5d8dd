import Apus
import Common
import Lesson

/// Ways to make one answer of two: by ranks, by scores on one scale, by scores as they are.
struct RankerChoice {
    let context: LessonContext
    let labelled: LabelledTexts
    let senses: OtherSenses

    private static let constant = 60.0
    private static let compared = 50

    private static let rankers: [(name: String, ranker: Ranker)] =
        [1.0, 10, constant, 1_000].map { ("ranks, k = \(Int($0))", .rrf(k: $0)) }
        + [0.1, 0.3, 0.5, 0.7, 0.9].map { ("scores of 0 to 1, embedding \($0)", .weighted([1 - $0, $0])) }
        + [("scores as they are, half each", .weighted([0.5, 0.5], normalizes: false))]

    func run() throws {
        context.section("Rankers")
        var table = TextTable(.left("ranker"), .right("nDCG with the word"), .right("without it"))
        for (name, ranker) in Self.rankers {
            table.add(name, try quality(ranker, .withWord), try quality(ranker, .withoutWord))
        }
        context.show(table)
        context.say(
            "BM25 scores reach far beyond 1, inner products of unit vectors do not: added as they are, the words "
                + "decide alone. Weights choose between the parts only once the scales are the same; ranks need none.")
        try compareWithHandwork()
        try compareScales()
    }

    private func quality(_ ranker: Ranker, _ question: OtherSenses.Question) throws -> String {
        let gains = try senses.gains { try hits($0, ranker, question) }
        return NumberText.fixed(Samples.mean(of: gains) ?? 0, 3)
    }

    private func hits(
        _ sense: OtherSenses.Case, _ ranker: Ranker, _ question: OtherSenses.Question = .withWord
    ) throws -> [Hit] {
        try labelled.collection.hybridSearch(
            HybridSearchRequest(
                requests: [senses.byWords(sense, question), senses.byMeaning(sense)], ranker: ranker,
                limit: LessonData.k)
        ).hits[0]
    }

    /// Reciprocal rank fusion is three lines.
    private func compareWithHandwork() throws {
        let cases = senses.cases.prefix(Self.compared)
        let equal = try cases.count { sense in
            var scores: [PrimaryKey: Double] = [:]
            for request in [senses.byWords(sense, .withWord), senses.byMeaning(sense)] {
                for (place, hit) in try labelled.collection.search(request).hits[0].enumerated() {
                    scores[hit.primaryKey, default: 0] += 1 / (Self.constant + Double(place + 1))
                }
            }
            let sorted = scores.map { (key: $0.key, score: Float($0.value)) }
                .sorted { $0.score != $1.score ? $0.score > $1.score : $0.key < $1.key }
            return try hits(sense, .rrf(k: Self.constant)).map(\.primaryKey)
                == sorted.prefix(LessonData.k).map(\.key)
        }
        context.check("answers of rrf that equal a sum by hand", expected: cases.count, measured: equal)
    }

    private func compareScales() throws {
        var (likeWords, likeMeaning) = (0, 0)
        for sense in senses.cases.prefix(Self.compared) {
            let raw = Set(try hits(sense, .weighted([0.5, 0.5], normalizes: false)).map(\.primaryKey))
            func common(_ request: SearchRequest) throws -> Int {
                let alone = try labelled.collection.search(request).hits[0].prefix(LessonData.k)
                return raw.intersection(alone.map(\.primaryKey)).count
            }
            likeWords += try common(senses.byWords(sense, .withWord))
            likeMeaning += try common(senses.byMeaning(sense))
        }
        context.check(
            "hits of raw sums that the words alone give, against those of the embedding alone",
            atLeast: likeMeaning + 1,
            measured: likeWords)
    }
}
