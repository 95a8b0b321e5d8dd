import Apus
import Common
import TestSupport
import Testing

@testable import ApusTool

@Suite struct BenchFailureTests {
    private func run(_ more: [String]) throws -> (exitCode: ExitCode, lines: [Measurement], error: String) {
        let data = SmallData()
        let run = ToolRun(
            [
                "bench", "--base", data.base, "--queries", data.queries, "--metric", "L2", "--seconds", "0",
                "--repeat", "1", "--json", "-",
            ] + more)
        let lines = try run.output.split(separator: "\n").map { try Measurement(json: JSONValue(parsing: String($0))) }
        return (run.exitCode, lines, run.error)
    }

    private func expectFailed(_ measurement: Measurement, _ word: String) {
        #expect(measurement.qps == nil && measurement.recall == nil && measurement.indexBytes == nil)
        #expect(measurement.reason?.contains(word) == true, "\(measurement.reason ?? "no reason")")
    }

    @Test func theOthersGoOn() throws {
        let (exitCode, lines, error) = try run([
            "--index", "HNSW(M=1)", "--index", "FLAT", "--index", "HNSW", "--search", "", "--search", "", "--search",
            "ef=3,20",
        ])
        #expect(exitCode == .failure)
        #expect(lines.count == 4)
        expectFailed(lines[0], "parameter M")
        #expect(lines[1].recall == 1)
        expectFailed(lines[2], "ef")
        #expect((lines[3].recall ?? 0) > 0.8)
        #expect(error.contains("HNSW(M=1)") && error.contains("ef=3"))
    }

    @Test func nothingButWrongParametersIsWrongUsage() throws {
        let (exitCode, lines, error) = try run(["--index", "HNSW(M=1)"])
        #expect(exitCode == .usage && lines.isEmpty && error.contains("parameter M"))
    }

    /// A build that ends in the middle: the reason is told, and the search is not tried.
    @Test func aPartThatEndsIsTold() throws {
        let runner = PartRunner(program: "/bin/false")
        let data = SmallData()
        let files = BenchPartFiles(base: data.base, rows: 10, queries: data.queries, neighbors: data.neighbors)
        let job = BenchJob(
            .build, try BenchPlan("FLAT", search: ""), dataset: "d", files: files, folder: data.database,
            options: BenchOptions(metric: .l2, k: 1, seconds: 0, seed: 1))
        #expect(throws: CheckFailure.self) { try runner.run(job) { _ in } }
    }

    @Test func everyTypeFindsItsOwnSettings() throws {
        let (exitCode, lines, error) = try run(["--index", "all"])
        #expect(exitCode == .success, "\(error)")
        #expect(lines.contains { $0.index == "FLAT" } && lines.contains { $0.index == "HNSW" })
        for line in lines {
            #expect(line.qps != nil && line.recall != nil, "\(line.index): \(line.reason ?? "")")
            #expect(line.peakResidentBytes != nil && line.residentBytes != nil)
            #expect(line.schemaVersion == Measurement.currentSchemaVersion && !line.qpsSamples.isEmpty)
        }
    }
}
