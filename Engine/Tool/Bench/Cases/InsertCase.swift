import Apus
import Common

/// Rows per second that are durable when the call returns: one sync for each batch.
struct InsertCase {
    let context: CaseContext

    func run() throws -> [JSONValue.Member] {
        let seconds = try (0..<context.options.repeats).map { _ in try insertAll() }
        let median = Samples.median(of: seconds)!
        return [
            .init("rows_per_second", .number(Double(context.base.count) / median)),
            .init("rows", .integer(Int64(context.base.count))), .init("seconds", .number(median)),
            .init("seconds_samples", .array(seconds.map { .number($0) })),
            .init("batch_rows", .integer(Int64(context.options.batchRows))),
        ]
    }

    /// The time of the insert calls alone; cutting the rows into batches is not the engine's work.
    private func insertAll() throws -> Double {
        let folder = try WorkFolder(context.options.folder)
        let database = try Database.open(at: folder.path, options: context.databaseOptions)
        defer { try? database.close() }
        let collection = try context.makeCollection(in: database)
        let inserter = RowInserter(batchRows: context.options.batchRows, sync: .everyWrite)
        let seconds = try inserter.insert(context.base, into: collection)
        try database.dropCollection(CaseContext.collectionName)
        return seconds
    }
}
