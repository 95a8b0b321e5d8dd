import TestSupport
import Testing

@testable import Apus

/// The power is cut at every operation of the disk (create, write, sync, reserve, truncate, rename, remove, sync of a
/// folder) of a scripted workload. Whatever of the unsynced changes survives, the folder opens, holds every
/// acknowledged row in its newest version, and the call in hand is wholly there or not at all.
@Suite struct CrashTests {
    /// Nothing of what was not synced, all of it, and random parts: lost, torn, and in another order.
    private static let survivals: [UInt64] = [0, 1] + (0..<4).map { testSeed(1_000) + $0 }

    @Test func everyStopPointKeepsWhatWasAcknowledged() throws {
        let steps = try CrashWorkload.steps()
        var stop = 0
        var isComplete = false
        while !isComplete {
            stop += 1
            let run = CrashRun(steps, stopAt: stop)
            isComplete = run.isComplete
            for seed in Self.survivals {
                let problem = run.problem(on: run.disk.crash(survival: seed))
                #expect(problem == nil, "operation \(stop) (\(run.step)), survival \(seed)")
                if problem != nil { return }
            }
        }
        #expect(stop > 300, "the workload stopped the disk at \(stop) operations")
        print("crash test: \(stop - 1) stop points, \((stop - 1) * Self.survivals.count) openings")
    }

    /// The power is cut again while the folder is opened and loaded.
    @Test func everyStopPointOfARecoveryKeepsWhatWasAcknowledged() throws {
        let steps = try CrashWorkload.steps()
        let operations = CrashRun(steps, stopAt: nil).disk.operationCount
        var points = 0
        for stop in stride(from: 2, to: operations, by: 7) {
            let run = CrashRun(steps, stopAt: stop)
            var second = 0
            var isStopped = true
            while isStopped {
                second += 1
                let seed = testSeed(1_000) + UInt64(second)
                let disk = run.disk.crash(survival: seed)
                disk.stopAfter(operations: second)
                _ = try? FolderState(reading: CrashSession(disk))
                isStopped = disk.isStopped
                let problem = run.problem(on: disk.crash(survival: seed &* 3))
                #expect(problem == nil, "operations \(stop) (\(run.step)) and \(second), survival \(seed)")
                if problem != nil { return }
            }
            points += second - 1
        }
        print("crash test of recovery: \(points) pairs of stop points")
    }
}
