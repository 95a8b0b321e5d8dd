import Common

@testable import Apus

/// Queries and searches against a plain evaluation of every row.
extension QueryModelRun {
    private func matching(_ filter: ModelFilter) -> [PrimaryKey] {
        rows.filter { filter.matches($0.value) }.keys.sorted()
    }

    private func expect<Result: Equatable>(_ found: Result, _ expected: Result, _ what: String) throws {
        guard found == expected else { throw ModelMismatch("\(what): \(found) instead of \(expected)") }
    }

    private func keys(_ result: QueryResult) throws -> [Value] { result.rows.map { $0["key"]! } }

    // MARK: Queries

    func compareQuery(_ random: inout RandomSource) throws {
        let filter = kind.filter(depth: Int.random(in: 0...3, using: &random), &random)
        let limit = [nil, 5, 50].randomElement(using: &random)!
        let offset = [0, 0, 7].randomElement(using: &random)!
        let result = try collection.query(
            QueryRequest(filter: "\(filter)", outputFields: ["*"], limit: limit, offset: offset))
        let expected = matching(filter).dropFirst(offset).prefix(limit ?? .max)
        try expect(keys(result), expected.map(\.value), "\(filter)")
        for (key, row) in zip(expected, result.rows) { try expect(row, rows[key]!, "row \(key)") }
    }

    func compareSort(_ random: inout RandomSource) throws {
        let fields = kind.scalars.filter(\.type.isSortable)
        let field = fields.randomElement(using: &random)!.name
        let direction = [QueryRequest.Direction.ascending, .descending].randomElement(using: &random)!
        let filter = kind.filter(depth: 1, &random)
        let request = QueryRequest(filter: "\(filter)", limit: 10, orderBy: [.init(field, direction)])
        // Nulls last, equal values by key.
        let expected = matching(filter).sorted { left, right in
            let (first, second) = (rows[left]![field]!, rows[right]![field]!)
            let order =
                first == .null || second == .null
                ? (first == .null ? 1 : 0) - (second == .null ? 1 : 0)
                : ScalarOrder.compare(first, second) * (direction == .ascending ? 1 : -1)
            return order == 0 ? left < right : order < 0
        }
        try expect(keys(collection.query(request)), expected.prefix(10).map(\.value), "\(filter) by \(field)")
    }

    func compareCount(_ random: inout RandomSource) throws {
        let all = try collection.query(QueryRequest(aggregates: [.count])).rows
        try expect(all, [["count(*)": .integer(Int64(rows.count))]], "count")
        try expect(collection.count, rows.count, "count")
        let filter = kind.filter(depth: 2, &random)
        let counted = try collection.query(QueryRequest(filter: "\(filter)", aggregates: [.count])).rows
        try expect(counted, [["count(*)": .integer(Int64(matching(filter).count))]], "count of \(filter)")
    }

    func compareGroups(_ random: inout RandomSource) throws {
        let field = kind.scalars.filter(\.type.isGroupable).randomElement(using: &random)!.name
        let filter = kind.filter(depth: 1, &random)
        let result = try collection.query(
            QueryRequest(filter: "\(filter)", aggregates: [.count, .minimum("key")], groupBy: [field]))
        var groups: [[UInt8]: [PrimaryKey]] = [:]
        for key in matching(filter) { groups[Array("\(rows[key]![field]!)".utf8), default: []].append(key) }
        try expect(result.rows.count, groups.count, "groups of \(field), \(filter)")
        for row in result.rows {
            let members = groups[Array("\(row[field]!)".utf8)] ?? []
            try expect(row["count(*)"], .integer(Int64(members.count)), "count of \(field) \(row[field]!)")
            try expect(row["min(key)"], members.first?.value, "least key of \(field) \(row[field]!)")
        }
    }

    // MARK: Searches

    private var metric: Metric { definition?.metric ?? .cosine }
    private var isExact: Bool { definition.map { $0.type == .flat } ?? true }

    /// A search, and the matching rows by their distance, nearest first.
    private func search(
        _ limit: Int, _ random: inout RandomSource
    ) -> (request: SearchRequest, order: [(key: PrimaryKey, score: Double)], filter: ModelFilter) {
        let query = kind.vector(&random)
        let filter = kind.filter(depth: 2, &random)
        var request = SearchRequest(vectors: query, field: QueryModelSchema.vector, limit: limit)
        request.filter = "\(filter)"
        let scores = matching(filter).map { ($0, score(query, rows[$0]![QueryModelSchema.vector]!.vector)) }
        return (request, scores.sorted { metric.prefersLarger ? $0.1 > $1.1 : $0.1 < $1.1 }, filter)
    }

