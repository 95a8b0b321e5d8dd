import Apus
import Common

/// How long something took, by the clock and by the processors.
struct Expense {
    let seconds: Double
    let processorSeconds: Double

    static func of<Result>(_ body: () throws -> Result) rethrows -> (result: Result, expense: Expense) {
        let processor = ProcessorTime.processSeconds()
        let (result, seconds) = try MonotonicClock.seconds(body)
        return (
            result,
            Expense(seconds: seconds, processorSeconds: ProcessorTime.processSeconds() - processor)
        )
    }
}

/// A collection that holds the base of a benchmark: sealed and indexed, each step timed. It is not loaded yet.
struct IndexedCollection {
    static let vectorField = "vector"
    static let keyField = "id"

    let collection: Collection
    let insert: Expense
    let flush: Expense
    /// Reading the sealed rows, building the index and writing it.
    let build: Expense

    static func schema(dimension: Int) throws -> Schema {
        try Schema(
            fields: [Field(keyField, .int64), Field(vectorField, .floatVector(dimension: dimension))],
            primaryKey: keyField)
    }

    /// - Parameter name: of a collection that is not there yet.
    static func make(
        _ name: String, in database: Database, base: VectorSet, definition: IndexDefinition, batchRows: Int
    ) throws -> IndexedCollection {
        let collection = try database.createCollection(name, schema: schema(dimension: base.dimension))
        let insert = try Expense.of {
            try RowInserter(batchRows: batchRows, sync: .deferred).insert(base, into: collection)
        }
        let flush = try Expense.of { try collection.flush() }
        let progress = ProgressLine("building \(definition.type.rawValue)")
        let build = try Expense.of {
            try collection.createIndex(on: vectorField, definition, progress: progress.buildProgress)
        }
        progress.finish()
        return IndexedCollection(
            collection: collection, insert: insert.expense, flush: flush.expense, build: build.expense)
    }
}

/// Inserts vectors in batches; the key of a row is its number.
struct RowInserter {
    let batchRows: Int
    let sync: SyncPolicy

    /// Inserts the rows of `range`, all by default, and returns the seconds that the calls took.
    ///
    /// - Parameter acknowledged: is told the end of each batch that was taken.
    @discardableResult
    func insert(
        _ vectors: VectorSet, range: Range<Int>? = nil, into collection: Collection,
        acknowledged: (Int) throws -> Void = { _ in }
    ) throws -> Double {
        let range = range ?? 0..<vectors.count
        return try insert(vectors, rows: Array(range), into: collection) {
            try acknowledged(range.lowerBound + $0)
        }
    }

    /// Inserts some rows in their order.
    ///
    /// - Parameter acknowledged: is told after each batch how many were taken.
    func insert(
        _ vectors: VectorSet, rows: [Int], into collection: Collection,
        acknowledged: (Int) throws -> Void = { _ in }
    ) throws -> Double {
        var seconds = 0.0
        let progress = Progress("inserting rows", total: rows.count)
        for start in stride(from: 0, to: rows.count, by: batchRows) {
            let batch = rows[start..<min(start + batchRows, rows.count)]
            let fields = [
                FieldData(IndexedCollection.keyField, .int64(batch.map(Int64.init))),
                FieldData(IndexedCollection.vectorField, .floatVector(batch.flatMap { vectors.row($0) })),
            ]
            seconds += try MonotonicClock.seconds { try collection.insert(fields, sync: sync) }.seconds
            try acknowledged(batch.endIndex)
            progress.advance(by: batch.count)
        }
        progress.finish()
        return seconds
    }
}
