import Apus
import Common
import Lesson

/// Lesson 2.3: rows divided by hand and by a key, what that saves, and what it costs.
enum PartitionStrategy {
    static let lesson = Lesson(
        number: LessonNumber(2, 3), title: "Partition strategy",
        claim:
            "Partitions let a search, a load or a drop concern a part of the rows: answers are those of a filter, the other "
            + "rows are not looked at, and one tenant's rows change nothing for another; a search over all "
            + "partitions costs more the more there are.",
        prediction:
            "Of 20,000 entries 636 are adverbs. How many distances does a search among adverbs take with a filter, and how "
            + "many in a partition of their own? And what does a search over everything cost when the rows lie in 64 "
            + "partitions instead of one?",
        what:
            "The entries were divided by hand into partitions by part of speech, and beside that kept in one "
            + "collection with a filter; answers and rows looked at were compared. One partition was loaded alone, "
            + "one was dropped. Then a field became the partition key: tenants, here the first letters of the words, "
            + "were hashed into 16 partitions, and one tenant was watched while others grew and went. At last "
            + "the same rows were divided into 1, 16 and 64.",
        why:
            "Rows of different partitions never share a sealed segment, so a search leaves the others out without a look, "
            + "and an index never links rows of two partitions. That is what isolates: a graph whose best links lead to "
            + "rows that may not be returned finds less. But every segment is searched by itself, and a graph of "
            + "a tenth of the rows does not cost a tenth, so a division that searches do not follow is paid by each of them.",
        reading: [
            "docs/architecture.md, Partitions",
            "docs/QUICK_REFERENCE.md, Partitions",
        ],
        nextTries: [
            "Set partitionCount in Steps/Step2CoreFeatures/Tenants.swift to 4: how many rows does a tenant's search look at?",
            "Which fields of your own data would every search name? Those are keys; the others are filters.",
        ],
        run: run)

    private static func run(_ context: LessonContext) throws {
        let texts = try context.data.texts()
        try ManualPartitions(context: context, texts: texts).run()
        try TenantSearches(context: context, texts: texts).run()
        try PartitionCost(context: context, texts: texts).run()
    }
}
