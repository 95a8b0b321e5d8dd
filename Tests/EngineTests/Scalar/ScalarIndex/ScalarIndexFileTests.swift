import Common
import TestSupport
import Testing

@testable import Apus

/// What is written comes back, and nothing else is taken for it.
@Suite struct ScalarIndexFileTests {
    private let seed = testSeed(403)

    private func builder(_ of: ScalarIndexAnswerTests.Case, rows: Int) throws -> ScalarIndexBuilder {
        var random = RandomValues(of.type, seed: seed)
        let values = random.values(rows, distinct: 40)
        return ScalarIndexBuilder(try Column(of.type, values), path: ScalarPath(field: 2), definition: of.definition)
    }

    private func bytes(_ index: any StoredScalarIndex) -> [UInt8] {
        var writer = ByteWriter()
        index.write(to: &writer)
        return writer.bytes
    }

    @Test(arguments: ScalarIndexAnswerTests.cases)
    func indexesComeBack(_ of: ScalarIndexAnswerTests.Case) throws {
        let builder = try builder(of, rows: 200)
        let index = try builder.build()
        let bytes = bytes(index)
        var reader = ByteReader(bytes, path: "f")
        let opened = try builder.open(&reader)
        #expect(self.bytes(opened) == bytes)
        #expect(try self.bytes(builder.build()) == bytes, "a second build gives other bytes")
        #expect(opened.memoryBytes == index.memoryBytes)
        var random = RandomValues(of.type, seed: seed + 1)
        for _ in 0..<20 {
            let predicate = random.predicate(on: [.null])
            #expect(opened.rows(matching: predicate) == index.rows(matching: predicate))
        }
    }

    /// Cut and changed bytes are refused or give some index; they never trap, and neither do its answers.
    @Test(arguments: ScalarIndexAnswerTests.cases)
    func damagedBytesDoNotTrap(_ of: ScalarIndexAnswerTests.Case) throws {
        let builder = try builder(of, rows: 90)
        let whole = bytes(try builder.build())
        var random = RandomSource(seed: seed)
        var values = RandomValues(of.type, seed: seed)
        for attempt in 0..<90 {
            var damaged = whole
            if attempt % 3 == 0 {
                damaged.removeLast(Int.random(in: 1...whole.count, using: &random))
            } else {
                for _ in 0..<Int.random(in: 1...3, using: &random) {
                    damaged[Int.random(in: 0..<whole.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
                }
            }
            var reader = ByteReader(damaged, path: "f")
            do {
                let index = try builder.open(&reader)
                for _ in 0..<3 {
                    let predicate = values.predicate(on: [.null])
                    _ = index.rows(matching: predicate)
                    _ = index.estimate(predicate)
                }
            } catch let error as StorageError {
                #expect(error.code == .corrupted, "seed \(seed)")
            }
        }
    }

    @Test func anIndexOfAnotherDefinitionIsRefused() throws {
        let numbers = try ScalarIndexBuilder(
            Column(.int64, [1, 2]), path: ScalarPath(field: 0), definition: ScalarIndexDefinition(.inverted))
        let written = bytes(try numbers.build())
        let others = [
            try ScalarIndexBuilder(
                Column(.double, [1.0, 2.0]), path: ScalarPath(field: 0), definition: ScalarIndexDefinition(.inverted)),
            try ScalarIndexBuilder(
                Column(.varchar(maxLength: 3), ["a", "b"]), path: ScalarPath(field: 0),
                definition: ScalarIndexDefinition(.trie)),
            try ScalarIndexBuilder(
                Column(.varchar(maxLength: 3), ["a", "b"]), path: ScalarPath(field: 0),
                definition: ScalarIndexDefinition(.ngram, parameters: ["min_gram": 1, "max_gram": 2])),
            try ScalarIndexBuilder(
                Column(.int64, [1, 2, 3]), path: ScalarPath(field: 0), definition: ScalarIndexDefinition(.inverted)),
        ]
        for other in others {
            var reader = ByteReader(written, path: "f")
            #expect(throws: StorageError.self) { try other.open(&reader) }
        }
    }
}
