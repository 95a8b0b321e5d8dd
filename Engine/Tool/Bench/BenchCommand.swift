import Apus
import Common

/// `apus bench`: recall, speed, memory and build time of indexes, through the public calls of the engine.
enum BenchCommand {
    static let command = Command(
        "bench",
        summary: "Measures indexes on your vectors, or on the real texts that ship with the project.",
        flags: flags, run: { try run($0, console: $1) })

    private static let flags = dataFlags + measurementFlags + outputFlags + caseFlags

    private static let dataFlags = [
        CommandLineFlag(
            "base", .value(placeholder: "FILE", defaultValue: nil),
            help:
                "Vectors: .fbin .u8bin .i8bin .fvecs .bvecs .ivecs .ibin .npy. Without it: \(RealTexts.name)."
        ),
        CommandLineFlag(
            "queries", .value(placeholder: "FILE", defaultValue: nil), help: "Vectors to search for."),
        CommandLineFlag(
            "neighbors", .value(placeholder: "FILE", defaultValue: nil),
            help: "Exact neighbours of the queries; computed when missing."),
        CommandLineFlag(
            "neighbors-cache", .value(placeholder: "FOLDER", defaultValue: nil),
            help: "Keeps computed neighbours for the next run on the same data."),
        CommandLineFlag(
            "metric", .value(placeholder: "METRIC", defaultValue: "COSINE"), help: "L2, IP or COSINE."),
        CommandLineFlag(
            "rows", .value(placeholder: "N", defaultValue: nil),
            help: "Uses only the first N rows of the base."),
    ]

    private static let measurementFlags = [
        CommandLineFlag(
            "index", .repeated(placeholder: "SPEC"),
            help:
                "Such as 'HNSW(M=16,efConstruction=200)', or all: every type, with build parameters that suit the data. "
                + "Without it FLAT and HNSW."),
        CommandLineFlag(
            "search", .repeated(placeholder: "GRID"),
            help:
                "Parameters for the index of the same place, such as 'ef=16,32'; '' for none; auto doubles them until "
                + "recall stays as it is."),
        CommandLineFlag("k", .value(placeholder: "N", defaultValue: "10"), help: "Neighbours of a query."),
        CommandLineFlag("threads", .value(placeholder: "N", defaultValue: "1"), help: "Threads that search."),
        CommandLineFlag(
            "build-threads", .value(placeholder: "N", defaultValue: nil),
            help: "Threads that build; without it one for each processor."),
        CommandLineFlag(
            "mode", .value(placeholder: "MODE", defaultValue: "single"),
            help: "single: a call for each query; batch: one call for all."),
        CommandLineFlag(
            "seconds", .value(placeholder: "S", defaultValue: "3"),
            help: "How long each setting is measured, in whole passes over the queries."),
        CommandLineFlag(
            "repeat", .value(placeholder: "N", defaultValue: "3"), help: "Measurements; the median counts."),
        CommandLineFlag(
            "seed", .value(placeholder: "N", defaultValue: "42"), help: "Decides the order of the queries."),
        CommandLineFlag(
            "batch-rows", .value(placeholder: "N", defaultValue: "1000"), help: "Rows of an insert."),
        CommandLineFlag(
            "folder", .value(placeholder: "FOLDER", defaultValue: nil),
            help: "Where the collections are made; without it a temporary folder that is removed."),
        CommandLineFlag(
            "quick", .presence,
            help:
                "The first \(BenchOptions.quickRows) rows, \(BenchOptions.quickSeconds) s, once, unless given."
        ),
    ]

    private static let outputFlags = [
        CommandLineFlag(
            "json", .value(placeholder: "FILE", defaultValue: nil),
            help: "Appends a line per setting; - writes them to standard output in place of the table."),
        CommandLineFlag(
            "html", .value(placeholder: "FILE", defaultValue: nil), help: "Writes the report as a page."),
        CommandLineFlag(
            "markdown", .value(placeholder: "FILE", defaultValue: nil), help: "Writes the report as Markdown."
        ),
        CommandLineFlag(
            "svg", .value(placeholder: "FILE", defaultValue: nil),
            help: "Writes recall against queries per second as a picture."),
    ]

    private static let caseFlags = [
        CommandLineFlag(
            "case", .value(placeholder: "CASE", defaultValue: "search"),
            help:
                "search; insert (durable rows/s), reopen (after a kill), memory (of a loaded collection), mixed (search "
                + "while inserting), churn (delete and insert again), clients (many threads that search), filter (shares "
                + "of permitted rows), text (BM25), bulk (insert with scalar fields and BM25), hybrid (vector and text "
                + "beside each alone), scan (filters)."),
        CommandLineFlag(
            "texts", .value(placeholder: "FILE", defaultValue: nil),
            help: "A text on each line, for --case text and bulk; generated without it."),
        CommandLineFlag(
            "query-words", .value(placeholder: "N", defaultValue: "3"), help: "Words of a query of --case text."),
        CommandLineFlag(
            "clients", .value(placeholder: "LIST", defaultValue: ClientsPart.defaultClients),
            help: "Numbers of searching threads of --case clients."),
        CommandLineFlag(
            "rounds", .value(placeholder: "N", defaultValue: "4"),
            help: "Rounds of --case churn; each deletes and inserts half of the rows."),
        CommandLineFlag(
            "flushed-share", .value(placeholder: "X", defaultValue: "0.5"),
            help: "Of the rows of --case reopen; the others are in the log only."),
        CommandLineFlag(
            "gate", .presence, help: "Compares recall, digests and counters of a small run with the baseline."
        ),
        CommandLineFlag("accept", .presence, help: "Writes the baseline of the gate."),
        CommandLineFlag(
            "baseline", .value(placeholder: "FILE", defaultValue: GateBaseline.defaultPath),
            help: "The results that the gate accepts."),
        CommandLineFlag(
            "paired-with", .value(placeholder: "PROGRAM", defaultValue: nil),
            help: "Runs another apus program and this one in turns and compares their speed."),
        CommandLineFlag(
            "pairs", .value(placeholder: "N", defaultValue: "8"), help: "Runs of each with --paired-with."),
    ]

    private static func run(_ arguments: ParsedArguments, console: Console) throws -> ExitCode {
        if arguments.isPresent("gate") || arguments.isPresent("accept") {
            return try Gate(arguments, console: console).run()
        }
        if arguments.isPresent("paired-with") {
            return try PairedRun(arguments, flags: flags, console: console).run()
        }
        let benchCase = try arguments.choice("case", of: BenchCase.self)!
        if benchCase.isSingle { return try SingleCase(benchCase).run(arguments, console: console) }
        let options = try BenchOptions(arguments)
        let source = try BenchFiles(arguments)
        let data = try BenchData.load(source, arguments, metric: options.metric, k: options.k)
        let output = BenchOutput(arguments, console: console)
        output.begin(data, options)
        let run = try BenchRun(
            options: options, data: data, base: source.base, queries: source.queries, program: console.program)
        let isSound: Bool
        if let part = benchCase.part {
            isSound = try IndexCases(run, part, arguments).run(report: output.add, measured: output.add)
        } else {
            isSound = try run.run(report: output.add)
        }
        try output.finish(data)
        return isSound ? .success : .failure
    }
}
