import Apus
import Common
import Lesson

/// The words of the texts as sparse vectors, with the index types of posting lists.
struct SparseTexts {
    let context: LessonContext
    let texts: LoadedTexts

    private static let field = "words"
    private static let algorithm = "inverted_index_algo"
    private static let queryCount = 100
    private static let candidateShare = 0.2
    private static let shownQuery = 19

    /// One index and what it answered.
    private struct Answer {
        let name: String
        let result: SearchResult
        let seconds: Double
        let memoryBytes: Int
    }

    private var types: [IndexType] { IndexType.allCases.filter { $0.suits(.sparseFloatVector) } }

    func run() throws {
        context.section("Sparse vectors: the words of the texts")
        let bags = try BagOfWords(texts.texts)
        let entries = bags.base.reduce(0) { $0 + $1.count }
        context.say(
            "A dimension for each of \(NumberText.grouped(Double(bags.wordCount))) words, of which a text has "
                + "\(NumberText.fixed(Double(entries) / Double(bags.base.count), 1)); only those are kept. A posting list "
                + "holds the texts of one word.")
        let database = try Database.open(at: context.databaseFolder("sparse"))
        let collection = try insert(bags, into: database)
        let queries = try texts.queryTexts.prefix(Self.queryCount).map(bags.bag)
        let answers = try definitions().map { try search(collection, $0.name, $0.definition, queries) }
        show(answers, queryCount: queries.count)
        check(answers, bags, queries)
        try compareWithMeaning(collection, bags)
        try database.close()
    }

    private func insert(_ bags: BagOfWords, into database: Database) throws -> Apus.Collection {
        let collection = try database.createCollection(
            "words",
            schema: Schema(fields: [Field("id", .int64), Field(Self.field, .sparseFloatVector)], primaryKey: "id"),
            indexes: [Self.field: IndexDefinition(.sparseInvertedIndex, metric: .innerProduct)])
        try collection.insert([
            FieldData("id", .int64((0..<bags.base.count).map(Int64.init))),
            FieldData(Self.field, .sparseFloatVector(bags.base)),
        ])
        try collection.flush()
        try collection.load()
        return collection
    }

    /// Every type at its defaults, and the first of them by the algorithm that scores all rows of all lists.
    private func definitions() throws -> [(name: String, definition: IndexDefinition)] {
        let all = try IndexDefinition(
            .sparseInvertedIndex, metric: .innerProduct, parameters: [Self.algorithm: "TAAT_NAIVE"])
        return try [("all of every list", all)]
            + types.map { ($0.rawValue, try IndexDefinition($0, metric: .innerProduct)) }
    }

    private func search(
        _ collection: Apus.Collection, _ name: String, _ definition: IndexDefinition, _ queries: [SparseVector]
    ) throws -> Answer {
        try collection.createIndex(on: Self.field, definition)
        let (result, seconds) = try MonotonicClock.seconds {
            try collection.search(SearchRequest(queries: .sparse(queries), limit: LessonData.k))
        }
        return Answer(
            name: name, result: result, seconds: seconds, memoryBytes: try collection.statistics().indexBytes)
    }

    private func show(_ answers: [Answer], queryCount: Int) {
        var table = TextTable(
            .left("index"), .left("algorithm"), .right("in memory"), .right("candidates/query"),
            .right("queries/s"))
        for answer in answers {
            table.add(
                answer.name, algorithm(answer), NumberText.bytes(Double(answer.memoryBytes)),
                NumberText.grouped(work(answer) / Double(queryCount)),
                NumberText.short(Double(queryCount) / answer.seconds))
        }
        context.show(table)
        context.say(
            "A text is a candidate if it has a word of the query and a score above the best found before. MAXSCORE and "
                + "WAND skip what cannot get there, and find the same.")
    }

    private func algorithm(_ answer: Answer) -> String {
        guard answer.name != "all of every list" else { return "TAAT_NAIVE" }
        let definition = IndexType(rawValue: answer.name).flatMap { try? IndexDefinition($0, metric: .innerProduct) }
        return definition?.parameters[Self.algorithm].map { "\($0)" } ?? "chosen by the engine"
    }

    private func work(_ answer: Answer) -> Double { Double(answer.result.statistics.distanceComputations) }

    private func check(_ answers: [Answer], _ bags: BagOfWords, _ queries: [SparseVector]) {
        var exact = BagScores(bags)
        let best = queries.map { exact.best(LessonData.k, for: $0) }
        for answer in answers {
            context.check(
                "\(answer.name): queries with the scores of a plain loop over all texts", expected: queries.count,
                measured: zip(answer.result.hits, best).count { $0.map(\.score) == $1 })
        }
        for answer in answers {
            context.check(
                "\(answer.name): candidates among all rows, share", atMost: Self.candidateShare,
                measured: work(answer) / Double(queries.count * bags.base.count))
        }
    }

    /// Words find words; embeddings find meaning.
    private func compareWithMeaning(_ collection: Apus.Collection, _ bags: BagOfWords) throws {
        try collection.createIndex(on: Self.field, IndexDefinition(.sparseInvertedIndex, metric: .bm25))
        let query = texts.queryTexts[Self.shownQuery]
        let byWords = try collection.search(
            SearchRequest(queries: .sparse([bags.bag(query)]), limit: 3)
        ).hits[0].map(\.primaryKey.row)
        let byMeaning = texts.truth.ids.row(Self.shownQuery).prefix(3)
        context.say(
            "\"\(query.lemma)\": \(TextWrap.shortened(query.gloss, to: 60)). The nearest by words, weighed by BM25, and by "
                + "embedding:")
        var table = TextTable(.left("by words"), .left("by embedding"))
        for (words, meaning) in zip(byWords, byMeaning) { table.add(line(words), line(meaning)) }
        context.show(table)
        let found = Set(byWords.map { texts.texts[Int($0)].row })
        context.check("BM25 gives three different texts", expected: 3, measured: found.count)
    }

    private func line(_ row: Int32) -> String {
        let gloss = texts.texts[Int(row)]
        return TextWrap.shortened("\(gloss.lemma): \(gloss.gloss)", to: 44)
    }
}
