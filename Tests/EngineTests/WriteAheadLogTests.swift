import Synchronization
import TestSupport
import Testing

@testable import Apus

@Suite struct WriteAheadLogTests {
    @Test func recordsAreReplayedInOrderAcrossFiles() throws {
        let disk = try LogTest.disk()
        let log = try LogTest.open(disk).log
        for _ in 0..<10 { try LogTest.append(log, .deferred) }
        #expect(try log.rotate() == 11)
        #expect(try log.rotate() == 11)
        for _ in 0..<10 { try LogTest.append(log, .everyWrite) }
        #expect(log.syncedSequence == 20)
        #expect(try LogTest.replay(disk).sequences == Array(1...20))
        #expect(try LogTest.replay(disk, after: 14).sequences == Array(15...20))
        #expect(try LogTest.replay(disk, after: 20).sequences == [])
        let reopened = try LogTest.open(disk)
        #expect(reopened.replay.damage == [] && reopened.replay.cuts == [])
        #expect(try LogTest.append(reopened.log, .everyWrite) == 21)
        try reopened.log.close()
        #expect(try LogTest.replay(disk).sequences == Array(1...21))
    }

    @Test func bothDisksGiveTheSameFiles() throws {
        let temporary = TemporaryFolder()
        try withExtendedLifetime(temporary) {
            let folder = temporary.path
            let real = POSIXFileSystem()
            let replay = try LogTest.replay(real, folder: folder).replay
            let log = try WriteAheadLog(real, folder: folder, continuing: replay, options: LogTest.options)
            for _ in 0..<10 { try LogTest.append(log, .everyWrite) }
            try log.close()
            #expect(try LogTest.replay(real, folder: folder).sequences == Array(1...10))

            let disk = try LogTest.disk()
            let twin = try LogTest.open(disk).log
            for _ in 0..<10 { try LogTest.append(twin, .everyWrite) }
            try twin.close()
            let name = LogFormat.fileName(first: 1)
            let file = try real.openFile(FilePath.join(folder, name), .readOnly)
            #expect(try file.bytes(0..<file.size()) == disk.content(LogTest.path(1)))
        }
    }

    @Test func piecesAreJoined() throws {
        let disk = try LogTest.disk()
        let log = try LogTest.open(disk).log
        let whole = LogTest.payload(3)
        try whole.withUnsafeBytes { bytes in
            let pieces = [0..<100, 100..<100, 100..<700].map { UnsafeRawBufferPointer(rebasing: bytes[$0]) }
            _ = try log.append(kind: 9, pieces, .everyWrite)
        }
        var payloads: [[UInt8]] = []
        _ = try WriteAheadLog.replay(disk, folder: LogTest.folder, after: 0) { payloads.append($0.payload) }
        #expect(payloads == [whole])
    }

    @Test func filesGoWhenTheirRecordsAreDurableElsewhere() throws {
        let disk = try LogTest.disk()
        let log = try LogTest.open(disk).log
        for _ in 0..<3 {
            for _ in 0..<5 { try LogTest.append(log, .deferred) }
            try log.rotate()
        }
        #expect(try log.removeFiles(before: 5) == [])
        #expect(try log.removeFiles(before: 12) == [1, 6].map(LogFormat.fileName))
        #expect(try LogTest.replay(disk, after: 10).sequences == Array(11...15))
        let lost = try LogTest.replay(disk, after: 8).replay
        #expect(lost.damage == [LogDamage(path: LogTest.path(9), bytes: nil, lost: 9...10)])
        #expect(try log.removeFiles(before: 100) == [LogFormat.fileName(first: 11)])
    }

    @Test func emptyFilesDoNotPileUp() throws {
        let disk = try LogTest.disk()
        for _ in 0..<3 { _ = try LogTest.open(disk) }
        #expect(try disk.list(LogTest.folder) == [LogFormat.fileName(first: 1)])
    }

    @Test func whatWasReplayedIsDurableBeforeItIsBuiltUpon() throws {
        let disk = try LogTest.disk()
        let first = try LogTest.open(disk).log
        for _ in 0..<8 { try LogTest.append(first, .deferred) }
        // The process ends, the machine does not: nothing was synced, but everything is read.
        let second = try LogTest.open(disk)
        #expect(second.sequences == Array(1...8))
        try LogTest.append(second.log, .everyWrite)
        let (sequences, replay) = try LogTest.replay(disk.crash(survival: 0))
        #expect(sequences == Array(1...9) && replay.damage == [])
    }

