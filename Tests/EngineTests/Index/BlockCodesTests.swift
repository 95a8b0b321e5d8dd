import CKernels
import Common
import TestSupport
import Testing

@testable import Apus

/// Codes, their estimates and their bounds against plain Swift.
@Suite struct BlockCodesTests {
    private let seed = testSeed(61)

    private final class Prepared {
        let memory: MemoryBlock
        let query: BlockQuery
        let isBounded: Bool

        init(_ query: [Float], _ codes: BlockCodes) {
            memory = MemoryBlock(byteCount: BlockQuery.preparedBytes(codes))
            isBounded = BlockQuery.prepare(query, for: codes, into: memory.base)
            self.query = BlockQuery(prepared: memory.base)
        }
    }

    private func codes(_ fixture: VectorFixture, bits: Int, emptyPlaces: Int = 0) -> BlockCodes {
        let centre = BlockFrame.mean(of: fixture.rows, count: fixture.count)
        let frame = BlockFrame(metric: fixture.metric, centre: centre, seed: seed)
        let codes = BlockCodes(frame: frame, bits: bits, places: fixture.count + emptyPlaces)
        codes.encode(0..<codes.blockCount) { place in
            place < fixture.count ? UnsafePointer(fixture.rows.row(place).assumingMemoryBound(to: Float.self)) : nil
        }
        return codes
    }

    private func numbers(_ codes: BlockCodes, _ body: (UnsafeMutablePointer<Float>) -> Void) -> [Float] {
        var numbers = [Float](repeating: .nan, count: codes.blockCount * BlockCodes.blockRows)
        numbers.withUnsafeMutableBufferPointer { body($0.baseAddress!) }
        return numbers
    }

    @Test(arguments: VectorFixture.Shape.allCases, Metric.dense)
    func boundsAreBelowTheDistances(shape: VectorFixture.Shape, metric: Metric) {
        for bits in [4, 8] { expectBoundsBelowDistances(shape, metric, bits) }
    }

    private func expectBoundsBelowDistances(_ shape: VectorFixture.Shape, _ metric: Metric, _ bits: Int) {
        for (count, dimension) in [(40, 1), (100, 2), (300, 17), (300, 64), (100, 384), (60, 1000)] {
            let fixture = VectorFixture(shape, metric: metric, count: count, dimension: dimension, seed: seed)
            let codes = codes(fixture, bits: bits, emptyPlaces: 5)
            let vectors = VectorSpace(metric: metric, rows: fixture.rows, count: count)
            for query in fixture.queries(8, seed: seed + 2) + fixture.vectors.prefix(4) {
                let prepared = Prepared(query, codes)
                #expect(prepared.isBounded)
                let bounds = numbers(codes) {
                    codes.lowerBounds(of: 0..<codes.blockCount, to: prepared.query, into: $0)
                }
                let scorer = vectors.scorer(for: query)
                let above = (0..<count).filter { !(bounds[$0] <= scorer.distance(to: UInt32($0))) }
                #expect(above.isEmpty, "dimension \(dimension), seed \(seed)")
                #expect(bounds[count..<count + 5].allSatisfy { $0 == .infinity })
            }
        }
    }

    @Test(arguments: Metric.dense)
    func eightBitsEstimateWell(metric: Metric) {
        let fixture = VectorFixture(.clustered, metric: metric, count: 500, dimension: 48, seed: seed)
        let codes = codes(fixture, bits: 8)
        for query in fixture.queries(5, seed: seed) {
            let prepared = Prepared(query, codes)
            let estimates = numbers(codes) {
                codes.estimates(of: 0..<codes.blockCount, to: prepared.query, into: $0)
            }
            for row in 0..<500 {
                let exact = fixture.distance(query, fixture.vectors[row])
                let scale = fixture.distanceScale(query, row) + abs(exact) + 1e-3
                #expect(abs(Double(estimates[row]) - exact) < 0.02 * scale, "row \(row), seed \(seed)")
            }
        }
    }

