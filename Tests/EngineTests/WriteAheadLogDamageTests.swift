import Common
import TestSupport
import Testing

@testable import Apus

/// Two files of synced records, the second closed or as a crash leaves it.
private func sampleLog(closed: Bool) throws -> SimulatedFileSystem {
    let disk = try LogTest.disk()
    let log = try LogTest.open(disk).log
    for _ in 0..<4 { try LogTest.append(log, .deferred) }
    try log.rotate()
    for _ in 0..<3 { try LogTest.append(log, .everyWrite) }
    if closed { try log.close() }
    return disk.crash(survival: 1)
}

/// The acknowledged records that a replay neither gives nor reports.
private func unaccounted(_ sequences: [UInt64], _ replay: LogReplay, of all: ClosedRange<UInt64>) -> [UInt64] {
    all.filter { sequence in
        !sequences.contains(sequence) && !replay.damage.contains { $0.lost?.contains(sequence) == true }
    }
}

@Test(arguments: [true, false])
func eachFlippedByteIsReportedAndTheOthersSurvive(closed: Bool) throws {
    let sample = try sampleLog(closed: closed)
    for first in [1, 5] as [UInt64] {
        for offset in 0..<(try sample.size(LogTest.path(first))) {
            let disk = sample.crash(survival: 1)
            try disk.corrupt(LogTest.path(first), offset: offset, mask: 1 << UInt8(offset % 8))
            let note = "file \(first), byte \(offset)"
            let (sequences, replay) = try LogTest.replay(disk, note)
            #expect(sequences.count >= 6, "\(note)")
            #expect(sequences == sequences.sorted(), "\(note)")
            #expect(unaccounted(sequences, replay, of: 1...7) == [], "\(note)")
            let hit = replay.damage.compactMap(\.bytes) + replay.cuts.map(\.bytes)
            #expect(hit.count == 1 && hit[0].contains(offset), "\(note)")
            if sequences.count == 6 { #expect(replay.damagedFiles == [first], "\(note)") }
        }
    }
}

@Test func damageStaysReportedUntilTheFileIsSetAside() throws {
    let disk = try sampleLog(closed: false)
    try disk.corrupt(LogTest.path(1), offset: 200)
    let opened = try LogTest.open(disk)
    #expect(opened.sequences.count == 6)
    let lost = try #require(opened.replay.damage.first?.lost)
    #expect(opened.replay.damage.count == 1 && lost.count == 1)
    #expect(try LogTest.append(opened.log, .everyWrite) == 8)
    #expect(try LogTest.replay(disk).replay.damage == opened.replay.damage)
    try opened.log.removeFiles(before: 8)
    #expect(
        try disk.list(LogTest.folder) == [
            LogFormat.fileName(first: 1) + ".damaged", LogFormat.fileName(first: 8),
        ])
    let (sequences, replay) = try LogTest.replay(disk, after: 7)
    #expect(sequences == [8] && replay.damage == [])
}

@Test func aMissingFileIsDamage() throws {
    let disk = try sampleLog(closed: true)
    let log = try LogTest.open(disk).log
    try LogTest.append(log, .everyWrite)
    try disk.remove(LogTest.path(5))
    let (sequences, replay) = try LogTest.replay(disk)
    #expect(sequences == [1, 2, 3, 4, 8])
    #expect(replay.damage == [LogDamage(path: LogTest.path(5), bytes: nil, lost: 5...7)])
    #expect(try LogTest.append(LogTest.open(disk).log, .everyWrite) == 9)
}

@Test func aFileThatIsAllRottenIsDamage() throws {
    let disk = try sampleLog(closed: true)
    for offset in 0..<(try disk.size(LogTest.path(5))) {
        try disk.corrupt(LogTest.path(5), offset: offset, mask: 0x55)
    }
    let opened = try LogTest.open(disk)
    #expect(opened.sequences == [1, 2, 3, 4])
    #expect(opened.replay.damage.first?.path == LogTest.path(5))
    #expect(try disk.exists(LogTest.path(5)))
    try LogTest.append(opened.log, .everyWrite)
    #expect(try LogTest.replay(disk).sequences == [1, 2, 3, 4, 6])
}

@Test func aLogCutAtAnyLengthIsReplayed() throws {
    let sample = try sampleLog(closed: true)
    for length in 0..<(try sample.size(LogTest.path(5))) {
        let disk = sample.crash(survival: 1)
        try disk.cut(LogTest.path(5), to: length)
        let (sequences, replay) = try LogTest.replay(disk, "length \(length)")
        #expect(sequences == Array(1...UInt64(sequences.count)) && sequences.count >= 4, "length \(length)")
        let opened = try WriteAheadLog(
            disk, folder: LogTest.folder, continuing: replay, options: LogTest.options)
        let next = try LogTest.append(opened, .everyWrite)
        #expect(try LogTest.replay(disk).sequences.last == next, "length \(length)")
    }
}

@Test func aCopyOfARecordElsewhereIsNoRecord() throws {
    let disk = try LogTest.disk()
    let log = try LogTest.open(disk).log
    let record = try Array(sampleLog(closed: true).content(LogTest.path(1))[112...])
    _ = try log.append(kind: 1, record, .everyWrite)
    _ = try log.append(kind: 2, [UInt8](), .everyWrite)
    try disk.corrupt(LogTest.path(1), offset: LogFormat.openingSize + 1)
    var kinds: [UInt8] = []
    let replay = try WriteAheadLog.replay(disk, folder: LogTest.folder, after: 0) { kinds.append($0.kind) }
    #expect(kinds == [2])
    #expect(replay.damage.map(\.lost) == [1...1])
}

@Test(arguments: 0..<200 as Range<UInt64>)
func randomDamageNeverStopsAReplay(number: UInt64) throws {
    let seed = testSeed(number)
    var random = RandomSource(seed: seed)
    let disk = try sampleLog(closed: number % 2 == 0)
    for _ in 0..<Int.random(in: 1...40, using: &random) {
        let path = LogTest.path([1, 5].randomElement(using: &random) ?? 1)
        let offset = Int.random(in: 0..<3000, using: &random)
        try disk.corrupt(path, offset: offset, mask: UInt8.random(in: 1...255, using: &random))
    }
    let (sequences, replay) = try LogTest.replay(disk, "seed \(seed)")
    #expect(sequences == sequences.sorted() && Set(sequences).isSubset(of: 1...7), "seed \(seed)")
    let log = try WriteAheadLog(disk, folder: LogTest.folder, continuing: replay, options: LogTest.options)
    let next = try LogTest.append(log, .everyWrite)
    #expect(try LogTest.replay(disk, "seed \(seed)").sequences == sequences + [next], "seed \(seed)")
}

@Test func foreignFilesAreLeftAlone() throws {
    let disk = try LogTest.disk()
    let names = [
        "wal-1.log", "wal-0000000000000000.log", "wal-00000000000000ZZ.log", "notes",
        "wal-ffffffffffffffff.log",
    ]
    for name in names { _ = try disk.openFile(FilePath.join(LogTest.folder, name), .create) }
    let opened = try LogTest.open(disk)
    #expect(opened.replay.files == [] && opened.log.lastSequence == 0)
    #expect(LogFormat.firstSequence(ofName: LogFormat.fileName(first: 0xabc)) == 0xabc)
}
