/// What a file holds: its four-character code, the name that errors use and the newest version that is understood.
struct FileKind: Sendable, Hashable {
    let code: [UInt8]
    let name: String
    let version: UInt32

    /// - Parameter code: four ASCII characters.
    init(_ code: String, name: String, version: UInt32) {
        precondition(
            code.utf8.count == 4 && code.utf8.allSatisfy { $0 < 0x80 }, "a kind has four ASCII characters")
        self.code = Array(code.utf8)
        self.name = name
        self.version = version
    }
}

/// The envelope of every file that is written once: header, body, footer. `docs/format.md` draws it.
enum FileFormat {
    static let headerSize = 64
    static let footerSize = 32
    /// Sections and the body itself start at multiples of this, so that vectors can be used where they lie.
    static let alignment = 64
    static let headerMagic = Array("APUS".utf8)
    static let footerMagic = Array("SUPA".utf8)

    static func fileSize(bodyLength: Int) -> Int {
        headerSize + bodyLength + footerSize
    }
}

/// The first bytes of a file.
struct FileHeader {
    var version: UInt32
    /// 0 when the length was not known as the file was begun.
    var bodyLength: UInt64

    func encoded(_ kind: FileKind) -> [UInt8] {
        var writer = ByteWriter(reservingCapacity: FileFormat.headerSize)
        writer.appendBytes(FileFormat.headerMagic)
        writer.appendBytes(kind.code)
        writer.append(version)
        writer.append(UInt32(0))
        writer.append(bodyLength)
        return writer.sealed(size: FileFormat.headerSize)
    }

    /// - Parameter bytes: the start of the file, which may be shorter than a header.
    init(_ bytes: [UInt8], kind: FileKind, path: String) throws {
        var reader = ByteReader(bytes, path: path)
        let foreign = StorageError.corrupted(path, at: 0, "is not an Apus \(kind.name) file")
        guard bytes.count >= 8, bytes.starts(with: FileFormat.headerMagic) else { throw foreign }
        guard bytes.count >= FileFormat.headerSize else {
            throw StorageError.corrupted(
                path, at: bytes.count, "the file ends inside its header; restore it from a backup")
        }
        try checkSeal(bytes, at: 0, part: "header", path: path)
        guard bytes[4..<8].elementsEqual(kind.code) else { throw foreign }
        _ = try reader.byteSlice(8)
        version = try reader.uint32()
        _ = try reader.uint32()
        bodyLength = try reader.uint64()
        guard version > 0 else {
            throw StorageError.corrupted(path, at: 8, "format version 0 was never written")
        }
        guard version <= kind.version else {
            throw StorageError(
                .unsupportedVersion, path: path, offset: 8,
                message: "format version \(version) is newer than \(kind.version); open it with a newer Apus")
        }
    }

    init(version: UInt32, bodyLength: UInt64) {
        self.version = version
        self.bodyLength = bodyLength
    }
}

/// The last bytes of a file.
struct FileFooter {
    var bodyLength: UInt64
    var bodyChecksum: UInt32

    init(bodyLength: UInt64, bodyChecksum: UInt32) {
        self.bodyLength = bodyLength
        self.bodyChecksum = bodyChecksum
    }

    func encoded(_ kind: FileKind) -> [UInt8] {
        var writer = ByteWriter(reservingCapacity: FileFormat.footerSize)
        writer.appendBytes(FileFormat.footerMagic)
        writer.appendBytes(kind.code)
        writer.append(bodyLength)
        writer.append(bodyChecksum)
        return writer.sealed(size: FileFormat.footerSize)
    }

    /// - Parameter offset: where `bytes` lie in the file, for errors.
    init(_ bytes: [UInt8], at offset: Int, kind: FileKind, path: String) throws {
        try checkSeal(bytes, at: offset, part: "footer", path: path)
        var reader = ByteReader(bytes, path: path, offset: offset)
        let magic = try reader.byteSlice(4)
        let code = try reader.byteSlice(4)
        guard magic.elementsEqual(FileFormat.footerMagic), code.elementsEqual(kind.code) else {
            throw StorageError.corrupted(
                path, at: offset, "the footer of an Apus \(kind.name) file is not here")
        }
        bodyLength = try reader.uint64()
        bodyChecksum = try reader.uint32()
    }
}

extension ByteWriter {
    /// The bytes, zero-filled to `size`, the last four of which are the CRC-32C of those before.
    consuming func sealed(size: Int) -> [UInt8] {
        precondition(count <= size - 4, "the fields do not fit")
        appendBytes([UInt8](repeating: 0, count: size - 4 - count))
        append(bytes.withUnsafeBytes { Checksum.crc32c($0) })
        return bytes
    }
}

/// Checks what `sealed` wrote.
private func checkSeal(_ bytes: [UInt8], at offset: Int, part: String, path: String) throws {
    guard isSealed(bytes) else {
        throw StorageError.corrupted(
            path, at: offset, "the checksum of the \(part) is wrong; restore the file from a backup")
    }
}

/// Whether the last four bytes are the CRC-32C of those before.
func isSealed(_ bytes: [UInt8]) -> Bool {
    bytes.withUnsafeBytes { raw in
        raw.count >= 4
            && raw.loadUnaligned(fromByteOffset: raw.count - 4, as: UInt32.self)
                == Checksum.crc32c(UnsafeRawBufferPointer(rebasing: raw[..<(raw.count - 4)]))
    }
}
