import Apus
import Common

/// What is measured.
enum BenchCase: String, CaseIterable {
    case search, insert, reopen, memory, mixed, churn, clients, filter, text, bulk, hybrid, scan

    /// Whether it is measured once and not for each index.
    var isSingle: Bool { part == nil && self != .search }

    /// Whether the rows are vectors of a file, and not texts or made for the case.
    var isOfVectors: Bool { [.insert, .reopen, .memory].contains(self) }

    /// What is done with each index in place of the usual searches.
    var part: BenchJob.Part? {
        switch self {
        case .mixed: .mixed
        case .churn: .churn
        case .clients: .clients
        case .filter: .filter
        case .search, .insert, .reopen, .memory, .text, .bulk, .hybrid, .scan: nil
        }
    }
}

/// Measurements of a collection as a whole: one JSON object each.
struct SingleCase {
    private let benchCase: BenchCase

    init(_ benchCase: BenchCase) {
        self.benchCase = benchCase
    }

    func run(_ arguments: ParsedArguments, console: Console) throws -> ExitCode {
        let options = try BenchOptions(arguments)
        let result =
            benchCase.isOfVectors
            ? try ofVectors(options, arguments, console) : try ofOthers(options, arguments)
        try write(
            JSONValue.object([.init("case", .string(benchCase.rawValue))] + result + CaseContext.origin), arguments,
            console)
        return .success
    }

    private func ofVectors(
        _ options: BenchOptions, _ arguments: ParsedArguments, _ console: Console
    ) throws -> [JSONValue.Member] {
        let files = try BenchFiles(arguments, purpose: .withoutQueries)
        let context = CaseContext(
            options: options, file: files.base, base: try VectorFile.read(files.base, rows: try Self.rows(arguments)),
            flushedShare: try Self.share(arguments), console: console)
        let result =
            switch benchCase {
            case .insert: try InsertCase(context: context).run()
            case .reopen: try ReopenCase(context: context).run()
            case .memory: try MemoryCase(context: context).run()
            default: preconditionFailure("\(benchCase) is no case of vectors as a whole")
            }
        return [.init("dataset", .string(files.name))] + result
            + [.init("dimension", .integer(Int64(context.base.dimension)))]
    }

    private func ofOthers(_ options: BenchOptions, _ arguments: ParsedArguments) throws -> [JSONValue.Member] {
        let rows = try Self.rows(arguments)
        let (dataset, result): (String, [JSONValue.Member])
        switch benchCase {
        case .hybrid:
            let data = try rows.map { try RealTexts.load(rows: $0) } ?? RealTexts.load()
            (dataset, result) = (data.name, try HybridCase(options: options, data: data).run())
        case .scan:
            let rows = rows ?? ScanCase.defaultRows
            (dataset, result) = ("numbers-\(rows)", try ScanCase(options: options, rows: rows).run())
        case .bulk:
            let corpus = try TextCorpus(arguments, rows: rows, seed: options.seed)
            (dataset, result) = (corpus.name, try BulkCase(options: options, corpus: corpus).run())
        default:
            let corpus = try TextCorpus(arguments, rows: rows, seed: options.seed)
            let words = try arguments.integer("query-words", in: 1...1_000)!
            (dataset, result) = (
                corpus.name, try TextCase(options: options, corpus: corpus, queryWords: words).run()
            )
        }
        return [.init("dataset", .string(dataset))] + result
    }

    /// How many rows are wanted; nil for all.
    private static func rows(_ arguments: ParsedArguments) throws -> Int? {
        let rows = try arguments.integer("rows", in: 1...Int.max)
        return rows ?? (arguments.isPresent("quick") ? BenchOptions.quickRows : nil)
    }

    private static func share(_ arguments: ParsedArguments) throws -> Double {
        let share = try arguments.number("flushed-share")!
        guard (0...1).contains(share) else {
            throw UsageError("--flushed-share '\(share)' is not from 0 to 1")
        }
        return share
    }

    private func write(_ json: JSONValue, _ arguments: ParsedArguments, _ console: Console) throws {
        if let path = arguments.string("json"), path != BenchOutput.standardOutput {
            try JSONLines.append([json], to: path)
        }
        console.line(try json.text())
    }
}

/// What the cases share.
struct CaseContext {
    let options: BenchOptions
    /// The file of the base, for a child that reads it itself.
    let file: String
    let base: VectorSet
    /// The share of the rows that is flushed before the kill.
    let flushedShare: Double
    let console: Console

    static let collectionName = "bench"

    /// The first index that the user names, with parameters that suit the rows.
    func firstPlan() throws -> BenchPlan? {
        guard options.hasChosenIndexes else { return nil }
        return try options.plans(rows: base.count, dimension: base.dimension).first
    }

    var databaseOptions: DatabaseOptions { DatabaseOptions(buildThreads: options.buildThreads) }

    /// Where a result comes from.
    static var origin: [JSONValue.Member] {
        let commit = Repository.commit(of: SystemProcess.programPath) ?? Repository.commit()
        return [
            .init("commit", commit.map { .string($0) } ?? .null),
            .init("machine", .string(Machine.current.description)),
        ] + (commit == nil ? [.init("reason", .string("commit: run outside of a repository"))] : [])
    }

    /// An empty collection without index, which takes rows.
    func makeCollection(in database: Database) throws -> Collection {
        try database.createCollection(
            Self.collectionName, schema: IndexedCollection.schema(dimension: base.dimension))
    }
}
