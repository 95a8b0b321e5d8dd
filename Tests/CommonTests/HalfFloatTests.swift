import Testing

@testable import Common

/// What the standard says a half-precision number is worth.
private func definition(_ bits: UInt16) -> Float {
    let exponent = Int(bits >> 10 & 31)
    let fraction = Double(bits & 1023)
    let sign: Double = bits & 0x8000 == 0 ? 1 : -1
    if exponent == 31 { return fraction == 0 ? Float(sign * .infinity) : .nan }
    let magnitude =
        exponent == 0 ? fraction * 0x1p-24 : (1 + fraction / 1024) * power(2, Double(exponent - 15))
    return Float(sign * magnitude)
}

@Test func everyHalfBecomesItsValueAndComesBack() {
    for bits in UInt16.min...UInt16.max {
        let value = HalfFloat.float(bits)
        let expected = definition(bits)
        if expected.isNaN {
            #expect(value.isNaN && HalfFloat.float(HalfFloat.bits(value)).isNaN)
        } else if value.bitPattern != expected.bitPattern || HalfFloat.bits(value) != bits {
            Issue.record("half \(bits): \(value), expected \(expected), back \(HalfFloat.bits(value))")
        }
    }
}

@Test func roundingToHalfTakesTheNearestAndTiesToEven() {
    var random = RandomSource(seed: 5)
    for bits in UInt16(0)..<0x7BFF {
        let low = HalfFloat.float(bits)
        let high = HalfFloat.float(bits + 1)
        let middle = (low + high) / 2
        let even = bits & 1 == 0 ? bits : bits + 1
        let near = low + (middle - low) * random.uniform() * 0.99
        if HalfFloat.bits(middle) != even || HalfFloat.bits(near) != bits
            || HalfFloat.bits(middle.nextUp) != bits + 1 || HalfFloat.bits(-middle) != even | 0x8000
        {
            Issue.record("rounding between \(low) and \(high), seed 5")
        }
    }
    #expect(HalfFloat.bits(65_519.99) == 0x7BFF)
    #expect(HalfFloat.bits(65_520) == 0x7C00)
    #expect(HalfFloat.bits(.greatestFiniteMagnitude) == 0x7C00)
}
