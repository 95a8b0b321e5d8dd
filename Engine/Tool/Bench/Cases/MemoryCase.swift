import Apus
import Common

/// What a loaded collection takes of memory, measured in a process that does nothing else.
struct MemoryCase {
    let context: CaseContext

    func run() throws -> [JSONValue.Member] {
        let folder = try WorkFolder(context.options.folder)
        let definition = try definition()
        let database = try Database.open(at: folder.path, options: context.databaseOptions)
        let indexed = try IndexedCollection.make(
            CaseContext.collectionName, in: database, base: context.base, definition: definition,
            batchRows: context.options.batchRows)
        try indexed.collection.load()
        let statistics = try indexed.collection.statistics()
        try database.close()
        let resident = try ReaderCommand.residentBytes(folder.path, program: context.console.program)
        let expected = statistics.vectorBytes + statistics.indexBytes
        return [
            .init("resident_bytes", .integer(Int64(resident))),
            .init("vector_bytes", .integer(Int64(statistics.vectorBytes))),
            .init("link_bytes", .integer(Int64(statistics.indexBytes))),
            .init("scalar_bytes", .integer(Int64(statistics.scalarBytes))),
            .init("ratio", .number(Double(resident) / Double(expected))),
            .init("rows", .integer(Int64(context.base.count))),
        ]
    }

    /// The first index that the user names, else HNSW.
    private func definition() throws -> IndexDefinition {
        if let plan = try context.firstPlan() { return try plan.definition(context.options.metric) }
        return try IndexDefinition(.hnsw, metric: context.options.metric)
    }
}

/// The child of `MemoryCase`: opens and loads a collection and writes by how many bytes that made it grow.
enum ReaderCommand {
    static let name = "bench-reader"

    static let command = Command(
        name, summary: "Loads a collection and writes what it takes; a part of apus bench --case memory.",
        flags: [CommandLineFlag("folder", .required(placeholder: "FOLDER"), help: "The database.")],
        run: { try run($0, console: $1) })

    /// Starts the child on a database that nobody holds.
    static func residentBytes(_ folder: String, program: String) throws -> Int {
        let (lines, status) = try ChildProcess(program, [name, "--folder", folder]).finish()
        guard status == 0, let line = lines.last, let bytes = Int(line) else {
            throw SurroundingsError("the reader ended with status \(status); see its message above")
        }
        return bytes
    }

    private static func run(_ arguments: ParsedArguments, console: Console) throws -> ExitCode {
        guard let before = ProcessMemory.residentBytes() else {
            throw SurroundingsError("the system does not tell the resident memory")
        }
        let database = try Database.open(at: arguments.string("folder")!)
        let collection = try database.collection(CaseContext.collectionName)
        try collection.load()
        let after = ProcessMemory.residentBytes() ?? before
        console.line("\(after - before)")
        try database.close()
        return .success
    }
}
