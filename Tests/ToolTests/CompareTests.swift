import Common
import TestSupport
import Testing

@testable import ApusTool

@Suite struct CompareTests {
    private let folder = TemporaryFolder()

    private func measurement(
        _ index: String = "HNSW(M=16)", rates: [Double], recall: Double = 0.95, commit: String = "a",
        at time: String = ""
    ) throws -> Measurement {
        var measurement = Measurement(
            dataset: "texts", index: try parseIndexSpecification(index),
            searchParameters: try parseSearchGrid("ef=16")[0], mode: "single", threads: 1, k: 10, rows: 100,
            dimension: 8, machine: "a machine", seed: 1)
        measurement.qpsSamples = rates
        measurement.qps = Samples.median(of: rates)
        measurement.set(RecallEstimate(mean: recall, low: recall - 0.002, high: recall + 0.002))
        measurement.commit = commit
        measurement.measuredAt = "2026-01-01T00:00:0\(time.isEmpty ? "0" : time)Z"
        measurement.schemaVersion = Measurement.currentSchemaVersion
        return measurement
    }

    private func file(_ name: String, _ measurements: [Measurement]) throws -> String {
        let path = "\(folder.path)/\(name).jsonl"
        try JSONLines.write(measurements.map(\.json), to: path)
        return path
    }

    private let rates = [100.0, 101, 102, 103, 104, 105, 106, 107]

    private func compare(_ old: [Measurement], _ new: [Measurement], _ more: [String] = []) throws -> ToolRun {
        ToolRun(["bench", "compare", try file("old", old), try file("new", new)] + more)
    }

    @Test func aRegressionBeyondTheNoiseFails() throws {
        let slow = try measurement(rates: rates.map { $0 * 0.8 })
        let run = try compare([measurement(rates: rates)], [slow])
        #expect(run.exitCode == .failure)
        #expect(run.output.contains("slower") && run.output.contains("0.800") && run.output.contains("-1.00"))
        #expect(try compare([measurement(rates: rates)], [slow], ["--noise-threshold", "0.3"]).exitCode == .success)
        let back = try compare([slow], [measurement(rates: rates)])
        #expect(back.exitCode == .success && back.output.contains("faster"))
    }

    @Test func chanceIsNoDifference() throws {
        let few = try compare([measurement(rates: [100, 101, 102])], [measurement(rates: [50, 51, 52])])
        // Three against three cannot be told apart at 5 %: the least p-value is 0.1.
        #expect(few.exitCode == .success && few.output.contains("no difference shown") && few.output.contains("(90 %)"))
    }

    @Test func recallIsReportedApart() throws {
        let run = try compare([measurement(rates: rates)], [measurement(rates: rates, recall: 0.94)])
        #expect(run.exitCode == .failure)
        #expect(run.output.contains("-0.0100") && run.output.contains("intervals apart"))
        let tolerated = try compare(
            [measurement(rates: rates)], [measurement(rates: rates, recall: 0.94)], ["--recall-threshold", "0.02"])
        #expect(tolerated.exitCode == .success)
    }

    @Test func runsArePairedInTheirOrder() throws {
        let old = try [100.0, 50, 80, 120, 90, 70].map { try measurement(rates: [$0]) }
        let new = try [90.0, 45, 72, 108, 81, 63].map { try measurement(rates: [$0]) }
        let paired = try compare(old, new, ["--paired"])
        #expect(paired.exitCode == .failure && paired.output.contains("0.900") && paired.output.contains("0.0313"))
        #expect(try compare(old, new).exitCode == .success)
        #expect(try compare(old, Array(new.dropLast()), ["--paired"]).exitCode == .failure)
    }

    @Test func whatCannotBeComparedIsListed() throws {
        var failed = try measurement("DISKANN", rates: [])
        failed.qps = nil
        failed.reason = "failed: no room"
        let path = folder.path + "/table.md"
        let run = try compare(
            [measurement(rates: rates), measurement("FLAT", rates: rates), measurement("DISKANN", rates: rates)],
            [measurement(rates: rates), failed], ["--markdown", path])
        #expect(run.exitCode == .success)
        #expect(run.output.contains("only in the first") && run.output.contains("no room"))
        #expect(SystemFile.text(path)?.contains("| texts HNSW(M=16) ef=16 single |") == true)
        #expect(try compare([measurement(rates: rates)], [measurement("FLAT", rates: rates)]).exitCode == .failure)
    }

    @Test func otherMachinesAndOtherDataAreTold() throws {
        var other = try measurement(rates: rates)
        other.machine = "another"
        #expect(try compare([measurement(rates: rates)], [other]).output.contains("WARNING"))
        var before = try measurement(rates: rates)
        before.others = [.init("data_digest", .string("01"))]
        other.others = [.init("data_digest", .string("02"))]
        let run = try compare([before], [other])
        #expect(run.exitCode == .failure && run.error.contains("digest 01 and 02"))
    }

    @Test func laterVersionsAreRefused() throws {
        var later = try measurement(rates: rates)
        later.schemaVersion = 99
        #expect(try compare([later], [later]).exitCode == .usage)
    }

    @Test func historyHasAColumnForEachCommit() throws {
        _ = try file("b", [measurement(rates: [200], commit: "bbbbbbbbbb", at: "2")])
        _ = try file("c", [measurement(rates: [100], commit: "aaaaaaaaaa", at: "1")])
        let page = folder.path + "/history.html"
        let run = ToolRun("bench", "history", folder.path, "--recall", "0.9", "--html", page)
        #expect(run.exitCode == .success, "\(run.error)")
        #expect(run.output.contains("aaaaaaaa  bbbbbbbb"))
        #expect(run.output.contains("100       200"))
        #expect(SystemFile.text(page)?.contains("a machine") == true)
        #expect(ToolRun("bench", "history", folder.path, "--recall", "0.99").exitCode == .failure)
    }

    @Test func theReportOfAFile() throws {
        let path = folder.path + "/report.html"
        let lines = try file("r", [measurement(rates: rates), measurement("FLAT", rates: [5], recall: 1)])
        #expect(ToolRun("bench", "report", lines, "--html", path, "--title", "Mine").exitCode == .success)
        let page = try #require(SystemFile.text(path))
        #expect(page.contains("<h1>Mine</h1>") && page.contains("Recommendation") && page.contains("Take HNSW(M=16)"))
    }
}
