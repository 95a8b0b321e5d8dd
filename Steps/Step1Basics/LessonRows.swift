import Apus
import Lesson

/// Rows with fields of several types, made from the glosses.
struct LessonRows {
    let texts: LoadedTexts

    static let vectorField = "embedding"

    func schema() throws -> Schema {
        try Schema(
            fields: [
                Field("id", .int64, description: "the row of the data"),
                Field("lemma", .varchar(maxLength: 128)),
                Field(
                    "example", .varchar(maxLength: 1_024), isNullable: true,
                    description: "a sentence, if there is one"),
                Field("language", .varchar(maxLength: 8), defaultValue: "en"),
                Field("details", .json, isNullable: true),
                Field(Self.vectorField, .floatVector(dimension: texts.dimension)),
            ], primaryKey: "id")
    }

    /// The rows of a range by columns, the fast way in. The language is left out, so every row gets the default.
    func columns(_ range: Range<Int>) -> [FieldData] {
        let examples = range.map(example)
        return [
            FieldData("id", .int64(range.map(Int64.init))),
            FieldData("lemma", .varchar(range.map { texts.texts[$0].lemma })),
            FieldData("example", .varchar(examples.map { $0 ?? "" }), valid: examples.map { $0 != nil }),
            FieldData("details", .json(range.map(details))),
            FieldData(Self.vectorField, .floatVector(texts.base.rows(range).values)),
        ]
    }

    /// One row, value by value.
    func entity(_ row: Int) -> [String: Value] {
        [
            "id": .integer(Int64(row)), "lemma": .text(texts.texts[row].lemma),
            "example": example(row).map(Value.text) ?? .null, "details": .json(details(row)),
            Self.vectorField: .vector(texts.base[row]),
        ]
    }

    /// The first quoted sentence of a gloss.
    func example(_ row: Int) -> String? {
        let parts = texts.texts[row].gloss.split(separator: "\"", omittingEmptySubsequences: false)
        return parts.count >= 3 && !parts[1].isEmpty ? String(parts[1]) : nil
    }

    private func details(_ row: Int) -> String {
        let gloss = texts.texts[row]
        let words = gloss.lemma.split(separator: " ").count
        return "{\"part of speech\": \"\(gloss.partOfSpeech.rawValue)\", \"words\": \(words)}"
    }
}
