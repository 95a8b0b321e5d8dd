/// The bytes of a log file; `docs/format.md` draws them.
enum LogFormat {
    static let kind = FileKind("WLOG", name: "write-ahead log", version: 1)
    static let recordMagic = Array("AREC".utf8)
    static let recordHeaderSize = 48
    /// Records start at multiples of this, which makes the search for the next one after damage cheap.
    static let recordAlignment = 8
    /// A record without payload or sequence number of its own: it only says what is synced.
    static let syncMark: UInt8 = 0
    /// The end of the names of files that are kept for their damage.
    static let damagedSuffix = ".damaged"

    private static let prefix = "wal-"
    private static let suffix = ".log"

    /// The name of the file whose records begin with `first`.
    static func fileName(first: UInt64) -> String {
        let digits = String(first, radix: 16)
        return prefix + String(repeating: "0", count: 16 - digits.count) + digits + suffix
    }

    /// The first sequence number of a log file, nil for the name of another file.
    static func firstSequence(ofName name: String) -> UInt64? {
        let digits = name.dropFirst(prefix.count).dropLast(suffix.count)
        guard digits.utf8.count == 16, let first = UInt64(digits, radix: 16), isSequence(first) else {
            return nil
        }
        return name == fileName(first: first) ? first : nil
    }

    /// The first sequence numbers of the log files in a folder, ascending.
    static func files(_ fileSystem: any FileSystem, folder: String) throws -> [UInt64] {
        try fileSystem.list(folder).compactMap(firstSequence).sorted()
    }

    /// Half of the range is plenty, and sums with small numbers cannot overflow.
    static func isSequence(_ value: UInt64) -> Bool {
        value > 0 && value < UInt64.max / 2
    }

    /// Bytes at the start of a file that are written at once when it is created: its header and a first mark.
    static let openingSize = FileFormat.headerSize + recordHeaderSize

    static func paddedLength(payload: Int) -> Int {
        recordHeaderSize + alignedUp(payload, to: recordAlignment)
    }
}

/// The fixed part in front of each payload.
struct LogRecordHeader: Sendable, Hashable {
    var kind: UInt8
    var sequence: UInt64
    /// All records up to this one were durable when this one was written.
    var synced: UInt64
    var payloadLength: Int
    /// Covers the payload and the zeros behind it.
    var payloadChecksum: UInt32

    /// Bytes of the record in the file, padding included.
    var recordLength: Int { LogFormat.paddedLength(payload: payloadLength) }

    /// - Parameters:
    ///   - first: the first sequence number of the file, and
    ///   - offset: the place in it. Both enter the checksum, so a copy of a record elsewhere is no record.
    func encoded(first: UInt64, offset: Int) -> [UInt8] {
        var writer = ByteWriter(reservingCapacity: LogFormat.recordHeaderSize)
        writer.appendBytes(LogFormat.recordMagic)
        writer.append(kind)
        writer.appendBytes([0, 0, 0])
        writer.append(sequence)
        writer.append(synced)
        writer.append(UInt64(payloadLength))
        writer.append(payloadChecksum)
        writer.append(UInt64(0))
        writer.append(writer.bytes.withUnsafeBytes { Self.checksum($0, first: first, offset: offset) })
        return writer.bytes
    }

    init(kind: UInt8, sequence: UInt64, synced: UInt64, payloadLength: Int, payloadChecksum: UInt32) {
        self.kind = kind
        self.sequence = sequence
        self.synced = synced
        self.payloadLength = payloadLength
        self.payloadChecksum = payloadChecksum
    }

    /// The mark that all records up to `sequence` are durable.
    init(syncedThrough sequence: UInt64) {
        self.init(
            kind: LogFormat.syncMark, sequence: sequence, synced: sequence, payloadLength: 0,
            payloadChecksum: 0)
    }

    /// - Returns: nil if this is no header that was written for this place.
    init?(_ bytes: UnsafeRawBufferPointer, first: UInt64, offset: Int) {
        guard bytes.count >= LogFormat.recordHeaderSize, bytes.starts(with: LogFormat.recordMagic) else {
            return nil
        }
        let checked = UnsafeRawBufferPointer(rebasing: bytes[..<(LogFormat.recordHeaderSize - 4)])
        let checksum = bytes.loadUnaligned(fromByteOffset: checked.count, as: UInt32.self)
        guard checksum == Self.checksum(checked, first: first, offset: offset) else { return nil }
        kind = bytes[4]
        sequence = bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
        synced = bytes.loadUnaligned(fromByteOffset: 16, as: UInt64.self)
        let length = bytes.loadUnaligned(fromByteOffset: 24, as: UInt64.self)
        payloadChecksum = bytes.loadUnaligned(fromByteOffset: 32, as: UInt32.self)
        guard length < 1 << 62, synced <= sequence, sequence < UInt64.max / 2 else { return nil }
        payloadLength = Int(length)
    }

    private static func checksum(_ bytes: UnsafeRawBufferPointer, first: UInt64, offset: Int) -> UInt32 {
        let place = (first, UInt64(offset))
        return Checksum.crc32c(bytes, continuing: withUnsafeBytes(of: place) { Checksum.crc32c($0) })
    }
}
