import CKernels
import Common
import TestSupport
import Testing

@testable import Apus

/// Random codes, tables and biases, and what plain Swift adds up.
private struct FastScanCase {
    let parts: Int
    let blockCount: Int
    var tables: [UInt8]
    var blocks: [UInt8]
    let biasFactor: UInt32
    let expected: [UInt16]

    init(parts: Int, blockCount: Int, biasFactor: UInt32, random: inout RandomSource) {
        self.parts = parts
        self.blockCount = blockCount
        self.biasFactor = biasFactor
        let groups = FastScanKernel.groups(codes: parts)
        let stride = FastScanKernel.blockBytes(groups: groups)
        tables = random.bytes(parts * 16) + [UInt8](repeating: 0, count: (groups * 4 - parts) * 16)
        blocks = [UInt8](repeating: 0, count: blockCount * stride)
        var expected: [UInt16] = []
        for row in 0..<blockCount * 32 {
            let start = row / 32 * stride
            var sum = 0
            for part in 0..<parts {
                let code = UInt8.random(in: 0...15, using: &random)
                sum += Int(tables[part * 16 + Int(code)])
                blocks.withUnsafeMutableBufferPointer {
                    FastScanKernel.put(code, of: part, row: row % 32, in: $0.baseAddress! + start)
                }
            }
            let bias = UInt16.random(in: 0 ... .max, using: &random)
            let place = start + groups * 64 + row % 32 * 2
            (blocks[place], blocks[place + 1]) = (UInt8(truncatingIfNeeded: bias), UInt8(bias >> 8))
            expected.append(UInt16(sum + (Int(bias) * Int(biasFactor)) >> 16))
        }
        self.expected = expected
    }

    func withScan<Result>(_ body: (apus_fastscan) -> Result) -> Result {
        let groups = FastScanKernel.groups(codes: parts)
        return tables.withUnsafeBufferPointer { tables in
            blocks.withUnsafeBufferPointer { blocks in
                body(
                    apus_fastscan(
                        tables: tables.baseAddress!, blocks: blocks.baseAddress!,
                        stride: FastScanKernel.blockBytes(groups: groups), groups: groups, bias_factor: biasFactor))
            }
        }
    }
}

@Suite struct FastScanTests {
    private static let shapes = [(1, 1), (3, 2), (4, 1), (16, 3), (33, 2), (192, 2), (240, 1)]

    @Test(arguments: Kernels.available)
    func sumsAreThoseOfPlainSwift(kernels: Kernels) {
        let seed = testSeed(61)
        var random = RandomSource(seed: seed)
        let kernel = FastScanKernel(kernels)
        for (parts, blockCount) in Self.shapes {
            for factor: UInt32 in [0, 1, 300, 4_000] {
                let input = FastScanCase(
                    parts: parts, blockCount: blockCount, biasFactor: factor, random: &random)
                var sums = [UInt16](repeating: 0xABCD, count: blockCount * 32 + 1)
                input.withScan { kernel.sums($0, blockCount: blockCount, into: &sums) }
                #expect(Array(sums.dropLast()) == input.expected, "seed \(seed), \(parts) parts, factor \(factor)")
                #expect(sums.last == 0xABCD, "wrote past the last row")
            }
        }
    }

    @Test(arguments: Kernels.available)
    func rowsWithinAThresholdAreThoseOfPlainSwift(kernels: Kernels) {
        let seed = testSeed(62)
        var random = RandomSource(seed: seed)
        let kernel = FastScanKernel(kernels)
        for (parts, blockCount) in Self.shapes {
            let input = FastScanCase(parts: parts, blockCount: blockCount, biasFactor: 77, random: &random)
            let middle = input.expected.sorted()[input.expected.count / 2]
            for threshold in [0, input.expected.min()!, middle, input.expected.max()!, .max] {
                var rows = [UInt32](repeating: 0, count: blockCount * 32)
                var sums = [UInt16](repeating: 0, count: blockCount * 32)
                let found = input.withScan {
                    kernel.within(threshold, $0, blockCount: blockCount, rows: &rows, sums: &sums)
                }
                let expected = input.expected.indices.filter { input.expected[$0] <= threshold }
                #expect(rows.prefix(found).map { Int($0) } == expected, "seed \(seed), \(parts) parts")
                #expect(Array(sums.prefix(found)) == expected.map { input.expected[$0] }, "seed \(seed)")
            }
        }
    }

    @Test func byteTablesErrByHalfAStepAPart() {
        let seed = testSeed(63)
        var random = RandomSource(seed: seed)
        for (parts, reserve) in [(1, Float(0)), (7, 3), (64, 1_000), (192, 0), (600, 50)] {
            let tables = (0..<parts * 16).map { _ in Float.random(in: -3...5, using: &random) }
            var bytes = [UInt8](repeating: 9, count: FastScanKernel.groups(codes: parts) * 64)
            let made = ByteTables(tables, parts: parts, reserve: reserve, into: &bytes)
            #expect(bytes[(parts * 16)...].allSatisfy { $0 == 0 })
            var largest = 0
            for part in 0..<parts { largest += Int(bytes[part * 16..<part * 16 + 16].max()!) }
            #expect(Float(largest) + reserve / made.step < 65536, "seed \(seed)")
            for _ in 0..<50 {
                let entries = (0..<parts).map { $0 * 16 + Int.random(in: 0..<16, using: &random) }
                let exact = entries.reduce(0.0) { $0 + Double(tables[$1]) }
                let sum = entries.reduce(0) { $0 + Int(bytes[$1]) }
                let estimate = Double(made.constant) + Double(made.step) * Double(sum)
                #expect(
                    abs(estimate - exact) <= Double(made.step) * Double(parts) * 0.501 + 1e-2, "seed \(seed)")
            }
        }
    }

    @Test func equalTablesHaveAStepAboveZero() {
        var bytes = [UInt8](repeating: 1, count: 64)
        let made = ByteTables([Float](repeating: 2.5, count: 16), parts: 1, reserve: 0, into: &bytes)
        #expect(made.step > 0 && made.constant == 2.5 && bytes.allSatisfy { $0 == 0 })
    }
}
