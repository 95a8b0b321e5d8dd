import Common

/// `apus bench history`: the rate at a fixed recall, commit by commit.
enum HistoryCommand {
    static let command = Command(
        "bench history", summary: "Shows queries per second at a recall over commits, from files of apus bench --json.",
        flags: [
            CommandLineFlag(
                "recall", .value(placeholder: "X", defaultValue: "0.95"), help: "The recall at which rates are read."),
            CommandLineFlag(
                "html", .value(placeholder: "FILE", defaultValue: nil), help: "Writes the chart and table as a page."),
        ], positional: "FILE...", run: { try run($0, console: $1) })

    private static func run(_ arguments: ParsedArguments, console: Console) throws -> ExitCode {
        let recall = try arguments.number("recall")!
        guard recall > 0, recall <= 1 else { throw UsageError("--recall '\(recall)' is not above 0 and up to 1") }
        let files = arguments.positionals.flatMap(files)
        guard !files.isEmpty else {
            throw UsageError("a file or a folder with .json or .jsonl files is needed: apus bench history FILE...")
        }
        let history = History(try files.flatMap(MeasurementFile.read), recall: recall)
        guard !history.isEmpty else {
            throw CheckFailure("no measurement of these files names its commit and reaches recall \(recall)")
        }
        var table = TextTable(history.tableHeader)
        for row in history.tableRows { table.append(row) }
        console.line("Queries per second at recall \(recall), oldest commit first\n")
        console.write(table.text)
        if let path = arguments.string("html") {
            try TextOutput.write(HistoryReport.render(history, command: BenchOutput.command), to: path)
            console.line("written: \(path)")
        }
        return .success
    }

    /// The file itself, or the files of a folder in the order of their names.
    private static func files(_ path: String) -> [String] {
        guard let names = SystemFile.names(inFolder: path) else { return [path] }
        return names.filter { $0.hasSuffix(".json") || $0.hasSuffix(".jsonl") }.sorted().map { "\(path)/\($0)" }
    }
}
