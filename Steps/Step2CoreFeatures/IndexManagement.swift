import Apus
import Common
import Lesson

/// Lesson 2.1: every index type on the same rows, and what may be done with an index.
enum IndexManagement {
    static let lesson = Lesson(
        number: LessonNumber(2, 1), title: "Index management",
        claim:
            "Index types trade memory, time to build and work per query against each other at the same recall; an "
            + "index can be looked at, replaced and dropped while searches go on, and an index that does not fit is refused "
            + "with the remedy.",
        prediction:
            "A vector here takes 1,536 bytes. How many bytes a row does an index need that still finds 95 of 100 true "
            + "neighbours? And what does a search find while its index is being replaced?",
        what:
            "Every index type that suits dense vectors was built on the same embeddings, at one setting each. On one "
            + "half of the queries the least search effort was chosen that finds 95 % of the true neighbours; the other "
            + "half was measured at that effort. Equal builds gave equal digests with one thread and with three. An index was "
            + "described, replaced under a running search, and dropped. The signs of the numbers became binary "
            + "vectors, and the words of the texts sparse ones, each with the index types of their own.",
        why:
            "Every type answers one question differently: which rows need no look at all? Lists (IVF) skip whole regions, "
            + "graphs (HNSW, DISKANN) follow links, codes (SQ, PQ, RABITQ) make each look cheaper and smaller. What is "
            + "skipped or rounded costs recall, and more effort buys it back, so types are compared at equal recall "
            + "only. A sealed segment never changes; a new index is built beside the rows, which are scanned exactly "
            + "until it is there.",
        reading: [
            "docs/choosing-an-index.md, which index for which need, with measured figures",
            "docs/architecture.md, sealing and indexing; Engine/Index/IndexType.swift, all types in a line each",
            "Jegou, Douze and Schmid 2011, Product quantization for nearest neighbor search",
        ],
        nextTries: [
            "Change a setting in Steps/Step2CoreFeatures/IndexChoices.swift, such as M or nlist, and predict each column",
            "swift run -c release apus bench --help: the same comparison on your own vectors, with a report",
        ],
        run: run)

    private static func run(_ context: LessonContext) throws {
        let texts = try context.data.texts()
        let indexed = try IndexedTexts(texts, folder: context.databaseFolder())
        try IndexTradeOffs(context: context, indexed: indexed).run()
        try CodesAlone(context: context, indexed: indexed).run()
        let life = IndexLife(context: context, indexed: indexed)
        try life.run()
        IndexMisfits(context: context, indexed: indexed).run()
        try life.drop()
        try indexed.close()
        try EqualBuilds(context: context, texts: texts).run()
        try BinaryTexts(context: context, texts: texts).run()
        try SparseTexts(context: context, texts: texts).run()
    }
}
