import Apus
import Common
import Lesson

/// Answers that repeat themselves less: what each step of lambda gives and takes.
struct DiverseHits {
    let context: LessonContext
    let labelled: LabelledTexts

    private static let lambdas = [1, 0.8, 0.6, 0.4, 0.2]
    private static let candidates = 50

    private struct Outcome {
        let hits: [[Hit]]
        /// Mean inner product with the query.
        let nearness: Double
        /// Mean inner product of two hits.
        let likeness: Double
    }

    func run() throws {
        context.section("Diversity")
        context.say(
            "\(LessonData.k) of the \(Self.candidates) nearest, chosen one by one: near to the query, and unlike those chosen "
                + "before. Lambda says how much nearness counts.")
        let outcomes = try Self.lambdas.map(measure)
        var table = TextTable(.right("lambda"), .right("likeness to the query"), .right("of hits to each other"))
        for (lambda, outcome) in zip(Self.lambdas, outcomes) {
            table.add("\(lambda)", NumberText.fixed(outcome.nearness, 3), NumberText.fixed(outcome.likeness, 3))
        }
        context.show(table)
        let plain = try search(nil)
        context.check(
            "lambda 1: queries with the hits of a plain search", expected: plain.count,
            measured: zip(outcomes[0].hits, plain).count { $0 == $1 })
        let likeness = outcomes.map(\.likeness)
        context.check(
            "steps of lambda at which hits become more alike", expected: 0,
            measured: zip(likeness, likeness.dropFirst()).count { $1 > $0 })
        let nearness = outcomes.map(\.nearness)
        context.check(
            "steps of lambda at which hits become nearer", expected: 0,
            measured: zip(nearness, nearness.dropFirst()).count { $1 > $0 })
    }

    private func search(_ diversity: Diversity?) throws -> [[Hit]] {
        // The same effort for all, so that the nearest are the same.
        var request = SearchRequest(
            vectors: labelled.texts.queries.values, field: LabelledTexts.embedding, limit: LessonData.k,
            parameters: ["ef": .integer(Self.candidates)])
        request.diversity = diversity
        return try labelled.collection.search(request).hits
    }

    private func measure(_ lambda: Double) throws -> Outcome {
        let hits = try search(Diversity(lambda: lambda, candidates: Self.candidates))
        let base = labelled.texts.base
        var likeness: [Double] = []
        for hits in hits {
            let rows = hits.map { Int($0.primaryKey.row) }
            for (place, left) in rows.enumerated() {
                for right in rows[..<place] { likeness.append(Double(VectorMath.dot(base.row(left), base.row(right)))) }
            }
        }
        return Outcome(
            hits: hits, nearness: Samples.mean(of: hits.joined().map { Double($0.score) }) ?? 0,
            likeness: Samples.mean(of: likeness) ?? 0)
    }
}
