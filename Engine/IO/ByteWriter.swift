#if _endian(big)
    #error("The formats are little endian and are read and written without swapping.")
#endif

/// Builds a block of bytes: little endian integers and floats, and length-prefixed strings and blocks.
struct ByteWriter: Sendable {
    private(set) var bytes: [UInt8] = []

    init() {}

    init(reservingCapacity capacity: Int) {
        bytes.reserveCapacity(capacity)
    }

    var count: Int { bytes.count }

    mutating func append<Number: FixedWidthInteger & BitwiseCopyable>(_ value: Number) {
        withUnsafeBytes(of: value) { bytes.append(contentsOf: $0) }
    }

    mutating func append(_ value: Float) {
        append(value.bitPattern)
    }

    mutating func append(_ value: Double) {
        append(value.bitPattern)
    }

    mutating func append(_ value: Bool) {
        append(value ? 1 as UInt8 : 0)
    }

    /// 7 bits a byte, lowest first, the top bit set in all but the last (LEB128).
    mutating func appendVarint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    mutating func appendCount(_ count: Int) {
        appendVarint(UInt64(count))
    }

    /// UTF-8 behind its length as a varint.
    mutating func append(_ text: String) {
        var text = text
        text.withUTF8 { appendBlock(UnsafeRawBufferPointer($0)) }
    }

    /// Bytes behind their length as a varint.
    mutating func appendBlock(_ block: UnsafeRawBufferPointer) {
        appendCount(block.count)
        bytes.append(contentsOf: block)
    }

    mutating func appendBlock(_ block: [UInt8]) {
        block.withUnsafeBytes { appendBlock($0) }
    }

    /// Bytes as they are, without a length.
    mutating func appendBytes(_ raw: UnsafeRawBufferPointer) {
        bytes.append(contentsOf: raw)
    }

    mutating func appendBytes(_ raw: [UInt8]) {
        bytes.append(contentsOf: raw)
    }

    /// The values one after the other, without a count.
    mutating func appendValues(_ values: [Float]) {
        values.withUnsafeBytes { appendBytes($0) }
    }

    mutating func appendValues<Number: FixedWidthInteger & BitwiseCopyable>(_ values: [Number]) {
        values.withUnsafeBytes { appendBytes($0) }
    }

    /// Zeros up to the next multiple of `alignment` bytes from the start of this block.
    mutating func align(to alignment: Int) {
        bytes.append(contentsOf: repeatElement(0, count: alignedUp(bytes.count, to: alignment) - bytes.count))
    }
}

/// The next multiple of `alignment` at or above `value`.
func alignedUp(_ value: Int, to alignment: Int) -> Int {
    (value + alignment - 1) / alignment * alignment
}
