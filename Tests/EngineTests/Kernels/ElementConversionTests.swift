import Common
import TestSupport
import Testing

@testable import Apus

private func converted<Source, Target: Numeric>(
    _ source: [Source], _ convert: (UnsafeBufferPointer<Source>, UnsafeMutableBufferPointer<Target>) -> Void
) -> [Target] {
    var target = [Target](repeating: 0, count: source.count)
    source.withUnsafeBufferPointer { source in target.withUnsafeMutableBufferPointer { convert(source, $0) } }
    return target
}

private func float16(_ values: [Float]) -> [UInt16] { converted(values, ElementConversion.float16) }
private func bfloat16(_ values: [Float]) -> [UInt16] { converted(values, ElementConversion.bfloat16) }

/// Values one at a time take the path for the last few elements.
private func oneByOne(_ values: [Float], _ convert: ([Float]) -> [UInt16]) -> [UInt16] {
    values.flatMap { convert([$0]) }
}

@Suite struct ElementConversionTests {
    private let patterns = (0...UInt16.max).map { $0 }

    @Test func everyFloat16WidensExactly() {
        let together = converted(patterns) { ElementConversion.float32(fromFloat16: $0, to: $1) }
        let alone = patterns.flatMap { pattern in
            converted([pattern]) { ElementConversion.float32(fromFloat16: $0, to: $1) }
        }
        for pattern in patterns {
            let expected = Float(Float16(bitPattern: pattern))
            for found in [together[Int(pattern)], alone[Int(pattern)]] where !expected.isNaN || !found.isNaN {
                #expect(found.bitPattern == expected.bitPattern, "pattern \(pattern)")
            }
        }
    }

    @Test func everyBFloat16WidensExactlyAndReturns() {
        let wide = converted(patterns) { ElementConversion.float32(fromBFloat16: $0, to: $1) }
        #expect(wide.map(\.bitPattern) == patterns.map { UInt32($0) << 16 })
        let numbers = wide.filter { !$0.isNaN }
        #expect(bfloat16(numbers) == numbers.map { UInt16($0.bitPattern >> 16) })
    }

    /// Every float16, the middle between it and the next one, and the floats around that middle.
    @Test func float16RoundsToNearestEven() {
        let values = patterns.flatMap { pattern -> [Float] in
            let low = Float16(bitPattern: pattern)
            guard low.isFinite else { return [Float(low)] }
            let high = Float16(bitPattern: pattern + 1)
            let middle = (Float(low) + (high.isFinite ? Float(high) : (low > 0 ? 65_536 : -65_536))) / 2
            return [Float(low), middle, middle.nextUp, middle.nextDown]
        }.filter { !$0.isNaN }
        let expected = values.map { Float16($0).bitPattern }
        #expect(float16(values) == expected)
        #expect(oneByOne(values, float16) == expected)
    }

    @Test func randomFloatsRoundLikeTheStandardLibrary() {
        let seed = testSeed(61)
        var random = RandomSource(seed: seed)
        let values = (0..<20_000).map { _ in Float(bitPattern: UInt32(truncatingIfNeeded: random.next())) }
            .filter { !$0.isNaN }
        let expected = values.map { Float16($0).bitPattern }
        #expect(float16(values) == expected, "seed \(seed)")
        #expect(oneByOne(values, float16) == expected, "seed \(seed)")
    }

    @Test func bfloat16RoundsToNearestEven() {
        let cases: [(UInt32, UInt16)] = [
            (0x3F80_0000, 0x3F80), (0x3F80_7FFF, 0x3F80), (0x3F80_8000, 0x3F80), (0x3F80_8001, 0x3F81),
            (0x3F81_8000, 0x3F82), (0x3F81_7FFF, 0x3F81), (0xBF81_8000, 0xBF82), (0x0000_8000, 0x0000),
            (0x0000_8001, 0x0001), (0x0001_8000, 0x0002), (0x7F7F_7FFF, 0x7F7F), (0x7F7F_8000, 0x7F80),
            (0x7F80_0000, 0x7F80), (0xFF80_0000, 0xFF80),
        ]
        #expect(bfloat16(cases.map { Float(bitPattern: $0.0) }) == cases.map(\.1))
    }

    @Test func notANumberStaysNotANumber() {
        let values = [
            Float.nan, -.nan, .signalingNaN, Float(bitPattern: 0x7F80_0001), Float(bitPattern: 0xFFFF_FFFF),
        ]
        for pattern in float16(values + values) + oneByOne(values, float16) {
            #expect(Float16(bitPattern: pattern).isNaN)
        }
        for pattern in bfloat16(values) { #expect(Float(bitPattern: UInt32(pattern) << 16).isNaN) }
    }

    @Test func emptyConversionsDoNothing() {
        #expect(float16([]) == [])
        #expect(bfloat16([]) == [])
    }
}
