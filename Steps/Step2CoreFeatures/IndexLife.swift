import Apus
import Common
import Lesson
import Synchronization

/// Looking at an index, replacing it under a running search, and dropping it.
struct IndexLife {
    let context: LessonContext
    let indexed: IndexedTexts

    /// The first and the second index.
    private static let types: [IndexType] = [.ivfFlat, .hnsw]
    private static let query = 3

    func run() throws {
        context.section("Create, describe, replace")
        _ = try indexed.build(indexed.definition(Self.types[0]))
        try describe(Self.types[0])
        try replace()
        try describe(Self.types[1])
    }

    private func describe(_ type: IndexType) throws {
        let definition = indexed.collection.indexDefinitions[IndexedTexts.field]
        let digest = try indexed.digests().joined(separator: ", ")
        context.say(
            "indexDefinitions: \(definition?.type.rawValue ?? "none"), \(definition?.metric.rawValue ?? ""), "
                + "\(definition?.parameters.text ?? ""); statistics(): digest \(digest)")
        context.check("the index in force", expected: type.rawValue, measured: definition?.type.rawValue ?? "none")
    }

    /// Searches while the second index is being built in the place of the first.
    private func replace() throws {
        let seen = Mutex<[Result<SearchResult, any Error>]>([])
        let (collection, request) = (indexed.collection, request)
        let searching = BuildProgress { done, total in
            guard done < total else { return }
            // The build is under way: it waits for this report to return.
            seen.withLock { seen in
                if seen.count < 5 { seen.append(Result { try collection.search(request) }) }
            }
        }
        try collection.createIndex(
            on: IndexedTexts.field, indexed.definition(Self.types[1]), progress: searching)
        let during = try seen.withLock { $0 }.map { try $0.get() }
        let after = try collection.search(request)
        context.say(
            "Searched while HNSW was being built in the place of IVF_FLAT: \(during.count) searches, each over "
                + "\(during.first?.statistics.distanceComputations ?? 0) rows, that is all of them. After it: "
                + "\(after.statistics.distanceComputations) distances.")
        context.check("searches that were answered during the build", atLeast: 1, measured: during.count)
        let exact = indexed.texts.truth.ids.row(Self.query).map { $0 }
        context.check(
            "of these, with exactly the true neighbours", expected: during.count,
            measured: during.count { Set($0.hits[0].map(\.primaryKey.row)) == Set(exact) })
        context.check(
            "segments scanned exactly meanwhile", expected: 1, measured: during.first?.plan.segmentsScanned ?? 0)
        context.check("segments scanned once it is built", expected: 0, measured: after.plan.segmentsScanned)
    }

    /// Drops the index that `run` has left.
    func drop() throws {
        context.section("Without an index")
        try indexed.collection.dropIndex(on: IndexedTexts.field)
        let result = try indexed.collection.search(request)
        let again = Refusal.of { try indexed.collection.dropIndex(on: IndexedTexts.field) }
        context.say(
            "Without an index the field is searched by \(result.plan.indexType.rawValue) and \(result.plan.metric.rawValue). "
                + "Dropped once more: \(again.message)")
        context.check(
            "without an index every row is compared", expected: indexed.collection.count,
            measured: result.statistics.distanceComputations)
        context.check("an index that is not there cannot be dropped", expected: .notFound, measured: again.code)
        let left = try indexed.digests()
        context.check("index files left", expected: 0, measured: left.count)
    }

    private var request: SearchRequest {
        SearchRequest(vectors: indexed.texts.queries[Self.query], limit: LessonData.k)
    }
}
