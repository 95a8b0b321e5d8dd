import Apus
import Common
import Lesson

/// The real texts with all that one searches and filters by: part of speech, word and its length, the words of the text
/// for BM25, the embedding.
final class LabelledTexts {
    let texts: LoadedTexts
    let collection: Apus.Collection
    private let database: Database

    static let embedding = Glosses.vectorField
    static let words = "words"
    static let metric = Metric.innerProduct
    private static let batchRows = 2_000

    /// The collection is sealed, indexed and loaded.
    ///
    /// - Parameter rows: the first of the texts; nil for all.
    init(_ texts: LoadedTexts, folder: String) throws {
        self.texts = texts
        database = try Database.open(at: folder)
        let schema = try Schema(
            fields: Self.labels + [
                Field("text", .varchar(maxLength: 2_048), text: TextOptions()), Field(Self.words, .sparseFloatVector),
                Field(Self.embedding, .floatVector(dimension: texts.dimension)),
            ], primaryKey: "id", functions: [BM25Function("words_of_text", input: "text", output: Self.words)])
        collection = try database.createCollection(
            "labelled", schema: schema,
            indexes: [
                Self.embedding: IndexChoices.definition(
                    .hnsw, metric: Self.metric, rows: texts.base.count, dimension: texts.dimension),
                Self.words: IndexDefinition(.sparseInvertedIndex, metric: .bm25),
            ])
        for rows in Glosses.batches(of: texts.base.count, size: Self.batchRows) {
            let text = FieldData("text", .varchar(rows.map { texts.texts[$0].searchText }))
            try collection.insert(Self.labels(texts, rows: Array(rows)) + [text])
        }
        let progress = Progress("building HNSW", total: texts.base.count)
        try collection.flush(progress: progress.asBuildProgress)
        progress.finish()
        try collection.load()
    }

    func close() throws { try database.close() }

    /// Fields that filters ask for.
    static let labels = [
        Field("id", .int64), Field("speech", .varchar(maxLength: 8)), Field("lemma", .varchar(maxLength: 128)),
        Field("length", .int32),
    ]

    /// The key, the labels and the embedding of some rows.
    static func labels(_ texts: LoadedTexts, rows: [Int]) -> [FieldData] {
        [
            FieldData("id", .int64(rows.map(Int64.init))),
            FieldData("speech", .varchar(rows.map { texts.texts[$0].partOfSpeech.rawValue })),
            FieldData("lemma", .varchar(rows.map { texts.texts[$0].lemma })),
            FieldData("length", .int32(rows.map { Int32(texts.texts[$0].lemma.count) })),
            FieldData(embedding, .floatVector(rows.flatMap { texts.base[$0] })),
        ]
    }
}

extension Gloss {
    /// What the embedding was made from.
    var searchText: String { "\(lemma): \(gloss)" }
}

extension SearchRequest {
    /// The request with a filter and what stands for its templates.
    func filtered(_ filter: String?, _ values: [String: Value] = [:]) -> SearchRequest {
        var request = self
        request.filter = filter
        request.filterValues = values
        return request
    }
}