    @Test func threadsShareSyncs() throws {
        let disk = try LogTest.disk()
        let log = try LogTest.open(disk).log
        let before = disk.syncCount
        let acknowledged = Mutex<[UInt64]>([])
        onThreads(4) { thread in
            for number in 0..<50 {
                let payload = [UInt8(thread), UInt8(number)]
                guard let sequence = try? log.append(kind: 1, payload, .everyWrite) else { continue }
                acknowledged.withLock { $0.append(sequence) }
            }
        }
        #expect(acknowledged.withLock { $0.sorted() } == Array(1...200))
        #expect(disk.syncCount - before <= 200)
        var payloads: Set<[UInt8]> = []
        let replay = try WriteAheadLog.replay(disk.crash(survival: 0), folder: LogTest.folder, after: 0) {
            payloads.insert($0.payload)
        }
        #expect(replay.recordCount == 200 && payloads.count == 200)
    }

    @Test func oneSyncServesAllThatWasAppended() throws {
        let disk = try LogTest.disk()
        let log = try LogTest.open(disk).log
        for _ in 0..<20 { try LogTest.append(log, .deferred) }
        let before = disk.syncCount
        try log.sync(through: 3)
        try log.sync(through: 20)
        #expect(disk.syncCount == before + 1)
    }
}

@Suite struct WriteAheadLogFailures {
    @Test func aFailedSyncEndsWriting() throws {
        let disk = try LogTest.disk()
        let log = try LogTest.open(disk).log
        try LogTest.append(log, .everyWrite)
        disk.failSync(at: disk.syncCount + 1)
        expectStorageError(.io(5)) { try LogTest.append(log, .everyWrite) }
        try expectStopped(log)
        try log.sync(through: 1)
        #expect(try LogTest.replay(disk.crash(survival: 1)).sequences.first == 1)
    }

    @Test func aFailedWriteEndsWriting() throws {
        let disk = try LogTest.disk()
        let log = try LogTest.open(disk).log
        try LogTest.append(log, .everyWrite)
        disk.failWrite(at: disk.writeCount + 1)
        expectStorageError(.io(5)) { try LogTest.append(log, .deferred) }
        try expectStopped(log)
        let reopened = try LogTest.open(disk)
        // The failed write may have reached the disk whole.
        #expect(reopened.sequences == [1] || reopened.sequences == [1, 2])
        #expect(reopened.replay.damage == [])
        try LogTest.append(reopened.log, .everyWrite)
    }

    @Test func aFullDiskRefusesAndWritingGoesOnWhenThereIsSpace() throws {
        let disk = try LogTest.disk()
        let log = try LogTest.open(disk).log
        disk.setCapacity(bytes: 10_000)
        #expect(throws: StorageError.self) { while true { try LogTest.append(log, .everyWrite) } }
        let last = log.lastSequence
        #expect(last > 3)
        expectStorageError(.noSpace) { _ = try log.append(kind: 1, LogTest.payload(4), .everyWrite) }
        #expect(try LogTest.replay(disk.crash(survival: 0)).sequences == Array(1...last))
        disk.setCapacity(bytes: 0)
        expectStorageError(.noSpace) { try log.rotate() }
        disk.setCapacity(bytes: nil)
        try LogTest.append(log, .everyWrite)
        #expect(try log.rotate() == last + 2)
        try LogTest.append(log, .everyWrite)
        let (sequences, replay) = try LogTest.replay(disk.crash(survival: 0))
        #expect(sequences == Array(1...last + 2) && replay.damage == [] && replay.cuts == [])
    }

    @Test func aClosedLogRefuses() throws {
        let disk = try LogTest.disk()
        let log = try LogTest.open(disk).log
        try LogTest.append(log, .deferred)
        try log.close()
        expectStorageError(.writingStopped) { try LogTest.append(log, .deferred) }
        #expect(try LogTest.replay(disk.crash(survival: 0)).sequences == [1])
    }

    @Test func aNewerVersionIsRefused() throws {
        let disk = try LogTest.disk()
        let file = try disk.openFile(LogTest.path(1), .create)
        try file.write(FileHeader(version: 7, bodyLength: 0).encoded(LogFormat.kind), at: 0)
        let error = expectStorageError(.unsupportedVersion) { _ = try LogTest.replay(disk) }
        #expect(error?.message.contains("newer than 1") == true)
    }

    private func expectStopped(_ log: WriteAheadLog) throws {
        let calls: [() throws -> Void] = [
            { try LogTest.append(log, .deferred) }, { try LogTest.append(log, .everyWrite) },
            { try log.rotate() }, { try log.close() },
        ]
        for call in calls {
            let error = expectStorageError(.writingStopped, call)
            #expect(error?.message.contains("a simulated failure of the device") == true)
            #expect(error?.message.contains("reopen the collection") == true)
        }
    }
}
