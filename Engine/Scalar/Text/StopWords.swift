/// Words so common that they say little about what a text is about.
enum StopWords {
    /// The name that stands for the English list in `stop_words`.
    static let englishName = "_english_"

    /// English function words: articles, pronouns, prepositions, conjunctions, auxiliary verbs and a few adverbs.
    static let english: [String] = [
        "a an the this that these those such",
        "i me my we us our you your he him his she her it its they them their",
        "who whom whose which what there here",
        "of in on at by for with from to into onto upon about over under between through during before after",
        "and or but nor so if then than because while although as",
        "am is are was were be been being has have had having do does did will would shall should can could may might",
        "must not no",
        "when where why how",
        "also too very just only",
    ].flatMap { $0.split(separator: " ").map(String.init) }
}
