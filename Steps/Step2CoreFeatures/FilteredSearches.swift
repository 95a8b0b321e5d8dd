import Apus
import Common
import Lesson

/// Searches with filters, compared with exact search over the rows that match.
struct FilteredSearches {
    let context: LessonContext
    let labelled: LabelledTexts

    /// A filter, and the same said in Swift.
    private struct Example: Sendable {
        let name: String
        let filter: String
        let matches: @Sendable (Gloss) -> Bool
    }

    private static let examples = [
        Example(name: "verbs", filter: "speech == \"verb\"") { $0.partOfSpeech == .verb },
        Example(name: "short words", filter: "length <= 5") { $0.lemma.count <= 5 },
        Example(name: "short verbs", filter: "speech == \"verb\" and length <= 5") {
            $0.partOfSpeech == .verb && $0.lemma.count <= 5
        },
        Example(name: "no nouns, or long", filter: "speech != \"noun\" or length > 25") {
            $0.partOfSpeech != .noun || $0.lemma.count > 25
        },
        Example(name: "adverbs and adjectives in un-", filter: "speech in [\"adv\", \"adj\"] and lemma like \"un%\"") {
            [.adverb, .adjective].contains($0.partOfSpeech) && $0.lemma.hasPrefix("un")
        },
    ]

    private static let recallFloor = 0.95

    private struct Outcome {
        let example: Example
        let matching: Int
        let recall: Double
        let foreign: Int
        let short: Int
        let distances: Double
    }

    func run() throws {
        context.section("Filters")
        context.say(
            "\(labelled.texts.queries.count) queries for the \(LessonData.k) nearest among the rows that match, by HNSW at "
                + "its defaults. The true neighbours are those of a plain loop over the matching rows.")
        let outcomes = try Self.examples.map(measure)
        var table = TextTable(
            .left("filter"), .right("rows that match"), .right("recall"), .right("distances/query"))
        for outcome in outcomes {
            table.add(
                outcome.example.filter, "\(outcome.matching)", NumberText.fixed(outcome.recall, 3),
                NumberText.grouped(outcome.distances))
        }
        context.show(table)
        for outcome in outcomes {
            context.check("\(outcome.example.name): hits that do not match", expected: 0, measured: outcome.foreign)
            context.check("\(outcome.example.name): answers that are not full", expected: 0, measured: outcome.short)
            context.check("\(outcome.example.name): recall", atLeast: Self.recallFloor, measured: outcome.recall)
        }
    }

    private func measure(_ example: Example) throws -> Outcome {
        let texts = labelled.texts
        let rows = texts.texts.indices.filter { example.matches(texts.texts[$0]) }
        let k = min(LessonData.k, rows.count)
        let truth = GroundTruth.exact(
            base: VectorSet(rows: rows.map { texts.base[$0] }), queries: texts.queries,
            distance: RealTexts.distance, k: k)
        let result = try labelled.collection.search(
            SearchRequest(vectors: texts.queries.values, field: LabelledTexts.embedding, limit: LessonData.k)
                .filtered(example.filter))
        let found = result.hits.map { $0.map { Int($0.primaryKey.row) } }
        let recalls = found.indices.map { query in
            let wanted = Set(truth.ids.row(query).map { rows[Int($0)] })
            return Double(wanted.intersection(found[query]).count) / Double(k)
        }
        return Outcome(
            example: example, matching: rows.count, recall: Samples.mean(of: recalls) ?? 0,
            foreign: found.joined().count { !example.matches(texts.texts[$0]) },
            short: found.count { $0.count < k },
            distances: Double(result.statistics.distanceComputations) / Double(found.count))
    }
}