    private func score(_ query: [Float], _ vector: [Float]) -> Double {
        func dot(_ left: [Float], _ right: [Float]) -> Double {
            zip(left, right).reduce(0) { $0 + Double($1.0) * Double($1.1) }
        }
        return switch metric {
        case .l2: zip(query, vector).reduce(0) { $0 + Double($1.0 - $1.1) * Double($1.0 - $1.1) }
        case .cosine: dot(query, vector) / (dot(query, query) * dot(vector, vector)).squareRoot()
        default: dot(query, vector)
        }
    }

    /// A full result of matching rows; for exact indexes the nearest ones.
    func compareSearch(_ random: inout RandomSource) throws {
        var (request, order, filter) = search([1, 5, 200].randomElement(using: &random)!, &random)
        request.offset = [0, 0, 3].randomElement(using: &random)!
        let hits = try collection.search(request).hits[0]
        let expected = order.dropFirst(request.offset).prefix(request.limit)
        try expect(hits.count, expected.count, "hits of \(filter)")
        try compare(hits, expected.map { $0 }, among: order, "\(filter)")
    }

    func compareRange(_ random: inout RandomSource) throws {
        var (request, order, filter) = search(100, &random)
        guard order.count > 2 else { return }
        let end = Int.random(in: 1..<order.count, using: &random)
        // Between two scores, so that rounding decides nothing.
        guard abs(order[end].score - order[end - 1].score) > 1e-4 else { return }
        request.range = ScoreRange(radius: Float((order[end].score + order[end - 1].score) / 2))
        let hits = try collection.search(request).hits[0]
        if isExact { try expect(hits.count, end, "hits of a range, \(filter)") }
        try compare(hits, order.prefix(end).map { $0 }, among: Array(order.prefix(end)), "range, \(filter)")
    }

    /// - Parameter expected: the nearest, which exact indexes find.
    private func compare(
        _ hits: [Hit], _ expected: [(key: PrimaryKey, score: Double)],
        among permitted: [(key: PrimaryKey, score: Double)], _ what: String
    ) throws {
        let scores = Dictionary(permitted.map { ($0.key, $0.score) }, uniquingKeysWith: { first, _ in first })
        guard Set(hits.map(\.primaryKey)).count == hits.count else { throw ModelMismatch("\(what): a hit comes twice") }
        for hit in hits {
            guard let score = scores[hit.primaryKey] else { throw ModelMismatch("\(what): \(hit) does not match") }
            guard Self.isClose(Double(hit.score), score) else { throw ModelMismatch("\(what): \(hit), not \(score)") }
        }
        guard isExact else { return }
        for (hit, (_, score)) in zip(hits, expected) where !Self.isClose(Double(hit.score), score) {
            throw ModelMismatch("\(what): \(hit) where the next score is \(score)")
        }
    }

    func compareGrouping(_ random: inout RandomSource) throws {
        var (request, order, filter) = search(3, &random)
        let field = kind.scalars.filter(\.type.isGroupable).randomElement(using: &random)!.name
        let size = Int.random(in: 1...3, using: &random)
        request.grouping = Grouping(field: field, size: size, isStrict: true)
        let hits = try collection.search(request).hits[0]
        var members: [[UInt8]: Int] = [:]
        for entry in order { members[Array("\(rows[entry.key]![field]!)".utf8), default: 0] += 1 }
        let found = Dictionary(grouping: hits) { Array("\($0.group!)".utf8) }
        try expect(found.count, min(3, members.count), "groups by \(field), \(filter)")
        for (value, hits) in found {
            try expect(hits.count, min(size, members[value] ?? 0), "hits of one \(field), \(filter)")
            for hit in hits {
                try expect(Array("\(rows[hit.primaryKey]![field]!)".utf8), value, "group of \(hit), \(filter)")
            }
        }
    }

    private static func isClose(_ left: Double, _ right: Double) -> Bool { abs(left - right) < 1e-4 * (1 + abs(right)) }
}
