/// Writes one file from front to back: header, body and footer, with a running checksum. The file is complete and
/// durable after `finish`, its name after `syncFolder`. Not thread-safe.
final class FileWriter {
    let path: String
    private let fileSystem: any FileSystem
    private let kind: FileKind
    private let file: any File
    private var buffer: [UInt8] = []
    private var checksum: UInt32 = 0
    /// Body bytes appended so far.
    private(set) var bodyLength = 0

    private static let bufferSize = 1 << 18

    /// Begins a file that must not exist.
    ///
    /// - Parameter bodyLength: the length of the body where it is known, so that its space is reserved at once.
    init(_ fileSystem: any FileSystem, path: String, kind: FileKind, bodyLength: Int = 0) throws {
        self.path = path
        self.fileSystem = fileSystem
        self.kind = kind
        file = try fileSystem.openFile(path, .create)
        buffer.reserveCapacity(Self.bufferSize)
        buffer += FileHeader(version: kind.version, bodyLength: UInt64(bodyLength)).encoded(kind)
        expectedLength = bodyLength
        if bodyLength > 0 { try file.allocate(upTo: FileFormat.fileSize(bodyLength: bodyLength)) }
    }

    private let expectedLength: Int
    /// Where the buffer goes in the file.
    private var flushed = 0

    func append(_ bytes: UnsafeRawBufferPointer) throws {
        checksum = Checksum.crc32c(bytes, continuing: checksum)
        bodyLength += bytes.count
        if buffer.count + bytes.count <= Self.bufferSize {
            buffer.append(contentsOf: bytes)
        } else {
            try flush(followedBy: bytes)
        }
    }

    func append(_ bytes: [UInt8]) throws {
        try bytes.withUnsafeBytes { try append($0) }
    }

    /// The floats as they lie in memory.
    func append(floats values: [Float]) throws {
        try values.withUnsafeBytes { try append($0) }
    }

    /// Pads with zeros so that the next byte lies at a multiple of `FileFormat.alignment` in the file; returns its
    /// offset in the body.
    @discardableResult
    func align() throws -> Int {
        let padding = alignedUp(bodyLength, to: FileFormat.alignment) - bodyLength
        if padding > 0 { try append([UInt8](repeating: 0, count: padding)) }
        return bodyLength
    }

    /// Writes the footer, syncs and closes; returns the checksum of the body.
    @discardableResult
    func finish() throws -> UInt32 {
        precondition(
            expectedLength == 0 || expectedLength == bodyLength, "the body is not as long as announced")
        let footer = FileFooter(bodyLength: UInt64(bodyLength), bodyChecksum: checksum).encoded(kind)
        try footer.withUnsafeBytes { try flush(followedBy: $0) }
        try file.sync()
        try file.close()
        return checksum
    }

    /// Gives the file up after an error: closes and removes it.
    func abandon() {
        // The caller reports the error that made it give up; a file that stays is removed at the next opening.
        try? file.close()
        try? fileSystem.remove(path)
    }

    private func flush(followedBy bytes: UnsafeRawBufferPointer) throws {
        try buffer.withUnsafeBytes { try file.write([$0, bytes], at: flushed) }
        flushed += buffer.count + bytes.count
        buffer.removeAll(keepingCapacity: true)
    }
}
