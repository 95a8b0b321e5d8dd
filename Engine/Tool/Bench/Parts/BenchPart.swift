import Apus
import Common

/// The command that a process of its own runs for one index: writes a JSON object per result, then one with `failure`
/// if something went wrong.
enum BenchPartCommand {
    static let name = "bench-part"

    static let command = Command(
        name, summary: "Builds or searches one index; a part of apus bench.", flags: BenchJob.flags,
        run: { try run($0, console: $1) })

    private static func run(_ arguments: ParsedArguments, console: Console) throws -> ExitCode {
        let job = try BenchJob(arguments)
        do {
            try part(of: job, console).run { console.line(try JSONValue.object($0).text()) }
        } catch {
            let failure = JSONValue.object([.init(PartMessage.failure, .string(Failure(error).message))])
            console.line(try failure.text())
        }
        return .success
    }

    private static func part(of job: BenchJob, _ console: Console) throws -> any BenchPart {
        switch job.part {
        case .build: BuildPart(job: job)
        case .search: SearchPart(job: job)
        case .mixed: MixedPart(job: job)
        case .filter: FilterPart(job: job)
        case .churn: ChurnPart(job: job, program: console.program)
        case .clients: ClientsPart(job: job)
        }
    }
}

/// Work on one index, in a process of its own.
protocol BenchPart {
    /// - Parameter report: takes the members of a result as soon as it is there.
    func run(report: ([JSONValue.Member]) throws -> Void) throws
}

/// Names of members that stand between the processes.
enum PartMessage {
    static let failure = "failure"
    static let buildPeakBytes = "build_peak_bytes"
    static let searchPeakBytes = "search_peak_bytes"
}

/// The processes of the parts, as their parent sees them.
struct PartRunner {
    let program: String

    /// Runs a part to its end.
    ///
    /// - Parameter report: is told each result as soon as it is there.
    /// - Throws: `CheckFailure` with the reason if the part failed.
    func run(_ job: BenchJob, report: (JSONValue) throws -> Void) throws {
        let child = try ChildProcess(program, [BenchPartCommand.name] + job.arguments)
        while let line = child.nextLine() {
            guard let json = try? JSONValue(parsing: line) else { continue }
            if let failure = json[PartMessage.failure]?.stringValue, json["search_params"] == nil {
                throw CheckFailure(failure)
            }
            try report(json)
        }
        let status = child.finish().status
        guard status == 0 else { throw CheckFailure(Self.reason(status, job.part)) }
    }

    private static func reason(_ status: Int32, _ part: BenchJob.Part) -> String {
        let what = "the process of the part '\(part.rawValue)'"
        guard status > 128 else { return "\(what) ended with status \(status); see its message on standard error" }
        let signal = status - 128
        // SIGKILL is what the kernel sends when memory runs out.
        let cause = signal == 9 ? "; most often the machine was out of memory" : "; see its message on standard error"
        return "\(what) was ended by signal \(signal)\(cause)"
    }
}
