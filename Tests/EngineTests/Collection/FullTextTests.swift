import Common
import TestSupport
import Testing

@testable import Apus

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Search by text through every stage, against scores computed from the words of all texts.
@Suite struct FullTextTests {
    private let seed = testSeed(81)

    /// Texts by key, and how often each has each term.
    private struct Model {
        let analyzer: Analyzer
        var texts: [Int64: String?] = [:]

        private func counts(_ text: String?) -> [String: Double] {
            var counts: [String: Double] = [:]
            for term in text.map(analyzer.terms) ?? [] { counts[term.text, default: 0] += 1 }
            return counts
        }

        /// The best texts: all scores, those of the same score by key.
        func nearest(_ query: String, limit: Int) -> [(key: Int64, score: Double)] {
            let documents = texts.mapValues(counts)
            let lengths = documents.mapValues { $0.values.reduce(0, +) }
            let averageLength = lengths.values.reduce(0, +) / Double(documents.count)
            let weights = counts(query).map { term, count in
                let frequency = Double(documents.values.count { $0[term] != nil })
                return (term, count * log(1 + (Double(documents.count) - frequency + 0.5) / (frequency + 0.5)) * 2.2)
            }
            let scores: [(key: Int64, score: Double)] = documents.compactMap { key, counts in
                let found = weights.filter { counts[$0.0] != nil }
                guard !found.isEmpty else { return nil }
                let saturation = 1.2 * (0.25 + 0.75 * lengths[key]! / averageLength)
                return (key, found.reduce(0) { $0 + $1.1 * counts[$1.0]! / (counts[$1.0]! + saturation) })
            }
            return Array(scores.sorted { ($1.score, $0.key) < ($0.score, $1.key) }.prefix(limit))
        }
    }

    private static let words =
        "the of a vector vectors searching search engine 한국어 검색 中文 red shoes running runs wolf wolves été x9"
        .split(separator: " ").map(String.init)

    private static func text(_ random: inout RandomSource) -> String {
        (0..<Int.random(in: 0...12, using: &random)).map { _ in
            words[Int.random(in: 0...Int.random(in: 0..<words.count, using: &random), using: &random)]
        }.joined(separator: " ")
    }

    private static func schema(_ analyzer: String) throws -> Schema {
        try Schema(
            fields: [
                Field("id", .int64),
                Field(
                    "body", .varchar(maxLength: 500), isNullable: true,
                    text: TextOptions(analyzer: analyzer, isMatched: true)),
                Field("terms", .sparseFloatVector),
            ], primaryKey: "id", functions: [BM25Function("bm25", input: "body", output: "terms")])
    }

