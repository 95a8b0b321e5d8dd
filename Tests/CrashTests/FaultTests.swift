import TestSupport
import Testing

@testable import Apus

/// Each sync and each write of the scripted workload fails once, as a device may fail that lives on.
@Suite struct FaultTests {
    enum Fault: CaseIterable {
        case sync, write

        func arm(_ disk: SimulatedFileSystem, _ number: Int) {
            self == .sync ? disk.failSync(at: number) : disk.failWrite(at: number)
        }

        func count(_ disk: SimulatedFileSystem) -> Int { self == .sync ? disk.syncCount : disk.writeCount }
    }

    @Test(arguments: Fault.allCases)
    func nothingIsVisibleOfACallThatFailedAndNothingIsLost(fault: Fault) throws {
        let steps = try CrashWorkload.steps()
        let total = fault.count(CrashRun(steps, stopAt: nil).disk)
        var failures = 0
        for number in 1...total {
            let disk = SimulatedFileSystem(seed: testSeed(3))
            fault.arm(disk, number)
            guard let run = try Interrupted(steps, disk) else { continue }
            failures += 1
            do {
                try run.checkReads()
                try run.checkLaterWrites()
                try run.checkReopened()
            } catch {
                Issue.record("\(fault) \(number), in \(run.step.name) (\(run.error)): \(error)")
                return
            }
        }
        // A mark in the log may fail without harm, and a file that nobody needs may stay.
        #expect(failures * 2 > total, "\(failures) of \(total) failures were noticed")
    }
}

/// A workload up to the step that failed.
private struct Interrupted {
    let session: CrashSession
    let step: CrashStep
    let error: any Error
    let acknowledged: FolderState
    let next: FolderState

    /// Nil if no step fails, or already the first opening.
    init?(_ steps: [CrashStep], _ disk: SimulatedFileSystem) throws {
        guard let session = try? CrashSession(disk) else { return nil }
        var state = FolderState()
        for step in steps {
            var next = state
            step.effect(&next)
            do {
                try step.run(session)
            } catch {
                self.session = session
                self.step = step
                self.error = error
                acknowledged = state
                self.next = next
                return
            }
            state = next
        }
        return nil
    }

    /// What was acknowledged is served, and nothing of the call that failed.
    func checkReads() throws {
        guard error is ApusError else { throw CrashMismatch("the error is \(error)") }
        for (name, rows) in acknowledged.collections {
            guard let collection = try? session.collection(name) else { continue }
            guard collection.count == rows.versions.count else {
                throw CrashMismatch("\(collection.count) rows are counted, \(rows.versions.count) were acknowledged")
            }
            guard collection.isLoaded else { continue }
            for (key, row) in zip(0..<100 as Range<Int64>, try collection.get(keys: (0..<100).map { .integer($0) })) {
                guard row.flatMap({ CrashRows.version(key, $0) }) == rows.versions[key] else {
                    throw CrashMismatch("row \(key) is \(String(describing: row))")
                }
            }
            let hits = try collection.search(SearchRequest(vectors: CrashRows.vector(1, 1), limit: 100)).hits[0]
            guard hits.count == rows.versions.count else { throw CrashMismatch("\(hits.count) rows are found") }
        }
    }

    /// After a failed write of rows the collection refuses all writes, and says why.
    func checkLaterWrites() throws {
        guard step.kind == .writeRows, let name = step.collection else { return }
        for later in [CrashStep.insert(name, [90]), .upsert(name, [1], 8), .delete(name, [1]), .delete(name, [99])] {
            do {
                try later.run(session)
            } catch let refusal as ApusError where refusal.code == .writesRefused {
                guard refusal.message.contains("simulated failure"), refusal.message.contains("reopen") else {
                    throw CrashMismatch("the refusal says: \(refusal)")
                }
                continue
            }
            throw CrashMismatch("\(later.name) was not refused")
        }
    }

    /// Closing may fail, but gives the folder free; every acknowledged row is there, by the cache of the system as
    /// after a power cut.
    func checkReopened() throws {
        let afterPowerCut = session.disk.crash(survival: 7)
        try? session.instance.close()
        for disk in [session.disk, afterPowerCut] {
            let reopened = try CrashSession(disk)
            let found = try FolderState(reading: reopened)
            guard found == acknowledged || found == next else {
                throw CrashMismatch("acknowledged \(acknowledged), in hand \(next), found \(found)")
            }
            try reopened.instance.close()
        }
    }
}
