import Common
import TestSupport
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

    private func measureTexts(_ name: String, _ more: [String] = []) throws -> JSONValue {
        let run = ToolRun(["bench", "--case", name, "--seconds", "0", "--repeat", "1", "--rows", "400"] + more)
        #expect(run.exitCode == .success, "\(run.error)")
        let json = try JSONValue(parsing: run.output)
        #expect(json["case"]?.stringValue == name)
        #expect(json["rows"]?.intValue == 400)
        return json
    }

    @Test func textsAreSearchedAsIfEveryOneWereScored() throws {
        let json = try measureTexts("text", ["--query-words", "2"])
        #expect(json["answers_equal_to_exhaustive"]?.intValue == 100)
        #expect((json["qps"]?.doubleValue ?? 0) > 0)
        #expect((json["words_per_text"]?.doubleValue ?? 0) > 6)
        let folder = TemporaryFolder()
        let path = folder.path + "/texts.txt"
        try TextOutput.write("one swift\n\ntwo swifts\na kite\n", to: path)
        let run = ToolRun("bench", "--case", "bulk", "--texts", path, "--repeat", "1")
        #expect(run.exitCode == .success, "\(run.error)")
        #expect(try JSONValue(parsing: run.output)["rows"]?.intValue == 3)
    }

    @Test func bulkInsertsHybridSearchesAndFiltersAreMeasured() throws {
        let bulk = try measureTexts("bulk", ["--batch-rows", "64"])
        for name in ["rows_per_second", "rows_per_second_with_index"] {
            #expect(bulk[name]?.doubleValue != nil, "\(name)")
        }
        let hybrid = try measureTexts("hybrid")
        for name in ["ratio", "dense_us", "text_us", "hybrid_us"] {
            #expect((hybrid[name]?.doubleValue ?? 0) > 0, "\(name)")
        }
        #expect((try measureTexts("scan")["comparisons_per_second"]?.doubleValue ?? 0) > 0)
    }

    private func measureIndexes(_ name: String, _ more: [String]) throws -> (lines: [JSONValue], page: String) {
        let data = SmallData()
        let page = data.folder.path + "/page.html"
        let run = ToolRun(
            [
                "bench", "--case", name, "--base", data.base, "--queries", data.queries, "--metric", "L2",
                "--batch-rows", "16", "--seconds", "0", "--repeat", "1", "--json", "-", "--html", page,
            ] + more)
        #expect(run.exitCode == .success, "\(run.error)")
        let lines = try run.output.split(separator: "\n").map { try JSONValue(parsing: String($0)) }
        return (lines, SystemFile.text(page) ?? "")
    }

    @Test func clientsAreMeasuredByNumber() throws {
        let (lines, page) = try measureIndexes(
            "clients", ["--clients", "1,3", "--index", "HNSW", "--search", "auto", "--index", "FLAT"])
        #expect(lines.map { $0["clients"]?.intValue } == [1, 3, 1, 3])
        #expect(lines.map { $0["threads"]?.intValue } == [1, 3, 1, 3])
        for line in lines {
            #expect(line["case"]?.stringValue == "clients")
            for name in ["qps", "latency_p50_us", "latency_p95_us", "latency_p99_us", "recall"] {
                #expect(line[name]?.doubleValue != nil, "\(name)")
            }
        }
        #expect(page.contains("Queries per second by clients"))
    }

    @Test func churnIsComparedWithAFreshIndex() throws {
        let (lines, page) = try measureIndexes("churn", ["--rounds", "2", "--index", "HNSW", "--search", "ef=40"])
        let states = try #require(lines.first?["states"]?.arrayValue)
        #expect(states.map { $0["state"]?.stringValue } == ["fresh", "after 2 rounds", "compacted"])
        #expect(lines[0]["rows_changed"]?.intValue == SmallData.rows)
        for state in states {
            #expect(state["live_rows"]?.intValue == SmallData.rows)
            #expect(state["rows_not_found_by_their_vector"]?.intValue == 0)
            #expect((state["recall"]?.doubleValue ?? 0) > 0.9)
            for name in ["qps", "resident_bytes", "disk_bytes"] { #expect(state[name]?.doubleValue != nil, "\(name)") }
        }
        #expect(page.contains("rows not found by their vector"))
    }

    @Test(arguments: ["auto", "ef=40"])
    func searchingWhileInserting(search: String) throws {
        let (lines, page) = try measureIndexes("mixed", ["--index", "HNSW", "--search", search, "--threads", "2"])
        let line = try #require(lines.first)
        #expect(line["rows_inserted"]?.intValue == SmallData.rows / 2)
        #expect(line["readers"]?.intValue == 2)
        for name in ["qps_alone", "inserts_per_second", "inserts_and_flushes_per_second"] {
            #expect((line[name]?.doubleValue ?? 0) > 0, "\(name)")
        }
        // A reader may not get a turn before the writer is done; that is told then.
        if let recall = line["recall"]?.doubleValue {
            #expect(recall > 0.85)
            #expect(line["latency_p99_us"]?.doubleValue != nil)
        } else {
            #expect(line["reason"]?.stringValue?.contains("recall") == true)
        }
        #expect(page.contains("inserts per second"))
    }

    @Test func aCaseThatFailsIsTold() throws {
        let data = SmallData()
        let run = ToolRun(
            "bench", "--case", "churn", "--base", data.base, "--queries", data.queries, "--metric", "L2", "--json", "-",
            "--seconds", "0", "--repeat", "1", "--rounds", "1", "--index", "HNSW(M=1)", "--index", "FLAT")
        #expect(run.exitCode == .failure)
        let lines = try run.output.split(separator: "\n").map { try JSONValue(parsing: String($0)) }
        #expect(lines.count == 2)
        #expect(lines[0]["qps"] == .null)
        #expect(lines[0]["reason"]?.stringValue?.contains("M") == true)
        #expect(lines[1]["states"]?.arrayValue?.count == 3)
    }
}

@Suite struct MixedRecallTests {
    private let data = BenchData(
        name: "line", base: VectorSet(dimension: 1, values: [0, 1, 2, 3, 4, 0.5]),
        queries: VectorSet(dimension: 1, values: [0]), truth: Neighbors(ids: IntegerSet(width: 2, ids: [0, 5])),
        distance: .squaredL2)

    private func recall(acknowledged: Int, _ keys: [Int32]) -> Double? {
        MixedRecall(data: data, k: 2).of([MixedRun.Answer(query: 0, acknowledged: acknowledged, keys: keys)])?.mean
    }

    /// Of the first five rows 0 and 1 are the nearest two; row 5, which comes later, is nearer than row 1.
    @Test func answersAreComparedWithWhatWasAcknowledged() {
        #expect(recall(acknowledged: 5, [0, 1]) == 1)
        #expect(recall(acknowledged: 5, [0, 5]) == 1)
        #expect(recall(acknowledged: 5, [0, 2]) == 0.5)
        #expect(recall(acknowledged: 6, [0, 1]) == 0.5)
        #expect(MixedRecall(data: data, k: 2).of([]) == nil)
    }
}
