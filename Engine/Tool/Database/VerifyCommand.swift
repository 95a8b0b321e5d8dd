import Apus
import Common

/// `apus verify`: whether every file is as it was written, and every row is found.
enum VerifyCommand {
    static let command = Command(
        "verify",
        summary:
            "Checks every file against its checksum, the counts, and that every row is found by its own vector.",
        flags: [
            DatabaseFlags.folder,
            CommandLineFlag(
                "database", .value(placeholder: "NAME", defaultValue: nil),
                help: "The database in the folder; all without it."),
            DatabaseFlags.anyCollection,
            CommandLineFlag(
                "limit", .value(placeholder: "N", defaultValue: "10"),
                help: "Hits among which a row must find itself."),
            CommandLineFlag(
                "threads", .value(placeholder: "N", defaultValue: nil),
                help: "Threads that search; without it one for each processor."),
        ], run: { try run($0, console: $1) })

    private static func run(_ arguments: ParsedArguments, console: Console) throws -> ExitCode {
        let folder = arguments.string("folder")!
        guard SystemFile.exists(folder) else { throw SurroundingsError("there is no folder \(folder)") }
        let limit = try arguments.integer("limit", in: 1...Limits.searchLimit)!
        let threads = try arguments.integer("threads", in: 1...1_024) ?? Processors.count
        return try reportingDamage {
            let instance = try Instance(folder: folder)
            defer { try? instance.close() }
            var faults = 0
            for name in arguments.string("database").map({ [$0] }) ?? instance.databaseNames {
                let database = try instance.database(name)
                for name in try arguments.string("collection").map({ [$0] }) ?? database.listCollections() {
                    let collection = try reportingDamage { try database.collection(name) }
                    let verifier = Verifier(
                        collection: collection, name: name, limit: limit, threads: threads, console: console)
                    faults += try verifier.run()
                }
            }
            guard faults == 0 else { throw CheckFailure("\(faults) faults found") }
            console.line("no fault found")
            return .success
        }
    }

    /// What is damaged beyond opening is what this command looks for, so it is a failed check.
    private static func reportingDamage<Result>(_ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let error as ApusError where error.code == .corrupted {
            throw CheckFailure(error.message)
        }
    }
}

/// The checks of one collection.
private struct Verifier {
    let collection: Collection
    let name: String
    let limit: Int
    let threads: Int
    let console: Console

    /// Returns the number of faults, each of which is told.
    func run() throws -> Int {
        let progress = ProgressLine("checking files")
        let report = try collection.verify(progress: progress.buildProgress)
        progress.finish()
        console.line(
            "\(name): \(report.fileCount) files read, \(report.rowCount) live rows, "
                + "\(report.damage.count) damaged files, \(report.repeatedKeyCount) repeated keys")
        if collection.recovery.cutBytes > 0 {
            console.line(
                "  an incomplete write of \(collection.recovery.cutBytes) bytes, never acknowledged, was cut off"
            )
        }
        for damage in report.damage { console.line("  damaged: \(damage)") }
        if report.repeatedKeyCount > 0 { console.line("  repeated keys: \(list(report.repeatedKeys))") }
        guard report.isSound else {
            console.line("  the rows were not searched for: loading would build damaged indexes anew")
            return report.damage.count + report.repeatedKeyCount
        }
        return try compareCounts() + audit()
    }

    /// Whether all ways to the rows lead to the same rows.
    private func compareCounts() throws -> Int {
        let rows = try collection.auditRows()
        console.line(
            "  rows: \(rows.countedRows) counted, \(rows.scannedRows) scanned, \(rows.iteratedRows) iterated by key, "
                + "\(rows.misplacedCount) not found by key")
        if rows.misplacedCount > 0 { console.line("  not found by key: \(list(rows.misplaced))") }
        return rows.isConsistent ? 0 : max(1, rows.misplacedCount)
    }

    private func audit() throws -> Int {
        let wasLoaded = collection.isLoaded
        try collection.load()
        defer { if !wasLoaded { try? collection.release() } }
        var faults = 0
        for field in collection.schema.vectorFields {
            let progress = ProgressLine("searching for every row")
            let report = try collection.audit(
                field: field.name, limit: limit, threads: threads, progress: progress.buildProgress)
            progress.finish()
            console.line(
                "  \(field.name): \(report.searchedCount) rows searched for by their own vectors, "
                    + "\(report.unreachableCount) not found, \(report.outrankedCount) outranked by rows as near, "
                    + "\(report.scannedCount) scanned exactly")
            if report.unreachableCount > 0 { console.line("  not found: \(list(report.unreachable))") }
            faults += report.unreachableCount
        }
        for damage in collection.damage { console.line("  damaged: \(damage)") }
        return faults + collection.damage.count
    }

    private func list(_ keys: [PrimaryKey]) -> String {
        keys.map(\.description).joined(separator: ", ")
            + (keys.count == Collection.listedKeys ? " and perhaps more" : "")
    }
}
