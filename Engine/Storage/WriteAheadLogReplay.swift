/// A record of the log as it was appended.
struct LogRecord: Sendable {
    var sequence: UInt64
    var kind: UInt8
    var payload: [UInt8]
    /// The file and the place in it, for errors about the content.
    var path: String
    var payloadOffset: Int

    /// A reader of the payload whose errors name the log file.
    var reader: ByteReader { ByteReader(payload, path: path, offset: payloadOffset) }
}

/// What a replay found. `damage` and `cuts` are for the operator; the rest lets `WriteAheadLog` go on writing.
struct LogReplay: Sendable {
    var recordCount = 0
    /// The last sequence number in use; the next record gets the one after.
    var lastSequence: UInt64
    var damage: [LogDamage] = []
    var cuts: [LogCut] = []
    /// The first sequence numbers of the files.
    var files: [UInt64] = []
    /// Those among them with damage.
    var damagedFiles: Set<UInt64> = []
    /// Whether the file that the record after `after` is in, or would be in, is there. A log that was once begun has it,
    /// unless it was lost.
    var hasBeginning = false
    /// The newest file with anything whole in it, and where its last kept record ends.
    var tail: (file: UInt64, end: Int)?
}

extension WriteAheadLog {
    /// Gives the records after the sequence number `after` to `apply`, in order, and tells what was not readable.
    ///
    /// Whatever the bytes are, this does not fail: an incomplete end is cut off, damage is passed over and reported.
    /// It throws if the disk cannot be read, if a newer version wrote the log, and what `apply` throws. Nothing is
    /// changed. Takes time in proportion to the size of the files, which are read twice, and the memory of the
    /// largest record and an entry per record.
    ///
    /// - Parameter after: the last record that is durable elsewhere; 0 for none.
    static func replay(
        _ fileSystem: any FileSystem, folder: String, after: UInt64, _ apply: (LogRecord) throws -> Void
    ) throws -> LogReplay {
        let present = try LogFormat.files(fileSystem, folder: folder)
        let scans = try present.map { try LogScanner.scan(fileSystem, folder: folder, first: $0) }
        let verdict = LogVerdict(scans, after: after, folder: folder)
        try deliver(verdict, fileSystem, apply)
        return LogReplay(
            recordCount: verdict.kept.count, lastSequence: verdict.last, damage: verdict.damage,
            cuts: verdict.cuts, files: present, damagedFiles: verdict.damagedFiles,
            hasBeginning: scans.contains { $0.isEvidence && $0.first <= after + 1 }, tail: tail(verdict))
    }

    private static func deliver(
        _ verdict: LogVerdict, _ fileSystem: any FileSystem, _ apply: (LogRecord) throws -> Void
    ) throws {
        var open: (index: Int, window: LogWindow)?
        for position in verdict.kept {
            let path = verdict.files[position.file].path
            if open?.index != position.file {
                open = (position.file, try LogWindow(fileSystem.openFile(path, .readOnly)))
            }
            let header = position.entry.header
            let start = position.entry.offset + LogFormat.recordHeaderSize
            let range = start..<start + header.payloadLength
            let payload = try open?.window.withBytes(range) { Array($0) } ?? []
            try apply(
                LogRecord(
                    sequence: header.sequence, kind: header.kind, payload: payload, path: path,
                    payloadOffset: start))
        }
    }

    private static func tail(_ verdict: LogVerdict) -> (file: UInt64, end: Int)? {
        guard let newest = verdict.files.last(where: \.isEvidence) else { return nil }
        let entries = newest.entries.prefix { $0.header.sequence <= verdict.last }
        return (newest.first, entries.last?.end ?? LogFormat.openingSize)
    }
}
