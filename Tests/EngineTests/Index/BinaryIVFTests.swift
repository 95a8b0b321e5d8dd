import Common
import TestSupport
import Testing

@testable import Apus

/// Rows of bits around forty patterns.
struct BinaryFixture {
    let rows: VectorRows
    let count: Int

    init(count: Int, dimension: Int, seed: UInt64) {
        var random = RandomSource(seed: seed)
        self.count = count
        rows = VectorRows(element: .bit, dimension: dimension, capacity: count)
        let patterns = (0..<40).map { _ in (0..<dimension / 8).map { _ in UInt8.random(in: 0...255, using: &random) } }
        for row in 0..<count {
            let pattern = patterns.randomElement(using: &random)!
            for (byte, bits) in pattern.enumerated() {
                let noise = UInt8.random(in: 0...255, using: &random) & UInt8.random(in: 0...255, using: &random)
                let rare = noise & UInt8.random(in: 0...255, using: &random)
                rows.row(row).storeBytes(of: bits ^ rare, toByteOffset: byte, as: UInt8.self)
            }
        }
    }

    func source(_ definition: IndexDefinition) -> IndexSource {
        IndexSource(
            definition: definition, rows: rows, count: count, seed: 7, threads: 2, progress: { _, _ in })
    }

    func bytes(_ row: Int) -> [UInt8] {
        Array(UnsafeRawBufferPointer(start: rows.row(row), count: rows.strideBytes))
    }
}

@Suite struct BinaryIVFTests {
    private let seed = testSeed(43)

    @Test(arguments: Metric.binary, [8, 64, 200])
    func answersAreThoseOfTheReference(metric: Metric, dimension: Int) throws {
        let fixture = BinaryFixture(count: 900, dimension: dimension, seed: seed)
        let definition = try IndexDefinition(.binIVFFlat, metric: metric, parameters: ["nlist": 20])
        let index = try IVFIndexes.build(fixture.source(definition))
        let even = RowSet(capacity: 900, rows: stride(from: 0, to: 900, by: 2))
        let reference = metric == .hamming ? ReferenceKernels.hamming : ReferenceKernels.jaccard
        let block = QueryBlock(base: fixture.rows.base, element: .bit, count: 20, dimension: dimension)
        for permitted in [nil, even] {
            var statistics = SearchStatistics()
            let all = try index.search(
                block, k: 10, parameters: ["nprobe": 20], permitted: permitted, statistics: &statistics)
            let some = try index.search(
                block, k: 10, parameters: ["nprobe": 6], permitted: permitted, statistics: &statistics)
            var hits = 0
            for query in 0..<20 {
                let own = fixture.bytes(query)
                let rows = (0..<900).filter { permitted?.contains($0) ?? true }
                let expected = rows.map {
                    Neighbor(distance: Float(reference(own, fixture.bytes($0))), row: UInt32($0))
                }.sorted().prefix(10)
                #expect(all[query].map(\.distance) == expected.map(\.distance), "seed \(seed)")
                #expect(some[query].count == 10)
                hits += some[query].filter { $0.distance <= expected.last!.distance }.count
            }
            #expect(hits >= 170, "\(hits) of 200, seed \(seed)")
        }
    }
}
