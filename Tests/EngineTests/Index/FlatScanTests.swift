import Common
import TestSupport
import Testing

@testable import Apus

@Suite struct FlatScanTests {
    private let seed = testSeed(40)

    private func nearest(_ fixture: VectorFixture, _ queries: [[Float]], k: Int) -> (
        batch: [[Neighbor]], single: [[Neighbor]]
    ) {
        let vectors = VectorSpace(metric: fixture.metric, rows: fixture.rows, count: fixture.count)
        return queries.flatMap(\.self).withUnsafeBufferPointer { flat in
            let block = QueryBlock(
                base: flat.baseAddress!, count: queries.count, dimension: fixture.dimension)
            var batch = Array(repeating: TopK(k: k), count: queries.count)
            let scan = FlatBatchScan(
                vectors, metric: fixture.metric, queries: block, firstRow: 0, permitted: nil)
            _ = scan.scan(into: &batch)
            let single = (0..<queries.count).map { query in
                var nearest = TopK(k: k)
                _ = FlatScan.scan(
                    vectors.scorer(for: block.query(query)), rows: 0..<fixture.count, firstRow: 0,
                    permitted: nil, into: &nearest)
                return nearest.sorted()
            }
            return (batch.map { $0.sorted() }, single)
        }
    }

    @Test(arguments: VectorFixture.Shape.allCases, Metric.dense)
    func batchesFindTheSameBits(shape: VectorFixture.Shape, metric: Metric) {
        for (count, dimension) in [(700, 3), (500, 33), (90, 700)] {
            let fixture = VectorFixture(shape, metric: metric, count: count, dimension: dimension, seed: seed)
            let found = nearest(fixture, fixture.queries(53, seed: seed + 1), k: 7)
            #expect(found.batch == found.single, "dimension \(dimension), seed \(seed)")
        }
    }

    /// Rows that differ in their last bits, far from the origin: the products say nothing about their order.
    @Test(arguments: [Float(1), 1e6, 1e16, 1e18, 3e18, 1e-18, 1e-22], Metric.dense)
    func nearTiesAndExtremeNormsFindTheSameBits(scale: Float, metric: Metric) {
        var random = RandomSource(seed: seed)
        let centre = (0..<20).map { _ in Float.random(in: -1...1, using: &random) }
        let vectors = (0..<400).map { _ in
            centre.map { $0 * scale * (1 + Float(Int.random(in: -3...3, using: &random)) * 0x1p-23) }
        }
        let fixture = VectorFixture(vectors, metric: metric, dimension: 20)
        let found = nearest(fixture, Array(vectors[..<20]), k: 9)
        #expect(found.batch == found.single, "seed \(seed)")
    }

    /// A growing segment is several chunks scanned into one result.
    @Test func chunksFindWhatOneBlockFinds() throws {
        let fixture = VectorFixture(.grid, metric: .l2, count: 1000, dimension: 6, seed: seed)
        let queries = fixture.queries(9, seed: seed)
        let permitted = RowSet(capacity: 1000, rows: (0..<1000).filter { $0 % 3 != 0 })
        let whole = try FlatIndex(
            definition: try IndexDefinition(.flat, metric: .l2), rows: fixture.rows, count: 1000
        )
        .search(queries, k: 12, permitted: permitted)
        for queryCount in [1, 9] {
            var nearest = Array(repeating: TopK(k: 12), count: queryCount)
            for start in stride(from: 0, to: 1000, by: 300) {
                let chunk = VectorFixture(
                    Array(fixture.vectors[start..<min(start + 300, 1000)]), metric: .l2, dimension: 6)
                queries.flatMap(\.self).withUnsafeBufferPointer { flat in
                    let block = QueryBlock(base: flat.baseAddress!, count: queryCount, dimension: 6)
                    _ = FlatScan.scan(
                        VectorSpace(metric: .l2, rows: chunk.rows, count: chunk.count), metric: .l2,
                        queries: block, firstRow: start, permitted: permitted, into: &nearest)
                }
            }
            #expect(nearest.map { $0.sorted() } == Array(whole[..<queryCount]), "seed \(seed)")
        }
    }
}
