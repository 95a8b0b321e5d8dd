import Apus
import Common

/// The collection of glosses that many lessons share: a number, the word, its meaning and the embedding.
public enum Glosses {
    public static let vectorField = "embedding"

    public static func schema(dimension: Int) throws -> Schema {
        try Schema(
            fields: [
                Field("id", .int64),
                Field("lemma", .varchar(maxLength: 128)),
                Field("gloss", .varchar(maxLength: 1_024)),
                Field(vectorField, .floatVector(dimension: dimension)),
            ], primaryKey: "id", description: "WordNet glosses")
    }

    /// The columns of some rows of the data. The key of an entity is its row number.
    public static func columns(_ texts: LoadedTexts, rows: Range<Int>) -> [FieldData] {
        columns(texts.texts, texts.base, rows: rows)
    }

    public static func columns(_ glosses: [Gloss], _ vectors: VectorSet, rows: Range<Int>) -> [FieldData] {
        [
            FieldData("id", .int64(rows.map(Int64.init))),
            FieldData("lemma", .varchar(rows.map { glosses[$0].lemma })),
            FieldData("gloss", .varchar(rows.map { glosses[$0].gloss })),
            FieldData(vectorField, .floatVector(vectors.rows(rows).values)),
        ]
    }

    /// Consecutive ranges of at most `size` that cover 0 ..< `count`.
    public static func batches(of count: Int, size: Int) -> [Range<Int>] {
        stride(from: 0, to: count, by: size).map { $0..<min(count, $0 + size) }
    }
}

extension PrimaryKey {
    /// The row of the data that an entity was made from.
    public var row: Int32 {
        guard case .integer(let key) = self, let row = Int32(exactly: key) else { return -1 }
        return row
    }
}

extension Value {
    /// The text of a text value, and the description of another one.
    public var plainText: String {
        if case .text(let text) = self { text } else { description }
    }
}
