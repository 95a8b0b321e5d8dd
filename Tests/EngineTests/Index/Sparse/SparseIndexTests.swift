import Common
import TestSupport
import Testing

@testable import Apus

@Suite struct SparseIndexTests {
    private let seed = testSeed(60)
    private static let bm25 = SparseScoring.bm25(BM25(k1: 1.2, b: 0.75))

    private func index(
        _ rows: SparseRows, scoring: SparseScoring, _ algorithm: SparseAlgorithm = .daatMaxScore,
        parameters: Parameters = [:]
    ) throws -> SparseInvertedIndex {
        let chosen = parameters.merging(["inverted_index_algo": .text(algorithm.rawValue)]) { $1 }
        let definition = try IndexDefinition(.sparseInvertedIndex, metric: .innerProduct, parameters: chosen)
        return SparseInvertedIndex.build(definition, scoring: scoring, rows: rows, count: rows.count)
    }

    private func search(
        _ index: SparseInvertedIndex, _ queries: [SparseVector], k: Int, parameters: Parameters = [:],
        bm25: BM25Statistics? = nil, permitted: RowSet? = nil
    ) -> [[Neighbor]] {
        var statistics = SearchStatistics()
        return index.search(
            queries, k: k, parameters: parameters, bm25: bm25, permitted: permitted, statistics: &statistics)
    }

    @Test(arguments: SparseFixture.Shape.allCases, [SparseScoring.innerProduct, bm25])
    func theScanGivesWhatTheDefinitionSays(shape: SparseFixture.Shape, scoring: SparseScoring) {
        let fixture = SparseFixture(shape, count: 250, seed: seed)
        let statistics = BM25Statistics(rows: fixture.rows, count: 250)
        for query in fixture.queries(12, seed: seed + 1) {
            var nearest = TopK(k: 9)
            let scan = SparseScan(query, scoring: scoring, statistics: statistics)
            for part in [0..<100, 100..<250] {
                _ = scan.scan(fixture.rows, range: part, firstRow: 0, permitted: nil, into: &nearest)
            }
            let expected = fixture.nearest(9, to: query, scoring: scoring, bm25: statistics)
            #expect(nearest.sorted() == expected, "seed \(seed)")
        }
    }

    /// Every algorithm finds the bits of the scan: with and without a choice of rows, for few and for too many.
    @Test(arguments: SparseFixture.Shape.allCases, [SparseScoring.innerProduct, bm25])
    func everyAlgorithmIsExact(shape: SparseFixture.Shape, scoring: SparseScoring) throws {
        let count = 1_000
        let fixture = SparseFixture(shape, count: count, seed: seed)
        let statistics = BM25Statistics(rows: fixture.rows, count: count)
        let queries = fixture.queries(24, seed: seed + 2) + [.empty]
        let indexes = try SparseAlgorithm.allCases.map { try index(fixture.rows, scoring: scoring, $0) }
        let few = RowSet(capacity: count, rows: [0, 7, 8, 900, count - 1])
        let most = RowSet(capacity: count, rows: (0..<count).filter { $0 % 3 != 0 })
        for (k, permitted) in [(1, nil), (10, nil), (10, most), (10, few), (count + 5, nil)] as [(Int, RowSet?)] {
            let expected = queries.map { query in
                var nearest = TopK(k: k)
                _ = SparseScan(query, scoring: scoring, statistics: statistics)
                    .scan(fixture.rows, range: 0..<count, firstRow: 0, permitted: permitted, into: &nearest)
                return nearest.sorted()
            }
            for (algorithm, index) in zip(SparseAlgorithm.allCases, indexes) {
                let found = search(index, queries, k: k, permitted: permitted)
                #expect(found == expected, "\(algorithm.rawValue), k \(k), seed \(seed)")
            }
        }
    }

    /// A segment scored by the statistics of all documents, which are shorter or longer on average than its own.
    @Test(arguments: [0.3, 0.9, 1.7, 40])
    func segmentsShareStatistics(lengthRatio: Double) throws {
        let fixture = SparseFixture(.texts, count: 900, seed: seed)
        let own = BM25Statistics(rows: fixture.rows, count: 900)
        let all = BM25Statistics(
            documents: 1_800, totalLength: own.totalLength * 2 * lengthRatio,
            documentFrequencies: own.documentFrequencies.mapValues { $0 + 3 })
        let queries = fixture.queries(30, seed: seed + 3)
        for algorithm in SparseAlgorithm.allCases {
            let index = try index(fixture.rows, scoring: Self.bm25, algorithm)
            for (query, found) in zip(queries, search(index, queries, k: 10, bm25: all)) {
                let expected = fixture.nearest(10, to: query, scoring: Self.bm25, bm25: all)
                #expect(found == expected, "\(algorithm.rawValue), seed \(seed)")
            }
        }
    }

    @Test func statisticsOfSegmentsAddUp() throws {
        let fixture = SparseFixture(.texts, count: 400, seed: seed)
        let queries = fixture.queries(10, seed: seed)
        var sum = BM25Statistics()
        for part in [0..<150, 150..<400] {
            let rows = SparseRows(capacity: part.count)
            for vector in fixture.vectors[part] { rows.append(vector) }
            sum.add(try index(rows, scoring: Self.bm25).bm25Statistics(for: queries))
        }
        let all = BM25Statistics(rows: fixture.rows, count: 400)
        #expect(sum.documents == all.documents && sum.totalLength == all.totalLength)
        for entry in queries.flatMap(\.entries) {
            #expect(sum.documentFrequency(of: entry.index) == all.documentFrequency(of: entry.index))
        }
    }

