/// How posting lists are searched, under Milvus's names. All find the same rows with the same scores.
enum SparseAlgorithm: String, Sendable, CaseIterable {
    case daatMaxScore = "DAAT_MAXSCORE"
    case daatWAND = "DAAT_WAND"
    case taatNaive = "TAAT_NAIVE"
    case blockMaxMaxScore = "BLOCK_MAX_MAXSCORE"
    case blockMaxWAND = "BLOCK_MAX_WAND"

    /// Offers every row that can enter to `collector`.
    func search(_ terms: SparseTerms, rowCount: Int, into collector: inout ScoreCollector) {
        switch self {
        case .taatNaive: TermAtATime.search(terms, rowCount: rowCount, into: &collector)
        case .daatMaxScore, .blockMaxMaxScore:
            var search = MaxScore(terms, scope: self == .daatMaxScore ? .lists : .blocks)
            search.search(into: &collector)
        case .daatWAND, .blockMaxWAND:
            WAND(terms, scope: self == .daatWAND ? .lists : .blocks).search(into: &collector)
        }
    }
}
