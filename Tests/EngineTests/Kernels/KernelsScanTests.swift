import Common
import TestSupport
import Testing

@testable import Apus

@Suite struct KernelsScanTests {
    @Test(arguments: Kernels.available)
    func positionsWithinFindsWhatAPlainLoopFinds(kernels: Kernels) {
        let seed = testSeed(51)
        var random = RandomSource(seed: seed)
        for count in [0, 1, 7, 8, 15, 16, 17, 31, 48, 100, 1000] {
            for share in [0, 1, 50, 100] {
                var values = (0..<count).map { _ in Float.random(in: 0..<1, using: &random) }
                var bounds = values.map { Int.random(in: 0..<100, using: &random) < share ? $0 : $0 - 0.5 }
                if count > 20 {
                    values[3] = .nan
                    bounds[9] = .nan
                    (values[12], bounds[12]) = (.infinity, .infinity)
                }
                let expected = (0..<count).filter { values[$0] <= bounds[$0] }.map { UInt32($0) }
                let found = positions(kernels, values, bounds)
                #expect(found == expected, "seed \(seed), count \(count), share \(share)")
            }
        }
    }

    /// Gives exactly as much room as the contract asks for, and a guard behind it.
    private func positions(_ kernels: Kernels, _ values: [Float], _ bounds: [Float]) -> [UInt32] {
        var positions = [UInt32](repeating: 0xABCD, count: values.count + 1)
        let found = kernels.positionsWithin(
            values: values, bounds: bounds, count: values.count, positions: &positions)
        #expect(positions[values.count] == 0xABCD, "wrote past \(values.count) positions")
        return Array(positions.prefix(found))
    }

    @Test(arguments: Kernels.available)
    func firstNonFiniteFindsTheFirst(kernels: Kernels) {
        for count in [0, 1, 7, 16, 17, 33, 100] {
            var values = [Float](repeating: .greatestFiniteMagnitude, count: count)
            #expect(kernels.firstNonFinite(values) == count)
            for bad in [Float.nan, .infinity, -.infinity, .signalingNaN] {
                for index in stride(from: count - 1, through: 0, by: -3) {
                    values[index] = bad
                    #expect(kernels.firstNonFinite(values) == index, "\(bad) at \(index) of \(count)")
                }
                values = [Float](repeating: -0x1p-149, count: count)
            }
        }
    }
}
