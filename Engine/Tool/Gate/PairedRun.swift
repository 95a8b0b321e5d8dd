import Common

/// `apus bench --paired-with`: this program and another one, run in turns on the same machine. Warns, never fails:
/// time depends on more than the code.
struct PairedRun {
    let other: String
    let pairs: Int
    let arguments: [String]
    let console: Console

    private enum Side {
        case here, there
    }

    /// Below it a difference is taken for real.
    private static let significance = 0.05
    /// Slower by less is not worth a warning.
    private static let tolerance = 1.03

    /// - Parameter flags: of the command; those that were given are passed on.
    init(_ arguments: ParsedArguments, flags: [CommandLineFlag], console: Console) throws {
        other = arguments.string("paired-with")!
        pairs = try arguments.integer("pairs", in: 1...1_000)!
        self.console = console
        self.arguments =
            ["bench"] + Self.passedOn(arguments, flags) + [
                "--json", BenchOutput.standardOutput, "--repeat", "1",
            ]
    }

    private static func passedOn(_ arguments: ParsedArguments, _ flags: [CommandLineFlag]) -> [String] {
        let own: Set = ["paired-with", "pairs", "json", "html", "markdown", "svg", "repeat"]
        return flags.filter { !own.contains($0.name) && arguments.isPresent($0.name) }.flatMap { flag in
            flag.kind == .presence
                ? ["--\(flag.name)"] : arguments.strings(flag.name).flatMap { ["--\(flag.name)", $0] }
        }
    }

    func run() throws -> ExitCode {
        var times: [Side: [String: [Double]]] = [:]
        var order: [String] = []
        let progress = Progress("paired runs", total: 2 * pairs)
        for pair in 0..<pairs {
            // The first of a pair alternates, so that a machine that warms up favours neither.
            let sides: [Side] = pair % 2 == 0 ? [.there, .here] : [.here, .there]
            for side in sides {
                for (name, seconds) in try measure(side == .here ? console.program : other) {
                    times[side, default: [:]][name, default: []].append(seconds)
                    if !order.contains(name) { order.append(name) }
                }
                progress.advance()
            }
        }
        progress.finish()
        report(order, here: times[.here] ?? [:], there: times[.there] ?? [:])
        return .success
    }

    /// Seconds for each query, by setting.
    private func measure(_ program: String) throws -> [(name: String, seconds: Double)] {
        let (lines, status) = try ChildProcess(program, arguments).finish()
        guard status == 0 else {
            throw SurroundingsError("\(program) ended with status \(status); see its message above")
        }
        return try lines.map { line in
            let measurement = try Measurement(json: JSONValue(parsing: line))
            guard let rate = measurement.qps, rate > 0 else {
                throw SurroundingsError("\(program) did not measure \(measurement.index)")
            }
            return ("\(measurement.indexSpecification) \(measurement.searchParameters)", 1 / rate)
        }
    }

    private func report(_ order: [String], here: [String: [Double]], there: [String: [Double]]) {
        var table = TextTable(["setting", "time / other", "p-value", "verdict"])
        for name in order {
            guard let candidate = here[name], let baseline = there[name], candidate.count == baseline.count
            else {
                table.append([name, "", "", "only one of the programs measures it"])
                continue
            }
            let comparison = PairedComparison(baseline: baseline, candidate: candidate)
            table.append([
                name, NumberText.fixed(comparison.medianRatio, 3), NumberText.fixed(comparison.pValue, 4),
                Self.verdict(comparison),
            ])
        }
        console.write(table.text)
    }

    private static func verdict(_ comparison: PairedComparison) -> String {
        guard comparison.pValue < significance else { return "no difference shown" }
        if comparison.medianRatio > tolerance { return "WARNING: slower" }
        return comparison.medianRatio < 1 / tolerance ? "faster" : "as fast"
    }
}
