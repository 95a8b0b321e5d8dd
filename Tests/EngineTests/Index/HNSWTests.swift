import Common
import TestSupport
import Testing

@testable import Apus

@Suite struct HNSWTests {
    private let seed = testSeed(30)

    private func graph(_ fixture: VectorFixture, m: Int = 8, threads: Int = 1) throws -> HNSWGraph {
        let definition = try IndexDefinition(
            .hnsw, metric: fixture.metric, parameters: ["M": .integer(m), "efConstruction": 60])
        return HNSWIndex.build(fixture.source(definition, seed: seed, threads: threads)).graph
    }

    private func body(_ graph: HNSWGraph) -> [UInt8] {
        var bytes: [UInt8] = []
        graph.writeBody { bytes += $0 }
        return bytes
    }

    @Test(
        arguments: [VectorFixture.Shape.clustered, .sortedClusters, .duplicates, .spreadNorms],
        Metric.dense)
    func anyNumberOfThreadsBuildsTheSameBytes(shape: VectorFixture.Shape, metric: Metric) throws {
        let fixture = VectorFixture(shape, metric: metric, count: 500, dimension: 12, seed: seed)
        let single = try body(graph(fixture))
        for threads in [2, 3] {
            #expect(try body(graph(fixture, threads: threads)) == single, "seed \(seed)")
        }
    }

    @Test(arguments: VectorFixture.Shape.allCases, Metric.dense)
    func everyRowIsReachable(shape: VectorFixture.Shape, metric: Metric) throws {
        for m in [2, 8] {
            let fixture = VectorFixture(shape, metric: metric, count: 400, dimension: 8, seed: seed)
            let graph = try graph(fixture, m: m)
            try graph.checkInvariants()
            #expect(graph.unreachableCount == 0, "M \(m), seed \(seed)")
        }
    }

    @Test func progressEndsAtTheLinkedRows() throws {
        let fixture = VectorFixture(.uniform, metric: .l2, count: 500, dimension: 8, seed: seed)
        var calls: [[Int]] = []
        _ = HNSWIndex.build(
            IndexSource(
                definition: try IndexDefinition(.hnsw, metric: .l2), rows: fixture.rows, count: 500, seed: 1,
                threads: 2, progress: { calls.append([$0, $1]) }))
        #expect(calls.last == [500, 500])
        #expect(calls.map { $0[0] } == calls.map { $0[0] }.sorted())
    }

    @Test func efBelowKIsRefused() throws {
        let definition = try IndexDefinition(.hnsw, metric: .l2)
        #expect(throws: ApusError.self) { try definition.resolveSearch(["ef": 9], k: 10) }
        #expect(try definition.resolveSearch(["ef": "10"], k: 10) == ["ef": 10])
        #expect(try definition.resolveSearch([:], k: 10) == [:])
    }

    @Test(arguments: [0, 1, 2, 300], [VectorFixture.Shape.uniform, .duplicates])
    func aGraphSurvivesItsBytes(count: Int, shape: VectorFixture.Shape) throws {
        let fixture = VectorFixture(shape, metric: .l2, count: count, dimension: 8, seed: seed)
        let built = try graph(fixture)
        let bytes = body(built)
        let read = try bytes.withUnsafeBytes { try HNSWGraph(readingBody: $0, rowCount: count) }
        #expect(body(read) == bytes)
        #expect(read.digest == built.digest)
        let rowCount = count + 1
        #expect(throws: DamagedGraph.self) {
            try bytes.withUnsafeBytes { try HNSWGraph(readingBody: $0, rowCount: rowCount) }
        }
    }

    /// Damage is refused, or leaves a graph of the same shape that can be searched.
    @Test func damagedBytesNeverTrap() throws {
        let fixture = VectorFixture(.duplicates, metric: .l2, count: 60, dimension: 4, seed: seed)
        let bytes = try body(graph(fixture, m: 2))
        let queries = fixture.queries(2, seed: seed)
        let definition = try IndexDefinition(.hnsw, metric: .l2)
        var refused = 0
        for position in bytes.indices {
            for flip: UInt8 in [0x01, 0x80, 0xff] {
                var damaged = bytes
                damaged[position] ^= flip
                guard
                    let graph = try? damaged.withUnsafeBytes({ try HNSWGraph(readingBody: $0, rowCount: 60) })
                else {
                    refused += 1
                    continue
                }
                try graph.checkInvariants()
                let index = HNSWIndex(definition: definition, graph: graph, rows: fixture.rows)
                for found in try index.search(queries, k: 2, parameters: ["ef": 4]) { #expect(found.count <= 2) }
            }
        }
        #expect(refused > bytes.count, "\(refused) of \(3 * bytes.count)")
        for length in bytes.indices {
            #expect(throws: DamagedGraph.self) {
                try bytes[..<length].withUnsafeBytes { try HNSWGraph(readingBody: $0, rowCount: 60) }
            }
        }
    }
}
