import Common
import TestSupport
import Testing

@testable import Apus

private let dimensions = [1, 3, 7, 8, 15, 16, 17, 31, 100, 128, 384, 1536, 32_768]

/// How far a float32 sum may be from the exact one.
///
/// Every kernel adds at most `dimension / 8 + 16` terms one after the other, each term carries at most three
/// roundings, and a rounding changes a number by at most 2^-24 of itself or half the least subnormal.
private func tolerance(dimension: Int, sumOfMagnitudes: Double) -> Double {
    let roundings = Double(dimension / 8 + 19)
    let unit = 0x1p-24
    return roundings * unit / (1 - roundings * unit) * sumOfMagnitudes + Double(dimension) * 0x1p-149
}

private func sumOfProductMagnitudes(_ a: [Float], _ b: [Float]) -> Double {
    -ReferenceKernels.negativeInnerProduct(a.map(abs), b.map(abs))
}

/// Checks both numeric distances of `a` and `b` against the reference.
private func check(_ kernels: Kernels, _ element: VectorElement, _ a: [Float], _ b: [Float], _ note: String) {
    let left = EncodedVector(a, as: element)
    let right = EncodedVector(b, as: element)
    let dimension = a.count
    let note = "\(note), \(element), dimension \(dimension)"
    let l2 = ReferenceKernels.l2(left.values, right.values)
    let product = ReferenceKernels.negativeInnerProduct(left.values, right.values)
    let foundL2 = kernels.l2(element).pairDistance(left.bytes, right.bytes, dimension)
    let foundProduct = kernels.negativeInnerProduct(element).pairDistance(left.bytes, right.bytes, dimension)
    guard element != .int8 else {
        #expect(foundL2 == Float(l2), "l2, \(note)")
        #expect(foundProduct == Float(product), "inner product, \(note)")
        return
    }
    let magnitudes = sumOfProductMagnitudes(left.values, right.values)
    #expect(
        abs(Double(foundL2) - l2) <= tolerance(dimension: dimension, sumOfMagnitudes: l2), "l2, \(note)")
    #expect(
        abs(Double(foundProduct) - product) <= tolerance(dimension: dimension, sumOfMagnitudes: magnitudes),
        "inner product, \(note)")
}

@Suite struct KernelsDistanceTests {
    @Test(arguments: Kernels.available)
    func agreesWithTheReference(kernels: Kernels) {
        let seed = testSeed(21)
        var random = RandomSource(seed: seed)
        for element in numericElements {
            for dimension in dimensions {
                let a = random.values(dimension, for: element)
                let b = random.values(dimension, for: element)
                check(kernels, element, a, b, "seed \(seed)")
            }
        }
    }

    /// Sums of small whole numbers are exact in any order, so one missing element shows.
    @Test(arguments: Kernels.available)
    func missesNoElement(kernels: Kernels) {
        let seed = testSeed(22)
        var random = RandomSource(seed: seed)
        for element in numericElements {
            for dimension in dimensions {
                let a = (0..<dimension).map { _ in Float(Int.random(in: 1...8, using: &random)) }
                let b = (0..<dimension).map { _ in Float(Int.random(in: -8 ... -1, using: &random)) }
                let left = EncodedVector(a, as: element).bytes
                let right = EncodedVector(b, as: element).bytes
                let l2 = kernels.l2(element).pairDistance(left, right, dimension)
                let product = kernels.negativeInnerProduct(element).pairDistance(left, right, dimension)
                #expect(Double(l2) == ReferenceKernels.l2(a, b), "seed \(seed), \(element), \(dimension)")
                #expect(
                    Double(product) == ReferenceKernels.negativeInnerProduct(a, b),
                    "seed \(seed), \(element), \(dimension)")
            }
        }
    }

    @Test(arguments: Kernels.available)
    func extremeIntegersAreExact(kernels: Kernels) {
        for dimension in dimensions {
            for (a, b): (Float, Float) in [(-128, -128), (-128, 127), (127, -128), (127, 127), (-128, 0)] {
                let left = [Float](repeating: a, count: dimension)
                check(kernels, .int8, left, [Float](repeating: b, count: dimension), "\(a) and \(b)")
            }
        }
    }

    @Test(arguments: Kernels.available)
    func tinyAndHugeNumbers(kernels: Kernels) {
        let seed = testSeed(23)
        var random = RandomSource(seed: seed)
        for dimension in [1, 17, 100, 384] {
            let a = random.values(dimension, for: .float32)
            let b = random.values(dimension, for: .float32)
            for scale: Float in [0x1p-149, 0x1p-140, 0x1p-126, 0x1p-75, 0x1p-63, 0x1p50] {
                let note = "seed \(seed), scale \(scale)"
                check(kernels, .float32, a.map { $0 * scale }, b.map { $0 * scale }, note)
                check(kernels, .bfloat16, a.map { $0 * scale }, b.map { $0 * scale }, note)
            }
            check(
                kernels, .float16, a.map { $0 * 0x1p-24 }, b.map { $0 * 0x1p-20 }, "seed \(seed), subnormal")
            check(kernels, .float16, a.map { $0 * 65_000 }, b.map { $0 * 65_000 }, "seed \(seed), large")
        }
    }

    @Test(arguments: Kernels.available)
    func overflowIsInfinite(kernels: Kernels) {
        let large = EncodedVector([Float](repeating: 2e38, count: 37), as: .float32).bytes
        let negative = EncodedVector([Float](repeating: -2e38, count: 37), as: .float32).bytes
        #expect(kernels.l2(.float32).pairDistance(large, negative, 37) == .infinity)
        #expect(kernels.negativeInnerProduct(.float32).pairDistance(large, large, 37) == -.infinity)
        #expect(kernels.negativeInnerProduct(.float32).pairDistance(large, negative, 37) == .infinity)
    }

    @Test(arguments: Kernels.available)
    func bitDistancesAreExact(kernels: Kernels) {
        let seed = testSeed(24)
        var random = RandomSource(seed: seed)
        for bytes in [1, 2, 7, 8, 9, 16, 31, 32, 33, 48, 63, 64, 65, 100, 128, 192, 4096] {
            let zeros = [UInt8](repeating: 0, count: bytes)
            let ones = [UInt8](repeating: 255, count: bytes)
            for (a, b) in [
                (random.bytes(bytes), random.bytes(bytes)), (zeros, ones), (ones, ones), (zeros, zeros),
            ] {
                let hamming = kernels.hamming.pairDistance(a, b, bytes * 8)
                let jaccard = kernels.jaccard.pairDistance(a, b, bytes * 8)
                #expect(hamming == Float(ReferenceKernels.hamming(a, b)), "seed \(seed), \(bytes) bytes")
                #expect(jaccard == Float(ReferenceKernels.jaccard(a, b)), "seed \(seed), \(bytes) bytes")
            }
        }
    }
}
