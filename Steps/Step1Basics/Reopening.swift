import Apus
import Common
import Lesson

/// Closes a folder, opens it again and compares.
struct Reopening {
    let context: LessonContext
    let texts: LoadedTexts

    func run(_ database: Database) throws {
        context.section("Close and open again")
        let before = try observe(database)
        try database.close()
        let (reopened, seconds) = try MonotonicClock.seconds {
            let reopened = try Database.open(at: context.databaseFolder())
            try reopened.collection("glosses").load()
            return reopened
        }
        let after = try observe(reopened)
        context.say("Opened and loaded in \(NumberText.short(seconds * 1_000)) ms.")
        context.check("rows after reopening", expected: before.count, measured: after.count)
        context.check("entity 7 as it was", expected: before.entity, measured: after.entity)
        context.check("the same answers to the same query", expected: before.answer, measured: after.answer)
        try reopened.close()
    }

    private struct Observation {
        let count: Int
        let entity: String
        let answer: [Int32]
    }

    private func observe(_ database: Database) throws -> Observation {
        let collection = try database.collection("glosses")
        let entity = try collection.get(keys: [7], outputFields: ["lemma"])[0]
        let result = try collection.search(SearchRequest(vectors: texts.queries[0], limit: 5))
        return Observation(
            count: collection.count, entity: entity?["lemma"]?.plainText ?? "nothing",
            answer: result.hits[0].map(\.primaryKey.row))
    }
}
