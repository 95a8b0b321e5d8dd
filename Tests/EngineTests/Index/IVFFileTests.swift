import Common
import TestSupport
import Testing

@testable import Apus

/// Inverted files come back from their files as they were, and damaged ones never trap.
@Suite struct IVFFileTests {
    private let seed = testSeed(42)

    private func fixture() -> VectorFixture {
        VectorFixture(.clustered, metric: .l2, count: 300, dimension: 10, seed: seed)
    }

    @Test(arguments: [IndexType.ivfFlat, .ivfSQ8])
    func whatIsReadAnswersLikeWhatWasBuilt(type: IndexType) throws {
        let fixture = fixture()
        let definition = try IndexDefinition(type, metric: .l2, parameters: ["nlist": 12])
        let built = try IVFIndexes.build(fixture.source(definition))
        let file = try CraftedIndexFile.file(CraftedIndexFile.body(built))
        let opened = try IndexFactory.open(
            definition, file: file, digest: built.digest, rows: definition.keepsRows ? fixture.rows : nil,
            count: fixture.count)
        let queries = fixture.queries(20, seed: seed + 1)
        #expect(try opened.search(queries, k: 10) == built.search(queries, k: 10), "seed \(seed)")
        #expect((opened as? any StoredIndex)?.digest == built.digest)
        #expect(throws: StorageError.self) {
            try IndexFactory.open(
                definition, file: file, digest: built.digest &+ 1, rows: fixture.rows, count: fixture.count)
        }
        #expect(throws: StorageError.self) {
            try IndexFactory.open(definition, file: file, digest: built.digest, rows: fixture.rows, count: 299)
        }
    }

    @Test(arguments: [IndexType.ivfFlat, .ivfSQ8, .binIVFFlat])
    func craftedBytesNeverTrap(type: IndexType) throws {
        let (definition, source, query) = try setting(type)
        let built = try CraftedIndexFile.body(IVFIndexes.build(source))
        let block = QueryBlock(
            base: query.base, element: query.element, count: 1, dimension: query.dimension)
        var random = RandomSource(seed: seed)
        var opened = 0
        for round in 0..<400 {
            var bytes = built
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let end = round % 2 == 0 ? min(bytes.count, 800) : bytes.count
                bytes[Int.random(in: 0..<end, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            if round % 10 == 0 { bytes.removeLast(Int.random(in: 1..<bytes.count, using: &random)) }
            do {
                let index = try IVFIndexes.open(
                    definition, parts: IndexParts(file: CraftedIndexFile.file(bytes)),
                    rows: definition.keepsRows ? source.rows : nil,
                    count: source.count)
                opened += 1
                var statistics = SearchStatistics()
                _ = try index.search(
                    block, k: 5, parameters: ["nprobe": 3], permitted: nil, statistics: &statistics)
            } catch is StorageError {}
        }
        #expect(opened > 50, "seed \(seed)")
    }

    private func setting(_ type: IndexType) throws -> (IndexDefinition, IndexSource, VectorRows) {
        if type == .binIVFFlat {
            let bits = BinaryFixture(count: 200, dimension: 64, seed: seed)
            let definition = try IndexDefinition(type, metric: .hamming, parameters: ["nlist": 6])
            return (definition, bits.source(definition), bits.rows)
        }
        let fixture = fixture()
        let definition = try IndexDefinition(type, metric: .l2, parameters: ["nlist": 6])
        return (definition, fixture.source(definition), fixture.rows)
    }
}
