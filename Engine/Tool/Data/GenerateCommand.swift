import Common

/// `apus generate`: seeded vectors, queries and their exact neighbours as files.
enum GenerateCommand {
    enum Kind: String, CaseIterable {
        case uniform, clustered, text, image
    }

    static let command = Command(
        "generate", summary: "Writes seeded vectors to a file, with queries and exact neighbours.",
        flags: [
            CommandLineFlag(
                "kind", .required(placeholder: "KIND"), help: "uniform, clustered, text or image."),
            CommandLineFlag("rows", .required(placeholder: "N"), help: "Rows of the base."),
            CommandLineFlag(
                "dimension", .value(placeholder: "D", defaultValue: "128"), help: "Values of a row."),
            CommandLineFlag(
                "seed", .value(placeholder: "S", defaultValue: "42"),
                help: "The same seed gives the same rows."),
            CommandLineFlag(
                "out", .required(placeholder: "FILE"),
                help: "The base; the ending says the format: .fvecs .fbin .npy, for image also .bvecs .u8bin."
            ),
            CommandLineFlag(
                "queries", .value(placeholder: "N", defaultValue: "1000"), help: "Rows of --queries-out."),
            CommandLineFlag(
                "queries-out", .value(placeholder: "FILE", defaultValue: nil),
                help: "Other rows of the same distribution."),
            CommandLineFlag(
                "neighbors-out", .value(placeholder: "FILE", defaultValue: nil),
                help: "The exact nearest base rows of each query: .ivecs, .ibin or .npy; needs --queries-out."
            ),
            CommandLineFlag(
                "k", .value(placeholder: "N", defaultValue: "100"),
                help: "Neighbours of a query; at most the rows of the base."),
            CommandLineFlag(
                "metric", .value(placeholder: "METRIC", defaultValue: "L2"), help: "L2, IP or COSINE."),
        ], run: { try run($0, console: $1) })

    private static func run(_ arguments: ParsedArguments, console: Console) throws -> ExitCode {
        let kind = try arguments.choice("kind", of: Kind.self)!
        let rows = try arguments.integer("rows", in: 1...1 << 31)!
        let dimension = try arguments.integer("dimension", in: 1...VectorFileLayout.largestDimension)!
        let seed = UInt64(try arguments.integer("seed", in: 0...Int.max)!)
        let k = min(rows, try arguments.integer("k", in: 1...Int.max)!)
        let metric = try arguments.choice("metric", of: Distance.self)!
        guard arguments.string("neighbors-out") == nil || arguments.string("queries-out") != nil else {
            throw UsageError("--neighbors-out needs --queries-out")
        }
        let model = distribution(kind, dimension: dimension, seed: seed)
        let base = model.vectors(rows, seed: seed &+ 1)
        try write(base, to: arguments.string("out")!, console)
        guard let queriesPath = arguments.string("queries-out") else { return .success }
        let queries = model.vectors(
            try arguments.integer("queries", in: 1...1 << 31)!, seed: seed &+ 2)
        try write(queries, to: queriesPath, console)
        guard let neighborsPath = arguments.string("neighbors-out") else { return .success }
        let progress = Progress("exact neighbours", total: queries.count)
        let truth = GroundTruth.exact(
            base: base, queries: queries, distance: metric, k: k, progress: progress)
        progress.finish()
        try VectorFile.write(truth.ids, to: neighborsPath)
        console.line("\(neighborsPath): \(truth.queryCount) x \(truth.k) neighbours by \(metric.rawValue)")
        return .success
    }

    static func distribution(_ kind: Kind, dimension: Int, seed: UInt64) -> any VectorDistribution {
        switch kind {
        case .uniform: UniformDistribution(dimension: dimension)
        case .clustered: ClusteredDistribution(dimension: dimension, seed: seed)
        case .text: TopicDistribution(dimension: dimension, seed: seed)
        case .image: DescriptorDistribution(dimension: dimension, seed: seed)
        }
    }

    private static func write(_ vectors: VectorSet, to path: String, _ console: Console) throws {
        try VectorFile.write(vectors, to: path)
        console.line("\(path): \(vectors.count) x \(vectors.dimension), digest \(DataDigest.of(vectors))")
    }
}
