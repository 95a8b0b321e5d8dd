import Common
import TestSupport
import Testing

@testable import Apus

/// Exact search through codes against `FlatScan`, bit by bit, on rows that are hard for bounds.
@Suite struct FlatCodeTests {
    private let seed = testSeed(60)

    private func expectSameBits(
        _ fixture: VectorFixture, _ queries: [[Float]], k: Int, permitted: RowSet? = nil,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let definition = try IndexDefinition(.flat, metric: fixture.metric)
        let codes = FlatCodes.code(metric: fixture.metric, rows: fixture.rows, count: fixture.count, threads: 2)
        let coded = FlatIndex(definition: definition, rows: fixture.rows, count: fixture.count, codes: codes)
        let expected = queries.map { query in
            var nearest = TopK(k: k)
            _ = FlatScan.scan(
                VectorSpace(metric: fixture.metric, rows: fixture.rows, count: fixture.count).scorer(for: query),
                rows: 0..<fixture.count, firstRow: 0, permitted: permitted, into: &nearest)
            return nearest.sorted()
        }
        var parts = SearchStatistics()
        let batch = try coded.search(queries, k: k, permitted: permitted)
        let single = try queries.map { try coded.search([$0], k: k, permitted: permitted, statistics: &parts)[0] }
        #expect(bits(batch) == bits(expected), "batch, k \(k), seed \(seed)", sourceLocation: sourceLocation)
        #expect(bits(single) == bits(expected), "single, k \(k), seed \(seed)", sourceLocation: sourceLocation)
    }

    private func bits(_ found: [[Neighbor]]) -> [[UInt64]] {
        found.map { $0.map { UInt64($0.distance.bitPattern) << 32 | UInt64($0.row) } }
    }

    @Test(arguments: VectorFixture.Shape.allCases, Metric.dense)
    func everyShape(shape: VectorFixture.Shape, metric: Metric) throws {
        for (count, dimension) in [(1, 2), (33, 1), (700, 3), (500, 5), (900, 17), (700, 96), (200, 384), (150, 1000)] {
            let fixture = VectorFixture(shape, metric: metric, count: count, dimension: dimension, seed: seed)
            for k in [1, 10] { try expectSameBits(fixture, fixture.queries(11, seed: seed + 1), k: k) }
        }
    }

    @Test(arguments: Metric.dense)
    func manyNeighbors(metric: Metric) throws {
        let fixture = VectorFixture(.clustered, metric: metric, count: 7_000, dimension: 20, seed: seed)
        for k in [50, 200] { try expectSameBits(fixture, fixture.queries(9, seed: seed), k: k) }
    }

    @Test(arguments: Metric.dense)
    func permittedRowsOnly(metric: Metric) throws {
        let fixture = VectorFixture(.clustered, metric: metric, count: 5_000, dimension: 24, seed: seed)
        for percent in [5, 12, 50, 99] {
            let rows = (0..<5_000).filter { StableHash.hash(UInt64($0), seed: seed) % 100 < percent }
            let permitted = RowSet(capacity: 5_000, rows: rows)
            try expectSameBits(fixture, fixture.queries(9, seed: seed), k: 10, permitted: permitted)
        }
        try expectSameBits(fixture, fixture.queries(9, seed: seed), k: 10, permitted: RowSet(capacity: 5_000))
    }

    /// Rows that differ in their last bits, far from the origin.
    @Test(
        arguments: [Float(1), 1e6, 1e16, 1e18, 3e18, 1e-10, 1e-18, 1e-22, 1e-30, 1e-38], Metric.dense)
    func nearTies(scale: Float, metric: Metric) throws {
        var random = RandomSource(seed: seed)
        let centre = (0..<20).map { _ in Float.random(in: -1...1, using: &random) }
        let vectors = (0..<800).map { _ in
            centre.map { $0 * scale * (1 + Float(Int.random(in: -3...3, using: &random)) * 0x1p-23) }
        }
        let fixture = VectorFixture(vectors, metric: metric, dimension: 20)
        try expectSameBits(fixture, Array(vectors[..<20]), k: 9)
    }

    /// Distances that differ by about 1e-7 of themselves: rows on a sphere around the query.
    @Test(arguments: Metric.dense)
    func rowsOnASphere(metric: Metric) throws {
        var random = RandomSource(seed: seed)
        let vectors = (0..<1_000).map { _ in
            let raw = (0..<40).map { _ in Float.random(in: -1...1, using: &random) }
            let norm = raw.reduce(0) { $0 + $1 * $1 }.squareRoot()
            let noise = Float.random(in: -1e-7...1e-7, using: &random)
            return raw.map { $0 / norm * (1 + noise) }
        }
        let fixture = VectorFixture(vectors, metric: metric, dimension: 40)
        let origin = [Float](repeating: 0, count: 40)
        try expectSameBits(fixture, [origin] + fixture.queries(10, seed: seed), k: 10)
    }

    /// Lengths from 1e-15 to 1e15 in one set, one huge row among small ones, zero rows, equal rows, sparse rows.
    @Test(arguments: Metric.dense)
    func mixedLengths(metric: Metric) throws {
        guard metric != .cosine else { return }
        var random = RandomSource(seed: seed)
        func row(_ scale: Float) -> [Float] { (0..<18).map { _ in Float.random(in: -1...1, using: &random) * scale } }
        var mixed: [[Float]] = []
        for index in 0..<1_500 {
            switch index % 5 {
            case 0: mixed.append(row(1))
            case 1:
                let exponent = Int.random(in: -50...50, using: &random)
                mixed.append(row(Float(sign: .plus, exponent: exponent, significand: 1)))
            case 2: mixed.append([Float](repeating: 0, count: 18))
            case 3: mixed.append(mixed[index - 3])
            default: mixed.append((0..<18).map { $0 == index % 18 ? 1 : 0 })
            }
        }
        let fixture = VectorFixture(mixed, metric: metric, dimension: 18)
        try expectSameBits(fixture, Array(mixed[..<40]), k: 10)
        var small = (0..<1_000).map { _ in row(1e-3) }
        small[500] = row(1e15)
        let lonely = VectorFixture(small, metric: metric, dimension: 18)
        try expectSameBits(lonely, Array(small[495..<510]), k: 10)
    }

    /// Queries that are nothing like the rows: far away, the centre itself, single elements, huge and tiny ones.
    @Test(arguments: Metric.dense)
    func strangeQueries(metric: Metric) throws {
        let fixture = VectorFixture(.uniform, metric: metric, count: 1_200, dimension: 33, seed: seed)
        let centre = BlockFrame.mean(of: fixture.rows, count: fixture.count)
        var queries = [centre, [Float](repeating: 0, count: 33), [Float](repeating: 1e4, count: 33)]
        for exponent in [-120, -90, -40, 40, 60] {
            queries.append(fixture.vectors[3].map { $0 * Float(sign: .plus, exponent: exponent, significand: 1) })
        }
        queries.append((0..<33).map { $0 == 7 ? 1 : 0 })
        for query in queries { try expectSameBits(fixture, [query], k: 10) }
        let usual = queries.filter { $0.allSatisfy { abs($0) < 1e5 && (abs($0) > 1e-6 || $0 == 0) } }
        try expectSameBits(fixture, usual + fixture.queries(10, seed: seed), k: 10)
    }
}
