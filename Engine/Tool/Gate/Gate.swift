import Apus
import Common

/// `apus bench --gate`: compares recall, digests and work counters with what was accepted, exactly.
struct Gate {
    enum Purpose {
        case compare, accept
    }

    let purpose: Purpose
    let path: String
    let console: Console

    init(_ arguments: ParsedArguments, console: Console) {
        purpose = arguments.isPresent("accept") ? .accept : .compare
        path = arguments.string("baseline")!
        self.console = console
    }

    /// Starts itself anew where other kernels than the gate's are in force.
    func run() throws -> ExitCode {
        guard Processors.kernelVariant == GateRun.kernels else {
            let arguments = ["bench", purpose == .accept ? "--accept" : "--gate", "--baseline", path]
            throw SystemProcess.replace(
                by: console.program, arguments, setting: "APUS_KERNELS", to: GateRun.kernels)
        }
        return try conclude(GateRun(buildThreads: Processors.count).measure())
    }

    /// Accepts what was found, or compares it with what was accepted.
    func conclude(_ found: GateBaseline) throws -> ExitCode {
        if purpose == .accept {
            try found.write(path)
            console.line("accepted: \(found.entries.count) entries written to \(path)")
            return .success
        }
        guard let accepted = try GateBaseline.read(path) else {
            throw CheckFailure("there is no baseline at \(path); write it by 'apus bench --accept'")
        }
        let differences = accepted.differences(to: found)
        guard !differences.isEmpty else {
            console.line("gate: \(found.entries.count) entries are as accepted in \(path)")
            return .success
        }
        var table = TextTable(["entry", "value", "accepted", "found"])
        for difference in differences { table.append(difference) }
        console.write(table.text)
        throw CheckFailure(
            "\(differences.count) values differ from \(path). If the change is meant, accept it by "
                + "'apus bench --accept --baseline \(path)' and commit the file with the reason")
    }
}
