import Common

/// `apus bench report`: the report of measurements that were made before, of one run or of several.
enum ReportCommand {
    static let command = Command(
        "bench report", summary: "Makes the report of files of apus bench --json.",
        flags: [
            CommandLineFlag("html", .value(placeholder: "FILE", defaultValue: nil), help: "Writes a page."),
            CommandLineFlag("markdown", .value(placeholder: "FILE", defaultValue: nil), help: "Writes Markdown."),
            CommandLineFlag(
                "svg", .value(placeholder: "FILE", defaultValue: nil),
                help: "Writes recall against queries per second as a picture."),
            CommandLineFlag(
                "title", .value(placeholder: "TEXT", defaultValue: "Index benchmark"), help: "Stands on top."),
        ], positional: "FILE...", run: { try run($0, console: $1) })

    private static func run(_ arguments: ParsedArguments, console: Console) throws -> ExitCode {
        guard !arguments.positionals.isEmpty else { throw UsageError("a file is needed: apus bench report FILE...") }
        let measurements = try arguments.positionals.flatMap(MeasurementFile.read)
        let title = arguments.string("title")!
        var report = Report(
            measurements, title: title, command: BenchOutput.command, dataDigests: digests(measurements))
        report.cases = try arguments.positionals.flatMap(MeasurementFile.cases)
        report.advice = Recommendation.lines(for: measurements)
        let pages = [
            ("html", { HTMLReport.render(report) }), ("markdown", { MarkdownReport.render(report) }),
            ("svg", { RecallPicture.render(measurements, title: title) }),
        ]
        for (flag, render) in pages {
            guard let path = arguments.string(flag) else { continue }
            try TextOutput.write(render(), to: path)
            console.line("written: \(path)")
        }
        if !measurements.isEmpty { console.write(ResultTable.text(measurements)) }
        for result in report.cases { console.write("\n" + result.text) }
        return .success
    }

    private static func digests(_ measurements: [Measurement]) -> [String: String] {
        let pairs = measurements.compactMap { measurement in
            measurement.others.first { $0.name == "data_digest" }?.value.stringValue.map { (measurement.dataset, $0) }
        }
        return Dictionary(pairs, uniquingKeysWith: { first, _ in first })
    }
}
