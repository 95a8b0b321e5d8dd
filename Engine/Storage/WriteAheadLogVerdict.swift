/// Records that were acknowledged and cannot be read any more, or other damage of a log.
struct LogDamage: Sendable, Hashable, CustomStringConvertible {
    var path: String
    /// The damaged bytes; nil where a whole file is missing.
    var bytes: Range<Int>?
    /// The sequence numbers that are lost; nil if the damage hit none.
    var lost: ClosedRange<UInt64>?

    var description: String {
        let place =
            bytes.map { "bytes \($0.lowerBound) to \($0.upperBound) are damaged" } ?? "the file is missing"
        let loss = lost.map { "records \($0.lowerBound) to \($0.upperBound) are lost" } ?? "no record is lost"
        return "\(path): \(place), \(loss)"
    }
}

/// The end of a log that a crash left incomplete. Nothing in it was acknowledged, as far as the log can tell.
struct LogCut: Sendable, Hashable, CustomStringConvertible {
    var path: String
    var bytes: Range<Int>
    /// Whole records behind the first incomplete one, which were dropped with it.
    var droppedRecords: Int

    var description: String {
        "\(path): the incomplete end of the log was cut, bytes \(bytes.lowerBound) to \(bytes.upperBound), "
            + "\(droppedRecords) whole records among them"
    }
}

/// What is to be made of the scanned files: a decision without side effects.
///
/// - A record of a file is void if the next file begins at or before its sequence number: it was cut earlier.
/// - A missing record is damage if anything later says it was durable: a record's or mark's `synced`, or the
///   beginning of a later file, which is only created after all before it is durable.
/// - Any other missing record is the torn end of the log, and ends it.
///
/// Takes time in proportion to the number of records and damaged places.
struct LogVerdict: Sendable {
    struct Position: Sendable, Hashable {
        var file: Int
        var entry: LogEntry
    }

    /// The records to replay, in order.
    private(set) var kept: [Position] = []
    private(set) var damage: [LogDamage] = []
    private(set) var cuts: [LogCut] = []
    /// The last sequence number that was used, lost ones included.
    private(set) var last: UInt64
    /// The files that hold anything, ascending.
    let files: [LogFileScan]

    private let folder: String
    private let places: [Place]
    /// How many of the places are reported as damage.
    private var reported = 0

    /// Bytes of a file that are no records.
    private struct Place {
        var file: Int
        var bytes: Range<Int>
    }

    /// - Parameter after: records up to this sequence number are durable elsewhere and of no interest.
    init(_ scans: [LogFileScan], after: UInt64, folder: String) {
        let files = scans.filter { $0.isEvidence || !$0.unreadable.isEmpty }
        self.files = files
        self.folder = folder
        last = after
        places = files.indices.flatMap { file in files[file].unreadable.map { Place(file: file, bytes: $0) } }
        let acknowledged = files.map(\.claim).reduce(after, max)
        let dropped = keepRecords(acknowledged: acknowledged)
        if last < acknowledged {
            report(places.dropFirst(reported).prefix(1), losing: last + 1...acknowledged)
            last = acknowledged
        }
        cuts = files.indices.compactMap { cut(file: $0, dropped: dropped) }
    }

    /// The files with damage that is more than an incomplete end.
    var damagedFiles: Set<UInt64> {
        let paths = Set(damage.map(\.path))
        return Set(files.filter { paths.contains($0.path) }.map(\.first))
    }

    /// Keeps records until the torn end; returns those behind it.
    private mutating func keepRecords(acknowledged: UInt64) -> ArraySlice<Position> {
        let candidates = self.candidates
        for (index, candidate) in candidates.enumerated() {
            let sequence = candidate.entry.header.sequence
            if sequence > last + 1, last >= acknowledged { return candidates[index...] }
            let missing = sequence > last + 1 ? last + 1...sequence - 1 : nil
            report(places[reported...].prefix { isBefore($0, candidate) }, losing: missing)
            guard sequence > last else { continue }
            kept.append(candidate)
            last = sequence
        }
        return []
    }

    /// The records that are not void.
    private var candidates: [Position] {
        var limit = UInt64.max
        var parts: [[Position]] = []
        for file in files.indices.reversed() {
            let entries = files[file].entries.prefix { $0.header.sequence < limit }
            parts.append(entries.map { Position(file: file, entry: $0) })
            if files[file].isEvidence { limit = files[file].first }
        }
        return parts.reversed().flatMap { $0 }
    }

    private func isBefore(_ place: Place, _ position: Position) -> Bool {
        (place.file, place.bytes.lowerBound) < (position.file, position.entry.offset)
    }

    /// Reports the next places as damage, the first of them as where the lost records were.
    private mutating func report(_ found: ArraySlice<Place>, losing lost: ClosedRange<UInt64>?) {
        var lost = lost
        for place in found {
            damage.append(LogDamage(path: files[place.file].path, bytes: place.bytes, lost: lost))
            lost = nil
        }
        reported += found.count
        guard let lost else { return }
        let missing = FilePath.join(folder, LogFormat.fileName(first: lost.lowerBound))
        damage.append(LogDamage(path: missing, bytes: nil, lost: lost))
    }

    /// What a file holds behind the end of the log.
    private func cut(file: Int, dropped: ArraySlice<Position>) -> LogCut? {
        let records = dropped.filter { $0.file == file }.map { $0.entry.offset..<$0.entry.end }
        let bytes = places[reported...].filter { $0.file == file }.map(\.bytes) + records
        guard let start = bytes.map(\.lowerBound).min(), let end = bytes.map(\.upperBound).max() else {
            return nil
        }
        return LogCut(path: files[file].path, bytes: start..<end, droppedRecords: records.count)
    }
}

extension LogFileScan {
    /// The highest sequence number that must have been used and acknowledged, going by this file alone.
    fileprivate var claim: UInt64 {
        if isEvidence { return max(synced, first - 1) }
        // The opening of a file is durable before the first record is written, so where more than the opening is
        // there and nothing of it whole, records were lost, how many nobody knows.
        return (unreadable.last?.upperBound ?? 0) > LogFormat.openingSize ? first : 0
    }
}
