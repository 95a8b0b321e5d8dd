import Apus
import Common

/// Filters on a field without index: comparisons of 64-bit integers per second of one thread, by counting what matches.
struct ScanCase {
    let options: BenchOptions
    let rows: Int

    static let defaultRows = 2_000_000
    private static let field = "number"
    private static let filters = 20
    private static let batchRows = 100_000

    func run() throws -> [JSONValue.Member] {
        let folder = try WorkFolder(options.folder)
        let database = try Database.open(at: folder.path, options: DatabaseOptions(buildThreads: options.buildThreads))
        defer { try? database.close() }
        var random = RandomSource(seed: options.seed)
        let numbers = (0..<rows).map { _ in Int64(random.integer(below: rows)) }
        let collection = try fill(database, numbers)
        try check(collection, numbers)
        var passes = CallPasses()
        let end = MonotonicClock.nanoseconds() + UInt64(options.seconds * Double(options.repeats) * 1e9)
        repeat {
            let done = passes.samples.count * Self.filters
            try passes.pass(Self.filters) { _ = try count(collection, below: bound(done + $0)) }
        } while MonotonicClock.nanoseconds() < end
        try database.dropCollection(CaseContext.collectionName)
        return [
            .init("comparisons_per_second", .number(Double(rows) * passes.callsPerSecond)),
            .init("fastest_comparisons_per_second", .number(Double(rows) / passes.fastest)),
            .init("rows", .integer(Int64(rows))), .init("passes", .integer(Int64(passes.samples.count))),
        ]
    }

    private func fill(_ database: Database, _ numbers: [Int64]) throws -> Collection {
        let vector = IndexedCollection.vectorField
        let collection = try database.createCollection(
            CaseContext.collectionName,
            schema: Schema(
                fields: [
                    Field(IndexedCollection.keyField, .int64), Field(Self.field, .int64),
                    Field(vector, .binaryVector(dimension: 8)),
                ], primaryKey: IndexedCollection.keyField))
        for start in stride(from: 0, to: rows, by: Self.batchRows) {
            let range = start..<min(start + Self.batchRows, rows)
            try collection.insert(
                [
                    FieldData(IndexedCollection.keyField, .int64(range.map(Int64.init))),
                    FieldData(Self.field, .int64(Array(numbers[range]))),
                    FieldData(vector, .binaryVector([UInt8](repeating: 1, count: range.count))),
                ], sync: .deferred)
        }
        try collection.flush()
        try collection.load()
        return collection
    }

    /// Seldom the same twice, so that no answer can be remembered; about half of the rows match.
    private func bound(_ filter: Int) -> Int64 { Int64(rows / 2 - filter % (rows / 4 + 1)) }

    private func count(_ collection: Collection, below bound: Int64) throws -> Int64? {
        var request = QueryRequest(filter: "\(Self.field) < {bound}", aggregates: [.count])
        request.filterValues = ["bound": .integer(bound)]
        guard case .integer(let count)? = try collection.query(request).rows[0][Aggregate.count.name] else {
            return nil
        }
        return count
    }

    private func check(_ collection: Collection, _ numbers: [Int64]) throws {
        let bound = Int64(rows / 3)
        guard try count(collection, below: bound) == Int64(numbers.count { $0 < bound }) else {
            throw CheckFailure("the filter does not count what a plain loop counts")
        }
    }
}
