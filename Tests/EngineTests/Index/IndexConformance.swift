import Common
import TestSupport
import Testing

@testable import Apus

/// The index types and metrics that the conformance tests run over. A new index type is added here.
struct IndexUnderTest: Sendable, CustomTestStringConvertible {
    let type: IndexType
    let metric: Metric
    /// Recall that it must reach with `searchParameters` for ten neighbours.
    let recallFloor: Double
    let searchParameters: Parameters
    /// Small, for tests that build many indexes without optimisation.
    var buildParameters: Parameters = [:]
    /// How far a distance may be from the exact one, as a share of the largest squared norm; 0 for exact distances.
    var distanceTolerance: Double = 0

    var testDescription: String { "\(type.rawValue) \(metric.rawValue)" }

    static let all: [IndexUnderTest] = Metric.dense.flatMap { metric in
        [
            IndexUnderTest(type: .flat, metric: metric, recallFloor: 1, searchParameters: [:]),
            IndexUnderTest(
                type: .hnsw, metric: metric, recallFloor: 0.95, searchParameters: ["ef": 40],
                buildParameters: ["M": 12, "efConstruction": 60]),
            IndexUnderTest(
                type: .diskANN, metric: metric, recallFloor: 0.95, searchParameters: ["search_list": 40],
                buildParameters: ["max_degree": 24, "search_list_size": 60]),
            IndexUnderTest(
                type: .autoIndex, metric: metric, recallFloor: 0.95, searchParameters: ["ef": 40]),
            IndexUnderTest(
                type: .hnswSQ, metric: metric, recallFloor: 0.93, searchParameters: ["ef": 40],
                buildParameters: ["M": 12, "efConstruction": 60], distanceTolerance: 0.01),
            IndexUnderTest(
                type: .hnswSQ, metric: metric, recallFloor: 0.94, searchParameters: ["ef": 60, "refine_k": 6.0],
                buildParameters: ["M": 12, "efConstruction": 60, "sq_type": "SQ6", "refine": true]),
            IndexUnderTest(
                type: .hnswSQ, metric: metric, recallFloor: 0.9, searchParameters: ["ef": 120, "refine_k": 12.0],
                buildParameters: [
                    "M": 12, "efConstruction": 60, "sq_type": "SQ4U", "refine": true, "refine_type": "FP16",
                ], distanceTolerance: 0.02),
            IndexUnderTest(
                type: .hnswPQ, metric: metric, recallFloor: 0.95, searchParameters: ["ef": 100, "refine_k": 10.0],
                buildParameters: ["M": 12, "efConstruction": 60, "m": 8, "nbits": 6, "refine": true]),
            IndexUnderTest(
                type: .hnswPQ, metric: metric, recallFloor: 0.75, searchParameters: ["ef": 60],
                buildParameters: ["M": 12, "efConstruction": 60, "nbits": 8], distanceTolerance: 0.5),
            IndexUnderTest(
                type: .ivfFlat, metric: metric, recallFloor: 0.95, searchParameters: ["nprobe": 12],
                buildParameters: ["nlist": 24]),
            IndexUnderTest(
                type: .ivfSQ8, metric: metric, recallFloor: 0.94, searchParameters: ["nprobe": 12],
                buildParameters: ["nlist": 24], distanceTolerance: 0.01),
            IndexUnderTest(
                type: .scann, metric: metric, recallFloor: 0.95, searchParameters: ["nprobe": 12, "reorder_k": 100],
                buildParameters: ["nlist": 24]),
            IndexUnderTest(
                type: .ivfPQ, metric: metric, recallFloor: 0.95, searchParameters: ["nprobe": 12, "refine_k": 10.0],
                buildParameters: ["nlist": 24, "m": 8, "nbits": 6, "refine": true]),
            IndexUnderTest(
                type: .ivfPQ, metric: metric, recallFloor: 0.35, searchParameters: ["nprobe": 12],
                buildParameters: ["nlist": 24, "m": 8, "nbits": 4], distanceTolerance: 0.5),
            IndexUnderTest(
                type: .ivfRaBitQ, metric: metric, recallFloor: 0.9, searchParameters: ["nprobe": 12],
                buildParameters: ["nlist": 24, "refine": true]),
        ]
    }

    func build(_ fixture: VectorFixture) throws -> any VectorIndex {
        let definition = try IndexDefinition(type, metric: metric, parameters: buildParameters)
        let built = try IndexFactory.build(fixture.source(definition))
        guard IndexFactory.readsItsFile(type), let stored = built as? any StoredIndex else { return built }
        let folder = TemporaryFolder()
        return try withExtendedLifetime(folder) {
            try IndexOnDisk(stored, rowCount: fixture.count, disk: POSIXFileSystem(), folder: folder.path).open()
        }
    }
}

extension VectorIndex {
    func search(
        _ queries: [[Float]], k: Int, parameters: Parameters = [:], permitted: RowSet? = nil,
        statistics: inout SearchStatistics
    ) throws -> [[Neighbor]] {
        try queries.flatMap(\.self).withUnsafeBufferPointer { flat in
            let block = QueryBlock(
                base: flat.baseAddress!, count: queries.count, dimension: queries[0].count)
            return try search(block, k: k, parameters: parameters, permitted: permitted, statistics: &statistics)
        }
    }

