/// An open file of a given kind whose header, footer and length were found right. The checksum of the body is
/// checked by `readBody` and `verifyChecksum`, not by `read`. Thread-safe.
final class FileReader: Sendable {
    let path: String
    let version: UInt32
    let bodyLength: Int
    /// The CRC-32C that the body has according to the footer.
    let bodyChecksum: UInt32
    private let file: any File

    /// Bytes that are read and checked at a time: few calls, and small enough to stay in the cache between the two.
    private static let blockSize = 1 << 18

    static func open(_ fileSystem: any FileSystem, path: String, kind: FileKind) throws -> FileReader {
        try FileReader(file: fileSystem.openFile(path, .readOnly), kind: kind)
    }

    private init(file: any File, kind: FileKind) throws {
        path = file.path
        self.file = file
        let size = try file.size()
        let header = try FileHeader(file.bytes(0..<min(size, FileFormat.headerSize)), kind: kind, path: path)
        let footerOffset = size - FileFormat.footerSize
        guard footerOffset >= FileFormat.headerSize else {
            throw StorageError.corrupted(
                path, at: size, "the file ends before its footer; restore it from a backup")
        }
        let footer = try FileFooter(file.bytes(footerOffset..<size), at: footerOffset, kind: kind, path: path)
        let length = footerOffset - FileFormat.headerSize
        guard footer.bodyLength == length, header.bodyLength == 0 || header.bodyLength == length else {
            throw StorageError.corrupted(
                path, at: footerOffset,
                "the body has \(length) bytes, but \(footer.bodyLength) were written; restore the file from a backup"
            )
        }
        version = header.version
        bodyLength = length
        bodyChecksum = footer.bodyChecksum
    }

    /// The whole body, checked.
    func readBody() throws -> [UInt8] {
        try [UInt8](unsafeUninitializedCapacity: bodyLength) { buffer, count in
            try readBody(into: UnsafeMutableRawBufferPointer(start: buffer.baseAddress, count: bodyLength))
            count = bodyLength
        }
    }

    /// Reads the whole body into a buffer of `bodyLength` bytes, and checks it in the same pass.
    func readBody(into buffer: UnsafeMutableRawBufferPointer) throws {
        precondition(buffer.count == bodyLength, "the buffer has not the length of the body")
        var checksum: UInt32 = 0
        for start in stride(from: 0, to: bodyLength, by: Self.blockSize) {
            let end = min(start + Self.blockSize, bodyLength)
            let block = UnsafeMutableRawBufferPointer(rebasing: buffer[start..<end])
            try fill(block, from: start)
            checksum = Checksum.crc32c(UnsafeRawBufferPointer(block), continuing: checksum)
        }
        try check(checksum)
    }

    /// Reads the body once and throws if it is not what was written. Takes a fixed amount of memory.
    func verifyChecksum() throws {
        try check(checksum(of: 0..<bodyLength))
    }

    /// The CRC-32C of a range of the body. Takes a fixed amount of memory.
    func checksum(of range: Range<Int>) throws -> UInt32 {
        try checkRange(range)
        var checksum: UInt32 = 0
        var block = [UInt8](repeating: 0, count: min(Self.blockSize, range.count))
        for start in stride(from: range.lowerBound, to: range.upperBound, by: Self.blockSize) {
            let count = min(Self.blockSize, range.upperBound - start)
            try block.withUnsafeMutableBytes { bytes in
                let part = UnsafeMutableRawBufferPointer(rebasing: bytes[..<count])
                try fill(part, from: start)
                checksum = Checksum.crc32c(UnsafeRawBufferPointer(part), continuing: checksum)
            }
        }
        return checksum
    }

    /// The bytes of `range` of the body, unchecked; `corrupted` if the body does not reach that far.
    func read(_ range: Range<Int>) throws -> [UInt8] {
        try checkRange(range)
        return try file.bytes(
            FileFormat.headerSize + range.lowerBound..<FileFormat.headerSize + range.upperBound)
    }

    /// Fills the buffer from `offset` of the body on, unchecked.
    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws {
        // Offsets come from files too, so a sum that overflows is damage and not our own bug.
        let (end, overflow) = offset.addingReportingOverflow(buffer.count)
        guard offset >= 0, !overflow else { throw outside(offset) }
        try checkRange(offset..<end)
        try fill(buffer, from: offset)
    }

    /// A reader of many places at once. Its offsets count from the start of the file, `FileFormat.headerSize` before
    /// the body, and what it brings is unchecked.
    func asynchronousReader(slots: ReadSlots) -> any AsynchronousReader { file.asynchronousReader(slots: slots) }

    /// A reader of the whole body, checked, whose errors name this file.
    func byteReader() throws -> ByteReader {
        ByteReader(try readBody(), path: path, offset: FileFormat.headerSize)
    }

    private func checkRange(_ range: Range<Int>) throws {
        guard range.lowerBound >= 0, range.upperBound <= bodyLength else { throw outside(range.upperBound) }
    }

    private func outside(_ place: Int) -> StorageError {
        .corrupted(path, at: nil, "byte \(place) of the body is asked for, but it has \(bodyLength) bytes")
    }

    private func fill(_ buffer: UnsafeMutableRawBufferPointer, from start: Int) throws {
        let offset = FileFormat.headerSize + start
        let count = try file.read(into: buffer, at: offset)
        guard count == buffer.count else {
            throw StorageError.corrupted(
                path, at: offset + count,
                "the file became shorter while it was read; restore it from a backup")
        }
    }

    private func check(_ checksum: UInt32) throws {
        guard checksum == bodyChecksum else {
            throw StorageError.corrupted(
                path, at: FileFormat.headerSize,
                "the checksum of the body is wrong; restore the file from a backup")
        }
    }
}
