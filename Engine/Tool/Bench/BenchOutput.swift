import Common

/// Where the results of a benchmark go: JSON lines as they come, table and reports at the end.
final class BenchOutput {
    private let console: Console
    private let jsonPath: String?
    private let htmlPath: String?
    private let markdownPath: String?
    private let svgPath: String?
    private var measurements: [Measurement] = []
    private var cases: [CaseResult] = []

    /// The name under which `--json` means standard output.
    static let standardOutput = "-"

    init(_ arguments: ParsedArguments, console: Console) {
        self.console = console
        jsonPath = arguments.string("json")
        htmlPath = arguments.string("html")
        markdownPath = arguments.string("markdown")
        svgPath = arguments.string("svg")
    }

    private var showsTable: Bool { jsonPath != Self.standardOutput }

    /// The command line that is running.
    static var command: String {
        let words = CommandLine.arguments.dropFirst().map { word in
            word.allSatisfy { $0.isLetter || $0.isNumber || "-_./,=:+@%".contains($0) } && !word.isEmpty
                ? word : "'\(word)'"
        }
        return (["apus"] + words).joined(separator: " ")
    }

    func begin(_ data: BenchData, _ options: BenchOptions) {
        guard showsTable else { return }
        console.line(
            "\(data.name): \(data.base.count) x \(data.base.dimension), \(data.queries.count) queries, "
                + "\(options.metric.rawValue), k = \(options.k), \(options.mode.rawValue), "
                + "\(options.threads) search and \(options.buildThreads) build threads, seed \(options.seed)")
        console.line(Machine.current.description)
    }

    func add(_ measurement: Measurement) throws {
        measurements.append(measurement)
        if let reason = measurement.reason, measurement.qps == nil {
            let setting = measurement.searchParameters.isEmpty ? "" : " with \(measurement.searchParameters)"
            console.complain("apus bench: \(measurement.indexSpecification)\(setting) \(reason)\n")
        }
        try write(measurement.json)
    }

    func add(_ result: CaseResult) throws {
        cases.append(result)
        if let reason = result.reason, result.hasFailed {
            console.complain("apus bench: \(result.indexLabel): \(result.name) \(reason)\n")
        }
        try write(result.json)
    }

    private func write(_ json: JSONValue) throws {
        guard let jsonPath else { return }
        if jsonPath == Self.standardOutput {
            console.line(try json.text())
        } else {
            try JSONLines.append([json], to: jsonPath)
        }
    }

    func finish(_ data: BenchData) throws {
        let title = "Index benchmark: \(data.name)"
        var report = Report(
            measurements, title: title, command: Self.command,
            dataDigests: [data.name: DataDigest.of(data.base)])
        report.cases = cases
        report.advice = Recommendation.lines(for: measurements)
        if let htmlPath { try TextOutput.write(HTMLReport.render(report), to: htmlPath) }
        if let markdownPath { try TextOutput.write(MarkdownReport.render(report), to: markdownPath) }
        if let svgPath {
            let isFiltered = cases.contains { $0.name == BenchCase.filter.rawValue }
            let picture =
                isFiltered
                ? FilterPicture.render(cases, title: title) : RecallPicture.render(measurements, title: title)
            try TextOutput.write(picture, to: svgPath)
        }
        guard showsTable else { return }
        if !measurements.isEmpty { console.write("\n" + ResultTable.text(measurements)) }
        for result in cases { console.write("\n" + result.text) }
        if let advice = report.advice { console.write("\n" + advice.joined(separator: "\n") + "\n") }
        for path in [jsonPath, htmlPath, markdownPath, svgPath].compactMap({ $0 }) { console.line("written: \(path)") }
    }
}
