import Apus
import Common
import Lesson

/// Starts a writer, kills it in the middle, opens its folder and looks for what was acknowledged.
struct KilledWriter {
    let context: LessonContext
    let texts: LoadedTexts

    /// Acknowledged batches after which the writer is killed.
    private static let batchesBeforeKill = 25

    func run() throws {
        context.section("Killed in the middle")
        let folder = context.databaseFolder("killed")
        let database = try Database.open(at: folder)
        try database.createCollection("glosses", schema: Glosses.schema(dimension: texts.dimension))
        try database.close()
        let acknowledged = try writeAndKill(folder)
        try reopen(folder, acknowledged: acknowledged)
    }

    /// The number of rows that the writer reported before it was gone.
    private func writeAndKill(_ folder: String) throws -> Int {
        let child = try ChildProcess(
            context.program,
            LessonProgram.childArguments(DoomedWriter.command, [folder, "\(texts.base.count)"]))
        var acknowledged = 0
        var batches = 0
        while batches < Self.batchesBeforeKill, let line = child.readLine() {
            guard let rows = Int(line) else { throw ChildFailure(message: line) }
            acknowledged = rows
            batches += 1
        }
        child.kill()
        // What it reported while it was being killed counts as well.
        if let last = child.readLines().last.flatMap({ Int($0) }) { acknowledged = last }
        context.check("SIGKILL ended the writer", expected: -9, measured: child.wait())
        return acknowledged
    }

    private func reopen(_ folder: String, acknowledged: Int) throws {
        let (database, seconds) = try MonotonicClock.seconds { try Database.open(at: folder) }
        let collection = try database.collection("glosses")
        let recovery = collection.recovery
        context.say(
            "The writer had reported \(acknowledged) rows. Reopening took \(NumberText.short(seconds * 1_000)) ms, "
                + "replayed \(recovery.replayedRecords) records of the log and cut \(recovery.cutBytes) bytes that "
                + "nobody was told of. The collection now has \(collection.count) rows.")
        try collection.load()
        let keys = (0..<acknowledged).map { PrimaryKey.integer(Int64($0)) }
        let found = try collection.get(keys: keys, outputFields: ["lemma", Glosses.vectorField])
        let intact = found.enumerated().count { row, entity in
            entity?["lemma"] == .text(texts.texts[row].lemma)
                && entity?[Glosses.vectorField] == .vector(texts.base[row])
        }
        context.check(
            "acknowledged rows that are there, word and vector", expected: acknowledged, measured: intact)
        context.check("rows in all", atLeast: acknowledged, measured: collection.count)
        context.check(
            "rows of a batch that is there in part", expected: 0,
            measured: collection.count % DoomedWriter.batchRows)
        try database.close()
    }
}

/// What a child process printed instead of a number.
struct ChildFailure: Error, CustomStringConvertible {
    let message: String
    var description: String { "the writer failed: \(message)" }
}
