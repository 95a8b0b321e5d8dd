import Apus
import Common
import Lesson

/// Lesson 2.4: filters, full text, and several searches that become one.
enum HybridSearch {
    static let lesson = Lesson(
        number: LessonNumber(2, 4), title: "Hybrid search",
        claim:
            "A filter changes which rows may be found and costs no recall; words and embeddings find different useful "
            + "rows, so both together find more than either where each knows something, and less where one of "
            + "them knows little.",
        prediction:
            "A dictionary has several entries for many words. Given one of them, its text finds the others with a "
            + "certain quality, and its embedding too. Which is better, and what do both together reach? And which "
            + "wins if the text is not told the word?",
        what:
            "Filters by part of speech and length were compared with exact search over the matching rows. For "
            + "entries whose word has other entries, these were searched for by BM25 over the text, by the embedding, "
            + "and by both, once with the word in the text and once without; an entry is useful if it has the same word, "
            + "which the data say by themselves. Rankers were computed by hand and compared, hits were weighed by "
            + "fields, and diversity was bought with nearness.",
        why:
            "Words are exact and blind to meaning; embeddings know meaning and blur names. What both find "
            + "is more often useful than what one finds, and ranks let them vote without a common scale. Scores of "
            + "different metrics lie on different scales, so raw sums follow the largest. A part that knows little "
            + "brings rows that push better ones down: a hybrid search is as good as its parts allow, so measure each alone.",
        reading: [
            "Robertson and Walker 1994, Some simple effective approximations to the 2-Poisson model (BM25)",
            "Cormack, Clarke and Büttcher 2009, Reciprocal rank fusion outperforms Condorcet",
            "Järvelin and Kekäläinen 2002, Cumulated gain-based evaluation of IR techniques (nDCG)",
            "Carbonell and Goldstein 1998, The use of MMR, diversity-based reranking",
        ],
        nextTries: [
            "Give the text field the analyzer {\"type\": \"english\"} in Steps/Step2CoreFeatures/LabelledTexts.swift: which "
                + "column changes, and which way?",
            "swift run -c release apus bench --case hybrid: what both cost beside each alone",
        ],
        run: run)

    private static func run(_ context: LessonContext) throws {
        let labelled = try LabelledTexts(try context.data.texts(), folder: context.databaseFolder())
        try FilteredSearches(context: context, labelled: labelled).run()
        let senses = OtherSenses(labelled, count: context.scale == .full ? 400 : 100)
        try WordsAndMeaning(context: context, labelled: labelled, senses: senses).run()
        try RankerChoice(context: context, labelled: labelled, senses: senses).run()
        try WeighedHits(context: context, labelled: labelled).run()
        try DiverseHits(context: context, labelled: labelled).run()
        try labelled.close()
    }
}