    /// A run of blocks gives what all blocks give.
    @Test(arguments: [4, 8]) func runsOfBlocks(bits: Int) {
        let fixture = VectorFixture(.uniform, metric: .l2, count: 333, dimension: 21, seed: seed)
        let codes = codes(fixture, bits: bits)
        let prepared = Prepared(fixture.queries(1, seed: seed)[0], codes)
        let all = numbers(codes) { codes.estimates(of: 0..<codes.blockCount, to: prepared.query, into: $0) }
        for run in [0..<1, 3..<8, 20..<21] {
            let part = numbers(codes) { codes.estimates(of: run, to: prepared.query, into: $0) }
            #expect(Array(part[..<(run.count * 16)]) == Array(all[run.lowerBound * 16..<run.upperBound * 16]))
        }
    }

    /// Sums of codes and query values, computed in plain Swift from the layout that the header states.
    private func sums(_ blocks: [UInt8], groups: Int, bits: Int, values: [Int8]) -> [Int] {
        let blockBytes = 192 + groups * 64
        return (0..<blocks.count / blockBytes * 16).map { row in
            values.indices.reduce(0) { sum, element in
                let group = bits == 4 ? element / 8 : element / 4
                let byte = blocks[row / 16 * blockBytes + 192 + group * 64 + row % 16 * 4 + element % 4]
                let code = bits == 8 ? byte : element % 8 < 4 ? byte & 15 : byte >> 4
                return sum + Int(code) * Int(values[element])
            }
        }
    }

    @Test(arguments: Kernels.available.map(\.name), [4, 8])
    func kernelsAgreeWithPlainSwift(name: String, bits: Int) {
        var random = RandomSource(seed: seed)
        let kernels = BlockKernels(Kernels.available.first { $0.name == name }!)
        for (groups, blockCount) in [(1, 1), (2, 3), (7, 4), (16, 5)] {
            var blocks = (0..<blockCount * (192 + groups * 64)).map { _ in UInt8.random(in: 0...255, using: &random) }
            for block in 0..<blockCount {
                for lane in 0..<16 { fill(&blocks, block * (192 + groups * 64), lane, &random) }
            }
            let panel = TestPanel(width: kernels.panelWidth, words: groups * 8 / bits, &random)
            let scan = kernels.scan(bits: bits)
            for query in 0..<panel.width {
                let exact = sums(blocks, groups: groups, bits: bits, values: panel.values[query])
                check(scan, blocks, blockCount, groups, panel, query, exact)
            }
            checkCandidates(scan, blocks, blockCount, groups, panel)
        }
    }

    private func fill(_ blocks: inout [UInt8], _ block: Int, _ lane: Int, _ random: inout RandomSource) {
        let bias = Float.random(in: 0...50, using: &random)
        let step = Float.random(in: 0.01...0.02, using: &random)
        blocks.withUnsafeMutableBytes { bytes in
            bytes.storeBytes(of: bias, toByteOffset: block + lane * 4, as: Float.self)
            bytes.storeBytes(of: step, toByteOffset: block + 64 + lane * 4, as: Float.self)
            bytes.storeBytes(
                of: UInt16.random(in: 0...900, using: &random), toByteOffset: block + 128 + lane * 2, as: UInt16.self)
            bytes.storeBytes(
                of: UInt16.random(in: 500...9_000, using: &random), toByteOffset: block + 160 + lane * 2,
                as: UInt16.self)
        }
    }

