import Apus
import Common

/// How long a collection takes to come back after its writer was killed, and whether anything is missing.
struct ReopenCase {
    let context: CaseContext

    /// Rows whose vectors are compared with those that were inserted.
    private static let comparedRows = 200

    func run() throws -> [JSONValue.Member] {
        let folder = try WorkFolder(context.options.folder)
        let rows = context.base.count
        try insertAndKill(folder.path)
        let opened = try MonotonicClock.seconds { () throws -> (Database, Collection) in
            let database = try Database.open(at: folder.path, options: context.databaseOptions)
            return (database, try database.collection(CaseContext.collectionName))
        }
        let (database, collection) = opened.result
        defer { try? database.close() }
        let load = try MonotonicClock.seconds { try collection.load() }
        let wrong = try countWrongRows(collection)
        let lost = rows - collection.count
        try database.dropCollection(CaseContext.collectionName)
        guard lost == 0, wrong == 0 else {
            throw CheckFailure(
                "\(lost) of \(rows) acknowledged rows are lost, \(wrong) of those compared are wrong")
        }
        return [
            .init("open_seconds", .number(opened.seconds)), .init("load_seconds", .number(load.seconds)),
            .init("rows", .integer(Int64(rows))), .init("rows_lost", .integer(Int64(lost))),
            .init("flushed_share", .number(context.flushedShare)),
            .init("replayed_records", .integer(Int64(collection.recovery.replayedRecords))),
        ]
    }

    /// Starts a child that inserts everything, and kills it once it has told that the last batch is acknowledged.
    private func insertAndKill(_ folder: String) throws {
        let options = context.options
        let flushed = Int(Double(context.base.count) * context.flushedShare)
        var arguments = [
            WriterCommand.name, "--folder", folder, "--base", context.file, "--metric",
            options.metric.rawValue,
            "--rows", "\(context.base.count)", "--batch-rows", "\(options.batchRows)", "--flushed",
            "\(flushed)",
            "--build-threads", "\(options.buildThreads)",
        ]
        if let plan = try context.firstPlan() {
            arguments += ["--index", plan.specification.description]
        }
        let child = try ChildProcess(context.console.program, arguments)
        var acknowledged = 0
        while acknowledged < context.base.count, let line = child.nextLine() {
            acknowledged = Int(line) ?? acknowledged
        }
        child.kill()
        guard acknowledged == context.base.count else {
            throw SurroundingsError(
                "the writer ended after \(acknowledged) of \(context.base.count) rows; see its message above")
        }
    }

    private func countWrongRows(_ collection: Collection) throws -> Int {
        let rows = context.base.count
        let step = max(1, rows / Self.comparedRows)
        let sample = Array(stride(from: 0, to: rows, by: step)) + [rows - 1]
        let entities = try collection.get(
            keys: sample.map { .integer(Int64($0)) }, outputFields: [IndexedCollection.vectorField])
        return zip(sample, entities).count { row, entity in
            entity?[IndexedCollection.vectorField] != .vector(context.base[row])
        }
    }
}

/// The child of `ReopenCase`: inserts rows, tells after each batch how many are acknowledged, and waits to be killed.
enum WriterCommand {
    static let name = "bench-writer"

    static let command = Command(
        name, summary: "Inserts rows and waits to be killed; a part of apus bench --case reopen.",
        flags: [
            CommandLineFlag("folder", .required(placeholder: "FOLDER"), help: "The database."),
            CommandLineFlag("base", .required(placeholder: "FILE"), help: "The rows."),
            CommandLineFlag("rows", .required(placeholder: "N"), help: "How many of them."),
            CommandLineFlag("flushed", .required(placeholder: "N"), help: "How many are flushed first."),
            CommandLineFlag("batch-rows", .required(placeholder: "N"), help: "Rows of an insert."),
            CommandLineFlag("build-threads", .required(placeholder: "N"), help: "Threads that build."),
            CommandLineFlag("metric", .required(placeholder: "METRIC"), help: "L2, IP or COSINE."),
            CommandLineFlag(
                "index", .value(placeholder: "SPEC", defaultValue: "FLAT"), help: "The index of the rows."),
        ], run: { try run($0, console: $1) })

    private static func run(_ arguments: ParsedArguments, console: Console) throws -> ExitCode {
        let base = try VectorFile.read(
            arguments.string("base")!, rows: try arguments.integer("rows", in: 1...Int.max)!)
        let flushed = try arguments.integer("flushed", in: 0...base.count)!
        let definition = try IndexDefinition(
            parseIndexSpecification(arguments.string("index")!), metric: try arguments.choice("metric")!)
        let threads = try arguments.integer("build-threads", in: 1...1_024)!
        let database = try Database.open(
            at: arguments.string("folder")!, options: DatabaseOptions(buildThreads: threads))
        let collection = try database.createCollection(
            CaseContext.collectionName, schema: IndexedCollection.schema(dimension: base.dimension),
            indexes: [IndexedCollection.vectorField: definition])
        let inserter = RowInserter(
            batchRows: try arguments.integer("batch-rows", in: 1...1_000_000)!, sync: .everyWrite)
        try inserter.insert(base, range: 0..<flushed, into: collection)
        try collection.flush()
        try inserter.insert(base, range: flushed..<base.count, into: collection) { console.line("\($0)") }
        if flushed == base.count { console.line("\(flushed)") }
        SystemProcess.waitForEnd()
    }
}
