/// IEEE 754 half precision by integer arithmetic on the bits.
///
/// Swift's own `Float16` conversions are library calls on processors without that instruction in the baseline.
public enum HalfFloat {
    /// The value of a half-precision number, exact for every bit pattern.
    ///
    /// Exponent and fraction are moved into the place of a single-precision number, whose exponent is then too
    /// small by 112; one exact multiplication mends that and also normalises subnormal numbers.
    @inline(__always)
    public static func float(_ bits: UInt16) -> Float {
        let magnitude = UInt32(bits & 0x7FFF) << 13
        let scaled = (Float(bitPattern: magnitude) * 0x1p112).bitPattern
        let infinityOrNaN: UInt32 = magnitude >= 0x0F80_0000 ? 0x7F80_0000 : 0
        return Float(bitPattern: scaled | infinityOrNaN | UInt32(bits & 0x8000) << 16)
    }

    /// The nearest half-precision number, ties to even; too large values become infinity.
    public static func bits(_ value: Float) -> UInt16 {
        let sign = UInt16(truncatingIfNeeded: value.bitPattern >> 16) & 0x8000
        let magnitude = value.bitPattern & 0x7FFF_FFFF
        if magnitude > 0x7F80_0000 { return sign | 0x7E00 }
        if magnitude >= 0x477F_F000 { return sign | 0x7C00 }
        if magnitude < 0x3880_0000 {
            // Below the smallest normal number: the sum with 0.5 rounds at 2^-24, the step of subnormal numbers.
            let rounded = (Float(bitPattern: magnitude) + 0.5).bitPattern &- Float(0.5).bitPattern
            return sign | UInt16(truncatingIfNeeded: rounded)
        }
        let oddLastBit = magnitude >> 13 & 1
        let rounded = magnitude &- 0x3800_0000 &+ 0xFFF &+ oddLastBit
        return sign | UInt16(truncatingIfNeeded: rounded >> 13)
    }
}