    private func check(
        _ scan: apus_block_scan, _ blocks: [UInt8], _ blockCount: Int, _ groups: Int, _ panel: TestPanel, _ query: Int,
        _ sums: [Int]
    ) {
        let terms = panel.terms[query]
        var estimates = [Float](repeating: .nan, count: blockCount * 16)
        var bounds = estimates
        scan.estimates(blocks, blockCount, groups, panel.words(of: query), [terms], &estimates)
        scan.lower_bounds(blocks, blockCount, groups, panel.words(of: query), [terms], &bounds)
        for row in 0..<blockCount * 16 {
            let block = row / 16 * (192 + groups * 64)
            func load<T>(_ offset: Int, _ type: T.Type) -> T {
                blocks.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: block + offset, as: type) }
            }
            let bias = Double(load(row % 16 * 4, Float.self))
            let step = Double(load(64 + row % 16 * 4, Float.self))
            let residual = Double(load(128 + row % 16 * 2, UInt16.self))
            let length = Double(load(160 + row % 16 * 2, UInt16.self))
            let product = Double(sums[row]) - Double(terms.offset) - Double(terms.half)
            let estimate =
                bias + Double(terms.constant) - Double(terms.factor) * step * product * Double(terms.query_step)
            let cosine = product * Double(terms.inverse_length) / length
            let sine = max(0, 1 - cosine * cosine).squareRoot()
            let width =
                sine * (residual * Double(terms.residual_weight) + length * Double(terms.length_weight))
                + residual * Double(terms.residual_slack) + length * Double(terms.length_slack)
            let bound = estimate - Double(terms.factor) * step * width
            #expect(abs(Double(estimates[row]) - estimate) < 1e-4 * (1 + abs(estimate)), "seed \(seed)")
            #expect(abs(Double(bounds[row]) - bound) < 2e-3 * (1 + abs(bound)), "seed \(seed)")
        }
    }

    /// The rows of a panel are those whose bound is small, but for bounds that differ in their last bits.
    private func checkCandidates(
        _ scan: apus_block_scan, _ blocks: [UInt8], _ blockCount: Int, _ groups: Int, _ panel: TestPanel
    ) {
        let rows = blockCount * 16
        for count in [panel.width, max(panel.width - 1, 1)] {
            var bounds = [Float](repeating: .nan, count: rows)
            var limits: [Float] = []
            for query in 0..<count {
                scan.lower_bounds(blocks, blockCount, groups, panel.words(of: query), [panel.terms[query]], &bounds)
                limits.append(bounds.sorted()[rows / 3])
            }
            var places = [UInt32](repeating: 0, count: count * rows)
            var counts = [Int](repeating: -1, count: count)
            scan.candidates(
                blocks, blockCount, groups, panel.panel, panel.terms, limits, count, &places, rows, &counts)
            for query in 0..<count {
                scan.lower_bounds(blocks, blockCount, groups, panel.words(of: query), [panel.terms[query]], &bounds)
                let found = places[query * rows..<query * rows + counts[query]].map(Int.init)
                let near = 1e-4 * (1 + abs(limits[query]))
                #expect(found == found.sorted())
                #expect(Set((0..<rows).filter { bounds[$0] < limits[query] - near }).isSubset(of: found))
                #expect(found.allSatisfy { bounds[$0] < limits[query] + near }, "seed \(seed)")
            }
        }
    }

    /// Encoding and rotation are the same on every instruction set.
    @Test func encodingDoesNotDependOnTheInstructionSet() {
        var random = RandomSource(seed: seed)
        for dimension in [1, 2, 3, 5, 16, 17, 96, 384, 1000] {
            let padded = (dimension + 15) / 16 * 16
            let vector = (0..<padded).map { $0 < dimension ? Float.random(in: -1...1, using: &random) : 0 }
            let signs = (0..<dimension * 4).map { _ in Bool.random(using: &random) ? Float(1) : -1 }
            let results = Kernels.available.map { table in
                let kernels = BlockKernels(table)
                var rotated = vector
                kernels.rotate(&rotated, dimension, signs, 4)
                var codes = [UInt8](repeating: 0, count: padded)
                let code = kernels.encode(rotated, dimension, 4, &codes)
                return rotated.map(\.bitPattern) + codes.map(UInt32.init)
                    + [code.step, code.residual, code.length].map(\.bitPattern)
            }
            #expect(results.allSatisfy { $0 == results[0] }, "dimension \(dimension), seed \(seed)")
        }
    }

    @Test func rotationsKeepLengthsAndAngles() {
        var random = RandomSource(seed: seed)
        for dimension in [1, 2, 3, 5, 16, 17, 96, 127, 384, 1000] {
            let rotation = RandomRotation(dimension: dimension, seed: seed)
            let (a, b) = (random.vector(dimension), random.vector(dimension))
            var (left, right) = (a, b)
            rotation.apply(&left)
            rotation.apply(&right)
            let size = ReferenceKernels.negativeInnerProduct(a, a) - ReferenceKernels.negativeInnerProduct(b, b)
            let error = ReferenceKernels.negativeInnerProduct(a, b) - ReferenceKernels.negativeInnerProduct(left, right)
            #expect(abs(error) <= 4 * rotation.relativeError * (abs(size) + 3 * Double(dimension)), "seed \(seed)")
            let change = ReferenceKernels.l2(a, b).squareRoot() - ReferenceKernels.l2(left, right).squareRoot()
            #expect(abs(change) <= 2 * rotation.relativeError * 2 * Double(dimension).squareRoot(), "seed \(seed)")
        }
    }

    /// A vector of one element becomes one of many small ones.
    @Test func rotationsSpreadLengths() {
        for dimension in [96, 100, 384, 1000] {
            for element in [0, dimension / 2, dimension - 1] {
                var vector = [Float](repeating: 0, count: dimension)
                vector[element] = 1
                RandomRotation(dimension: dimension, seed: seed).apply(&vector)
                let largest = vector.map(abs).max()!
                #expect(largest < 6 / Float(dimension).squareRoot(), "dimension \(dimension), seed \(seed)")
            }
        }
    }

    /// The rotation of a basis, in double precision from its float elements, is orthogonal up to its stated error.
    @Test func rotationsAreOrthogonal() {
        let dimension = 24
        let rotation = RandomRotation(dimension: dimension, seed: seed)
        let basis = (0..<dimension).map { element in
            var vector = (0..<dimension).map { $0 == element ? Float(1) : 0 }
            rotation.apply(&vector)
            return vector
        }
        for i in 0..<dimension {
            for j in 0..<dimension {
                let product = -ReferenceKernels.negativeInnerProduct(basis[i], basis[j])
                #expect(abs(product - (i == j ? 1 : 0)) <= 3 * rotation.relativeError, "seed \(seed)")
            }
        }
    }
}

