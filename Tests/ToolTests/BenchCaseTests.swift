import Common
import Testing

@testable import ApusTool

@Suite struct BenchCaseTests {
    private func measure(_ name: String, _ more: [String]) throws -> JSONValue {
        let data = SmallData()
        let run = ToolRun(
            [
                "bench", "--case", name, "--base", data.base, "--metric", "L2", "--batch-rows", "32",
                "--repeat", "2",
            ]
                + more)
        #expect(run.exitCode == .success, "\(run.error)")
        let json = try JSONValue(parsing: run.output)
        #expect(json["case"]?.stringValue == name)
        #expect(json["rows"]?.intValue == SmallData.rows)
        return json
    }

    @Test func durableInserts() throws {
        let json = try measure("insert", [])
        #expect(json["batch_rows"]?.intValue == 32)
        let rate = try #require(json["rows_per_second"]?.doubleValue)
        let seconds = try #require(json["seconds"]?.doubleValue)
        #expect(abs(rate * seconds - Double(SmallData.rows)) < 1e-3)
    }

    @Test(arguments: ["0", "0.5", "1"])
    func nothingIsLostWhenTheWriterIsKilled(share: String) throws {
        let json = try measure("reopen", ["--flushed-share", share, "--index", "HNSW(M=4)"])
        #expect(json["rows_lost"]?.intValue == 0)
        #expect(json["open_seconds"]?.doubleValue != nil)
        #expect(json["load_seconds"]?.doubleValue != nil)
        let records = try #require(json["replayed_records"]?.intValue)
        #expect((records == 0) == (share == "1"))
    }

    @Test func memoryOfALoadedCollection() throws {
        let json = try measure("memory", ["--index", "HNSW(M=4)"])
        #expect(json["vector_bytes"]?.intValue == SmallData.rows * SmallData.dimension * 4)
        for name in ["resident_bytes", "link_bytes"] { #expect(json[name]?.intValue != nil, "\(name)") }
        #expect(json["ratio"]?.doubleValue != nil)
    }
}