    @Test func droppedValuesCostLittleRecall() throws {
        let fixture = SparseFixture(.mixed, count: 2_000, seed: seed)
        let queries = fixture.queries(60, seed: seed + 4).filter { $0.count > 3 }
        let exact = search(try index(fixture.rows, scoring: .innerProduct), queries, k: 10)
        func recall(_ build: Double, _ parameters: Parameters) throws -> Double {
            let index = try index(
                fixture.rows, scoring: .innerProduct, parameters: ["drop_ratio_build": .number(build)])
            let found = search(index, queries, k: 10, parameters: parameters)
            let shared = zip(found, exact).map { Set($0.map(\.row)).intersection($1.map(\.row)).count }
            return Double(shared.reduce(0, +)) / Double(exact.reduce(0) { $0 + $1.count })
        }
        #expect(try recall(0, [:]) == 1)
        #expect(try recall(0, ["dim_max_score_ratio": 1.3]) == 1)
        for (floor, recall) in [
            (0.85, try recall(0.2, [:])), (0.75, try recall(0, ["drop_ratio_search": 0.3])),
            (0.5, try recall(0.5, ["drop_ratio_search": 0.3])), (0.7, try recall(0, ["dim_max_score_ratio": 0.7])),
        ] { #expect(recall >= floor && recall <= 1, "seed \(seed)") }
    }

    @Test func droppingShrinksTheIndexAndKeepsOneTerm() throws {
        let fixture = SparseFixture(.mixed, count: 500, seed: seed)
        let whole = try index(fixture.rows, scoring: .innerProduct)
        let half = try index(fixture.rows, scoring: .innerProduct, parameters: ["drop_ratio_build": 0.5])
        let postings = { (index: SparseInvertedIndex) in
            (0..<index.lists.dimensions.count).reduce(0) { $0 + Int(index.lists.lists[$1].count) }
        }
        #expect(abs(postings(half) - postings(whole) / 2) <= 1)
        let query = [try SparseVector(indices: [3, 9], values: [1, 2])]
        let last = [try SparseVector(indices: [9], values: [2])]
        #expect(
            search(whole, query, k: 5, parameters: ["drop_ratio_search": 0.99]) == search(whole, last, k: 5))
    }

    /// Fewer scores are computed than rows have a term: the bounds do what they are for.
    @Test(arguments: SparseAlgorithm.allCases)
    func boundsSaveWork(algorithm: SparseAlgorithm) throws {
        let fixture = SparseFixture(.texts, count: 4_000, seed: seed)
        let index = try index(fixture.rows, scoring: Self.bm25, algorithm)
        let queries = fixture.queries(20, seed: seed + 5)
        var statistics = SearchStatistics()
        let found = index.search(queries, k: 3, parameters: [:], permitted: nil, statistics: &statistics)
        #expect(found.contains { !$0.isEmpty })
        #expect(statistics.distanceComputations < 20 * 400, "seed \(seed)")
    }

    @Test(arguments: SparseFixture.Shape.allCases, [SparseScoring.innerProduct, bm25])
    func anIndexSurvivesItsFile(shape: SparseFixture.Shape, scoring: SparseScoring) throws {
        for count in [0, 1, 700] {
            let fixture = SparseFixture(shape, count: count, seed: seed)
            let built = try index(fixture.rows, scoring: scoring)
            var body: [UInt8] = []
            try built.write { body += $0 }
            let read = try SparseInvertedIndex.read(
                built.definition, scoring: scoring, parts: IndexParts(file: sparseFile(body)), count: count)
            #expect(read.digest == built.digest)
            #expect(try index(fixture.rows, scoring: scoring).digest == built.digest)
            let queries = fixture.queries(8, seed: seed)
            #expect(search(read, queries, k: 10) == search(built, queries, k: 10))
            #expect(throws: StorageError.self) {
                try SparseInvertedIndex.read(
                    built.definition, scoring: scoring, parts: IndexParts(file: sparseFile(body)), count: count + 1)
            }
        }
    }

    /// Damage with a right checksum is refused, or leaves an index that can be searched.
    @Test(arguments: [SparseScoring.innerProduct, bm25])
    func damagedBytesNeverTrap(scoring: SparseScoring) throws {
        let fixture = SparseFixture(.ties, count: 40, seed: seed)
        let built = try index(fixture.rows, scoring: scoring)
        var body: [UInt8] = []
        try built.write { body += $0 }
        let queries = fixture.queries(2, seed: seed)
        var refused = 0
        for position in body.indices {
            do {
                var damaged = body
                damaged[position] ^= [0x01, 0x80, 0xff][position % 3]
                guard let parts = try? IndexParts(file: sparseFile(damaged)),
                    let lists = try? SparseInvertedIndex.read(
                        built.definition, scoring: scoring, parts: parts, count: 40
                    ).lists
                else {
                    refused += 1
                    continue
                }
                for algorithm in SparseAlgorithm.allCases {
                    let definition = try IndexDefinition(
                        .sparseInvertedIndex, metric: .innerProduct,
                        parameters: ["inverted_index_algo": .text(algorithm.rawValue)])
                    let index = SparseInvertedIndex(definition: definition, scoring: scoring, lists: lists)
                    for found in search(index, queries, k: 3) { #expect(found.count <= 3) }
                }
            }
        }
        #expect(refused > body.count / 3, "\(refused) of \(body.count)")
    }
}
