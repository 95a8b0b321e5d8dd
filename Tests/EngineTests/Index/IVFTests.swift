import Common
import TestSupport
import Testing

@testable import Apus

@Suite struct IVFTests {
    private let seed = testSeed(41)

    private func build(
        _ type: IndexType, _ fixture: VectorFixture, nlist: Int, threads: Int = 2
    ) throws -> any StoredIndex {
        let definition = try IndexDefinition(
            type, metric: fixture.metric, parameters: ["nlist": .integer(nlist)])
        return try IVFIndexes.build(fixture.source(definition, threads: threads))
    }

    private func exact(_ fixture: VectorFixture) throws -> any VectorIndex {
        try IndexFactory.build(fixture.source(try IndexDefinition(.flat, metric: fixture.metric)))
    }

    /// With every list scanned, only a wrong bound of the codes could lose a row.
    @Test(arguments: Metric.dense, VectorFixture.Shape.allCases)
    func flatOverAllListsIsExactSearch(metric: Metric, shape: VectorFixture.Shape) throws {
        for dimension in [3, 20] {
            let fixture = VectorFixture(shape, metric: metric, count: 1100, dimension: dimension, seed: seed)
            let index = try build(.ivfFlat, fixture, nlist: 30)
            let queries = fixture.queries(12, seed: seed + 1)
            for k in [1, 10, 100] {
                let found = try index.search(queries, k: k, parameters: ["nprobe": 30])
                #expect(try found == exact(fixture).search(queries, k: k), "k \(k), seed \(seed)")
            }
        }
    }

    /// The codes are tried with a far-away origin, where what they lose is small beside the vectors.
    @Test(arguments: Metric.dense)
    func flatIsExactFarFromTheOrigin(metric: Metric) throws {
        let near = VectorFixture(.uniform, metric: .l2, count: 600, dimension: 16, seed: seed)
        for offset in [Float(100), 10_000] {
            let fixture = VectorFixture(
                near.vectors.map { $0.map { $0 + offset } }, metric: metric, dimension: 16)
            let index = try build(.ivfFlat, fixture, nlist: 20)
            let queries = fixture.queries(5, seed: seed + 2)
            let found = try index.search(queries, k: 10, parameters: ["nprobe": 20])
            #expect(try found == exact(fixture).search(queries, k: 10), "offset \(offset), seed \(seed)")
        }
    }

    @Test func elementsAtTheEndsOfTheirRange() throws {
        let values: [Float] = [0, Float.leastNonzeroMagnitude, -1e-38, 1e-20, 1, -1e18, 3e38, -3e38]
        var random = RandomSource(seed: seed)
        let vectors = (0..<200).map { _ in (0..<6).map { _ in values.randomElement(using: &random)! } }
        let fixture = VectorFixture(vectors, metric: .l2, dimension: 6)
        for type in [IndexType.ivfFlat, .ivfSQ8] {
            let index = try build(type, fixture, nlist: 5)
            for found in try index.search(Array(vectors[..<20]), k: 10, parameters: ["nprobe": 5]) {
                #expect(Set(found.map(\.row)).count == 10, "seed \(seed)")
            }
        }
    }

    @Test(arguments: [IndexType.ivfFlat, .ivfSQ8])
    func theSameForAnyNumberOfThreads(type: IndexType) throws {
        let fixture = VectorFixture(.clustered, metric: .l2, count: 3000, dimension: 9, seed: seed)
        let expected = try build(type, fixture, nlist: 50, threads: 1).digest
        for threads in [2, 4] {
            #expect(try build(type, fixture, nlist: 50, threads: threads).digest == expected, "seed \(seed)")
        }
    }

    @Test func listsHoldEveryRowOnce() throws {
        let labels = (0..<1000).map { UInt32(StableHash.hash(UInt64($0), seed: seed) % 37) }
        for alignment in [1, 16, 32] {
            let lists = InvertedLists(GroupedRows(labels: labels, groupCount: 40), alignment: alignment)
            try lists.checkInvariants()
            #expect(lists.rowCount == 1000 && lists.count == 40)
            for list in 0..<40 {
                #expect(lists.starts[list] % alignment == 0)
                #expect(lists.places(list).allSatisfy { labels[Int(lists.rows[$0])] == UInt32(list) })
            }
        }
    }

