import Common

/// `apus bench compare`: two files of measurements, setting by setting.
enum CompareCommand {
    static let command = Command(
        "bench compare", summary: "Compares two files of apus bench --json: which settings got faster or slower.",
        flags: [
            CommandLineFlag(
                "noise-threshold", .value(placeholder: "X", defaultValue: "0.05"),
                help: "A share by which rates may differ without being called faster or slower."),
            CommandLineFlag(
                "recall-threshold", .value(placeholder: "X", defaultValue: "0.005"),
                help: "A recall lower by more is a regression."),
            CommandLineFlag(
                "paired", .presence,
                help: "The n-th run of a setting in one file was made right beside the n-th in the other."),
            CommandLineFlag(
                "markdown", .value(placeholder: "FILE", defaultValue: nil), help: "Writes the tables as Markdown."),
        ], positional: "BASELINE CANDIDATE", run: { try run($0, console: $1) })

    private static func run(_ arguments: ParsedArguments, console: Console) throws -> ExitCode {
        guard arguments.positionals.count == 2 else {
            throw UsageError("two files are needed: apus bench compare BASELINE CANDIDATE")
        }
        let noise = try share("noise-threshold", arguments)
        let tolerated = try share("recall-threshold", arguments)
        let comparison = RunComparison(
            baseline: try MeasurementFile.read(arguments.positionals[0]),
            candidate: try MeasurementFile.read(arguments.positionals[1]), noise: noise,
            pairing: arguments.isPresent("paired") ? .runs : .independent)
        guard !comparison.rows.isEmpty else {
            throw CheckFailure(
                "no setting was measured in both files"
                    + (comparison.uncompared.first.map { ": \($0.setting) is \($0.reason)" } ?? ""))
        }
        let text = ComparisonText(comparison: comparison, tolerated: tolerated)
        console.write(text.plain)
        if let path = arguments.string("markdown") { try TextOutput.write(text.markdown, to: path) }
        let slower = comparison.rows.count { $0.verdict == .slower }
        let worse = comparison.recalls.count { $0.difference < -tolerated }
        guard slower + worse == 0 else {
            throw CheckFailure(
                "\(slower) settings are slower by more than \(NumberText.short(noise * 100)) %, \(worse) have a recall "
                    + "lower by more than \(tolerated)")
        }
        return .success
    }

    private static func share(_ name: String, _ arguments: ParsedArguments) throws -> Double {
        let share = try arguments.number(name)!
        guard share >= 0, share < 1 else { throw UsageError("--\(name) '\(share)' is not from 0 to below 1") }
        return share
    }
}

/// A comparison as people read it.
struct ComparisonText {
    let comparison: RunComparison
    let tolerated: Double

    private static let rateHeader = [
        "setting", "baseline QPS", "candidate QPS", "ratio", "interval", "effect", "p-value", "samples", "verdict",
    ]
    private static let recallHeader = ["setting", "baseline recall", "candidate recall", "difference", "note"]

    var plain: String {
        table(Self.rateHeader, rateRows) + (recallRows.isEmpty ? "" : "\n" + table(Self.recallHeader, recallRows))
            + (missingRows.isEmpty ? "" : "\n" + table(["not compared", "reason"], missingRows)) + "\n" + warning
            + explanation
    }

    var markdown: String {
        var parts = ["# Comparison of two runs", MarkdownReport.table(header: Self.rateHeader, rows: rateRows)]
        if !recallRows.isEmpty { parts.append(MarkdownReport.table(header: Self.recallHeader, rows: recallRows)) }
        if !missingRows.isEmpty {
            parts.append(MarkdownReport.table(header: ["not compared", "reason"], rows: missingRows))
        }
        return (parts + [warning + explanation]).joined(separator: "\n\n")
    }

    private func table(_ header: [String], _ rows: [[String]]) -> String {
        var table = TextTable(header)
        for row in rows { table.append(row) }
        return table.text
    }

    private var rateRows: [[String]] {
        comparison.rows.map { row in
            [
                row.setting.description, NumberText.short(row.baselineRate), NumberText.short(row.candidateRate),
                NumberText.fixed(row.ratio, 3), interval(row), NumberText.fixed(row.effectSize, 2),
                NumberText.fixed(row.pValue, 4), "\(row.samples.baseline) and \(row.samples.candidate)",
                row.verdict.rawValue,
            ]
        }
    }

    private func interval(_ row: RunComparison.Row) -> String {
        guard let low = row.low, let high = row.high, let confidence = row.confidence else { return "" }
        return
            "\(NumberText.fixed(low, 3)) to \(NumberText.fixed(high, 3)) (\(NumberText.fixed(confidence * 100, 0)) %)"
    }

    /// Settings whose recall is not the same to the last digit shown.
    private var recallRows: [[String]] {
        comparison.recalls.filter { abs($0.difference) >= 0.00005 }.map { row in
            [
                row.setting.description, NumberText.fixed(row.baseline.recall!, 4),
                NumberText.fixed(row.candidate.recall!, 4), NumberText.fixed(row.difference, 4), note(row),
            ]
        }
    }

    private func note(_ row: RunComparison.RecallRow) -> String {
        let size = row.difference < -tolerated ? "lower by more than \(tolerated)" : "within \(tolerated)"
        return row.isBeyondIntervals ? size + ", intervals apart" : (row.difference > tolerated ? "higher" : size)
    }

    private var missingRows: [[String]] {
        comparison.uncompared.map { [$0.setting.description, $0.reason] }
    }

    private var warning: String {
        guard !comparison.differentMachines.isEmpty else { return "" }
        return "WARNING: the runs were made on different machines, so that rates say nothing about the code: "
            + comparison.differentMachines.joined(separator: "; ") + "\n"
    }

    private let explanation =
        "Ratio: median rate of the candidate over that of the baseline, with the interval of Hodges and Lehmann. Effect: "
        + "Cliff's delta of the passes (with --paired the rank-biserial correlation of the runs), from -1, always slower, to "
        + "1, always faster. p-value: Mann-Whitney (with --paired Wilcoxon). Passes of one run share the state of the "
        + "machine: repeat a surprising result, best in turns, and compare it by --paired.\n"
}
