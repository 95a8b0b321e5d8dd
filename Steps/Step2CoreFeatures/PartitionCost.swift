import Apus
import Common
import Lesson

/// The same rows in ever more partitions, and what a search over all of them costs.
struct PartitionCost {
    let context: LessonContext
    let texts: LoadedTexts

    private static let counts = [1, 16, 64]
    /// Enough for the comparison; each count builds its own graphs.
    private static let rows = 4_000
    private static let queries = 100
    private static let passes = 3

    private struct Outcome {
        let count: Int
        let segments: Int
        let distances: Double
        let seconds: Double
    }

    func run() throws {
        context.section("What partitions cost a search over all")
        let outcomes = try Self.counts.map(measure)
        var table = TextTable(
            .right("partitions"), .right("segments"), .right("distances/query"), .right("queries/s"))
        for outcome in outcomes {
            table.add(
                "\(outcome.count)", "\(outcome.segments)", NumberText.grouped(outcome.distances),
                NumberText.short(1 / outcome.seconds))
        }
        context.show(table)
        context.say(
            "Each segment is searched by itself for all \(LessonData.k) hits, of which most are thrown away. Divide by what "
                + "searches name, and into no more partitions than that takes.")
        for (before, after) in zip(outcomes, outcomes.dropFirst()) {
            context.check(
                "\(after.count) partitions: distances against those of \(before.count)", atLeast: before.distances,
                measured: after.distances)
        }
        context.check(
            "segments searched at \(outcomes[2].count) partitions, against 1", atLeast: outcomes[0].segments + 16,
            measured: outcomes[2].segments)
    }

    private func measure(_ count: Int) throws -> Outcome {
        let rows = min(Self.rows, texts.base.count)
        let database = try Database.open(at: context.databaseFolder("in-\(count)"))
        defer { try? database.close() }
        let index = try IndexChoices.definition(
            .hnsw, metric: LabelledTexts.metric, rows: rows, dimension: texts.dimension)
        let collection = try database.createCollection(
            "rows",
            schema: Schema(
                fields: [
                    Field("id", .int64, isPartitionKey: false), Field("owner", .int64, isPartitionKey: true),
                    Field(LabelledTexts.embedding, .floatVector(dimension: texts.dimension)),
                ], primaryKey: "id", partitionCount: count), indexes: [LabelledTexts.embedding: index])
        try collection.insert([
            FieldData("id", .int64((0..<rows).map(Int64.init))),
            FieldData("owner", .int64((0..<rows).map { Int64($0 % 997) })),
            FieldData(LabelledTexts.embedding, .floatVector(texts.base.prefix(rows).values)),
        ])
        try collection.flush()
        try collection.load()
        return try search(collection, count)
    }

    private func search(_ collection: Apus.Collection, _ count: Int) throws -> Outcome {
        let queries = min(Self.queries, texts.queries.count)
        var best = Double.infinity
        var statistics = SearchStatistics()
        for _ in 0..<Self.passes {
            statistics = SearchStatistics()
            let start = MonotonicClock.nanoseconds()
            for query in 0..<queries {
                let result = try collection.search(
                    SearchRequest(
                        vectors: texts.queries[query], field: LabelledTexts.embedding, limit: LessonData.k))
                statistics.add(result.statistics)
            }
            best = min(best, Double(MonotonicClock.nanoseconds() - start) * 1e-9)
        }
        return Outcome(
            count: count, segments: statistics.segmentsSearched / queries,
            distances: Double(statistics.distanceComputations) / Double(queries), seconds: best / Double(queries))
    }
}