    private func expectNearest(
        _ collection: Collection, _ model: Model, _ stage: String, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        var random = RandomSource(seed: seed, stream: 1)
        let queries = (0..<8).map { _ in Self.text(&random) } + ["", "nothing known"]
        let result = try collection.search(SearchRequest(queries: .texts(queries), field: "terms", limit: 10))
        for (query, hits) in zip(queries, result.hits) {
            let expected = model.nearest(query, limit: 10)
            let comment: Comment = "seed \(seed), \(stage), '\(query)'"
            #expect(hits.count == expected.count, comment, sourceLocation: sourceLocation)
            let scores = Dictionary(
                uniqueKeysWithValues: model.nearest(query, limit: .max).map { (PrimaryKey.integer($0.key), $0.score) })
            for (hit, expected) in zip(hits, expected) {
                #expect(abs(Double(hit.score) - expected.score) < 1e-4, comment, sourceLocation: sourceLocation)
                #expect(
                    abs((scores[hit.primaryKey] ?? -1) - expected.score) < 1e-4, comment, sourceLocation: sourceLocation
                )
            }
        }
    }

    private static func fields(_ texts: [Int64: String?]) -> [FieldData] {
        let rows = texts.sorted { $0.key < $1.key }
        return [
            FieldData("id", .int64(rows.map(\.key))),
            FieldData("body", .varchar(rows.map { $0.value ?? "" }), valid: rows.map { $0.value != nil }),
        ]
    }

    @Test(arguments: [#"{"type": "english"}"#, ""], [true, false])
    func theBestTextsAreFound(analyzer: String, isIndexed: Bool) throws {
        var random = RandomSource(seed: seed)
        let folder = TemporaryFolder()
        var database = try Database.open(at: folder.path)
        let index = try IndexDefinition(.sparseInvertedIndex, metric: .bm25)
        var collection = try database.createCollection(
            "c", schema: Self.schema(analyzer), indexes: isIndexed ? ["terms": index] : [:])
        try collection.load()
        var model = Model(analyzer: try Analyzer(analyzer))
        for part in 0..<3 {
            var texts: [Int64: String?] = [:]
            for key in part * 90..<(part + 1) * 90 {
                texts[Int64(key)] = key % 17 == 0 ? .some(nil) : Self.text(&random)
            }
            try collection.insert(Self.fields(texts))
            model.texts.merge(texts) { $1 }
            try expectNearest(collection, model, "part \(part)")
            if part < 2 { try collection.flush() }
        }
        try expectNearest(collection, model, "two segments and rows in memory")
        try database.close()

        database = try Database.open(at: folder.path)
        collection = try database.collection("c")
        try collection.load()
        try expectNearest(collection, model, "opened again")

        let changed = Dictionary(
            uniqueKeysWithValues: stride(from: Int64(0), to: 270, by: 5).map { ($0, Optional(Self.text(&random))) })
        try collection.upsert(Self.fields(changed))
        model.texts.merge(changed) { $1 }
        let gone = Array(stride(from: Int64(1), to: 270, by: 7))
        try collection.delete(keys: gone.map { .integer($0) })
        for key in gone { model.texts[key] = nil }
        try collection.flush()
        try collection.compact()
        try expectNearest(collection, model, "changed and merged")
        #expect(try collection.verify().isSound)
        try database.close()
    }

    @Test func outputsAreStoredAndHighlighted() throws {
        let folder = TemporaryFolder()
        let database = try Database.open(at: folder.path)
        let collection = try database.createCollection("c", schema: Self.schema(#"{"type": "english"}"#))
        try collection.load()
        try collection.insert(rows: [
            ["id": 1, "body": "Foxes run, the fox ran"], ["id": 2, "body": nil], ["id": 3, "body": "a red wolf"],
        ])
        let stored = try collection.get(keys: [1, 2], outputFields: ["terms"])
        guard case .sparseVector(let terms)? = stored[0]?["terms"] else {
            Issue.record("no vector")
            return
        }
        #expect(terms.values.sorted() == [1, 1, 2])
        #expect(stored[1]?["terms"] == .sparseVector(.empty))
        var request = SearchRequest(
            queries: .texts(["fox", "red"]), field: "terms", limit: 3, outputFields: ["body"])
        request.highlight = Highlight(texts: ["body": "running"])
        let hits = try collection.search(request).hits
        #expect(
            hits[0].map { $0.highlights["body"]?.fragments.map(\.text) }
                == [["<em>Foxes</em> <em>run</em>, the <em>fox</em> ran"]])
        #expect(hits[1].map { $0.highlights["body"]?.fragments.map(\.text) } == [["a <em>red</em> wolf"]])
        #expect(try collection.runAnalyzer("The wolves", field: "body").map(\.text) == ["wolv"])
        request.queries = .texts(["fox"])
        request.filter = "text_match(body, 'ran') and not phrase_match(body, 'the wolf')"
        request.highlight = Highlight()
        #expect(
            try collection.search(request).hits[0].map { $0.highlights["body"]?.fragments.map(\.text) }
                == [["<em>Foxes</em> run, the <em>fox</em> <em>ran</em>"]])
        request.outputFields = []
        #expect(throws: ApusError.self) { try collection.search(request) }
        try database.close()
    }

    @Test func mistakesAreNamed() throws {
        let folder = TemporaryFolder()
        let database = try Database.open(at: folder.path)
        func expect(_ parts: [String], _ body: () throws -> Void) {
            let error = #expect(throws: ApusError.self) { try body() }
            let message = error?.message ?? ""
            for part in parts { #expect(message.contains(part), "'\(part)' in: \(message)") }
        }
        let id = Field("id", .int64)
        let body = Field("body", .varchar(maxLength: 9), text: TextOptions())
        let terms = Field("terms", .sparseFloatVector)
        let dense = Field("dense", .floatVector(dimension: 2))
        func schema(_ fields: [Field], _ functions: [BM25Function]) throws {
            _ = try Schema(fields: fields, primaryKey: "id", functions: functions)
        }
        expect(["'f'", "'none'"]) {
            try schema([id, body, terms], [BM25Function("f", input: "none", output: "terms")])
        }
        expect(["'f'", "'id'", "VarChar"]) {
            try schema([id, terms], [BM25Function("f", input: "id", output: "terms")])
        }
        expect(["'f'", "'body'", "analyzer"]) {
            try schema(
                [id, Field("body", .varchar(maxLength: 9)), terms], [BM25Function("f", input: "body", output: "terms")])
        }
        expect(["'f'", "'dense'", "SparseFloatVector"]) {
            try schema([id, body, dense], [BM25Function("f", input: "body", output: "dense")])
        }
        expect(["'g'", "'f'", "'terms'"]) {
            try schema(
                [id, body, terms],
                [BM25Function("f", input: "body", output: "terms"), BM25Function("g", input: "body", output: "terms")])
        }
        expect(["'f'", "twice"]) {
            try schema(
                [id, body, terms],
                [BM25Function("f", input: "body", output: "terms"), BM25Function("f", input: "body", output: "terms")])
        }
        expect(["'dense'", "VarChar"]) {
            try schema([id, Field("dense", .floatVector(dimension: 2), text: TextOptions())], [])
        }
        expect(["'body'", "'thai'"]) {
            let options = TextOptions(analyzer: #"{"tokenizer": "thai"}"#)
            try schema([id, Field("body", .varchar(maxLength: 9), text: options), terms], [])
        }
        let product = try IndexDefinition(.sparseInvertedIndex, metric: .innerProduct)
        expect(["'terms'", "BM25", "IP"]) {
            try database.createCollection("c", schema: Self.schema(""), indexes: ["terms": product])
        }
        let collection = try database.createCollection("c", schema: Self.schema(""))
        try collection.load()
        expect(["'terms'", "BM25", "IP"]) { try collection.createIndex(on: "terms", product) }
        expect(["'terms'", "'bm25'", "leave it out"]) {
            try collection.insert(rows: [["id": 1, "body": "a", "terms": .sparseVector(.empty)]])
        }
        expect(["query"]) { _ = try collection.search(SearchRequest(queries: .texts([]), field: "terms", limit: 1)) }
        expect(["'id'", "analyzer"]) { _ = try collection.runAnalyzer("a", field: "id") }
        let other = try database.createCollection(
            "d", schema: Schema(fields: [id, terms], primaryKey: "id"))
        try other.load()
        expect(["'terms'", "BM25 function"]) {
            _ = try other.search(SearchRequest(queries: .texts(["a"]), limit: 1))
        }
        try database.close()
    }
}