    @Test func damagedListsAreRefused() throws {
        let lists = InvertedLists(GroupedRows(labels: [0, 1, 0, 1, 0], groupCount: 2), alignment: 4)
        let counts: [UInt32] = [3, 2]
        func read(_ places: [UInt32], _ counts: [UInt32]) -> InvertedLists? {
            let memory = MemoryBlock(byteCount: places.count * 4)
            places.withUnsafeBytes { memory.base.copyMemory(from: $0.baseAddress!, byteCount: $0.count) }
            return InvertedLists(counts: counts, places: memory, alignment: 4, rowCount: 5)
        }
        let good = (0..<lists.placeCount).map { lists.rows[$0] }
        #expect(read(good, counts) != nil)
        for place in good.indices {
            var bad = good
            bad[place] = good[place] == .max ? 0 : 7
            #expect(read(bad, counts) == nil, "place \(place)")
        }
        #expect(read(Array(good.dropLast()), counts) == nil)
        for bad: [UInt32] in [[2, 3], [5, 0], [0, 5], [3, 3], [.max, .max], []] {
            #expect(read(good, bad) == nil, "\(bad)")
        }
    }

    /// The centroids that codes find are nearly those of a plain scan.
    @Test(arguments: Metric.dense)
    func codedCentroidsAreFoundLikePlainOnes(metric: Metric) throws {
        let fixture = VectorFixture(.uniform, metric: metric, count: 2048, dimension: 16, seed: seed)
        let coarse = CoarseQuantizer(fixture.rows, count: 2048, metric: metric)
        let scratch = IVFScratch(coarse, preparedBytes: 0)
        for query in fixture.queries(10, seed: seed + 3) {
            let expected = try exact(fixture).search([query], k: 2048)[0]
            for wanted in [1, 20, 512, 513, 2048] {
                query.withUnsafeBytes { coarse.nearest(wanted, to: $0.baseAddress!, scratch: scratch) }
                let found = scratch.lists
                let common = Set(found.map(\.row)).intersection(expected.prefix(wanted).map(\.row)).count
                #expect(found.count == wanted && found == found.sorted(), "wanted \(wanted), seed \(seed)")
                #expect(common * 20 >= wanted * 19, "\(common) of \(wanted), seed \(seed)")
            }
        }
    }

    /// Every instruction set gives the bits of the scalar kernel.
    @Test func listScanKernelsAgree() {
        var random = RandomSource(seed: seed)
        for groups in [1, 2, 3, 4, 7, 33] {
            let query = (0..<4 * groups).map { _ in Int8.random(in: -127...127, using: &random) }
            let sum = query.reduce(Int32(0)) { $0 + Int32($1) }
            let blockBytes = 16 * (8 + 4 * groups)
            let blocks = MemoryBlock(byteCount: 3 * blockBytes)
            for byte in 0..<blocks.byteCount {
                let code = UInt8.random(in: 0...255, using: &random)
                blocks.base.storeBytes(of: code, toByteOffset: byte, as: UInt8.self)
            }
            for block in 0..<3 {
                let header = (blocks.base + block * blockBytes).assumingMemoryBound(to: Float.self)
                for lane in 0..<32 { header[lane] = Float.random(in: -2...2, using: &random) }
            }
            let answers = Kernels.available.map { kernels in
                query.withUnsafeBufferPointer { query in
                    [Float](unsafeUninitializedCapacity: 48) { distances, filled in
                        ListScanKernel(kernels).distances(
                            query: query.baseAddress!, groups: groups, offset: 128 * sum, factor: -0.37,
                            blocks: blocks.base, count: 3, term: 1.5, into: distances.baseAddress!)
                        filled = 48
                    }
                }
            }
            for answer in answers { #expect(answer.map(\.bitPattern) == answers[0].map(\.bitPattern), "seed \(seed)") }
        }
    }

    @Test(arguments: [VectorFixture.Shape.uniform, .clustered, .sortedClusters])
    func codesLoseLittle(shape: VectorFixture.Shape) throws {
        let fixture = VectorFixture(shape, metric: .l2, count: 1500, dimension: 24, seed: seed)
        let index = try build(.ivfSQ8, fixture, nlist: 20)
        let queries = fixture.queries(20, seed: seed + 4)
        let found = try index.search(queries, k: 10, parameters: ["nprobe": 20])
        let hits = zip(queries, found).reduce(0) { hits, pair in
            hits + Set(fixture.nearest(10, to: pair.0)).intersection(pair.1.map { Int($0.row) }).count
        }
        #expect(hits >= 195, "\(hits) of 200, seed \(seed)")
    }
}
