import Apus
import Common
import Lesson

/// Opens a folder and tries to open it again while it is held.
struct OpenAndLock {
    let context: LessonContext
    let texts: LoadedTexts

    private static let rowCount = 1_000

    /// Returns the open database with its collection `glosses`, loaded.
    func run() throws -> Database {
        context.section("Open, and the lock")
        let folder = context.databaseFolder()
        let (database, seconds) = try MonotonicClock.seconds { try Database.open(at: folder) }
        context.say("A new folder was opened in \(NumberText.short(seconds * 1_000)) ms.")
        let collection = try database.createCollection(
            "glosses", schema: Glosses.schema(dimension: texts.dimension),
            indexes: [Glosses.vectorField: IndexDefinition(.hnsw, metric: .innerProduct)])
        try collection.insert(Glosses.columns(texts, rows: 0..<Self.rowCount))
        try collection.load()
        openAgainHere(folder)
        try openAgainElsewhere(folder)
        return database
    }

    private func openAgainHere(_ folder: String) {
        let refusal = Refusal.of { _ = try Database.open(at: folder) }
        context.say("The second opener in this process is told: \(refusal.message)")
        context.check(
            "a second opener in the same process is refused", expected: .locked, measured: refusal.code)
        checkNamesHolder("the message names the holder's process", refusal.message)
    }

    private func openAgainElsewhere(_ folder: String) throws {
        let child = try ChildProcess(
            context.program, LessonProgram.childArguments(SecondOpener.command, [folder]))
        let lines = child.readLines()
        child.wait()
        context.check(
            "a second opener in another process is refused", expected: "locked", measured: lines.first ?? "")
        checkNamesHolder("there, too, the message names the holder's process", lines.last ?? "")
    }

    private func checkNamesHolder(_ claim: String, _ message: String) {
        let identifier = "process \(ThisProcess.identifier)"
        context.check(
            claim, expected: identifier, measured: message.contains(identifier) ? identifier : message)
    }
}

/// A process that tries to open a folder and prints how it was refused: the code, then the message.
enum SecondOpener {
    static let command = "open"

    static let run: @Sendable ([String]) throws -> Void = { arguments in
        let refusal = Refusal.of { try Database.open(at: arguments[0]).close() }
        StandardStream.output.write("\(refusal.code?.description ?? "opened")\n\(refusal.message)\n")
    }
}
