import Apus
import TestSupport
import Testing

// The blocks of docs/QUICK_REFERENCE.md, in the same order and the same words; QuickReferenceTests compares them. A
// block begins after "// block NAME" and ends before "// end".

@Test func theQuickReferenceRuns() throws {
    let temporary = TemporaryFolder()
    let folder = temporary.path + "/books"
    let (first, second, third): ([Float], [Float], [Float]) = (
        [1, 0, 0, 0], [0, 1, 0, 0], [0.9, 0.1, 0, 0]
    )

    // block open
    let database = try Database.open(at: folder)
    // end

    // block create
    let schema = try Schema(
        fields: [
            Field("id", .int64),
            Field("title", .varchar(maxLength: 200)),
            Field("year", .int32, isNullable: true),
            Field("language", .varchar(maxLength: 8), defaultValue: "en"),
            Field("details", .json, isNullable: true),
            Field("embedding", .floatVector(dimension: 4)),
        ], primaryKey: "id")
    let index = try IndexDefinition(.hnsw, metric: .cosine, parameters: ["M": 16, "efConstruction": 200])
    let books = try database.createCollection("books", schema: schema, indexes: ["embedding": index])
    // end

    // block insert
    try books.insert([
        FieldData("id", .int64([1, 2])),
        FieldData("title", .varchar(["The Kite", "The Swift"])),
        FieldData("embedding", .floatVector(first + second)),
    ])
    try books.insert(rows: [
        ["id": 3, "title": "Der Milan", "language": "de", "year": 1984, "embedding": .vector(third)]
    ])
    // end

    // block search
    try books.flush()
    try books.load()
    let result = try books.search(
        SearchRequest(vectors: first, limit: 2, parameters: ["ef": 64], outputFields: ["title"]))
    for hit in result.hits[0] {
        print(hit.primaryKey, hit.score, hit.fields["title"] ?? .null)
    }
    print(result.plan, result.statistics.distanceComputations)
    // end
    #expect(result.hits[0].map(\.primaryKey) == [1, 3])

    // block filter
    var filtered = SearchRequest(vectors: first, limit: 2, outputFields: ["title"])
    filtered.filter = "language == {language} and (year is null or title like 'The%')"
    filtered.filterValues = ["language": "en"]
    print(try books.search(filtered).hits[0].map(\.primaryKey))
    let count = try books.query(QueryRequest(filter: "year > 1980", aggregates: [.count]))
    print(count.rows[0]["count(*)"] ?? .null)
    // end
    #expect(try books.search(filtered).hits[0].map(\.primaryKey) == [1, 2])
    #expect(count.rows == [["count(*)": 1]])

    // block text
    let english = TextOptions(analyzer: #"{"type": "english"}"#, isMatched: true)
    let articles = try database.createCollection(
        "articles",
        schema: Schema(
            fields: [
                Field("id", .int64), Field("body", .varchar(maxLength: 2_000), text: english),
                Field("words", .sparseFloatVector),
            ], primaryKey: "id", functions: [BM25Function("words_of_body", input: "body", output: "words")]),
        indexes: ["words": IndexDefinition(.sparseInvertedIndex, metric: .bm25)])
    try articles.insert(rows: [["id": 1, "body": "Swifts sleep on the wing."], ["id": 2, "body": "Kites hover."]])
    try articles.load()
    print(try articles.search(SearchRequest(queries: .texts(["sleeping swift"]), limit: 1)).hits[0].map(\.primaryKey))
    // end
    let sleeping = try articles.search(SearchRequest(queries: .texts(["sleeping swift"]), limit: 1))
    #expect(sleeping.hits[0].map(\.primaryKey) == [1])

    // block partitions
    try books.createPartition("archive")
    try books.insert(rows: [["id": 4, "title": "Der Rabe", "embedding": .vector(third)]], partition: "archive")
    var archived = SearchRequest(vectors: first, limit: 2)
    archived.partitions = ["archive"]
    print(try books.search(archived).hits[0].map(\.primaryKey))
    try books.release(partitions: ["archive"])
    try books.dropPartition("archive")
    // end
    #expect(books.count == 3)

    // block hybrid
    let hybrid = try books.hybridSearch(
        HybridSearchRequest(
            requests: [
                SearchRequest(vectors: first, field: "embedding", limit: 20),
                SearchRequest(vectors: third, field: "embedding", limit: 20),
            ], ranker: .rrf(k: 60), limit: 2, outputFields: ["title"]))
    print(hybrid.hits[0].map(\.primaryKey), hybrid.plans.count)
    // end
    #expect(hybrid.hits[0].map(\.primaryKey) == [1, 3])

    // block weigh
    var weighed = SearchRequest(vectors: first, limit: 2)
    weighed.reranker = .decay(Decay(field: "year", shape: .gaussian, origin: 1990, scale: 10), candidates: 50)
    var diverse = SearchRequest(vectors: first, limit: 2)
    diverse.diversity = Diversity(lambda: 0.5, candidates: 50)
    print(try books.search(weighed).hits[0].count, try books.search(diverse).hits[0].count)
    // end
    #expect(try books.search(weighed).hits[0].map(\.primaryKey)[0] == 3)

    // block get
    let entities = try books.get(keys: [3, 99], outputFields: ["title", "year"])
    // entities[0] is ["title": "Der Milan", "year": 1984], entities[1] is nil
    // end
    #expect(entities == [["title": "Der Milan", "year": 1984], nil])

    // block change
    try books.upsert(rows: [["id": 2, "title": "The Swifts", "embedding": .vector(second)]])
    let deletion = try books.delete(keys: [1, 99])
    print(deletion.rowCount, books.count)
    // end
    #expect(deletion.rowCount == 1 && books.count == 2)

    // block maintain
    try books.compact()
    try books.createIndex(on: "embedding", IndexDefinition(.flat, metric: .l2))
    let statistics = try books.statistics()
    print(statistics.liveRows, statistics.segments.count, statistics.diskBytes)
    print(books.damage)
    try books.release()
    // end
    #expect(statistics.liveRows == 2 && books.damage.isEmpty)

    // block manage
    try database.renameCollection("books", to: "library")
    print(try database.listCollections())
    try database.instance.createDatabase("archive")
    try database.dropCollection("library")
    // end

    // block errors
    do {
        _ = try database.collection("books")
    } catch let error as ApusError where error.code == .notFound {
        print(error.message)
    }
    // end

    // block close
    try database.close()
    // end
}
