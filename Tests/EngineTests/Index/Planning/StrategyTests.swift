import Common
import TestSupport
import Testing

@testable import Apus

/// Every strategy, forced, under filters of every size and relation to the query.
@Suite struct StrategyTests {
    private let seed = testSeed(50)

    struct Indexed: Sendable, CustomTestStringConvertible {
        let type: IndexType
        var parameters: Parameters = [:]
        let strategies: [SearchStrategy]

        var testDescription: String { type.rawValue }

        static let all = [
            Indexed(
                type: .hnsw, parameters: ["M": 12, "efConstruction": 60],
                strategies: [.scan, .maskedWalk, .bridgeWalk, .postFilter]),
            Indexed(type: .autoIndex, strategies: [.scan, .codeScan, .maskedWalk, .bridgeWalk, .postFilter]),
            Indexed(
                type: .hnswSQ, parameters: ["M": 12, "efConstruction": 60, "refine": true],
                strategies: [.scan, .codeScan, .maskedWalk, .bridgeWalk, .postFilter]),
        ]

        func build(_ fixture: VectorFixture) throws -> any VectorIndex {
            let definition = try IndexDefinition(type, metric: fixture.metric, parameters: parameters)
            return try IndexFactory.build(fixture.source(definition))
        }

        func search(
            _ index: any VectorIndex, _ queries: [[Float]], k: Int, _ strategy: SearchStrategy?, _ permitted: RowSet
        ) throws -> [[Neighbor]] {
            var parameters: Parameters = ["ef": .integer(max(40, k))]
            if type == .hnswSQ { parameters["refine_k"] = 4 }
            if let strategy { parameters["strategy"] = .text(strategy.rawValue) }
            let resolved = try index.definition.resolveSearch(parameters, k: k)
            return try index.search(queries, k: k, parameters: resolved, permitted: permitted)
        }
    }

    private func expectWellFormed(_ found: [Neighbor], k: Int, _ permitted: RowSet, _ comment: Comment) {
        #expect(found.count == min(k, permitted.count), comment)
        #expect(Set(found.map(\.row)).count == found.count, comment)
        #expect(found == found.sorted(), comment)
        #expect(found.allSatisfy { permitted.contains(Int($0.row)) }, comment)
    }

    private func recall(
        _ answers: [[Neighbor]], _ queries: [[Float]], k: Int, _ fixture: VectorFixture, _ permitted: RowSet
    ) -> Double {
        var (hits, possible) = (0, 0)
        for (query, found) in zip(queries, answers) {
            let exact = fixture.nearest(k, to: query, permitted: permitted)
            guard let last = exact.last else { continue }
            let bound = fixture.distance(query, fixture.vectors[last]) + 1e-5
            hits += found.filter { fixture.distance(query, fixture.vectors[Int($0.row)]) <= bound }.count
            possible += exact.count
        }
        return possible == 0 ? 1 : Double(hits) / Double(possible)
    }

    /// One row, k - 1, k, all but one: whatever the strategy, as many rows as there are.
    @Test(arguments: Indexed.all, [VectorFixture.Shape.clustered, .duplicates, .identical, .grid])
    func everyStrategyFillsItsAnswer(index: Indexed, shape: VectorFixture.Shape) throws {
        let fixture = VectorFixture(shape, metric: .l2, count: 600, dimension: 12, seed: seed)
        let built = try index.build(fixture)
        let queries = fixture.queries(4, seed: seed + 1)
        var random = RandomSource(seed: seed)
        for size in [0, 1, 9, 10, 11, 60, 300, 599, 600] {
            let permitted = RowSet(capacity: 600, rows: (0..<600).shuffled(using: &random).prefix(size))
            for strategy in index.strategies.map(Optional.some) + [nil] {
                let answers = try index.search(built, queries, k: 10, strategy, permitted)
                for found in answers {
                    expectWellFormed(
                        found, k: 10, permitted, "\(size) permitted by \(strategy?.rawValue ?? "plan"), seed \(seed)")
                }
            }
        }
    }

    /// Permitted rows all over, near to the query, and far from it.
    @Test(arguments: Indexed.all, Metric.dense)
    func everyStrategyReachesItsFloor(index: Indexed, metric: Metric) throws {
        let fixture = VectorFixture(.sortedClusters, metric: metric, count: 1600, dimension: 16, seed: seed)
        let built = try index.build(fixture)
        let queries = Array(fixture.vectors[..<8])
        var random = RandomSource(seed: seed + 2)
        let fifth = (0..<1600).filter { _ in Int.random(in: 0..<5, using: &random) == 0 }
        let filters: [(String, RowSet)] = [
            ("random", RowSet(capacity: 1600, rows: fifth)),
            ("near", RowSet(capacity: 1600, rows: 0..<400)),
            ("far", RowSet(capacity: 1600, rows: 1000..<1600)),
        ]
        for (name, permitted) in filters {
            for strategy in index.strategies.map(Optional.some) + [nil] {
                let answers = try index.search(built, queries, k: 10, strategy, permitted)
                let reached = recall(answers, queries, k: 10, fixture, permitted)
                #expect(
                    reached >= 0.85, "\(name) by \(strategy?.rawValue ?? "plan"): \(reached), seed \(seed)")
            }
        }
    }

    /// Sets of the same rows in other memory are the same filter.
    @Test(arguments: Indexed.all)
    func equivalentFiltersReturnTheSameRows(index: Indexed) throws {
        let fixture = VectorFixture(.clustered, metric: .l2, count: 900, dimension: 12, seed: seed)
        let built = try index.build(fixture)
        let queries = fixture.queries(6, seed: seed + 3)
        for step in [2, 7, 40] {
            let rows = Array(stride(from: 0, to: 900, by: step))
            let first = RowSet(capacity: 900, rows: rows)
            let second = RowSet(capacity: 900, rows: rows.reversed())
            #expect(!first.isIdentical(to: second))
            let answers = try index.search(built, queries, k: 10, nil, first)
            #expect(try index.search(built, queries, k: 10, nil, second) == answers, "seed \(seed)")
            #expect(try index.search(built, queries, k: 10, nil, first) == answers, "seed \(seed)")
        }
    }

    /// A filter that changes between searches is not taken for the one before.
    @Test(arguments: Indexed.all)
    func aFilterThatChangesIsSeen(index: Indexed) throws {
        let fixture = VectorFixture(.uniform, metric: .l2, count: 600, dimension: 8, seed: seed)
        let built = try index.build(fixture)
        let queries = fixture.queries(3, seed: seed + 4)
        var permitted = RowSet(capacity: 600, rows: 0..<500)
        for _ in 0..<20 {
            let answers = try index.search(built, queries, k: 5, .bridgeWalk, permitted)
            for found in answers { expectWellFormed(found, k: 5, permitted, "seed \(seed)") }
            for neighbor in answers.flatMap(\.self) { permitted.remove(Int(neighbor.row)) }
        }
    }

    @Test func unknownStrategiesAreRefused() throws {
        let definition = try IndexDefinition(.autoIndex, metric: .l2)
        #expect(throws: ApusError.self) { try definition.resolveSearch(["strategy": "guess"], k: 10) }
        #expect(try definition.resolveSearch(["strategy": "BRIDGEWALK"], k: 10)["strategy"] == "bridgeWalk")
        #expect(try definition.resolveSearch(["strategy": "auto"], k: 10).strategy == nil)
    }
}
