import Common
import TestSupport
import Testing

@testable import Apus

/// Graphs over codes: bytes, damage and the parameters of a search.
@Suite struct CodedHNSWTests {
    private let seed = testSeed(53)

    private static let kind = FileKind("TEST", name: "test", version: 1)

    private func definition(_ type: IndexType, _ metric: Metric = .l2) throws -> IndexDefinition {
        let codes: Parameters = type == .hnswPQ ? ["m": 2, "nbits": 3] : ["sq_type": "SQ6"]
        let graph: Parameters = ["M": 2, "efConstruction": 20, "refine": true, "refine_type": "SQ8"]
        let parameters = type == .autoIndex ? [:] : graph.merging(codes) { $1 }
        return try IndexDefinition(type, metric: metric, parameters: parameters)
    }

    private func body(_ index: any VectorIndex) throws -> [UInt8] {
        var bytes: [UInt8] = []
        try (index as! any StoredIndex).write { bytes += $0 }
        return bytes
    }

    private func reader(_ body: [UInt8]) throws -> FileReader {
        let disk = SimulatedFileSystem()
        let writer = try FileWriter(disk, path: "f", kind: Self.kind)
        try writer.append(body)
        try writer.finish()
        return try FileReader.open(disk, path: "f", kind: Self.kind)
    }

    @Test(arguments: [IndexType.autoIndex, .hnswSQ, .hnswPQ], Metric.dense)
    func anyNumberOfThreadsBuildsTheSameBytes(type: IndexType, metric: Metric) throws {
        let fixture = VectorFixture(.clustered, metric: metric, count: 500, dimension: 40, seed: seed)
        let definition = try definition(type, metric)
        let single = try body(IndexFactory.build(fixture.source(definition, threads: 1)))
        for threads in [2, 3] {
            let several = try body(IndexFactory.build(fixture.source(definition, threads: threads)))
            #expect(several == single, "seed \(seed)")
        }
    }

    @Test(arguments: [IndexType.autoIndex, .hnswSQ, .hnswPQ], [0, 1, 300])
    func anIndexSurvivesItsBytes(type: IndexType, count: Int) throws {
        let fixture = VectorFixture(.uniform, metric: .l2, count: count, dimension: 20, seed: seed)
        let definition = try definition(type)
        let built = try IndexFactory.build(fixture.source(definition))
        let bytes = try body(built)
        let read = try CodedHNSWIndex.read(
            definition, IndexParts(file: reader(bytes)), rows: fixture.rows, count: count)
        #expect(try body(read) == bytes)
        #expect(read.digest == (built as? any StoredIndex)?.digest)
        let queries = fixture.queries(5, seed: seed)
        #expect(try read.search(queries, k: 7) == built.search(queries, k: 7), "seed \(seed)")
    }

    /// Bytes with a valid checksum that are not those of an index: refused, or searched without harm.
    @Test(arguments: [IndexType.autoIndex, .hnswSQ, .hnswPQ])
    func craftedBytesNeverTrap(type: IndexType) throws {
        let fixture = VectorFixture(.duplicates, metric: .l2, count: 40, dimension: 4, seed: seed)
        let definition = try definition(type)
        let bytes = try body(IndexFactory.build(fixture.source(definition)))
        let queries = fixture.queries(2, seed: seed)
        var refused = 0
        for position in bytes.indices {
            var damaged = bytes
            damaged[position] ^= 0x81
            let index = try? CodedHNSWIndex.read(
                definition, IndexParts(file: reader(damaged)), rows: definition.keepsRows ? fixture.rows : nil,
                count: 40)
            guard let found = try? index?.search(queries, k: 2, parameters: ["ef": 4]) else {
                refused += 1
                continue
            }
            for neighbors in found { #expect(neighbors.count <= 2) }
        }
        #expect(refused > bytes.count / 10, "\(refused) of \(bytes.count)")
    }

    /// Product codes cut a vector into equal parts.
    @Test(arguments: [(40, 20), (20, 20), (64, 32), (37, 1), (1, 1)])
    func withoutAnMTheLargestDivisorIsTaken(dimension: Int, parts: Int) throws {
        let shape = try ProductShape(IndexDefinition(.hnswPQ, metric: .l2), dimension: dimension)
        #expect(dimension / shape.partDimension == parts)
    }

    @Test(arguments: [
        (["m": 3] as Parameters, "parameter m of index type HNSW_PQ is 3; it must divide the dimension 8"),
        (["m": 16], "parameter m of index type HNSW_PQ is 16; it must divide the dimension 8"),
        (["nbits": 13], "parameter nbits of index type HNSW_PQ is 13; codes of 1 to 12 bits are built"),
    ])
    func codesThatDoNotSuitAreRefused(parameters: Parameters, message: String) throws {
        let fixture = VectorFixture(.uniform, metric: .l2, count: 20, dimension: 8, seed: seed)
        let source = try fixture.source(IndexDefinition(.hnswPQ, metric: .l2, parameters: parameters))
        let error = #expect(throws: ApusError.self) { try IndexFactory.build(source) }
        #expect(error?.message == message)
    }

    @Test func levelsWidenASearch() throws {
        let breadths = (1...10).map { AutoIndex.breadth(["level": .integer($0)], k: 10).ef }
        #expect(breadths == breadths.sorted() && Set(breadths).count == 10)
        #expect(AutoIndex.breadth(["level": 10, "ef": 12], k: 10).ef == 12)
        #expect(AutoIndex.breadth([:], k: 100).ef >= 100)
    }
}
