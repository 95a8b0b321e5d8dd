import Common
import TestSupport
import Testing

@testable import ApusTool

@Suite struct GateTests {
    private let folder = TemporaryFolder()

    private var path: String { folder.path + "/baseline.json" }

    private func baseline(recall: Double = 0.5, digest: String = "ab") -> GateBaseline {
        GateBaseline(
            kernels: "scalar",
            entries: [
                GateEntry(
                    name: "small L2 HNSW ef=16",
                    values: [.init("recall", .number(recall)), .init("build_digest", .string(digest))]),
                GateEntry(name: "small L2 FLAT", values: [.init("build_digest", .null)]),
            ])
    }

    private func conclude(_ found: GateBaseline, _ flag: String) throws -> (ExitCode, String) {
        let text = Lines()
        let console = Console(program: "apus", output: { text.add($0) }, error: { text.add($0) })
        let outcome = try BenchCommand.command.options.parse([flag, "--baseline", path])
        guard case .arguments(let arguments) = outcome else { return (.usage, "") }
        return (try Gate(arguments, console: console).conclude(found), text.all)
    }

    @Test func aBaselineSurvivesItsFile() throws {
        try baseline().write(path)
        let read = try #require(try GateBaseline.read(path))
        #expect(read.entries == baseline().entries)
        #expect(read.differences(to: baseline()).isEmpty)
    }

    @Test func changesFailUntilTheyAreAccepted() throws {
        _ = try conclude(baseline(), "--accept")
        #expect(try conclude(baseline(), "--gate").0 == .success)
        let changed = baseline(recall: 0.5000001, digest: "cd")
        #expect(throws: CheckFailure.self) { try conclude(changed, "--gate") }
        _ = try conclude(changed, "--accept")
        #expect(try conclude(changed, "--gate").0 == .success)
    }

    @Test func everyKindOfDifferenceIsNamed() throws {
        let accepted = baseline()
        let other = GateBaseline(
            kernels: "avx2",
            entries: [
                GateEntry(name: "small L2 HNSW ef=16", values: [.init("recall", .number(0.4))]),
                GateEntry(name: "new", values: []),
            ])
        #expect(
            accepted.differences(to: other) == [
                ["all", "kernels", "scalar", "avx2"], ["small L2 HNSW ef=16", "recall", "0.5", "0.4"],
                ["small L2 HNSW ef=16", "build_digest", "\"ab\"", "missing"],
                ["small L2 FLAT", "entry", "there", "missing"], ["new", "entry", "missing", "there"],
            ])
    }

    @Test func aMissingOrDamagedBaselineIsTold() throws {
        #expect(throws: CheckFailure.self) { try conclude(baseline(), "--gate") }
        try TextOutput.write("{}", to: path)
        #expect(throws: DataError.self) { try conclude(baseline(), "--gate") }
    }

    /// The whole run, whatever kernels this process has.
    @Test func theProgramFailsOnAChangedBaseline() throws {
        let gate = ["bench", "--gate", "--baseline", path]
        #expect(try ToolRun.process(gate).status == 1)
        #expect(try ToolRun.process(["bench", "--accept", "--baseline", path]).status == 0)
        #expect(try ToolRun.process(gate).status == 0)
        let accepted = try #require(SystemFile.text(path))
        #expect(accepted.contains("\"scalar\""))
        let place = try #require(accepted.firstRange(of: "\"distance_computations\":1"))
        try TextOutput.write(
            accepted.replacingCharacters(in: place, with: "\"distance_computations\":2"), to: path)
        let (lines, status) = try ToolRun.process(gate)
        #expect(status == 1)
        #expect(lines.contains { $0.contains("distance_computations") })
    }
}

extension String {
    fileprivate func firstRange(of part: String) -> Range<Index>? {
        indices.first { self[$0...].hasPrefix(part) }.map { $0..<index($0, offsetBy: part.count) }
    }

    fileprivate func replacingCharacters(in range: Range<Index>, with text: String) -> String {
        self[..<range.lowerBound] + text + self[range.upperBound...]
    }
}
