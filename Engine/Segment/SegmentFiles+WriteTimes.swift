/// The file with the writing times of a segment's rows.
extension SegmentFiles {
    static let timesKind = FileKind("TIME", name: "times", version: 1)

    static let timesSuffix = ".times"

    func timesName(_ segment: UInt64) -> String { "\(Self.prefix)\(segment)\(Self.timesSuffix)" }

    func writeTimes(_ times: WriteTimes, segment: UInt64) throws {
        var writer = ByteWriter()
        times.write(to: &writer)
        try write(timesName(segment), kind: Self.timesKind) { try $0.append(writer.bytes) }
    }

    /// The times of a segment's rows; unknown for one that was written before times were kept.
    func readTimes(_ record: SegmentRecord) throws -> WriteTimes {
        guard record.hasTimes else { return WriteTimes(rowCount: record.rowCount, seconds: WriteTimes.unknown) }
        var reader = try openReader(timesName(record.identifier), kind: Self.timesKind).byteReader()
        let times = try WriteTimes.read(rowCount: record.rowCount, from: &reader)
        try reader.expectEnd()
        return times
    }
}
