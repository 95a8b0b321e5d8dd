import Apus
import Common
import Lesson

/// Lesson 1.2: opening, locking, closing, surviving a kill, and reading while somebody writes.
enum ConnectionManagement {
    static let lesson = Lesson(
        number: LessonNumber(1, 2), title: "Connection management",
        claim:
            "A folder has one opener, who is named to everybody else; what was acknowledged is there again after a "
            + "close and after a kill; readers never wait for the writer and never see half a write.",
        prediction:
            "A program is killed in the middle of its inserts. How many rows does the next opener find: those "
            + "that were acknowledged, fewer, or more?",
        what:
            "The folder was opened twice, by this process and by another one, and the second opener was told who "
            + "holds it. It was closed and opened again. A child process inserted batches and reported each one that "
            + "was acknowledged, until SIGKILL ended it between two instructions; then the folder was opened and every "
            + "reported row was looked up. Last, readers searched without a pause while a writer inserted.",
        why:
            "One opener may change a folder, so nobody overwrites anybody; the lock belongs to the process and goes "
            + "with it, so a crash leaves no stale lock behind. An insert returns when its batch is in the log on "
            + "disk, so a kill can only cost what nobody was told of. More rows than acknowledged may be found: a "
            + "batch that was logged before its caller heard of it is kept, and it is kept as a whole. Readers take the "
            + "state that was published last, which never changes under them.",
        reading: [
            "docs/architecture.md, an insert and a search; docs/format.md, the log and its records",
            "Embedded means in this process: no port, no password. A server that many processes share comes later.",
        ],
        nextTries: [
            "./learn 1.2 --uri my-database, then look at my-database/lesson-1.2/killed and its log",
            "Give insert the policy sync: .deferred in Steps/Step1Basics/DoomedWriter.swift. What may a kill cost now, "
                + "and what only a power cut?",
        ],
        run: run)

    private static func run(_ context: LessonContext) throws {
        let texts = try context.data.texts()
        let opened = try OpenAndLock(context: context, texts: texts).run()
        try Reopening(context: context, texts: texts).run(opened)
        try KilledWriter(context: context, texts: texts).run()
        try ReadersBesideAWriter(context: context, texts: texts).run()
        try closedMeansClosed(context, texts)
    }

    /// What calls on a closed folder get.
    private static func closedMeansClosed(_ context: LessonContext, _ texts: LoadedTexts) throws {
        context.section("After close")
        let database = try Database.open(at: context.databaseFolder())
        let collection = try database.collection("glosses")
        try collection.load()
        try database.close()
        let request = SearchRequest(vectors: texts.queries[0], limit: 1)
        let search = Refusal.of { _ = try collection.search(request) }
        let list = Refusal.of { _ = try database.listCollections() }
        context.say("A search says: \(search.message)")
        context.check("a search on a closed collection is refused", expected: .closed, measured: search.code)
        context.check("and so is a question to the closed database", expected: .closed, measured: list.code)
    }
}
