import Apus
import Common

/// What a search by vector and by text costs beside each of the two alone, on the real texts, by one thread.
struct HybridCase {
    let options: BenchOptions
    let data: RealTexts

    private static let vectorField = "embedding"
    /// Hits of each part, of which the ranker makes the answer.
    private static let depth = 50

    func run() throws -> [JSONValue.Member] {
        let folder = try WorkFolder(options.folder)
        let database = try Database.open(at: folder.path, options: DatabaseOptions(buildThreads: options.buildThreads))
        defer { try? database.close() }
        let collection = try fill(database)
        var (dense, text, inTurn, both) = (CallPasses(), CallPasses(), CallPasses(), CallPasses())
        let end = MonotonicClock.nanoseconds() + UInt64(options.seconds * Double(options.repeats) * 1e9)
        // In turns, so that what else the machine does concerns all three alike.
        repeat {
            try dense.pass(data.queries.count) { _ = try collection.search(denseRequest($0)) }
            try text.pass(data.queries.count) { _ = try collection.search(textRequest($0)) }
            try inTurn.pass(data.queries.count) {
                _ = try collection.search(denseRequest($0))
                _ = try collection.search(textRequest($0))
            }
            try both.pass(data.queries.count) { _ = try collection.hybridSearch(hybridRequest($0)) }
        } while MonotonicClock.nanoseconds() < end
        try database.dropCollection(CaseContext.collectionName)
        return members(dense, text, inTurn, both)
    }

    private func fill(_ database: Database) throws -> Collection {
        let collection = try TextCollection.make(
            in: database, more: [Field(Self.vectorField, .floatVector(dimension: data.base.dimension))],
            indexes: [Self.vectorField: IndexDefinition(.hnsw, metric: options.metric)])
        let texts = data.texts.map { "\($0.lemma): \($0.gloss)" }
        _ = try TextCollection.insert(texts, into: collection, batchRows: options.batchRows) {
            [FieldData(Self.vectorField, .floatVector(data.base.rows($0).values))]
        }
        try collection.flush()
        try collection.load()
        return collection
    }

    private func denseRequest(_ query: Int) -> SearchRequest {
        SearchRequest(vectors: data.queries[query], field: Self.vectorField, limit: Self.depth)
    }

    private func textRequest(_ query: Int) -> SearchRequest {
        let text = data.queryTexts[query]
        return SearchRequest(
            queries: .texts(["\(text.lemma): \(text.gloss)"]), field: TextCollection.wordsField, limit: Self.depth)
    }

    private func hybridRequest(_ query: Int) -> HybridSearchRequest {
        HybridSearchRequest(requests: [denseRequest(query), textRequest(query)], limit: options.k)
    }

    private func members(
        _ dense: CallPasses, _ text: CallPasses, _ inTurn: CallPasses, _ both: CallPasses
    ) -> [JSONValue.Member] {
        [
            .init("ratio", .number(both.fastest / (dense.fastest + text.fastest))),
            // Parts that take turns push each other's data out of the caches, which the sum of their own times leaves out.
            .init("ratio_to_parts_in_turn", .number(both.fastest / inTurn.fastest)),
            .init("dense_us", .number(dense.fastest * 1e6)), .init("text_us", .number(text.fastest * 1e6)),
            .init("hybrid_us", .number(both.fastest * 1e6)), .init("hybrid_qps", .number(both.callsPerSecond)),
            .init("rows", .integer(Int64(data.base.count))), .init("k", .integer(Int64(options.k))),
            .init("part_limit", .integer(Int64(Self.depth))),
            .init("queries", .integer(Int64(data.queries.count))),
            .init("passes", .integer(Int64(both.samples.count))),
        ]
    }
}
