import Apus
import Common
import Lesson

/// Nearness weighed by something else: a filter that raises scores, a number that should be near to another.
struct WeighedHits {
    let context: LessonContext
    let labelled: LabelledTexts

    private static let candidates = 100
    private static let weight = 1.5
    private static let wantedLength = 4

    func run() throws {
        context.section("Boost and decay")
        let plain = try search(nil)
        let boosted = try search(
            .boost(filter: "speech == \"verb\"", weight: Self.weight, candidates: Self.candidates))
        let decayed = try search(
            .decay(
                Decay(field: "length", shape: .gaussian, origin: Double(Self.wantedLength), scale: 3),
                candidates: Self.candidates))
        var table = TextTable(.left("search"), .right("share of verbs"), .right("letters away from 4"))
        for (name, hits) in [
            ("nearest", plain), ("verbs x \(Self.weight)", boosted), ("words of about 4 letters", decayed),
        ] { table.add(name, NumberText.fixed(verbs(hits), 3), NumberText.fixed(distance(hits), 2)) }
        context.show(table)
        context.say(
            "A filter would forbid the others; a weight lets them stay where they are much nearer. Only the "
                + "\(Self.candidates) nearest are weighed.")
        context.check(
            "share of verbs after the boost, against before", atLeast: verbs(plain) + 0.01, measured: verbs(boosted))
        context.check(
            "letters away after the decay, against before", atMost: distance(plain) - 0.1, measured: distance(decayed))
        try checkScores(boosted)
    }

    private func search(_ reranker: Reranker?, limit: Int = LessonData.k) throws -> [[Hit]] {
        var request = SearchRequest(
            vectors: labelled.texts.queries.values, field: LabelledTexts.embedding, limit: limit)
        request.reranker = reranker
        return try labelled.collection.search(request).hits
    }

    private func checkScores(_ boosted: [[Hit]]) throws {
        let candidates = try search(nil, limit: Self.candidates)
        let wrong = zip(boosted, candidates).reduce(0) { sum, pair in
            let scores = Dictionary(uniqueKeysWithValues: pair.1.map { ($0.primaryKey, $0.score) })
            return sum
                + pair.0.count { hit in
                    let factor = gloss(hit).partOfSpeech == .verb ? Self.weight : 1
                    return scores[hit.primaryKey].map { Float(Double($0) * factor) } != hit.score
                }
        }
        context.check("hits whose score is not nearness times weight", expected: 0, measured: wrong)
    }

    private func verbs(_ hits: [[Hit]]) -> Double {
        let all = hits.joined()
        return Double(all.count { gloss($0).partOfSpeech == .verb }) / Double(all.count)
    }

    private func distance(_ hits: [[Hit]]) -> Double {
        let distances = hits.joined().map { Double(abs(gloss($0).lemma.count - Self.wantedLength)) }
        return Samples.mean(of: distances) ?? 0
    }

    private func gloss(_ hit: Hit) -> Gloss { labelled.texts.texts[Int(hit.primaryKey.row)] }
}
