import Apus
import Common
import Lesson

/// Full text against embeddings against both, with quality measured by what the data say is useful.
struct WordsAndMeaning {
    let context: LessonContext
    let labelled: LabelledTexts
    let senses: OtherSenses

    /// The quality of each answer, by the way to search.
    private struct Qualities {
        let words: [Double]
        let meaning: [Double]
        let both: [Double]
    }

    func run() throws {
        context.section("Words, meaning, and both")
        context.say(
            "\(senses.cases.count) entries, each asked for the other entries of its word, itself filtered out. Quality is "
                + "nDCG at \(LessonData.k): 1 if all useful rows stand first, less the further down they stand. Both are "
                + "joined by reciprocal ranks of the first \(OtherSenses.depth) of each.")
        let known = try measure(.withWord)
        let unknown = try measure(.withoutWord)
        var table = TextTable(
            .left("the text asks by"), .right("words (BM25)"), .right("embedding"), .right("both (RRF)"))
        for (question, qualities) in [(OtherSenses.Question.withWord, known), (.withoutWord, unknown)] {
            table.add(
                question.rawValue, mean(qualities.words), mean(qualities.meaning), mean(qualities.both))
        }
        context.show(table)
        context.say(
            "The embedding knows the word in both rows: it was made from \"word: meaning\". The question decides which part "
                + "is worth asking.")
        check(known, unknown)
        try showAnExample()
        try compareWork()
    }

    private func measure(_ question: OtherSenses.Question) throws -> Qualities {
        let collection = labelled.collection
        return Qualities(
            words: try senses.gains { try collection.search(senses.byWords($0, question)).hits[0] },
            meaning: try senses.gains { try collection.search(senses.byMeaning($0)).hits[0] },
            both: try senses.gains { try collection.hybridSearch(both($0, question)).hits[0] })
    }

    private func both(_ sense: OtherSenses.Case, _ question: OtherSenses.Question) -> HybridSearchRequest {
        HybridSearchRequest(
            requests: [senses.byWords(sense, question), senses.byMeaning(sense)], limit: LessonData.k)
    }

    private func mean(_ qualities: [Double]) -> String { NumberText.fixed(Samples.mean(of: qualities) ?? 0, 3) }

    private func check(_ known: Qualities, _ unknown: Qualities) {
        context.check(
            "with the word, both gain over words alone: lower end of the interval", atLeast: 0,
            measured: PairedGain(known.both, over: known.words).low)
        context.check(
            "with the word, both gain over the embedding alone: lower end", atLeast: 0,
            measured: PairedGain(known.both, over: known.meaning).low)
        context.check(
            "without the word, the embedding alone gains over both: lower end", atLeast: 0,
            measured: PairedGain(unknown.meaning, over: unknown.both).low)
    }

    private func showAnExample() throws {
        let best = try senses.cases.max { try spread($0) < spread($1) }
        guard let sense = best else { return }
        context.say("For example \"\(line(Int32(sense.row)))\":")
        let collection = labelled.collection
        let words = try collection.search(senses.byWords(sense, .withWord)).hits[0]
        let meaning = try collection.search(senses.byMeaning(sense)).hits[0]
        let hybrid = try collection.hybridSearch(both(sense, .withWord)).hits[0]
        var table = TextTable(.left("by words"), .left("by embedding"), .left("by both"))
        for place in 0..<min(3, words.count, meaning.count, hybrid.count) {
            table.add(
                line(words[place].primaryKey.row), line(meaning[place].primaryKey.row),
                line(hybrid[place].primaryKey.row))
        }
        context.show(table)
    }

    /// How many other entries there are: the word with most of them makes the best example.
    private func spread(_ sense: OtherSenses.Case) throws -> Int { sense.useful.count }

    private func line(_ row: Int32) -> String {
        TextWrap.shortened(labelled.texts.texts[Int(row)].searchText, to: 27)
    }

    /// A hybrid search does what its parts do, and little else.
    private func compareWork() throws {
        let sense = senses.cases[0]
        let hybrid = try labelled.collection.hybridSearch(both(sense, .withWord)).statistics
        var parts = try labelled.collection.search(senses.byWords(sense, .withWord)).statistics
        parts.add(try labelled.collection.search(senses.byMeaning(sense)).statistics)
        context.check(
            "the work of a hybrid search is that of its parts: distances", expected: parts.distanceComputations,
            measured: hybrid.distanceComputations)
    }
}
