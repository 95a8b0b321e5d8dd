import Apus
import Common

/// Rows per second of inserting texts with three scalar fields, whose words are indexed for BM25.
struct BulkCase {
    let options: BenchOptions
    let corpus: TextCorpus

    func run() throws -> [JSONValue.Member] {
        let runs = try (0..<options.repeats).map { _ in try insertAll() }
        let rows = Double(corpus.texts.count)
        let insert = Samples.median(of: runs.map(\.insert))!
        let whole = Samples.median(of: runs.map { $0.insert + $0.flush })!
        return [
            .init("rows_per_second", .number(rows / insert)),
            .init("rows_per_second_with_index", .number(rows / whole)),
            .init("rows", .integer(Int64(corpus.texts.count))), .init("words_per_text", .number(corpus.meanWords)),
            .init("batch_rows", .integer(Int64(options.batchRows))),
            .init("insert_seconds_samples", .array(runs.map { .number($0.insert) })),
            .init("flush_seconds_samples", .array(runs.map { .number($0.flush) })),
        ]
    }

    /// The time of the insert calls, and of sealing and indexing the rows.
    private func insertAll() throws -> (insert: Double, flush: Double) {
        let folder = try WorkFolder(options.folder)
        let database = try Database.open(at: folder.path, options: DatabaseOptions(buildThreads: options.buildThreads))
        defer { try? database.close() }
        let collection = try TextCollection.make(
            in: database,
            more: [Field("year", .int32), Field("price", .double), Field("category", .varchar(maxLength: 16))])
        let insert = try TextCollection.insert(
            corpus.texts, into: collection, batchRows: options.batchRows, more: Self.scalars)
        let flush = try MonotonicClock.seconds { try collection.flush() }.seconds
        try database.dropCollection(CaseContext.collectionName)
        return (insert, flush)
    }

    private static func scalars(_ rows: Range<Int>) -> [FieldData] {
        [
            FieldData("year", .int32(rows.map { Int32(1_900 + $0 % 125) })),
            FieldData("price", .double(rows.map { Double($0 % 9_973) / 100 })),
            FieldData("category", .varchar(rows.map { "category \($0 % 40)" })),
        ]
    }
}
