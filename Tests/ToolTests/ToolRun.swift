import Common
import Synchronization
import TestSupport

@testable import ApusTool

/// A command line that was run in this process, and what it wrote.
struct ToolRun {
    let exitCode: ExitCode
    let output: String
    let error: String

    init(_ arguments: [String]) {
        let written = (output: Lines(), error: Lines())
        let console = Console(
            program: Self.program, output: { written.output.add($0) }, error: { written.error.add($0) })
        exitCode = CommandTable.run(arguments, console: console)
        (output, error) = (written.output.all, written.error.all)
    }

    init(_ arguments: String...) { self.init(arguments) }

    /// The `apus` that was built beside the tests.
    static var program: String {
        let own = SystemProcess.programPath
        return own[...own.lastIndex(of: "/")!] + "apus"
    }

    /// Runs the built program as a process of its own.
    static func process(
        _ arguments: [String], environment: [String: String] = [:]
    ) throws -> (lines: [String], status: Int32) {
        try ChildProcess(program, arguments, environment: environment).finish()
    }
}

/// Text that comes in pieces, from any thread.
final class Lines: Sendable {
    private let text = Mutex("")

    var all: String { text.withLock { $0 } }

    func add(_ piece: String) { text.withLock { $0 += piece } }
}

/// Small seeded files in a folder that goes away.
struct SmallData {
    let folder = TemporaryFolder()
    static let seed = 7
    static let rows = 300
    static let dimension = 8

    var base: String { folder.path + "/base.fvecs" }
    var queries: String { folder.path + "/queries.fvecs" }
    var neighbors: String { folder.path + "/neighbors.ivecs" }
    var database: String { folder.path + "/database" }

    init() {
        let run = ToolRun(
            "generate", "--kind", "clustered", "--rows", "\(Self.rows)", "--dimension", "\(Self.dimension)",
            "--seed", "\(Self.seed)", "--out", base, "--queries", "20", "--queries-out", queries,
            "--neighbors-out", neighbors, "--k", "10")
        precondition(run.exitCode == .success, run.error)
    }
}
