/// The body of an index file as numbered parts, so that an index can be put together from a graph, codes and whatever
/// else it needs, and each part can be read alone. docs/format.md has the layout.
struct IndexParts: Sendable {
    /// Parts begin at multiples of this.
    static let alignment = 64
    /// Far more than any index has; a larger number is damage.
    private static let mostParts = 64
    /// Bytes that are hashed at a time.
    private static let hashBlock = 1 << 18

    let file: FileReader
    /// Where each part lies in the body.
    private let ranges: [Range<Int>]

    /// Reads the directory of the parts; the checksum of the body is left to the caller.
    ///
    /// - Throws: `StorageError.corrupted` if the body is not made of parts.
    init(file: FileReader) throws {
        self.file = file
        let count = try file.read(0..<8).withUnsafeBytes { $0.loadUnaligned(as: UInt64.self) }
        guard (1...UInt64(Self.mostParts)).contains(count) else {
            throw StorageError.corrupted(file.path, at: FileFormat.headerSize, "an index cannot have that many parts")
        }
        let directoryEnd = 8 + Int(count) * 8
        let lengths = try file.read(8..<directoryEnd).withUnsafeBytes { bytes in
            (0..<Int(count)).map { bytes.loadUnaligned(fromByteOffset: $0 * 8, as: UInt64.self) }
        }
        var ranges: [Range<Int>] = []
        var offset = alignedUp(directoryEnd, to: Self.alignment)
        for length in lengths {
            guard length <= UInt64(file.bodyLength), offset + Int(length) <= file.bodyLength else {
                throw StorageError.corrupted(
                    file.path, at: offset, "part \(ranges.count) of the index ends behind the file")
            }
            ranges.append(offset..<offset + Int(length))
            offset = alignedUp(offset + Int(length), to: Self.alignment)
        }
        guard ranges.last?.upperBound == file.bodyLength else {
            throw StorageError.corrupted(file.path, at: offset, "bytes follow the last part of the index")
        }
        self.ranges = ranges
    }

    var count: Int { ranges.count }

    /// Where a part lies in the body of the file.
    ///
    /// - Throws: `StorageError.corrupted` if there is no such part.
    func range(_ part: Int) throws -> Range<Int> {
        guard ranges.indices.contains(part) else { throw corrupted("part \(part) of the index is missing") }
        return ranges[part]
    }

    /// The bytes of a part.
    ///
    /// - Throws: `StorageError.corrupted` if the part is missing or not of the length that is expected.
    func read(_ part: Int, expectedBytes: Int? = nil) throws -> MemoryBlock {
        let range = try range(part)
        if let expectedBytes, expectedBytes != range.count {
            throw corrupted("part \(part) of the index has \(range.count) bytes instead of \(expectedBytes)")
        }
        let block = MemoryBlock(byteCount: range.count)
        try file.read(into: UnsafeMutableRawBufferPointer(start: block.base, count: range.count), at: range.lowerBound)
        return block
    }

    /// Reads a part of floats, of which a search can stand no NaN and no infinity.
    ///
    /// - Throws: `StorageError.corrupted` if the part is missing, of another size or has such a number.
    func readFiniteFloats(_ part: Int, count: Int, dimension: Int) throws -> FloatMatrix {
        let floats = FloatMatrix(
            try read(part, expectedBytes: count * dimension * MemoryLayout<Float>.size), count: count,
            dimension: dimension)
        let values = UnsafeBufferPointer(start: UnsafePointer(floats.row(0)), count: count * dimension)
        guard Kernels.best.firstNonFinite(values) == values.count else {
            throw corrupted("part \(part) of the index has a number that is not finite")
        }
        return floats
    }

    /// Reads a part into memory of its length.
    ///
    /// - Throws: `StorageError.corrupted` if the part is missing or of another length.
    func read(_ part: Int, into target: UnsafeMutableRawBufferPointer) throws {
        let range = try range(part)
        guard range.count == target.count else {
            throw corrupted("part \(part) of the index has \(range.count) bytes instead of \(target.count)")
        }
        try file.read(into: target, at: range.lowerBound)
    }

    /// The bytes of a part of small values.
    func byteReader(_ part: Int) throws -> ByteReader {
        let range = try range(part)
        return ByteReader(
            try file.read(range), path: file.path, offset: FileFormat.headerSize + range.lowerBound)
    }

    func corrupted(_ message: String) -> StorageError { .corrupted(file.path, at: nil, message) }

    /// The digest that `digest(of:)` gave for these parts. Takes a fixed amount of memory.
    func digest() throws -> UInt64 {
        var state: UInt64 = 0
        var block = [UInt8](repeating: 0, count: Self.hashBlock)
        for range in ranges {
            for start in stride(from: range.lowerBound, to: range.upperBound, by: Self.hashBlock) {
                let count = min(Self.hashBlock, range.upperBound - start)
                try block.withUnsafeMutableBytes { bytes in
                    let piece = UnsafeMutableRawBufferPointer(rebasing: bytes[..<count])
                    try file.read(into: piece, at: start)
                    state = StableHash.hash(UnsafeRawBufferPointer(piece), start: state)
                }
            }
            state = StableHash.hash(UInt64(range.count), seed: state)
        }
        return state
    }

    // MARK: Writing

    /// A hash of parts.
    static func digest(of parts: [UnsafeRawBufferPointer]) -> UInt64 {
        parts.reduce(0) { state, part in
            var state = state
            for start in stride(from: 0, to: part.count, by: hashBlock) {
                let piece = UnsafeRawBufferPointer(rebasing: part[start..<min(start + hashBlock, part.count)])
                state = StableHash.hash(piece, start: state)
            }
            return StableHash.hash(UInt64(part.count), seed: state)
        }
    }

    /// Passes a body of these parts to `append`, piece by piece.
    static func write(
        _ parts: [UnsafeRawBufferPointer], _ append: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        precondition((1...mostParts).contains(parts.count))
        var directory = [UInt64(parts.count)]
        directory += parts.map { UInt64($0.count) }
        try directory.withUnsafeBytes(append)
        var offset = directory.count * 8
        for part in parts {
            let start = alignedUp(offset, to: alignment)
            try [UInt8](repeating: 0, count: start - offset).withUnsafeBytes(append)
            try append(part)
            offset = start + part.count
        }
    }

}
