import Common
import TestSupport
import Testing

@testable import Apus

@Suite struct ImpactScanTests {
    private let seed = testSeed(83)
    private static let bm25 = SparseScoring.bm25(BM25(k1: 1.2, b: 0.75))

    /// Chunks much smaller than a segment, so that postings of one block lie in several.
    @Test(arguments: [SparseFixture.Shape.texts, .ties, .dense], [64, 192, 1 << 15])
    func theBestRowsAreThoseOfTheScan(shape: SparseFixture.Shape, chunkRows: Int) throws {
        let count = 1_500
        let fixture = SparseFixture(shape, count: count, seed: seed)
        let lists = PostingListsBuilder(fixture.rows, count: count, scoring: Self.bm25, dropRatio: 0).build()
        let impacts = try #require(ImpactTable(lists, scoring: Self.bm25))
        let statistics = BM25Statistics(rows: fixture.rows, count: count)
        let some = RowSet(capacity: count, rows: (0..<count).filter { $0 % 7 == 0 || $0 > 1_300 })
        for query in fixture.queries(20, seed: seed + 1) {
            let terms = SparseTerms(
                query, in: lists, scoring: Self.bm25, statistics: statistics, dropRatio: 0, boundRatio: 1)
            guard let scan = ImpactScan(terms, in: lists, impacts: impacts, chunkRows: chunkRows) else {
                #expect(terms.sources.isEmpty, "seed \(seed)")
                continue
            }
            for (k, permitted) in [(1, nil), (10, nil), (10, some), (count, some)] as [(Int, RowSet?)] {
                var collector = ScoreCollector(k: k, lists: lists, terms: terms, permitted: permitted)
                scan.search(into: &collector)
                var nearest = TopK(k: k)
                _ = SparseScan(query, scoring: Self.bm25, statistics: statistics)
                    .scan(fixture.rows, range: 0..<count, firstRow: 0, permitted: permitted, into: &nearest)
                #expect(collector.sorted() == nearest.sorted(), "seed \(seed), k \(k)")
            }
        }
    }

    @Test func impactsBoundScores() throws {
        let count = 700
        let fixture = SparseFixture(.texts, count: count, seed: seed)
        let lists = PostingListsBuilder(fixture.rows, count: count, scoring: Self.bm25, dropRatio: 0).build()
        let impacts = try #require(ImpactTable(lists, scoring: Self.bm25))
        let scorer = Self.bm25.scorer(weight: 1, averageLength: lists.averageLength)
        for list in 0..<lists.dimensions.count {
            var rows = RowSet(capacity: count)
            for place in lists.blocks(of: list) {
                let reader = PostingReader(lists.blocks[place], payload: lists.payload.base)
                for index in 0..<Int(lists.blocks[place].count) {
                    let row = Int(reader.row(index))
                    rows.insert(row)
                    let impact = impacts.byRow(list)?[row] ?? impacts.ofBlock(place, of: list)[index]
                    let score = scorer.score(reader.value(index), length: lists.lengths[row])
                    #expect(Double(impact) >= score * ImpactTable.scale && Double(impact) < score * 255 + 1.001)
                }
            }
            guard let byRow = impacts.byRow(list) else { continue }
            #expect((0..<count).allSatisfy { rows.contains($0) || byRow[$0] == 0 })
        }
        #expect(ImpactTable(lists, scoring: .innerProduct) == nil)
    }

    @Test func queriesOfVeryManyTermsAreLeftToOthers() throws {
        let vector = try SparseVector((0..<200).map { SparseEntry(index: $0, value: 1) })
        let rows = SparseRows(capacity: 2)
        for _ in 0..<2 { rows.append(vector) }
        let definition = try IndexDefinition(.sparseInvertedIndex, metric: .bm25)
        let index = SparseInvertedIndex.build(definition, rows: rows, count: 2)
        var statistics = SearchStatistics()
        let found = index.search([vector], k: 2, parameters: [:], permitted: nil, statistics: &statistics)
        #expect(found[0].map(\.row) == [0, 1])
    }

    @Test(arguments: Kernels.available.map(\.name))
    func kernelsAddAndFindMaxima(name: String) throws {
        let kernels = ImpactKernels(try #require(Kernels.available.first { $0.name == name }))
        var random = RandomSource(seed: seed)
        for count in [64, 128, 320] {
            let impacts = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
            let before = (0..<count).map { _ in UInt16.random(in: 0...30_000, using: &random) }
            let weight = UInt16.random(in: 256...32_000, using: &random)
            var sums = before
            kernels.add(impacts, weight: weight, count: count, to: &sums)
            let expected = zip(before, impacts).map { $0 + UInt16(Int($1) * Int(weight) / 256) }
            #expect(sums == expected, "seed \(seed)")
            var maxima = Array(repeating: UInt16(0), count: count / 64)
            kernels.maxima(sums, groups: count / 64, into: &maxima)
            #expect(maxima == (0..<count / 64).map { expected[$0 * 64..<$0 * 64 + 64].max()! }, "seed \(seed)")
        }
    }
}