/// Random queries as a kernel takes them.
private struct TestPanel {
    let width: Int
    /// The bytes of each query.
    let values: [[Int8]]
    let panel: [Int32]
    let terms: [apus_block_query]

    init(width: Int, words: Int, _ random: inout RandomSource) {
        var generator = random
        let values = (0..<width).map { _ in (0..<words * 4).map { _ in Int8.random(in: -127...127, using: &generator) }
        }
        self.width = width
        self.values = values
        panel = (0..<words).flatMap { word in values.map { Self.word($0, word) } }
        terms = values.map { values in
            let sum = values.reduce(0) { $0 + Int32($1) } * 15
            return apus_block_query(
                query_step: 0.01, half: sum & 1 == 0 ? 0 : 0.5, constant: Float.random(in: 0...20, using: &generator),
                factor: Bool.random(using: &generator) ? 2 : 1, inverse_length: 0.01, residual_weight: 0.002,
                length_weight: 0.0001, residual_slack: 0.0001, length_slack: 0.00001, offset: sum >> 1)
        }
        random = generator
    }

    func words(of query: Int) -> [Int32] { (0..<values[query].count / 4).map { Self.word(values[query], $0) } }

    private static func word(_ values: [Int8], _ word: Int) -> Int32 {
        Int32(
            bitPattern: (0..<4).reduce(0) { $0 | UInt32(UInt8(bitPattern: values[word * 4 + $1])) << UInt32(8 * $1) })
    }
}

extension RandomSource {
    fileprivate mutating func vector(_ dimension: Int) -> [Float] {
        (0..<dimension).map { _ in Float.random(in: -1...1, using: &self) }
    }
}
