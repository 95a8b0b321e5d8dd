import Common
import TestSupport
import Testing

@testable import ApusTool

@Suite struct ImportSearchTests {
    private func importRows(_ data: SmallData, _ more: [String] = []) -> ToolRun {
        ToolRun(
            [
                "import", "--folder", data.database, "--collection", "things", "--file", data.base,
                "--metric", "L2",
            ]
                + ["--batch-rows", "64"] + more)
    }

    private func search(_ data: SmallData, _ more: [String]) -> ToolRun {
        ToolRun(["search", "--folder", data.database, "--collection", "things"] + more)
    }

    @Test func whatWasImportedIsFound() throws {
        let data = SmallData()
        let texts = data.folder.path + "/texts.tsv"
        try TextOutput.write((0..<SmallData.rows).map { "\($0)\tthing number \($0)\n" }.joined(), to: texts)
        let imported = importRows(data, ["--texts", texts])
        #expect(imported.exitCode == .success, "\(imported.error)")
        let found = search(data, ["--row", "17", "--limit", "3", "--search", "ef=50", "--output", "text"])
        #expect(found.exitCode == .success, "\(found.error)")
        let lines = found.output.split(separator: "\n")
        #expect(lines[1].contains("17  0.0000  \"thing number 17\""), "\(found.output)")
        #expect(found.output.contains("ef=50"))
        let vector = try VectorFile.read(data.base)[17].map { "\($0)" }.joined(separator: ",")
        #expect(search(data, ["--vector", vector, "--limit", "1"]).output.contains("17  0.0000"))
        let all = search(data, ["--file", data.queries, "--limit", "1"])
        #expect(all.output.contains("query 19"))
        let described = ToolRun("describe", "--folder", data.database, "--load")
        #expect(described.output.contains("300 live"))
        #expect(described.output.contains("HNSW(M=16,efConstruction=200) L2"))
    }

    @Test func anImportGoesOnWhereItWasCutOff() {
        let data = SmallData()
        #expect(importRows(data, ["--rows", "100"]).output.contains("100 rows inserted"))
        #expect(importRows(data, ["--existing", "refuse"]).exitCode == .usage)
        #expect(importRows(data).output.contains("200 rows inserted, 100 were there, 300 in all"))
    }

    @Test func wrongRequestsAreTold() {
        let data = SmallData()
        #expect(importRows(data).exitCode == .success)
        for arguments in [
            ["--row", "5000"], ["--vector", "1,2"], ["--vector", "a"], ["--row", "1", "--vector", "1"],
            ["--row", "1", "--search", "ef=1,2"], ["--row", "1", "--output", "nothing"],
        ] {
            let run = search(data, arguments)
            #expect(run.exitCode == .usage, "\(arguments): \(run.error)")
        }
    }

    @Test func textsThatDoNotFitAreTold() throws {
        let data = SmallData()
        let texts = data.folder.path + "/texts.tsv"
        try TextOutput.write("one\ttwo\tthree\n", to: texts)
        let run = importRows(data, ["--rows", "1", "--texts", texts])
        #expect(run.exitCode == .infrastructure)
        #expect(run.error.contains("line 1"))
        #expect(importRows(data, ["--rows", "2", "--texts", texts]).error.contains("1 lines for 2 rows"))
    }
}
