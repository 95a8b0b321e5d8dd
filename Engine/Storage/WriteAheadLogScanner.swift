/// A record that was found whole.
struct LogEntry: Sendable, Hashable {
    var header: LogRecordHeader
    /// Where the header lies in the file.
    var offset: Int

    var end: Int { offset + header.recordLength }
}

/// What one log file holds.
struct LogFileScan: Sendable {
    let first: UInt64
    let path: String
    /// Whole records in the order of the file, their sequence numbers ascending.
    var entries: [LogEntry] = []
    /// The highest sequence number that the file knows to be durable.
    var synced: UInt64 = 0
    /// Whether anything whole is in it. A file without is as good as none.
    var isEvidence = false
    /// Bytes that are neither records nor zeros at the end, ascending.
    var unreadable: [Range<Int>] = []
}

/// Reads a log file from front to back; after damage it searches the next whole record. Takes time in proportion to
/// the size of the file and memory in proportion to its largest record.
struct LogScanner {
    private var window: LogWindow
    private var scan: LogFileScan

    static func scan(_ fileSystem: any FileSystem, folder: String, first: UInt64) throws -> LogFileScan {
        let path = FilePath.join(folder, LogFormat.fileName(first: first))
        let file = try fileSystem.openFile(path, .readOnly)
        defer { try? file.close() }
        var scanner = LogScanner(
            window: try LogWindow(file), scan: LogFileScan(first: first, path: path))
        try scanner.checkHeader()
        try scanner.readRecords()
        return scanner.scan
    }

    /// A damaged header is reported, but the records behind it stand for themselves.
    private mutating func checkHeader() throws {
        let size = min(FileFormat.headerSize, window.fileSize)
        let bytes = try window.withBytes(0..<size) { Array($0) }
        do {
            _ = try FileHeader(bytes, kind: LogFormat.kind, path: scan.path)
        } catch let error as StorageError where error.code == .corrupted {
            if bytes.contains(where: { $0 != 0 }) { scan.unreadable.append(0..<size) }
        }
    }

    private mutating func readRecords() throws {
        var offset = FileFormat.headerSize
        while offset < window.fileSize {
            if let header = try header(at: offset) {
                try accept(header, at: offset)
                offset += header.recordLength
            } else {
                offset = try skip(from: offset)
            }
        }
    }

    /// The header at an offset, if one is there whose record fits into the file.
    private mutating func header(at offset: Int) throws -> LogRecordHeader? {
        let room = window.fileSize - offset
        guard room >= LogFormat.recordHeaderSize else { return nil }
        let range = offset..<offset + LogFormat.recordHeaderSize
        let header = try window.withBytes(range) { LogRecordHeader($0, first: scan.first, offset: offset) }
        guard let header, header.payloadLength <= room, header.recordLength <= room else { return nil }
        return header
    }

    private mutating func accept(_ header: LogRecordHeader, at offset: Int) throws {
        let payload = offset + LogFormat.recordHeaderSize..<offset + header.recordLength
        let checksum = try window.withBytes(payload) { Checksum.crc32c($0) }
        let isMark = header.kind == LogFormat.syncMark
        let isNext = isMark || header.sequence > (scan.entries.last?.header.sequence ?? scan.first - 1)
        guard checksum == header.payloadChecksum, isNext else {
            scan.unreadable.append(offset..<offset + header.recordLength)
            return
        }
        scan.isEvidence = true
        scan.synced = max(scan.synced, header.synced)
        if !isMark { scan.entries.append(LogEntry(header: header, offset: offset)) }
    }

    /// Passes bytes that are no record, up to the next header or the end; returns where that is.
    private mutating func skip(from start: Int) throws -> Int {
        var offset = start
        var end = start
        repeat {
            let run = try window.run(from: offset)
            offset = run.next
            if let last = run.lastNonZero { end = last + 1 }
        } while try offset < window.fileSize && header(at: offset) == nil
        // Zeros are no damage at the end of a file, where space is reserved, but they are between records.
        let range = start..<(offset == window.fileSize ? end : offset)
        if !range.isEmpty { scan.unreadable.append(range) }
        return offset
    }
}

/// A part of a file in memory that moves forward with the reader.
struct LogWindow {
    let fileSize: Int
    private let file: any File
    private var buffer: [UInt8] = []
    private var start = 0

    private static let readAhead = 1 << 18

    init(_ file: any File) throws {
        self.file = file
        fileSize = try file.size()
    }

    /// The bytes of a range, which must lie within the file.
    mutating func withBytes<Result>(
        _ range: Range<Int>, _ body: (UnsafeRawBufferPointer) throws -> Result
    ) throws -> Result {
        precondition(range.upperBound <= fileSize, "the range lies within the file")
        if range.lowerBound < start || range.upperBound > start + buffer.count {
            let end = min(fileSize, max(range.upperBound, range.lowerBound + Self.readAhead))
            buffer = try file.bytes(range.lowerBound..<end)
            start = range.lowerBound
        }
        let low = range.lowerBound - start
        return try buffer.withUnsafeBytes {
            try body(UnsafeRawBufferPointer(rebasing: $0[low..<low + range.count]))
        }
    }

    /// Goes from `offset` to the next place after it that may be a header, or to the end of the file.
    ///
    /// - Returns: that place, and the last byte on the way that is not zero.
    mutating func run(from offset: Int) throws -> (next: Int, lastNonZero: Int?) {
        var lastNonZero: Int?
        var position = offset
        while position < fileSize {
            let chunk = position..<min(fileSize, position + Self.readAhead)
            let (next, last) = try withBytes(chunk) { Self.run($0, isStart: position == offset) }
            if let last { lastNonZero = position + last }
            position += next
            if next < chunk.count { break }
        }
        return (position, lastNonZero)
    }

    /// - Parameter isStart: whether the first place is known to be no header.
    private static func run(_ bytes: UnsafeRawBufferPointer, isStart: Bool) -> (next: Int, lastNonZero: Int?) {
        let magic = LogFormat.recordMagic.withUnsafeBytes { $0.loadUnaligned(as: UInt32.self) }
        var lastNonZero: Int?
        var place = 0
        while place + LogFormat.recordAlignment <= bytes.count {
            let word = bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self)
            if word != 0 {
                if UInt32(truncatingIfNeeded: word) == magic, place > 0 || !isStart {
                    return (place, lastNonZero)
                }
                lastNonZero = place + 7 - word.leadingZeroBitCount / 8
            }
            place += LogFormat.recordAlignment
        }
        let rest = bytes[place...].lastIndex { $0 != 0 }
        return (bytes.count, rest ?? lastNonZero)
    }
}
