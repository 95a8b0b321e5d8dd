import Apus
import Common
import Lesson

/// The real texts as the rows of tenants: the first letters of the words. As in life, some are large and some small.
struct Tenants {
    static let field = "tenant"
    static let partitionCount = 16

    let texts: LoadedTexts
    let names: [String]

    init(_ texts: LoadedTexts) {
        self.texts = texts
        names = texts.texts.map { gloss in
            let letter = gloss.lemma.lowercased().first ?? "-"
            return letter.isASCII && letter.isLetter ? String(letter) : "other"
        }
    }

    /// Tenants by their number of rows, the smallest first.
    var bySize: [(name: String, rows: [Int])] {
        Dictionary(grouping: names.indices, by: { names[$0] }).map { (name: $0.key, rows: $0.value) }
            .sorted { $0.rows.count != $1.rows.count ? $0.rows.count < $1.rows.count : $0.name < $1.name }
    }

    /// A collection that is sealed, indexed and loaded.
    ///
    /// - Parameters:
    ///   - isKey: whether the tenant divides the rows among partitions.
    ///   - count: of these partitions.
    func collection(
        _ name: String, in database: Database, isKey: Bool, count: Int = partitionCount, index: IndexDefinition
    ) throws -> Apus.Collection {
        let collection = try database.createCollection(
            name,
            schema: Schema(
                fields: [
                    Field("id", .int64), Field(Self.field, .varchar(maxLength: 8), isPartitionKey: isKey),
                    Field(LabelledTexts.embedding, .floatVector(dimension: texts.dimension)),
                ], primaryKey: "id", partitionCount: count),
            indexes: [LabelledTexts.embedding: index])
        for rows in Glosses.batches(of: texts.base.count, size: 5_000) {
            try collection.insert(columns(Array(rows)))
        }
        try collection.flush()
        try collection.load()
        return collection
    }

    /// Rows as columns.
    ///
    /// - Parameters:
    ///   - tenant: in place of their own.
    ///   - firstKey: added to the row number.
    func columns(_ rows: [Int], tenant: String? = nil, firstKey: Int = 0) -> [FieldData] {
        [
            FieldData("id", .int64(rows.map { Int64(firstKey + $0) })),
            FieldData(Self.field, .varchar(rows.map { tenant ?? names[$0] })),
            FieldData(LabelledTexts.embedding, .floatVector(rows.flatMap { texts.base[$0] })),
        ]
    }

    /// A search of one tenant.
    func request(_ tenant: String) -> SearchRequest {
        SearchRequest(vectors: texts.queries.values, field: LabelledTexts.embedding, limit: LessonData.k)
            .filtered("\(Self.field) == \"\(tenant)\"")
    }
}
