import Apus
import Common
import Lesson

/// Partitions made by hand, one for each part of speech, beside a collection that has none.
struct ManualPartitions {
    let context: LessonContext
    let texts: LoadedTexts

    private static let dropped = Gloss.PartOfSpeech.adverb

    private struct Outcome {
        let speech: Gloss.PartOfSpeech
        let rows: Int
        let byPartition: SearchResult
        let byFilter: SearchResult
    }

    func run() throws {
        context.section("Partitions by hand: parts of speech")
        let database = try Database.open(at: context.databaseFolder("manual"))
        let plain = try collection("plain", in: database) { _ in nil }
        let divided = try collection("divided", in: database) { $0.rawValue }
        try compare(plain, divided)
        try loadOne(divided)
        try dropOne(divided)
        try database.close()
    }

    /// Both collections are searched exactly, so that their answers can be compared row by row.
    private func collection(
        _ name: String, in database: Database, partition: (Gloss.PartOfSpeech) -> String?
    ) throws -> Apus.Collection {
        let collection = try database.createCollection(
            name,
            schema: Schema(
                fields: LabelledTexts.labels + [
                    Field(LabelledTexts.embedding, .floatVector(dimension: texts.dimension))
                ], primaryKey: "id"),
            indexes: [LabelledTexts.embedding: IndexDefinition(.flat, metric: LabelledTexts.metric)])
        for speech in Gloss.PartOfSpeech.allCases {
            let rows = texts.texts.indices.filter { texts.texts[$0].partOfSpeech == speech }
            let partition = partition(speech)
            if let partition { try collection.createPartition(partition) }
            try collection.insert(LabelledTexts.labels(texts, rows: rows), partition: partition)
        }
        try collection.flush()
        try collection.load()
        return collection
    }

    private func compare(_ plain: Apus.Collection, _ divided: Apus.Collection) throws {
        let outcomes = try Gloss.PartOfSpeech.allCases.map { speech in
            var named = request
            named.partitions = [speech.rawValue]
            return Outcome(
                speech: speech, rows: texts.texts.count { $0.partOfSpeech == speech },
                byPartition: try divided.search(named),
                byFilter: try plain.search(request.filtered("speech == \"\(speech.rawValue)\"")))
        }
        var table = TextTable(
            .left("part of speech"), .right("rows"), .right("rows looked among: partition"), .right("filter"))
        for outcome in outcomes {
            table.add(
                outcome.speech.rawValue, "\(outcome.rows)", "\(outcome.byPartition.statistics.liveRows)",
                "\(outcome.byFilter.statistics.liveRows)")
        }
        context.show(table)
        for outcome in outcomes {
            context.check(
                "\(outcome.speech.rawValue): queries with the same hits by partition and by filter",
                expected: outcome.byFilter.hits.count,
                measured: zip(outcome.byPartition.hits, outcome.byFilter.hits).count { $0 == $1 })
            context.check(
                "\(outcome.speech.rawValue): rows of the segments that were searched", expected: outcome.rows,
                measured: outcome.byPartition.statistics.liveRows)
        }
    }

    private var request: SearchRequest {
        SearchRequest(vectors: texts.queries.values, field: LabelledTexts.embedding, limit: LessonData.k)
    }

    /// A partition in memory without the others.
    private func loadOne(_ divided: Apus.Collection) throws {
        context.section("One partition in memory")
        let whole = try divided.statistics().vectorBytes
        try divided.release()
        try divided.load(partitions: ["verb"])
        let part = try divided.statistics().vectorBytes
        context.say(
            "All partitions keep \(NumberText.bytes(Double(whole))) of vectors in memory, the verbs alone "
                + "\(NumberText.bytes(Double(part))).")
        let verbs = Double(texts.texts.count { $0.partOfSpeech == .verb }) / Double(texts.texts.count)
        context.check(
            "share of the vectors in memory, against that of the rows", atMost: verbs + 0.02,
            measured: Double(part) / Double(whole))
        let speeches = Set(
            try divided.search(request).hits.joined().map { texts.texts[Int($0.primaryKey.row)].partOfSpeech })
        context.check("a search that names no partition finds", expected: [.verb], measured: speeches)
        let refusal = Refusal.of {
            var named = request
            named.partitions = ["noun"]
            _ = try divided.search(named)
        }
        context.check("a search among nouns is refused", expected: .notLoaded, measured: refusal.code)
        try divided.load()
    }

    private func dropOne(_ divided: Apus.Collection) throws {
        context.section("A partition dropped")
        let before = divided.count
        let rows = texts.texts.count { $0.partOfSpeech == Self.dropped }
        try divided.release(partitions: [Self.dropped.rawValue])
        let (_, seconds) = try MonotonicClock.seconds { try divided.dropPartition(Self.dropped.rawValue) }
        context.say("\(rows) rows went in \(NumberText.duration(seconds)), without a mark for each of them.")
        context.check("rows that are left", expected: before - rows, measured: divided.count)
        let refusal = Refusal.of {
            var named = request
            named.partitions = [Self.dropped.rawValue]
            _ = try divided.search(named)
        }
        context.check("a search that names it is refused", expected: .notFound, measured: refusal.code)
    }
}