    func search(
        _ queries: [[Float]], k: Int, parameters: Parameters = [:], permitted: RowSet? = nil
    ) throws -> [[Neighbor]] {
        var statistics = SearchStatistics()
        return try search(queries, k: k, parameters: parameters, permitted: permitted, statistics: &statistics)
    }
}

@Suite struct IndexConformance {
    private let seed = testSeed(20)

    private func fixture(
        _ shape: VectorFixture.Shape, _ metric: Metric, count: Int, dimension: Int = 16
    ) -> VectorFixture {
        VectorFixture(shape, metric: metric, count: count, dimension: dimension, seed: seed)
    }

    /// What every answer must be, whatever its recall.
    private func expectWellFormed(
        _ found: [Neighbor], by index: IndexUnderTest, to query: [Float], k: Int, _ fixture: VectorFixture,
        permitted: RowSet? = nil,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let permittedCount = permitted?.count ?? fixture.count
        #expect(found.count == min(k, permittedCount), "seed \(seed)", sourceLocation: sourceLocation)
        #expect(
            Set(found.map(\.row)).count == found.count, "a row twice, seed \(seed)",
            sourceLocation: sourceLocation)
        #expect(found == found.sorted(), "not in order, seed \(seed)", sourceLocation: sourceLocation)
        for neighbor in found {
            let row = Int(neighbor.row)
            #expect(permitted?.contains(row) ?? (row < fixture.count), sourceLocation: sourceLocation)
            let expected = fixture.distance(query, fixture.vectors[row])
            let scale = max(abs(expected), 1e-3) + fixture.distanceScale(query, row)
            let tolerance = 1e-5 * scale + index.distanceTolerance * fixture.largestSquare
            #expect(
                abs(Double(neighbor.distance) - expected) <= tolerance, "row \(row), seed \(seed)",
                sourceLocation: sourceLocation)
        }
    }

    @Test(arguments: IndexUnderTest.all, VectorFixture.Shape.allCases)
    func everyAnswerIsWellFormed(index: IndexUnderTest, shape: VectorFixture.Shape) throws {
        let fixture = fixture(shape, index.metric, count: 700)
        let built = try index.build(fixture)
        let queries = fixture.queries(8, seed: seed + 1)
        for k in [1, 10, 70] {
            for (query, found) in try zip(queries, built.search(queries, k: k)) {
                expectWellFormed(found, by: index, to: query, k: k, fixture)
            }
        }
    }

    @Test(arguments: IndexUnderTest.all)
    func moreThanThereAre(index: IndexUnderTest) throws {
        for count in [0, 1, 2, 30, 200] {
            let fixture = fixture(.uniform, index.metric, count: count)
            let query = fixture.queries(1, seed: seed + 2)
            let found = try index.build(fixture).search(query, k: 300)[0]
            let expected = fixture.nearest(300, to: query[0])
            if index.distanceTolerance == 0 {
                #expect(found.map { Int($0.row) } == expected, "seed \(seed)")
            } else {
                #expect(Set(found.map { Int($0.row) }) == Set(expected), "seed \(seed)")
            }
        }
    }

    @Test(arguments: IndexUnderTest.all)
    func permittedRowsOnly(index: IndexUnderTest) throws {
        let fixture = fixture(.clustered, index.metric, count: 1200)
        let built = try index.build(fixture)
        let queries = fixture.queries(10, seed: seed + 3)
        var random = RandomSource(seed: seed)
        for size in [0, 1, 9, 10, 11, 100, 600, 1000, 1199, 1200] {
            var permitted = RowSet(capacity: 1200)
            for row in (0..<1200).shuffled(using: &random).prefix(size) { permitted.insert(row) }
            for (query, found) in try zip(
                queries,
                built.search(
                    queries, k: 10, parameters: index.searchParameters, permitted: permitted))
            {
                expectWellFormed(found, by: index, to: query, k: 10, fixture, permitted: permitted)
            }
        }
    }

    /// The permitted rows lie far from the queries: a walk meets none of them for long.
    @Test(arguments: IndexUnderTest.all)
    func permittedRowsFarFromTheQuery(index: IndexUnderTest) throws {
        let fixture = fixture(.sortedClusters, index.metric, count: 1500)
        let built = try index.build(fixture)
        var permitted = RowSet(capacity: 1500)
        for row in 200..<1500 { permitted.insert(row) }
        let queries = Array(fixture.vectors[..<10])
        let answers = try built.search(queries, k: 10, parameters: index.searchParameters, permitted: permitted)
        for (query, found) in zip(queries, answers) {
            expectWellFormed(found, by: index, to: query, k: 10, fixture, permitted: permitted)
        }
        #expect(recall(answers, queries, fixture, permitted) >= index.recallFloor - 0.05, "seed \(seed)")
    }

    @Test(
        arguments: IndexUnderTest.all,
        [VectorFixture.Shape.uniform, .clustered, .sortedClusters, .duplicates])
    func recallReachesItsFloor(index: IndexUnderTest, shape: VectorFixture.Shape) throws {
        let fixture = fixture(shape, index.metric, count: 1500)
        let built = try index.build(fixture)
        let queries = fixture.queries(30, seed: seed + 4)
        let answers = try built.search(queries, k: 10, parameters: index.searchParameters)
        #expect(recall(answers, queries, fixture, nil) >= index.recallFloor, "seed \(seed)")
    }

    @Test(arguments: IndexUnderTest.all)
    func recallUnderAFilterReachesItsFloor(index: IndexUnderTest) throws {
        let fixture = fixture(.uniform, index.metric, count: 1500)
        let built = try index.build(fixture)
        let queries = fixture.queries(30, seed: seed + 5)
        for percent in [1, 10, 50, 75, 85, 95] {
            let rows = (0..<1500).filter { StableHash.hash(UInt64($0), seed: seed) % 100 < percent }
            let permitted = RowSet(capacity: 1500, rows: rows)
            let answers = try built.search(
                queries, k: 10, parameters: index.searchParameters, permitted: permitted)
            #expect(recall(answers, queries, fixture, permitted) >= index.recallFloor, "seed \(seed)")
        }
    }

    @Test(arguments: IndexUnderTest.all)
    func equalRowsComeLowestFirst(index: IndexUnderTest) throws {
        let fixture = fixture(.identical, index.metric, count: 2000)
        let built = try index.build(fixture)
        let queries = fixture.queries(3, seed: seed + 6)
        for found in try built.search(queries, k: 40) { #expect(found.map(\.row) == Array(0..<40)) }
        let evenRows = RowSet(capacity: 2000, rows: stride(from: 0, to: 2000, by: 2))
        for found in try built.search(queries, k: 40, permitted: evenRows) {
            #expect(found.map(\.row) == (0..<40).map { 2 * $0 })
        }
        #expect(try built.search(queries, k: 3000)[0].count == 2000)
    }

    @Test(arguments: IndexUnderTest.all)
    func everyRowIsFoundByItsOwnVector(index: IndexUnderTest) throws {
        guard index.metric != .innerProduct, index.distanceTolerance == 0 else { return }
        for shape in [VectorFixture.Shape.uniform, .duplicates, .sortedClusters, .grid] {
            let fixture = fixture(shape, index.metric, count: 800)
            let built = try index.build(fixture)
            let answers = try built.search(fixture.vectors, k: 20, parameters: index.searchParameters)
            let missed = (0..<800).filter { row in
                let own = fixture.distance(fixture.vectors[row], fixture.vectors[row])
                let isBeyond = answers[row].allSatisfy { Double($0.distance) <= own + 1e-6 }
                return !isBeyond && !answers[row].contains { $0.row == UInt32(row) }
            }
            #expect(missed.isEmpty, "\(shape), seed \(seed)")
        }
    }

    @Test(arguments: IndexUnderTest.all)
    func aBatchAnswersLikeItsQueries(index: IndexUnderTest) throws {
        let fixture = fixture(.clustered, index.metric, count: 1000, dimension: 24)
        let built = try index.build(fixture)
        let queries = fixture.queries(101, seed: seed + 7)
        var batchStatistics = SearchStatistics()
        var singleStatistics = SearchStatistics()
        let batch = try built.search(queries, k: 10, statistics: &batchStatistics)
        for (query, found) in zip(queries, batch) {
            #expect(try built.search([query], k: 10, statistics: &singleStatistics)[0] == found, "seed \(seed)")
        }
        #expect(batchStatistics == singleStatistics)
        #expect(batchStatistics.distanceComputations > 0)
    }

    private func recall(
        _ answers: [[Neighbor]], _ queries: [[Float]], _ fixture: VectorFixture, _ permitted: RowSet?
    ) -> Double {
        var hits = 0
        var possible = 0
        for (query, found) in zip(queries, answers) {
            let exact = fixture.nearest(10, to: query, permitted: permitted)
            guard let last = exact.last else { continue }
            let bound = fixture.distance(query, fixture.vectors[last])
            let margin = 1e-6 * (abs(bound) + 1)
            hits +=
                found.filter { fixture.distance(query, fixture.vectors[Int($0.row)]) <= bound + margin }.count
            possible += exact.count
        }
        return Double(hits) / Double(possible)
    }
}

extension VectorFixture {
    /// The size of the terms that a distance adds up, to which its rounding is relative.
    func distanceScale(_ query: [Float], _ row: Int) -> Double {
        zip(query, vectors[row]).reduce(0) { $0 + abs(Double($1.0) * Double($1.1)) }
    }
}

extension VectorFixture {
    /// The largest squared norm of a row; at least that of a query of noise.
    var largestSquare: Double {
        vectors.reduce(1) { max($0, $1.reduce(0) { $0 + Double($1) * Double($1) }) }
    }
}

extension RowSet {
    init(capacity: Int, rows: some Sequence<Int>) {
        self.init(capacity: capacity)
        for row in rows { insert(row) }
    }
}
