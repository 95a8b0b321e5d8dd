import Apus
import Common
import TestSupport
import Testing

@testable import ApusTool

@Suite struct CommandTests {
    @Test func usageListsEveryCommand() {
        let run = ToolRun("--help")
        #expect(run.exitCode == .success)
        for command in CommandTable.commands { #expect(run.output.contains(command.name)) }
    }

    @Test func helpListsFlagsAndDefaults() {
        for command in CommandTable.commands {
            let run = ToolRun(command.name.split(separator: " ").map(String.init) + ["--help"])
            #expect(run.exitCode == .success)
            for flag in command.options.flags { #expect(run.output.contains("--\(flag.name)")) }
        }
        #expect(ToolRun("bench", "--help").output.contains("(default: 10)"))
    }

    @Test(arguments: [
        [], ["bnech"], ["bench", "--k", "0"], ["bench", "--mode", "both"], ["bench", "--index", "HNSW(M"],
        ["bench", "--index", "HNSW(M=1)"], ["bench", "--index", "TREE"], ["bench", "--search", "ef=3"],
        ["bench", "--indx", "FLAT"], ["bench", "--base", "a.fvecs"], ["bench", "--queries", "a.fvecs"],
        ["bench", "--case", "nothing"], ["bench", "--seconds", "-1"],
        ["bench", "--index", "all", "--search", "ef=3"], ["bench", "compare", "one.jsonl"], ["bench", "history"],
        ["bench", "compare", "a", "b", "--noise-threshold", "2"], ["bench", "history", "a", "--recall", "0"],
        ["generate", "--kind", "round", "--rows", "3", "--out", "x.fbin"],
        ["generate", "--kind", "text", "--rows", "3", "--out", "x.fbin", "--neighbors-out", "n.ivecs"],
        ["import", "--folder", "f"], ["recommend", "--base", "a.fbin", "--target-recall", "2"],
        ["search", "--folder", "f", "--collection", "c"],
    ])
    func wrongUsageIsTold(arguments: [String]) {
        let run = ToolRun(arguments)
        #expect(run.exitCode == .usage, "\(arguments): \(run.error)")
        #expect(!run.error.isEmpty)
        #expect(run.output.isEmpty)
    }

    @Test(arguments: [
        ["bench", "--base", "/nowhere/a.fbin", "--queries", "/nowhere/b.fbin"],
        ["describe", "--folder", "/nowhere/db"], ["verify", "--folder", "/nowhere/db"],
        ["recommend", "--base", "/nowhere/a.fbin"], ["bench", "compare", "/nowhere/a", "/nowhere/b"],
        ["bench", "history", "/nowhere/a.jsonl"], ["bench", "report", "/nowhere/a.jsonl"],
    ])
    func missingFilesAreTold(arguments: [String]) {
        let run = ToolRun(arguments)
        #expect(run.exitCode == .infrastructure, "\(run.error)")
        #expect(run.error.contains("/nowhere/"))
    }

    @Test func aLockedFolderIsTold() throws {
        let folder = TemporaryFolder()
        let database = try Database.open(at: folder.path)
        defer { try? database.close() }
        let run = ToolRun("describe", "--folder", folder.path)
        #expect(run.exitCode == .infrastructure)
        #expect(run.error.contains("process"))
    }

    @Test func tablesAlignNumbers() {
        var table = TextTable(["name", "count"])
        table.append(["a", "5"])
        table.append(["long name", "1,200"])
        #expect(table.text == "name       count\na              5\nlong name  1,200\n")
    }
}
