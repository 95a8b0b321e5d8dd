import Common
import TestSupport
import Testing

@testable import Apus

/// Every instruction set gives the bits that a plain loop gives.
@Suite struct FilterKernelsTests {
    private static let counts = [0, 1, 7, 63, 64, 65, 128, 200]

    private func words(_ count: Int, _ holds: (Int) -> Bool) -> [UInt64] {
        var set = RowSet(capacity: count)
        for row in 0..<count where holds(row) { set.insert(row) }
        return set.words
    }

    private func check<Number: ColumnNumber>(_ numbers: [Number], _ constants: [Number], _ name: String) {
        for kernels in Kernels.available {
            let filters = FilterKernels(kernels)
            for count in Self.counts {
                numbers.withUnsafeBytes { bytes in
                    let (low, high) = (min(constants[0], constants[1]), max(constants[0], constants[1]))
                    #expect(
                        filters.inRange(bytes.baseAddress!, count: count, low...high)
                            == words(count) { (low...high).contains(numbers[$0]) }, "\(kernels.name) \(name) \(count)")
                    #expect(
                        filters.isIn(bytes.baseAddress!, count: count, constants)
                            == words(count) { constants.contains(numbers[$0]) }, "\(kernels.name) \(name) \(count)")
                }
            }
        }
    }

    private func checkIntegers<Number: ColumnNumber & FixedWidthInteger>(_: Number.Type, seed: UInt64) {
        var random = RandomSource(seed: seed)
        let numbers = (0..<200).map { index in
            index % 9 == 0 ? [Number.min, .max].randomElement(using: &random)! : Number.random(in: -5...5, using: &random)
        }
        check(numbers, [-1, 3, 5], "\(Number.self) seed \(seed)")
        check(numbers, [.min, 0], "\(Number.self) seed \(seed)")
        check(numbers, [.min, .max], "\(Number.self) seed \(seed)")
    }

    private func checkFloats<Number: ColumnNumber & BinaryFloatingPoint>(_: Number.Type, seed: UInt64) {
        var random = RandomSource(seed: seed)
        let edges: [Number] = [-.infinity, .infinity, .nan, 0, -0.0, .leastNonzeroMagnitude, .greatestFiniteMagnitude]
        let numbers = (0..<200).map { index in
            index % 5 == 0 ? edges.randomElement(using: &random)! : Number(Int.random(in: -5...5, using: &random)) / 2
        }
        check(numbers, [-0.5, 1.5, 2], "\(Number.self) seed \(seed)")
        check(numbers, [0, .infinity], "\(Number.self) seed \(seed)")
        check(numbers, [-.infinity, .infinity], "\(Number.self) seed \(seed)")
    }

    @Test func kernelsAgreeWithAPlainLoop() {
        let seed = testSeed(7_101)
        checkIntegers(Int8.self, seed: seed)
        checkIntegers(Int16.self, seed: seed)
        checkIntegers(Int32.self, seed: seed)
        checkIntegers(Int64.self, seed: seed)
        checkFloats(Float.self, seed: seed)
        checkFloats(Double.self, seed: seed)
    }

    @Test func valuesNeedNoAlignment() {
        let bytes = [UInt8](repeating: 1, count: 8 * 65 + 1)
        bytes.withUnsafeBytes {
            let one = Int64(0x0101_0101_0101_0101)
            for kernels in Kernels.available {
                #expect(FilterKernels(kernels).inRange($0.baseAddress! + 1, count: 65, one...one) == [.max, 1])
            }
        }
    }
}
