import Apus
import Lesson

/// Calls that are wrong on purpose: each is refused with a message that helps, and changes nothing.
struct WrongCalls {
    let context: LessonContext
    let rows: LessonRows
    let collection: Apus.Collection

    /// Rows that are not in the collection.
    private static let fresh = 2_000..<2_003

    func run() throws {
        context.section("Wrong on purpose")
        let before = collection.count
        let answerBefore = try answer()
        wrongDimension()
        notANumber()
        unknownField()
        takenKey()
        missingField()
        noNeighbours()
        context.check("rows before and after all of that", expected: before, measured: collection.count)
        let keys = Self.fresh.map { PrimaryKey.integer(Int64($0)) }
        let leftovers = try collection.get(keys: keys, outputFields: ["id"]).count { $0 != nil }
        context.check("rows of the refused batches that are there", expected: 0, measured: leftovers)
        context.check("the answer to a search is the same", expected: answerBefore, measured: try answer())
    }

    private func answer() throws -> [Int32] {
        try collection.search(SearchRequest(vectors: rows.texts.queries[0], limit: 10)).hits[0].map(
            \.primaryKey.row)
    }

    private func wrongDimension() {
        refuse("a vector that is too short", .invalidArgument) { entities in
            entities[2][LessonRows.vectorField] = .vector(Array(rows.texts.base[0].dropLast()))
        }
    }

    private func notANumber() {
        refuse("a vector with NaN", .invalidArgument) { entities in
            var vector = rows.texts.base[0]
            vector[5] = .nan
            entities[2][LessonRows.vectorField] = .vector(vector)
        }
    }

    private func unknownField() {
        refuse("a field that the schema does not have", .notFound) { $0[2]["lema"] = "typing error" }
    }

    private func takenKey() {
        refuse("a key that is taken", .alreadyExists) { $0[2]["id"] = 1 }
    }

    private func missingField() {
        refuse("a row without its lemma", .invalidArgument) { $0[2]["lemma"] = nil }
    }

    private func noNeighbours() {
        show(
            "a search for no neighbours", .invalidArgument,
            Refusal.of { _ = try collection.search(SearchRequest(vectors: rows.texts.queries[0], limit: 0)) })
    }

    /// Inserts three fresh rows after `spoil` has changed the last of them.
    private func refuse(_ name: String, _ code: ApusError.Code, spoil: (inout [[String: Value]]) -> Void) {
        var entities = Self.fresh.map(rows.entity)
        spoil(&entities)
        show(name, code, Refusal.of { try collection.insert(rows: entities) })
    }

    private func show(_ name: String, _ code: ApusError.Code, _ refusal: Refusal) {
        context.check(name, expected: code, measured: refusal.code)
        context.output.paragraph("the engine: \(refusal.message)", indent: 10, hanging: 2)
    }
}
