import Apus
import Common

/// What is measured.
enum BenchCase: String, CaseIterable {
    case search, insert, reopen, memory, mixed, churn, clients

    /// Whether it is measured once and not for each index.
    var isSingle: Bool { [.insert, .reopen, .memory].contains(self) }

    /// What is done with each index in place of the usual searches.
    var part: BenchJob.Part? {
        switch self {
        case .mixed: .mixed
        case .churn: .churn
        case .clients: .clients
        case .search, .insert, .reopen, .memory: nil
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
        let files = try BenchFiles(arguments, purpose: .withoutQueries)
        let rows = try arguments.integer("rows", in: 1...Int.max)
        let limit = rows ?? (arguments.isPresent("quick") ? BenchOptions.quickRows : nil)
        let context = CaseContext(
            options: options, file: files.base, base: try VectorFile.read(files.base, rows: limit),
            flushedShare: try Self.share(arguments), console: console)
        let result =
            switch benchCase {
            case .insert: try InsertCase(context: context).run()
            case .reopen: try ReopenCase(context: context).run()
            case .memory: try MemoryCase(context: context).run()
            case .search, .mixed, .churn, .clients: preconditionFailure("\(benchCase) is measured for each index")
            }
        try write(
            JSONValue.object(
                [.init("case", .string(benchCase.rawValue)), .init("dataset", .string(files.name))] + result
                    + context.origin), arguments, console)
        return .success
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
    var origin: [JSONValue.Member] {
        let commit = Repository.commit(of: SystemProcess.programPath) ?? Repository.commit()
        return [
            .init("dimension", .integer(Int64(base.dimension))),
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
