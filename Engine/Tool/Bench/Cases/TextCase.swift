import Apus
import Common

/// Full-text search by BM25: queries per second of one thread, and whether the answers are those of scoring every text.
struct TextCase {
    let options: BenchOptions
    let corpus: TextCorpus
    let queryWords: Int

    /// Queries of a pass, and those that are compared with exhaustive scores.
    private static let queryCount = 1_000
    private static let checkedCount = 100

    func run() throws -> [JSONValue.Member] {
        let folder = try WorkFolder(options.folder)
        let database = try Database.open(at: folder.path, options: DatabaseOptions(buildThreads: options.buildThreads))
        defer { try? database.close() }
        let collection = try TextCollection.make(in: database)
        try collection.load()
        let insert = try TextCollection.insert(corpus.texts, into: collection, batchRows: options.batchRows)
        let queries = (0..<Self.queryCount).map { corpus.query($0, words: queryWords) }
        // A segment that still grows has no index: every text is scored.
        let exhaustive = try queries.prefix(Self.checkedCount).map { try collection.search(request($0)).hits[0] }
        let flush = try MonotonicClock.seconds { try collection.flush() }.seconds
        try check(collection, queries, exhaustive)
        var passes = CallPasses()
        let end = MonotonicClock.nanoseconds() + UInt64(options.seconds * Double(options.repeats) * 1e9)
        repeat {
            try passes.pass(queries.count) { _ = try collection.search(request(queries[$0])) }
        } while MonotonicClock.nanoseconds() < end
        try database.dropCollection(CaseContext.collectionName)
        return members(passes, insert: insert, flush: flush)
    }

    private func request(_ query: String) -> SearchRequest {
        SearchRequest(queries: .texts([query]), field: TextCollection.wordsField, limit: options.k)
    }

    private func check(_ collection: Collection, _ queries: [String], _ exhaustive: [[Hit]]) throws {
        for (query, hits) in zip(queries, exhaustive) where try collection.search(request(query)).hits[0] != hits {
            throw CheckFailure("the first \(options.k) for '\(query)' are not those of scoring every text")
        }
    }

    private func members(_ passes: CallPasses, insert: Double, flush: Double) -> [JSONValue.Member] {
        [
            .init("qps", .number(passes.callsPerSecond)), .init("fastest_qps", .number(1 / passes.fastest)),
            .init("rows", .integer(Int64(corpus.texts.count))), .init("words_per_text", .number(corpus.meanWords)),
            .init("words_per_query", .integer(Int64(queryWords))), .init("k", .integer(Int64(options.k))),
            .init("queries", .integer(Int64(Self.queryCount))), .init("passes", .integer(Int64(passes.samples.count))),
            .init("answers_equal_to_exhaustive", .integer(Int64(Self.checkedCount))),
            .init("insert_seconds", .number(insert)), .init("flush_seconds", .number(flush)),
        ]
    }
}
