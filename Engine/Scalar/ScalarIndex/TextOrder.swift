#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Texts compared by their UTF-8 bytes.
enum TextOrder {
    @inline(__always)
    static func isLess(_ left: UnsafeRawBufferPointer, than right: UnsafeRawBufferPointer) -> Bool {
        let common = min(left.count, right.count)
        let order = common == 0 ? 0 : memcmp(left.baseAddress!, right.baseAddress!, common)
        return order != 0 ? order < 0 : left.count < right.count
    }

    @inline(__always)
    static func isEqual(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
        left.count == right.count
            && (left.isEmpty || memcmp(left.baseAddress!, right.baseAddress!, left.count) == 0)
    }

    /// How many first bytes two texts share.
    static func commonPrefix(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Int {
        let limit = min(left.count, right.count)
        var length = 0
        while length < limit, left[length] == right[length] { length += 1 }
        return length
    }

    /// The first eight bytes as a number that orders like them; missing bytes count as zeros.
    static func leadingBytes(_ text: UnsafeRawBufferPointer) -> UInt64 {
        var number: UInt64 = 0
        for index in 0..<8 { number = number << 8 | (index < text.count ? UInt64(text[index]) : 0) }
        return number
    }
}
