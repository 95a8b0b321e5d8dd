import Common

/// Where the results of a benchmark go: JSON lines as they come, table and reports at the end.
final class BenchOutput {
    private let console: Console
    private let jsonPath: String?
    private let htmlPath: String?
    private let markdownPath: String?
    private let svgPath: String?
    private var results: [BenchResult] = []

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

    func begin(_ data: BenchData, _ options: BenchOptions) {
        guard showsTable else { return }
        console.line(
            "\(data.name): \(data.base.count) x \(data.base.dimension), \(data.queries.count) queries, "
                + "\(options.metric.rawValue), k = \(options.k), \(options.mode.rawValue), "
                + "\(options.threads) search and \(options.buildThreads) build threads")
        console.line(Machine.current.description)
    }

    func add(_ result: BenchResult) throws {
        results.append(result)
        guard let jsonPath else { return }
        if jsonPath == Self.standardOutput {
            console.line(try result.json.text())
        } else {
            try JSONLines.append([result.json], to: jsonPath)
        }
    }

    func finish(_ data: BenchData) throws {
        let measurements = results.map(\.measurement)
        let title = "Index benchmark: \(data.name)"
        let command = (["apus"] + CommandLine.arguments.dropFirst()).joined(separator: " ")
        let digests = [data.name: DataDigest.of(data.base)]
        if let htmlPath {
            try TextOutput.write(
                HTMLReport.render(measurements, title: title, command: command, dataDigests: digests),
                to: htmlPath)
        }
        if let markdownPath {
            try TextOutput.write(
                MarkdownReport.render(measurements, title: title, command: command, dataDigests: digests),
                to: markdownPath)
        }
        if let svgPath { try TextOutput.write(RecallPicture.render(measurements, title: title), to: svgPath) }
        guard showsTable else { return }
        var table = TextTable(BenchResult.tableHeader)
        for result in results { table.append(result.tableRow) }
        console.write("\n" + table.text)
        for path in [jsonPath, htmlPath, markdownPath, svgPath].compactMap({ $0 }) { console.line("written: \(path)") }
    }
}
