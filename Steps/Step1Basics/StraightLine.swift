import Apus
import Common
import Lesson

/// The straight line of the engine with its stages timed: create, insert, flush, load, search.
final class StraightLine {
    private let context: LessonContext
    private let texts: LoadedTexts
    private let database: Database
    private let collection: Apus.Collection
    private var stages: [(name: String, seconds: Double, note: String)] = []

    private static let batchRows = 1_000
    /// The least recall that HNSW must have with default parameters on these data.
    private static let recallFloor = 0.95
    /// The query that is shown with its text.
    private static let shownQuery = 19

    init(context: LessonContext, texts: LoadedTexts) throws {
        self.context = context
        self.texts = texts
        let start = MonotonicClock.nanoseconds()
        database = try Database.open(at: context.databaseFolder())
        collection = try database.createCollection(
            "glosses", schema: Glosses.schema(dimension: texts.dimension),
            indexes: [Glosses.vectorField: IndexDefinition(.flat, metric: .innerProduct)])
        note("open and create", since: start, "a folder, a schema, the index type FLAT")
    }

    func insert() throws {
        let start = MonotonicClock.nanoseconds()
        for rows in Glosses.batches(of: texts.base.count, size: Self.batchRows) {
            try collection.insert(Glosses.columns(texts, rows: rows))
        }
        note("insert", since: start, "\(texts.base.count) rows in batches of \(Self.batchRows), each synced")
    }

    func searchExactly() throws -> SearchOutcome {
        try timed("flush", "rows sealed into files") { try collection.flush() }
        try timed("load", "rows in memory") { try collection.load() }
        context.section("Inserted")
        context.check("every inserted row is there", expected: texts.base.count, measured: collection.count)
        return try search("search by FLAT")
    }

    func searchByGraph() throws -> SearchOutcome {
        let definition = try IndexDefinition(.hnsw, metric: .innerProduct)
        let progress = Progress("building HNSW", total: texts.base.count)
        try timed("build HNSW", "M=30, efConstruction=360, \(Processors.count) threads") {
            try collection.createIndex(
                on: Glosses.vectorField, definition, progress: progress.asBuildProgress)
        }
        progress.finish()
        return try search("search by HNSW")
    }

    func close() throws { try database.close() }

    private func search(_ name: String) throws -> SearchOutcome {
        let outcome = try texts.search(collection)
        stages.append((name, outcome.seconds, "\(texts.queries.count) queries, one at a time, one thread"))
        return outcome
    }

    // MARK: Showing

    func showStages() {
        context.section("The stages")
        var table = TextTable(.left("stage"), .right("seconds"), .left("what"))
        for stage in stages { table.add(stage.name, NumberText.fixed(stage.seconds, 3), stage.note) }
        context.show(table)
    }

    func compare(_ exact: SearchOutcome, _ graph: SearchOutcome) {
        context.section("Recall, speed and work, \(LessonData.k) neighbours a query")
        var table = TextTable(
            .left("index"), .right("recall"), .right("95 % interval"), .right("queries/s"),
            .right("distances/query"))
        for (name, outcome) in [("FLAT", exact), (graph.plan.name, graph)] {
            let interval =
                "\(NumberText.fixed(outcome.recall.low, 3)) - \(NumberText.fixed(outcome.recall.high, 3))"
            table.add(
                name, NumberText.fixed(outcome.recall.mean, 4), interval,
                NumberText.short(outcome.queriesPerSecond),
                NumberText.grouped(outcome.distancesPerQuery))
        }
        context.show(table)
        context.check("FLAT finds all true neighbours: recall", expected: 1.0, measured: exact.recall.mean)
        context.check(
            "HNSW with default parameters: recall", atLeast: Self.recallFloor, measured: graph.recall.mean)
        context.check(
            "HNSW computes less than half of the distances: share", atMost: 0.5,
            measured: graph.distancesPerQuery / exact.distancesPerQuery)
    }

    func showAnswer() throws {
        let query = texts.queryTexts[Self.shownQuery]
        context.section("One query as text: \"\(query.lemma)\"")
        context.say(query.gloss)
        let result = try collection.search(
            SearchRequest(
                vectors: texts.queries[Self.shownQuery], limit: 5, outputFields: ["lemma", "gloss"]))
        var table = TextTable(.right("score"), .left("lemma"), .left("gloss"))
        for hit in result.hits[0] {
            table.add(
                NumberText.fixed(Double(hit.score), 3),
                TextWrap.shortened(hit.fields["lemma"]?.plainText ?? "", to: 20),
                TextWrap.shortened(hit.fields["gloss"]?.plainText ?? "", to: 55))
        }
        context.show(table)
    }

    // MARK: Timing

    private func timed(_ name: String, _ note: String, _ body: () throws -> Void) rethrows {
        let start = MonotonicClock.nanoseconds()
        try body()
        self.note(name, since: start, note)
    }

    private func note(_ name: String, since start: UInt64, _ note: String) {
        let seconds = Double(MonotonicClock.nanoseconds() - start) * 1e-9
        stages.append((name, seconds, note))
    }
}
