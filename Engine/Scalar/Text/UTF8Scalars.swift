/// Reads Unicode scalars from bytes that should be UTF-8 (RFC 3629). A byte that begins none is read as U+FFFD.
struct UTF8Scalars {
    private let bytes: UnsafeRawBufferPointer
    /// Where the next scalar begins.
    private(set) var offset: Int

    init(_ bytes: UnsafeRawBufferPointer, from offset: Int = 0) {
        self.bytes = bytes
        self.offset = offset
    }

    mutating func next() -> Unicode.Scalar? {
        guard offset < bytes.count else { return nil }
        let (scalar, length) = Self.decode(bytes, at: offset)
        offset += length
        return scalar
    }

    /// The scalar at `offset`, which lies before the end, and how many bytes it takes.
    static func decode(_ bytes: UnsafeRawBufferPointer, at offset: Int) -> (scalar: Unicode.Scalar, length: Int) {
        let lead = bytes[offset]
        if lead < 0x80 { return (Unicode.Scalar(lead), 1) }
        let length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2
        guard lead >= 0xC2, lead <= 0xF4, offset + length <= bytes.count else { return replacement }
        var value = UInt32(lead) & (0x7F >> UInt32(length))
        for index in 1..<length {
            let byte = bytes[offset + index]
            guard byte & 0xC0 == 0x80 else { return replacement }
            value = value << 6 | UInt32(byte & 0x3F)
        }
        // Shorter forms exist for smaller values; surrogates and values past the last scalar are none.
        guard value >= smallest[length], let scalar = Unicode.Scalar(value) else { return replacement }
        return (scalar, length)
    }

    private static let replacement: (scalar: Unicode.Scalar, length: Int) = ("\u{FFFD}", 1)
    private static let smallest: [UInt32] = [0, 0, 0x80, 0x800, 0x10000]
}
