/// When the rows of a segment were written, in unix seconds, as runs of rows with one time. A value.
///
/// Rows that are written together share a run, so there are at most as many as seconds passed or rows changed order.
struct WriteTimes: Sendable, Hashable {
    /// The time of a row of which it is not known; such a row never expires.
    static let unknown: UInt64 = 0

    struct Run: Sendable, Hashable {
        /// The row behind the last of the run.
        var end: UInt32
        let seconds: UInt64
    }

    private(set) var runs: [Run] = []
    /// The earliest known time; nil if none is known.
    private(set) var earliest: UInt64?
    /// The latest time; `unknown` if none is known.
    private(set) var latest = Self.unknown

    init() {}

    /// The times of rows that were written together.
    init(rowCount: Int, seconds: UInt64) {
        append(rowCount, at: seconds)
    }

    var rowCount: Int { runs.last.map { Int($0.end) } ?? 0 }

    /// Adds rows behind the last.
    mutating func append(_ rows: Int, at seconds: UInt64) {
        guard rows > 0 else { return }
        let end = UInt32(rowCount + rows)
        if runs.last?.seconds == seconds {
            runs[runs.count - 1].end = end
        } else {
            runs.append(Run(end: end, seconds: seconds))
        }
        latest = max(latest, seconds)
        if seconds != Self.unknown { earliest = min(earliest ?? seconds, seconds) }
    }

    /// When a row was written. O(log runs).
    func seconds(of row: Int) -> UInt64 {
        var low = 0
        var high = runs.count
        while low < high {
            let middle = (low + high) / 2
            if Int(runs[middle].end) <= row { low = middle + 1 } else { high = middle }
        }
        return runs[low].seconds
    }

    /// Whether any row was written at or before a moment.
    func hasRows(through seconds: UInt64) -> Bool { earliest.map { $0 <= seconds } ?? false }

    /// Calls `body` with the rows that were written at or before a moment, in runs.
    func forEachRun(through seconds: UInt64, _ body: (Range<Int>) -> Void) {
        guard hasRows(through: seconds) else { return }
        var start = 0
        for run in runs {
            if run.seconds != Self.unknown, run.seconds <= seconds { body(start..<Int(run.end)) }
            start = Int(run.end)
        }
    }

    // MARK: Bytes

    func write(to writer: inout ByteWriter) {
        writer.appendCount(runs.count)
        var start: UInt32 = 0
        for run in runs {
            writer.appendVarint(UInt64(run.end - start))
            writer.appendVarint(run.seconds)
            start = run.end
        }
    }

    /// - Throws: `StorageError.corrupted` if these are not the times of that many rows.
    static func read(rowCount: Int, from reader: inout ByteReader) throws -> WriteTimes {
        var times = WriteTimes()
        for _ in 0..<(try reader.count(minimumBytesEach: 2)) {
            let rows = try reader.varint()
            guard rows > 0, rows <= UInt64(rowCount - times.rowCount) else {
                throw reader.corrupted("\(rows) rows with one time do not fit a segment of \(rowCount) rows")
            }
            times.append(Int(rows), at: try reader.varint())
        }
        guard times.rowCount == rowCount else {
            throw reader.corrupted("the times of \(times.rowCount) rows are here, \(rowCount) were expected")
        }
        return times
    }
}
