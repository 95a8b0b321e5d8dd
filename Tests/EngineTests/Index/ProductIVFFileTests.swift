import Common
import TestSupport
import Testing

@testable import Apus

/// Inverted files of product quantisation codes and of sign bits come back from their files as they were, and damaged
/// ones never trap.
@Suite struct ProductIVFFileTests {
    private let seed = testSeed(43)

    /// An index type with the parameters that decide how its codes lie.
    struct Setting: Sendable, CustomTestStringConvertible {
        let type: IndexType
        let parameters: Parameters

        var testDescription: String { "\(type.rawValue) \(parameters)" }

        static let all = [
            Setting(type: .ivfPQ, parameters: ["m": 5, "nbits": 4]),
            Setting(type: .ivfPQ, parameters: ["m": 5, "nbits": 6]),
            Setting(type: .ivfPQ, parameters: ["m": 2, "nbits": 9, "refine": true]),
            Setting(type: .scann, parameters: [:]),
            Setting(type: .scann, parameters: ["with_raw_data": false]),
            Setting(type: .ivfRaBitQ, parameters: [:]),
            Setting(type: .ivfRaBitQ, parameters: ["refine": true]),
        ]

        func definition(_ metric: Metric = .l2) throws -> IndexDefinition {
            try IndexDefinition(type, metric: metric, parameters: parameters.merging(["nlist": 6]) { $1 })
        }
    }

    private func fixture(_ metric: Metric = .l2) -> VectorFixture {
        VectorFixture(.clustered, metric: metric, count: 300, dimension: 10, seed: seed)
    }

    private func build(
        _ setting: Setting, _ fixture: VectorFixture, threads: Int = 2
    ) throws -> any StoredIndex {
        let source = try fixture.source(setting.definition(fixture.metric), threads: threads)
        return try #require(IndexFactory.build(source) as? any StoredIndex)
    }

    @Test(arguments: Setting.all, Metric.dense)
    func whatIsReadAnswersLikeWhatWasBuilt(setting: Setting, metric: Metric) throws {
        let fixture = fixture(metric)
        let built = try build(setting, fixture)
        let file = try CraftedIndexFile.file(CraftedIndexFile.body(built))
        func open(digest: UInt64, count: Int) throws -> any VectorIndex {
            try IndexFactory.open(
                built.definition, file: file, digest: digest, rows: built.definition.keepsRows ? fixture.rows : nil,
                count: count)
        }
        let opened = try open(digest: built.digest, count: 300)
        let queries = fixture.queries(9, seed: seed + 1)
        for parameters: Parameters in [[:], ["nprobe": 6]] {
            let found = try opened.search(queries, k: 10, parameters: parameters)
            #expect(try found == built.search(queries, k: 10, parameters: parameters), "seed \(seed)")
        }
        #expect((opened as? any StoredIndex)?.digest == built.digest)
        #expect(throws: StorageError.self) { try open(digest: built.digest &+ 1, count: 300) }
        #expect(throws: StorageError.self) { try open(digest: built.digest, count: 299) }
    }

    @Test(arguments: Setting.all)
    func theSameBytesForAnyNumberOfThreads(setting: Setting) throws {
        let fixture = fixture()
        let one = try CraftedIndexFile.body(build(setting, fixture, threads: 1))
        #expect(try CraftedIndexFile.body(build(setting, fixture, threads: 3)) == one, "seed \(seed)")
    }

    // MARK: Damage

    /// Opens a file and searches it. An error must be a `StorageError`.
    ///
    /// - Returns: whether it was opened.
    private func opens(_ file: FileReader, _ definition: IndexDefinition, _ fixture: VectorFixture) throws -> Bool {
        do {
            let parts = try IndexParts(file: file)
            let index = try IndexFactory.open(
                definition, file: file, digest: parts.digest(), rows: definition.keepsRows ? fixture.rows : nil,
                count: fixture.count)
            for found in try index.search(fixture.queries(5, seed: seed + 2), k: 7, parameters: ["nprobe": 3]) {
                #expect(found.allSatisfy { $0.row < UInt32(fixture.count) }, "seed \(seed)")
            }
            return true
        } catch is StorageError { return false }
    }

