import Common
import TestSupport
import Testing

@testable import Apus

/// What a run of the script may rely on.
private struct Promise {
    /// Records up to this one were acknowledged.
    var acknowledged: UInt64 = 0
    /// Records up to this one are durable elsewhere.
    var elsewhere: UInt64 = 0
    /// Records up to this one were begun.
    var begun: UInt64 = 0
}

/// Appends, syncs, rotates, removes files and closes, until the power is cut.
private func runScript(_ disk: SimulatedFileSystem, _ promise: inout Promise, seed: UInt64) throws {
    var random = RandomSource(seed: seed)
    let log = try LogTest.open(disk, after: promise.elsewhere).log
    promise.acknowledged = max(promise.acknowledged, log.syncedSequence)
    for _ in 0..<14 {
        switch Int.random(in: 0..<10, using: &random) {
        case 0..<5:
            promise.begun = log.lastSequence + 1
            try LogTest.append(log, .deferred)
        case 5..<7:
            promise.begun = log.lastSequence + 1
            promise.acknowledged = try LogTest.append(log, .everyWrite)
        case 7:
            try log.sync(through: log.lastSequence)
            promise.acknowledged = log.lastSequence
        case 8:
            try log.rotate()
            promise.acknowledged = log.lastSequence
        default:
            promise.elsewhere = log.syncedSequence
            try log.removeFiles(before: promise.elsewhere + 1)
        }
    }
    if random.next() % 2 == 0 { try log.close() }
}

/// Expects what was promised on the disk after a crash.
private func check(_ disk: SimulatedFileSystem, _ promise: Promise, _ note: String) throws -> UInt64 {
    let (sequences, replay) = try LogTest.replay(disk, after: promise.elsewhere, note)
    let last = promise.elsewhere + UInt64(sequences.count)
    #expect(sequences == Array(promise.elsewhere..<last).map { $0 + 1 }, "\(note)")
    #expect(last >= promise.acknowledged, "\(note)")
    #expect(last <= max(promise.begun, promise.elsewhere), "\(note)")
    #expect(replay.damage == [], "a crash is no damage: \(note)")
    return last
}

@Test(arguments: 0..<12 as Range<UInt64>)
func whateverIsAcknowledgedSurvivesThePowerCut(script: UInt64) throws {
    let seed = testSeed(script)
    let whole = try LogTest.disk()
    var promise = Promise()
    try runScript(whole, &promise, seed: seed)
    let start = try LogTest.disk().operationCount
    for stop in start + 1...whole.operationCount + 1 {
        for survival in 0..<6 as Range<UInt64> {
            try cutTwice(seed: seed, stop: stop, survival: survival)
        }
    }
}

/// Cuts the power at an operation, checks, goes on, and cuts it again soon.
private func cutTwice(seed: UInt64, stop: Int, survival: UInt64) throws {
    let note = "seed \(seed), stopped at operation \(stop), survival \(survival)"
    let disk = try LogTest.disk()
    var promise = Promise()
    disk.stopAfter(operations: stop)
    try? runScript(disk, &promise, seed: seed)
    let second = disk.crash(survival: survival)
    promise.begun = try check(second, promise, note)
    second.stopAfter(operations: 1 + Int(seed + survival) * 7 % 40)
    try? runScript(second, &promise, seed: seed &+ 99)
    _ = try check(second.crash(survival: survival + 1), promise, "second time, \(note)")
}
