import Apus
import Common

/// One index and what is to be done with it, as a process of its own is told.
///
/// Each index is built by one process and searched by another, so that processor time and memory are those of that
/// index alone, and one that fails, or takes all memory, leaves the others as they are.
struct BenchJob {
    enum Part: String, CaseIterable {
        case build, search, mixed, churn, clients, filter
    }

    var part: Part
    let dataset: String
    let files: BenchPartFiles
    var folder: String
    let options: BenchOptions
    let plan: BenchPlan
    var rounds = 0
    var clients = ""

    static let flags =
        ["part", "dataset", "base", "rows", "queries", "neighbors", "folder", "metric", "k", "threads"].map(required)
        + ["build-threads", "mode", "seconds", "repeat", "seed", "batch-rows", "rounds"].map(required)
        + [
            CommandLineFlag("index", .repeated(placeholder: "SPEC"), help: "The index."),
            CommandLineFlag("search", .repeated(placeholder: "GRID"), help: "Its searches."),
            CommandLineFlag("clients", .value(placeholder: "LIST", defaultValue: ""), help: "Numbers of threads."),
            CommandLineFlag("quick", .presence, help: "Unused."),
        ]

    private static func required(_ name: String) -> CommandLineFlag {
        CommandLineFlag(name, .required(placeholder: "X"), help: "As apus bench has it.")
    }

    /// The command line behind the name of the command.
    var arguments: [String] {
        let values = [
            ("part", part.rawValue), ("dataset", dataset), ("base", files.base), ("rows", "\(files.rows)"),
            ("queries", files.queries), ("neighbors", files.neighbors), ("folder", folder),
            ("metric", options.metric.rawValue), ("k", "\(options.k)"), ("threads", "\(options.threads)"),
            ("build-threads", "\(options.buildThreads)"), ("mode", options.mode.rawValue),
            ("seconds", "\(options.seconds)"), ("repeat", "\(options.repeats)"), ("seed", "\(options.seed)"),
            ("batch-rows", "\(options.batchRows)"), ("index", plan.specification.description),
            ("search", plan.searchText), ("rounds", "\(rounds)"), ("clients", clients),
        ]
        return values.map { "--\($0)=\($1)" }
    }

    init(
        _ part: Part, _ plan: BenchPlan, dataset: String, files: BenchPartFiles, folder: String, options: BenchOptions
    ) {
        self.part = part
        self.plan = plan
        self.dataset = dataset
        self.files = files
        self.folder = folder
        self.options = options
    }

    init(_ arguments: ParsedArguments) throws {
        part = try arguments.choice("part", of: Part.self)!
        dataset = arguments.string("dataset")!
        files = BenchPartFiles(
            base: arguments.string("base")!, rows: try arguments.integer("rows", in: 1...Int.max)!,
            queries: arguments.string("queries")!, neighbors: arguments.string("neighbors")!)
        folder = arguments.string("folder")!
        options = try BenchOptions(arguments)
        guard let plan = try options.plans(rows: 1, dimension: 1).first, options.indexes.count == 1 else {
            throw UsageError("--index must be given once")
        }
        self.plan = plan
        rounds = try arguments.integer("rounds", in: 0...Int.max)!
        clients = arguments.string("clients")!
    }

    /// The data of the files. The neighbours were checked by whoever wrote them.
    func data() throws -> BenchData {
        let base = try VectorFile.read(files.base, rows: files.rows)
        let queries = try VectorFile.read(files.queries)
        return BenchData(
            name: dataset, base: base, queries: queries,
            truth: Neighbors(ids: try VectorFile.readIntegers(files.neighbors)),
            distance: Distance(rawValue: options.metric.rawValue)!)
    }

    func openDatabase() throws -> Database {
        try Database.open(at: folder, options: DatabaseOptions(buildThreads: options.buildThreads))
    }
}

/// The files that the parts of a benchmark read.
struct BenchPartFiles {
    let base: String
    /// How many rows of the base are used.
    let rows: Int
    let queries: String
    let neighbors: String
}