    /// Bytes are changed anywhere, most often in the directory and the small parts.
    @Test(arguments: Setting.all)
    func craftedBytesNeverTrap(setting: Setting) throws {
        let fixture = fixture()
        let built = try build(setting, fixture)
        let body = try CraftedIndexFile.body(built)
        var random = RandomSource(seed: seed)
        var opened = 0
        for round in 0..<150 {
            var bytes = body
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let end = round % 2 == 0 ? min(bytes.count, 800) : bytes.count
                bytes[Int.random(in: 0..<end, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            if round % 10 == 0 { bytes.removeLast(Int.random(in: 1..<bytes.count, using: &random)) }
            if try opens(CraftedIndexFile.file(bytes), built.definition, fixture) { opened += 1 }
        }
        #expect(opened > 15 && opened < 150, "\(opened) opened, seed \(seed)")
    }

    @Test(arguments: Setting.all)
    func partsOfAnotherLengthAreRefused(setting: Setting) throws {
        let fixture = fixture()
        let built = try build(setting, fixture)
        let good = try CraftedIndexFile(built)
        #expect(try opens(good.file(), built.definition, fixture))
        for part in good.parts.indices {
            for change in [-64, -4, -1, 1, 4, 64] {
                var crafted = good
                if change < 0 {
                    crafted.parts[part].removeLast(min(-change, crafted.parts[part].count))
                } else {
                    crafted.parts[part] += [UInt8](repeating: 0, count: change)
                }
                #expect(try !opens(crafted.file(), built.definition, fixture), "part \(part) by \(change)")
            }
            var crafted = good
            crafted.parts[part] = []
            #expect(try !opens(crafted.file(), built.definition, fixture), "part \(part) emptied")
        }
        var crafted = good
        crafted.parts.removeLast()
        #expect(try !opens(crafted.file(), built.definition, fixture))
    }

    /// The counts of the lists and the rows of their places are such as no lists have.
    @Test(arguments: Setting.all)
    func listsOutOfOrderAreRefused(setting: Setting) throws {
        let fixture = fixture()
        let built = try build(setting, fixture)
        let good = try CraftedIndexFile(built)
        func expectRefusal(_ what: String, _ change: (inout CraftedIndexFile) -> Void) throws {
            var crafted = good
            change(&crafted)
            guard crafted.parts != good.parts else { return }
            #expect(try !opens(crafted.file(), built.definition, fixture), "\(what), seed \(seed)")
        }
        func swap(_ left: Int, _ right: Int, in part: inout [UInt8]) {
            for byte in 0..<4 { part.swapAt(4 * left + byte, 4 * right + byte) }
        }
        try expectRefusal("two rows exchanged") { swap(0, 1, in: &$0.parts[3]) }
        try expectRefusal("a row twice") { $0.parts[3].replaceSubrange(0..<4, with: $0.parts[3][4..<8]) }
        try expectRefusal("a row that does not exist") { $0.parts[3].replaceSubrange(0..<4, with: [44, 1, 0, 0]) }
        try expectRefusal("a list without end") { $0.parts[2].replaceSubrange(0..<4, with: [255, 255, 255, 255]) }
        for number in 0..<4 {
            try expectRefusal("header \(number)") {
                $0.parts[0].replaceSubrange(4 * number..<4 * number + 4, with: [0, 0, 0, 0])
            }
            try expectRefusal("header \(number)") { $0.parts[0][4 * number + 3] = 0x7F }
        }
    }

    @Test(arguments: Setting.all, [Float.nan, .infinity, -.infinity, .greatestFiniteMagnitude])
    func numbersThatAreNoneNeverTrap(setting: Setting, number: Float) throws {
        let fixture = fixture()
        let built = try build(setting, fixture)
        let good = try CraftedIndexFile(built)
        // The blocks of codes are bytes but for IVF_RABITQ, which has three floats for each row at the end of a block.
        let floats = good.parts.indices.dropFirst(4).dropLast()
        for part in [1] + floats {
            let last = good.parts[part].count / 4 - 1
            for place in Set([0, 1, last / 2, last]) where place <= last {
                var crafted = good
                crafted.setFloat(number, place, of: part)
                let isOpen = try opens(crafted.file(), built.definition, fixture)
                #expect(part == 1 || number.isFinite || !isOpen, "part \(part), place \(place), seed \(seed)")
            }
        }
        guard setting.type == .ivfRaBitQ else { return }
        for place in [1, 40, 96] {
            var crafted = good
            let part = good.parts.count - 1
            crafted.setFloat(number, good.parts[part].count / 4 - place, of: part)
            #expect(try opens(crafted.file(), built.definition, fixture) == number.isFinite, "place \(place)")
        }
    }

    /// Rows whose squares leave the range of a float make an index that opens and searches.
    @Test(arguments: Setting.all)
    func elementsAtTheEndsOfTheirRange(setting: Setting) throws {
        let values: [Float] = [0, .leastNonzeroMagnitude, -1e-38, 1e-20, 1, -1e18, 1e30, -1e30]
        var random = RandomSource(seed: seed)
        let vectors = (0..<200).map { _ in (0..<10).map { _ in values.randomElement(using: &random)! } }
        let fixture = VectorFixture(vectors, metric: .l2, dimension: 10)
        let built = try build(setting, fixture)
        #expect(try opens(CraftedIndexFile(built).file(), built.definition, fixture), "seed \(seed)")
    }

    // MARK: Parameters

    @Test(arguments: [IndexType.ivfPQ, .ivfRaBitQ])
    func onlyFullRowsRefine(type: IndexType) throws {
        for form in ["SQ6", "SQ8", "FP16", "BF16"] {
            let parameters: Parameters = ["refine": true, "refine_type": .text(form)]
            let message = try refusal(
                Setting(type: type, parameters: parameters.merging(type == .ivfPQ ? ["m": 5] : [:]) { $1 }))
            for word in ["refine_type", type.rawValue, form, "only FP32", "set it to FP32"] {
                #expect(message.contains(word), "\(message)")
            }
        }
    }

    @Test func onlyOneBitAnElementIsBuilt() throws {
        for bits in 2...9 {
            let message = try refusal(Setting(type: .ivfRaBitQ, parameters: ["rbq_bits": .integer(bits)]))
            for word in ["rbq_bits", "IVF_RABITQ", "is \(bits)", "only 1", "set it to 1"] {
                #expect(message.contains(word), "\(message)")
            }
        }
    }

    private func refusal(_ setting: Setting) throws -> String {
        let error = #expect(throws: ApusError.self) { try build(setting, fixture()) }
        return error.map { "\($0)" } ?? ""
    }

    /// With as many candidates as there are rows, every row of the lists is compared exactly.
    @Test(arguments: [IndexType.ivfPQ, .ivfRaBitQ], Metric.dense)
    func refinementComparesAsManyRowsAsAskedFor(type: IndexType, metric: Metric) throws {
        let fixture = VectorFixture(.uniform, metric: metric, count: 300, dimension: 10, seed: seed)
        let parameters: Parameters = type == .ivfPQ ? ["m": 2, "nbits": 4, "refine": true] : ["refine": true]
        let built = try build(Setting(type: type, parameters: parameters), fixture)
        let exact = try IndexFactory.build(fixture.source(IndexDefinition(.flat, metric: metric)))
        let queries = fixture.queries(10, seed: seed + 3)
        let expected = try exact.search(queries, k: 10)
        for refinement in [30.0, Double(Int32.max)] {
            let found = try built.search(queries, k: 10, parameters: ["nprobe": 6, "refine_k": .number(refinement)])
            #expect(found == expected, "refine_k \(refinement), seed \(seed)")
        }
    }
}
