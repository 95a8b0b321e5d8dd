import Apus
import Common
import TestSupport
import Testing

@testable import ApusTool

@Suite struct BenchTests {
    private func measure(_ data: SmallData, _ more: [String]) throws -> [JSONValue] {
        let run = ToolRun(
            ["bench", "--base", data.base, "--queries", data.queries, "--metric", "L2", "--seconds", "0"] + [
                "--repeat", "2", "--json", "-",
            ] + more)
        #expect(run.exitCode == .success, "\(run.error)")
        return try run.output.split(separator: "\n").map { try JSONValue(parsing: String($0)) }
    }

    @Test func linesHoldTheContract() throws {
        let data = SmallData()
        let lines = try measure(
            data,
            [
                "--neighbors", data.neighbors, "--index", "FLAT", "--search", "", "--index", "HNSW(M=8)",
                "--search", "ef=10,40",
            ])
        #expect(lines.count == 3)
        for line in lines {
            for name in [
                "recall", "recall_low", "recall_high", "qps", "latency_p50_us", "latency_p95_us",
                "latency_p99_us",
                "build_seconds", "build_cpu_seconds", "distance_computations",
            ] { #expect(line[name]?.doubleValue != nil, "\(name)") }
            for name in ["threads", "k", "rows", "dimension", "index_bytes", "seed"] {
                #expect(line[name]?.intValue != nil, "\(name)")
            }
            for name in ["dataset", "index", "mode", "machine"] {
                #expect(line[name]?.stringValue != nil, "\(name)")
            }
            for name in ["peak_rss_bytes", "commit", "build_digest"] where line[name]?.isNull != false {
                #expect(line[name] != nil, "\(name)")
                #expect(
                    line["reason"]?.stringValue?.contains(name) == true, "\(name) is null without a reason")
            }
        }
        let measurements = try lines.map { try Measurement(json: $0) }
        #expect(measurements[0].recall == 1)
        #expect(measurements[0].distanceComputations == Double(SmallData.rows))
        #expect(measurements[0].buildDigest == nil)
        #expect(measurements[1].searchParameters == ParameterList([.init("ef", "10")]))
        #expect(measurements[1].buildDigest?.count == 16)
        #expect(measurements[1].buildDigest == measurements[2].buildDigest)
        #expect(measurements[1].recall! <= measurements[2].recall!)
    }

    @Test func aBatchHasNoLatency() throws {
        let data = SmallData()
        let line = try #require(
            try measure(data, ["--index", "FLAT", "--mode", "batch", "--threads", "2"]).first)
        #expect(line["latency_p50_us"] == .null)
        #expect(line["reason"]?.stringValue?.contains("latency") == true)
        #expect(line["recall"]?.doubleValue == 1)
        #expect(line["threads"]?.intValue == 2)
    }

    @Test func reportsAndLinesAreWritten() throws {
        let data = SmallData()
        let json = data.folder.path + "/r.jsonl"
        let html = data.folder.path + "/r.html"
        let markdown = data.folder.path + "/r.md"
        let arguments = [
            "bench", "--base", data.base, "--queries", data.queries, "--metric", "L2", "--seconds", "0",
            "--repeat", "1", "--index", "FLAT", "--json", json, "--html", html, "--markdown", markdown,
        ]
        for _ in 0..<2 {
            let run = ToolRun(arguments)
            #expect(run.exitCode == .success, "\(run.error)")
            #expect(run.output.contains("FLAT"))
        }
        #expect(try JSONLines.read(json).count == 2)
        #expect(SystemFile.text(html)?.contains("<svg") == true)
        #expect(SystemFile.text(markdown)?.contains("FLAT") == true)
    }

    @Test func aWrongSearchIsToldBeforeTheBuild() {
        let data = SmallData()
        let run = ToolRun(
            "bench", "--base", data.base, "--queries", data.queries, "--index", "HNSW", "--search", "ef=3")
        #expect(run.exitCode == .usage)
        #expect(run.error.contains("ef"))
    }

    @Test func neighboursOfAnotherMetricAreRefused() {
        let data = SmallData()
        let run = ToolRun(
            "bench", "--base", data.base, "--queries", data.queries, "--neighbors", data.neighbors,
            "--metric", "IP")
        #expect(run.exitCode == .usage)
        #expect(run.error.contains(data.neighbors))
    }

    @Test func computedNeighboursAreKept() throws {
        let data = SmallData()
        let cache = data.folder.path + "/cache"
        let flags = ["--index", "FLAT", "--neighbors-cache", cache]
        _ = try measure(data, flags)
        let names = try POSIXFileSystem().list(cache)
        #expect(names.count == 1)
        let line = try #require(try measure(data, flags).first)
        #expect(line["recall"]?.doubleValue == 1)
        #expect(try POSIXFileSystem().list(cache) == names)
    }

    @Test func queriesKeepTheirPlacesInEveryMode() {
        let queries = VectorSet(dimension: 2, values: (0..<22).map(Float.init))
        for mode in BenchOptions.Mode.allCases {
            let plan = QueryPlan(queries, mode: mode, threads: 3, k: 1, parameters: [:], seed: 5)
            let answers = plan.requests.map { request in
                stride(from: 0, to: request.vectors.count, by: 2).map { [Int32(request.vectors[$0] / 2)] }
            }
            #expect(plan.byQuery(answers) == (0..<11).map { [$0] })
        }
    }
}
