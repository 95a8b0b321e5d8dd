import Apus
import Common
import Lesson

/// Lesson 1.3: schema, insert, get, search, upsert, delete, metrics, and errors that teach.
enum BasicOperations {
    static let lesson = Lesson(
        number: LessonNumber(1, 3), title: "Basic operations",
        claim:
            "Each call does what it says and nothing else: what is inserted can be got and found, an upsert "
            + "replaces, a delete removes, and a call that is refused changes nothing.",
        prediction:
            "A batch of three rows has a fault in its last row. How many of the three are inserted? And which "
            + "of the metrics L2, IP and COSINE give the same order on vectors of length 1?",
        what:
            "A schema named the fields and their types: a key, texts, a document, a field that may be null, one with "
            + "a default value, and a vector. Rows went in by columns and one by one, came back by key, were found by "
            + "vector, replaced and deleted. The same vectors were searched by three metrics. Then several calls were "
            + "made wrongly on purpose.",
        why:
            "On vectors of length 1 the squared distance is 2 minus twice the inner product, and the inner product is "
            + "the cosine: three numbers, one order. Once lengths differ, IP favours long vectors and COSINE ignores "
            + "length. A batch is checked as a whole before anything is written, so it goes in as a whole or not at all; "
            + "the message says which field, row and column, so that the caller need not guess.",
        reading: [
            "docs/QUICK_REFERENCE.md, every call on one page; Engine/Scalar/Limits.swift, every limit by name",
            "docs/architecture.md, an insert step by step",
        ],
        nextTries: [
            "Give a field another type in Steps/Step1Basics/LessonRows.swift and read what the engine says",
            "Search with parameters: [\"ef\": 5] and limit 10 on an HNSW index: what is wrong, and what would mend it?",
        ],
        run: run)

    private static func run(_ context: LessonContext) throws {
        let texts = try context.data.texts()
        let database = try Database.open(at: context.databaseFolder())
        let rows = LessonRows(texts: texts)
        let collection = try database.createCollection(
            "words", schema: rows.schema(),
            indexes: [LessonRows.vectorField: IndexDefinition(.hnsw, metric: .cosine)])
        let operations = Operations(context: context, rows: rows, collection: collection)
        try operations.insert()
        try operations.getAndSearch()
        try operations.replaceAndDelete()
        try operations.sealAndMeasure()
        try MetricComparison(context: context, texts: texts, database: database).run()
        try WrongCalls(context: context, rows: rows, collection: collection).run()
        try database.close()
    }
}
