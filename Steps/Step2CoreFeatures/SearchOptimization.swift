import Apus
import Common
import Lesson

/// Lesson 2.2: what moves recall, work and speed of a search.
enum SearchOptimization {
    static let lesson = Lesson(
        number: LessonNumber(2, 2), title: "Search optimization",
        claim:
            "Search parameters buy recall with work, and each further share costs more than the one before; a recall can "
            + "be asked for instead of a parameter, and is kept; distances tell the cost without a clock.",
        prediction:
            "HNSW finds a certain share of the true neighbours at ef=16. To lose only half as many, how many times the work "
            + "does it take? And what does a search cost more that returns 100 rows instead of 10?",
        what:
            "ef, nprobe, reorder_k and refine_k were swept, and every setting measured by recall and by distances per query. "
            + "The same queries were sent one by one and in batches. Then a recall was asked for (targetRecall) and "
            + "measured on queries that the engine had never seen, against exact truth. At last, hits and output "
            + "fields were varied, and the counters of two runs were compared.",
        why:
            "The first candidates hold most neighbours; what is still missing lies scattered among ever more rows, so "
            + "the curve bends. Parameters of one index mean nothing for another, and the right value depends on the data, "
            + "the number of rows and the limit; a recall means the same everywhere. The engine finds the setting by "
            + "searching for rows it holds back, whose neighbours it knows, and stops by a test that says how sure it "
            + "is. A batch lets rows that are in the cache meet many queries.",
        reading: [
            "docs/architecture.md, Recall contract; docs/choosing-an-index.md, settings to start from",
            "Waudby-Smith and Ramdas 2024, Estimating means of bounded random variables by betting",
        ],
        nextTries: [
            "./learn 2.2 --quick, which has fewer rows: which settings become cheaper, and by how much?",
            "Ask for targetRecall 0.999 in Steps/Step2CoreFeatures/RecallTargets.swift: what does the last half per cent cost?",
        ],
        run: run)

    private static func run(_ context: LessonContext) throws {
        let texts = try context.data.texts()
        let indexed = try IndexedTexts(texts, folder: context.databaseFolder())
        try EffortSweep(context: context, indexed: indexed).run()
        try BatchGain(context: context, indexed: indexed).run()
        try RecallTargets(context: context, indexed: indexed).run()
        try AnswerCost(context: context, indexed: indexed).run()
        try indexed.close()
    }
}
