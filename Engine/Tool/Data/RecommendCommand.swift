import Apus
import Common

/// `apus recommend`: which index suits these vectors, from curves measured on a sample of them.
enum RecommendCommand {
    static let command = Command(
        "recommend",
        summary: "Measures a few indexes on a sample of your vectors and says which to take, and why.",
        flags: [
            CommandLineFlag("base", .required(placeholder: "FILE"), help: "The vectors."),
            CommandLineFlag(
                "queries", .value(placeholder: "FILE", defaultValue: nil),
                help: "Typical queries; without them some rows are taken out of the base."),
            CommandLineFlag(
                "metric", .value(placeholder: "METRIC", defaultValue: "COSINE"), help: "L2, IP or COSINE."),
            CommandLineFlag(
                "k", .value(placeholder: "N", defaultValue: "10"), help: "Neighbours of a query."),
            CommandLineFlag(
                "target-recall", .value(placeholder: "X", defaultValue: "0.95"),
                help: "The recall that is wanted."),
            CommandLineFlag(
                "memory", .value(placeholder: "BYTES", defaultValue: nil),
                help: "What vectors and index may take; without it what the machine has available."),
            CommandLineFlag(
                "sample", .value(placeholder: "N", defaultValue: "20000"), help: "Rows that are measured."),
            CommandLineFlag(
                "seconds", .value(placeholder: "S", defaultValue: "0.5"),
                help: "How long each setting is measured."),
            CommandLineFlag(
                "seed", .value(placeholder: "N", defaultValue: "42"), help: "Decides which rows are taken."),
        ], run: { try run($0, console: $1) })

    private static func run(_ arguments: ParsedArguments, console: Console) throws -> ExitCode {
        let target = try arguments.number("target-recall")!
        guard target > 0, target <= 1 else {
            throw UsageError("--target-recall '\(target)' is not above 0 and up to 1")
        }
        let sample = try RecommendSample(arguments)
        let options = BenchOptions(
            metric: sample.metric, k: sample.data.truth.k,
            seconds: try arguments.number("seconds")!, seed: sample.seed)
        console.line(
            "\(sample.totalRows) x \(sample.data.base.dimension) vectors; measured on a sample of "
                + "\(sample.data.base.count) rows with \(sample.data.queries.count) queries, "
                + "\(sample.metric.rawValue), k = \(options.k)")
        let results = try measure(sample, options, console)
        console.write("\n" + ResultTable.text(results) + "\n")
        let memory = try arguments.integer("memory", in: 1...Int.max) ?? MachineMemory.availableBytes
        let scale = Double(sample.totalRows) / Double(sample.data.base.count)
        let advice = Recommendation(
            results.compactMap { Recommendation.Candidate($0, scale: scale) }, target: target, memory: memory,
            sampleRows: sample.data.base.count, totalRows: sample.totalRows)
        console.write(advice.text)
        return .success
    }

    private static func measure(
        _ sample: RecommendSample, _ options: BenchOptions, _ console: Console
    ) throws -> [Measurement] {
        let folder = try WorkFolder(nil)
        let (base, queries) = (folder.path + "/base.fbin", folder.path + "/queries.fbin")
        try VectorFile.write(sample.data.base, to: base)
        try VectorFile.write(sample.data.queries, to: queries)
        var results: [Measurement] = []
        let run = try BenchRun(
            options: options, data: sample.data, base: base, queries: queries, program: console.program)
        // An index that fails is left out of the advice; its reason is told.
        _ = try run.run { measurement in
            if let reason = measurement.reason, measurement.qps == nil {
                console.complain("apus recommend: \(measurement.indexSpecification) \(reason)\n")
            }
            results.append(measurement)
        }
        return results
    }
}

/// Rows and queries that are measured in place of all.
struct RecommendSample {
    let metric: Metric
    let totalRows: Int
    let seed: UInt64
    let data: BenchData

    private static let queryCount = 200

    init(_ arguments: ParsedArguments) throws {
        metric = try arguments.choice("metric", of: Metric.self)!
        seed = UInt64(try arguments.integer("seed", in: 0...Int.max)!)
        let path = arguments.string("base")!
        let all = try VectorFile.read(path)
        totalRows = all.count
        let wanted = try arguments.integer("sample", in: 1...Int.max)!
        var random = RandomSource(seed: seed)
        let order = (0..<all.count).shuffled(using: &random)
        // Without queries a few rows stand in for them, and are not in the base.
        let heldOut = arguments.string("queries") == nil ? min(Self.queryCount, max(1, all.count / 10)) : 0
        guard all.count > heldOut else { throw UsageError("\(path) has too few rows to learn from") }
        let queries =
            try arguments.string("queries").map { try VectorFile.read($0) }
            ?? Self.rows(order.prefix(heldOut), of: all)
        guard queries.dimension == all.dimension else {
            throw UsageError("the queries have dimension \(queries.dimension), the base \(all.dimension)")
        }
        let base = Self.rows(order.dropFirst(heldOut).prefix(wanted), of: all)
        let finder = TruthFinder(
            base: base, queries: queries, distance: Distance(rawValue: metric.rawValue)!,
            k: min(try arguments.integer("k", in: 1...Limits.searchLimit)!, base.count), cacheFolder: nil)
        data = BenchData(
            name: BenchFiles.name(of: path), base: base, queries: queries, truth: try finder.find(given: nil),
            distance: finder.distance)
    }

    private static func rows(_ rows: some Sequence<Int>, of vectors: VectorSet) -> VectorSet {
        VectorSet(dimension: vectors.dimension, values: rows.flatMap { vectors.row($0) })
    }
}
