/// Reads what `ByteWriter` wrote. No input traps: whatever does not fit throws `corrupted` with the file and the
/// offset in it, and no length is believed, nor memory taken for it, before the bytes are known to be there.
struct ByteReader: Sendable {
    private let bytes: [UInt8]
    private let end: Int
    private(set) var position: Int
    private let path: String
    /// Where the first byte lies in the file.
    private let base: Int

    /// - Parameters:
    ///   - path: the file that errors name.
    ///   - offset: the place of the first byte in that file.
    init(_ bytes: [UInt8], path: String, offset: Int = 0) {
        self.bytes = bytes
        self.end = bytes.count
        self.position = 0
        self.path = path
        self.base = offset
    }

    private init(part: Range<Int>, of whole: ByteReader) {
        bytes = whole.bytes
        end = part.upperBound
        position = part.lowerBound
        path = whole.path
        base = whole.base
    }

    var remaining: Int { end - position }
    var isAtEnd: Bool { position == end }
    /// The place of the next byte in the file.
    var fileOffset: Int { base + position }

    /// The error for a value that cannot be, at the next byte.
    func corrupted(_ message: String) -> StorageError {
        .corrupted(path, at: fileOffset, message)
    }

    mutating func integer<Number: FixedWidthInteger & BitwiseCopyable>(as type: Number.Type = Number.self) throws
        -> Number
    {
        let range = try take(MemoryLayout<Number>.size)
        return bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: range.lowerBound, as: Number.self) }
    }

    mutating func uint8() throws -> UInt8 { try integer() }
    mutating func uint16() throws -> UInt16 { try integer() }
    mutating func uint32() throws -> UInt32 { try integer() }
    mutating func uint64() throws -> UInt64 { try integer() }
    mutating func int64() throws -> Int64 { try integer() }

    mutating func float() throws -> Float {
        Float(bitPattern: try integer())
    }

    mutating func double() throws -> Double {
        Double(bitPattern: try integer())
    }

    mutating func bool() throws -> Bool {
        let start = self
        switch try uint8() {
        case 0: return false
        case 1: return true
        case let value: throw start.corrupted("\(value) is neither true nor false")
        }
    }

    mutating func varint() throws -> UInt64 {
        let start = self
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 7) {
            let byte = try uint8()
            let part = UInt64(byte & 0x7f)
            guard (part << shift) >> shift == part else { break }
            value |= part << shift
            if byte < 0x80 { return value }
        }
        throw start.corrupted("a number is longer than 64 bits")
    }

    /// A count of things that take at least `minimumBytesEach` bytes here, so it is at most what is left.
    mutating func count(minimumBytesEach: Int = 1) throws -> Int {
        precondition(minimumBytesEach > 0, "things of no bytes cannot bound their count")
        let start = self
        let value = try varint()
        guard value <= UInt64(remaining / minimumBytesEach) else {
            throw start.corrupted(
                "a count of \(value) does not fit into the \(remaining) bytes that are left")
        }
        return Int(value)
    }

    mutating func string() throws -> String {
        let start = self
        let range = try take(try count())
        guard let text = String(validating: bytes[range], as: UTF8.self) else {
            throw start.corrupted("a text is not UTF-8")
        }
        return text
    }

    /// A length-prefixed block.
    mutating func block() throws -> ArraySlice<UInt8> {
        try byteSlice(try count())
    }

    /// A length-prefixed block as a reader of its own.
    mutating func blockReader() throws -> ByteReader {
        let range = try take(try count())
        return ByteReader(part: range, of: self)
    }

    /// The next `count` bytes.
    mutating func byteSlice(_ count: Int) throws -> ArraySlice<UInt8> {
        bytes[try take(count)]
    }

    /// The next `count` floats.
    mutating func floats(_ count: Int) throws -> [Float] {
        try values(count, size: MemoryLayout<Float>.size)
    }

    /// The next `count` integers.
    mutating func integers<Number: FixedWidthInteger & BitwiseCopyable>(
        _ count: Int, as type: Number.Type = Number.self
    ) throws -> [Number] {
        try values(count, size: MemoryLayout<Number>.size)
    }

    /// Passes the zeros that `ByteWriter.align` wrote.
    mutating func align(to alignment: Int) throws {
        _ = try take(alignedUp(position, to: alignment) - position)
    }

    /// Throws if bytes are left, which a reader of the right version would have read.
    func expectEnd() throws {
        guard isAtEnd else { throw corrupted("\(remaining) bytes are left over") }
    }

    private mutating func values<Number: BitwiseCopyable>(_ count: Int, size: Int) throws -> [Number] {
        guard count >= 0, count <= remaining / size else {
            throw corrupted(
                "\(count) values of \(size) bytes do not fit into the \(remaining) bytes that are left")
        }
        let range = try take(count * size)
        return [Number](unsafeUninitializedCapacity: count) { target, filled in
            bytes.withUnsafeBytes {
                UnsafeMutableRawBufferPointer(target).copyMemory(
                    from: UnsafeRawBufferPointer(rebasing: $0[range]))
            }
            filled = count
        }
    }

    private mutating func take(_ count: Int) throws -> Range<Int> {
        guard count >= 0, count <= remaining else {
            throw corrupted("\(count) bytes are expected, \(remaining) are left")
        }
        defer { position += count }
        return position..<position + count
    }
}
