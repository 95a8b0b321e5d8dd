import Apus
import Common

/// Columns whose comparison with a number permits any share of the rows: the place of a row in an order that has nothing
/// to do with the queries, and its places by nearness to some anchors, one for each group of queries.
struct FilterCaseData {
    /// How the permitted rows lie to the query.
    enum Correlation: String, CaseIterable {
        /// All over.
        case random
        /// The rows nearest to the anchor that is nearest to the query.
        case positive
        /// The rows farthest from that anchor.
        case negative
    }

    static let groups = 8
    static let randomField = "any"

    let data: BenchData
    /// The group of each query.
    let groupOfQuery: [Int]
    /// By column, the place of each row.
    private let places: [String: [Int64]]

    /// Anchors are rows drawn by the seed.
    init(_ data: BenchData, seed: UInt64) {
        self.data = data
        var random = RandomSource(seed: seed, stream: 2)
        let base = data.base
        let anchors = (0..<Self.groups).map { _ in Int.random(in: 0..<base.count, using: &random) }
        var places = [Self.randomField: Self.places((0..<base.count).shuffled(using: &random))]
        for (group, anchor) in anchors.enumerated() {
            let distances = (0..<base.count).map { data.distance.between(base, row: $0, base, query: anchor) }
            let order = (0..<base.count).sorted { (distances[$0], $0) < (distances[$1], $1) }
            places[Self.field(group)] = Self.places(order)
        }
        self.places = places
        groupOfQuery = (0..<data.queries.count).map { query in
            anchors.indices.min {
                data.distance.between(base, row: anchors[$0], data.queries, query: query)
                    < data.distance.between(base, row: anchors[$1], data.queries, query: query)
            }!
        }
    }

    private static func field(_ group: Int) -> String { "near\(group)" }

    /// The place of each row in an order of all rows.
    private static func places(_ order: [Int]) -> [Int64] {
        var places = [Int64](repeating: 0, count: order.count)
        for (place, row) in order.enumerated() { places[row] = Int64(place) }
        return places
    }

    // MARK: Filters

    /// Rows that a share of all comes to, one at least.
    func count(_ share: Double) -> Int { max(1, Int((share * Double(data.base.count)).rounded())) }

    private func field(_ correlation: Correlation, query: Int) -> String {
        correlation == .random ? Self.randomField : Self.field(groupOfQuery[query])
    }

    func filter(_ correlation: Correlation, share: Double, query: Int) -> String {
        let (field, count) = (field(correlation, query: query), count(share))
        return correlation == .negative ? "\(field) >= \(data.base.count - count)" : "\(field) < \(count)"
    }

    /// The exact answers of all queries among the rows that their filters permit.
    func truth(_ correlation: Correlation, share: Double, k: Int) -> Neighbors {
        let count = count(share)
        let width = min(k, count)
        var ids = [Int32](repeating: 0, count: data.queries.count * width)
        let fields = Dictionary(grouping: 0..<data.queries.count) { field(correlation, query: $0) }
        for (field, queries) in fields {
            let places = places[field]!
            let first = Int64(correlation == .negative ? data.base.count - count : 0)
            let rows = (0..<data.base.count).filter { places[$0] >= first && places[$0] < first + Int64(count) }
            let exact = GroundTruth.exact(
                base: Self.subset(data.base, rows), queries: Self.subset(data.queries, queries),
                distance: data.distance, k: width)
            for (number, query) in queries.enumerated() {
                for (place, id) in exact.ids.row(number).enumerated() {
                    ids[query * width + place] = Int32(rows[Int(id)])
                }
            }
        }
        return Neighbors(ids: IntegerSet(width: width, ids: ids))
    }

    private static func subset(_ vectors: VectorSet, _ rows: [Int]) -> VectorSet {
        VectorSet(dimension: vectors.dimension, values: rows.flatMap { vectors.row($0) })
    }

    // MARK: The collection

    /// A collection with vectors and columns, indexed and loaded.
    func makeCollection(in database: Database, job: BenchJob) throws -> Collection {
        let vectorField = Field(IndexedCollection.vectorField, .floatVector(dimension: data.base.dimension))
        let columns = places.keys.sorted()
        let schema = try Schema(
            fields: [Field(IndexedCollection.keyField, .int64), vectorField] + columns.map { Field($0, .int64) },
            primaryKey: IndexedCollection.keyField)
        let collection = try database.createCollection(CaseContext.collectionName, schema: schema)
        for start in stride(from: 0, to: data.base.count, by: job.options.batchRows) {
            let rows = start..<min(start + job.options.batchRows, data.base.count)
            let vectors = FieldData(
                IndexedCollection.vectorField, .floatVector(rows.flatMap { data.base.row($0) }))
            let keys = FieldData(IndexedCollection.keyField, .int64(rows.map(Int64.init)))
            try collection.insert(
                [keys, vectors] + columns.map { FieldData($0, .int64(Array(places[$0]![rows]))) }, sync: .deferred)
        }
        try collection.flush()
        try collection.createIndex(
            on: IndexedCollection.vectorField, job.plan.definition(job.options.metric))
        try collection.load()
        return collection
    }
}
