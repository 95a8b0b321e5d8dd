import TestSupport
import Testing

@testable import Apus

/// What the tests of the log share: records whose content follows from their sequence number.
enum LogTest {
    static let options = WriteAheadLog.Options(firstReservationBytes: 4096, largestReservationBytes: 8192)
    static let folder = "log"

    static func payload(_ sequence: UInt64) -> [UInt8] {
        let lengths = [0, 5, 40, 700, 1500, 64]
        let start = Int(sequence % 256)
        return Array(pattern[start..<start + lengths[Int(sequence % 6)]])
    }

    private static let pattern = (0..<2000).map { UInt8(truncatingIfNeeded: $0 &* 7) }

    static func kind(_ sequence: UInt64) -> UInt8 {
        UInt8(1 + sequence % 3)
    }

    static func disk() throws -> SimulatedFileSystem {
        let disk = SimulatedFileSystem()
        try disk.createFolder(folder)
        try disk.syncFolder("")
        return disk
    }

    /// Replays and goes on writing; gives what was replayed too.
    static func open(
        _ disk: SimulatedFileSystem, after: UInt64 = 0
    ) throws -> (log: WriteAheadLog, sequences: [UInt64], replay: LogReplay) {
        let (sequences, replay) = try self.replay(disk, after: after)
        let log = try WriteAheadLog(disk, folder: folder, continuing: replay, options: options)
        return (log, sequences, replay)
    }

    /// Replays, checks the content of each record, and gives the sequence numbers.
    static func replay(
        _ disk: any FileSystem, folder: String = LogTest.folder, after: UInt64 = 0, _ note: String = ""
    ) throws -> (sequences: [UInt64], replay: LogReplay) {
        var sequences: [UInt64] = []
        let replay = try WriteAheadLog.replay(disk, folder: folder, after: after) { record in
            sequences.append(record.sequence)
            #expect(record.payload == payload(record.sequence), "\(note)")
            #expect(record.kind == kind(record.sequence), "\(note)")
        }
        #expect(replay.recordCount == sequences.count, "\(note)")
        return (sequences, replay)
    }

    @discardableResult
    static func append(_ log: WriteAheadLog, _ policy: SyncPolicy) throws -> UInt64 {
        let expected = log.lastSequence + 1
        let sequence = try log.append(kind: kind(expected), payload(expected), policy)
        #expect(sequence == expected)
        return sequence
    }

    static func path(_ first: UInt64) -> String {
        FilePath.join(folder, LogFormat.fileName(first: first))
    }
}
