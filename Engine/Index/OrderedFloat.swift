/// Floats as unsigned integers of the same order, so that a distance and a row fit into one comparable word.
enum OrderedFloat {
    /// Smaller floats give smaller integers; -0 lies just below +0.
    @inline(__always)
    static func ordered(_ value: Float) -> UInt32 {
        let bits = value.bitPattern
        let flip = UInt32(bitPattern: Int32(bitPattern: bits) >> 31) | 0x8000_0000
        return bits ^ flip
    }

    /// The float that `ordered` made into `bits`.
    @inline(__always)
    static func float(_ bits: UInt32) -> Float {
        let flip = UInt32(bitPattern: Int32(bitPattern: ~bits) >> 31) | 0x8000_0000
        return Float(bitPattern: bits ^ flip)
    }
}
