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

/// A collection that holds the base of a benchmark: sealed, indexed and loaded, each step timed.
struct IndexedCollection {
    static let vectorField = "vector"
    static let keyField = "id"

    let collection: Collection
    let insert: Expense
    let flush: Expense
    /// Reading the sealed rows, building the index and writing it.
    let build: Expense
    let load: Expense
    let statistics: CollectionStatistics

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
        let load = try Expense.of { try collection.load() }
        return IndexedCollection(
            collection: collection, insert: insert.expense, flush: flush.expense, build: build.expense,
            load: load.expense, statistics: try collection.statistics())
    }

    /// Runs each search once on an empty collection, so that a wrong parameter is told before the index is built.
    static func probe(_ plan: BenchOptions.IndexPlan, in database: Database, dimension: Int, k: Int) throws {
        let name = "probe"
        let collection = try database.createCollection(
            name, schema: schema(dimension: dimension), indexes: [vectorField: plan.definition])
        try collection.load()
        let query = [1] + [Float](repeating: 0, count: dimension - 1)
        for search in plan.searches {
            _ = try collection.search(
                SearchRequest(vectors: query, limit: k, parameters: Parameters(search)))
        }
        try database.dropCollection(name)
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
        acknowledged: (Int) -> Void = { _ in }
    ) throws -> Double {
        let range = range ?? 0..<vectors.count
        var seconds = 0.0
        let progress = Progress("inserting rows", total: range.count)
        for start in stride(from: range.lowerBound, to: range.upperBound, by: batchRows) {
            let rows = start..<min(start + batchRows, range.upperBound)
            let fields = [
                FieldData(IndexedCollection.keyField, .int64(rows.map(Int64.init))),
                FieldData(IndexedCollection.vectorField, .floatVector(vectors.rows(rows).values)),
            ]
            seconds += try MonotonicClock.seconds { try collection.insert(fields, sync: sync) }.seconds
            acknowledged(rows.upperBound)
            progress.advance(by: rows.count)
        }
        progress.finish()
        return seconds
    }
}
