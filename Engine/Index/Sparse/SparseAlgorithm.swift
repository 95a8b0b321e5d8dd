/// How posting lists are searched, under Milvus's names. All find the same rows with the same scores.
enum SparseAlgorithm: String, Sendable, CaseIterable {
    case daatMaxScore = "DAAT_MAXSCORE"
    case daatWAND = "DAAT_WAND"
    case taatNaive = "TAAT_NAIVE"
    case blockMaxMaxScore = "BLOCK_MAX_MAXSCORE"
    case blockMaxWAND = "BLOCK_MAX_WAND"

    /// To clear the sums of so many rows and to look for the largest takes about as long as to look at one posting.
    private static let rowsOfOnePosting = 32

    /// Offers every row that can enter to `collector`.
    ///
    /// - Parameter impacts: those of the lists; with them the default algorithm begins with integer sums.
    func search(
        _ terms: SparseTerms, in lists: PostingLists, impacts: ImpactTable?, into collector: inout ScoreCollector
    ) {
        switch self {
        case .taatNaive: TermAtATime.search(terms, rowCount: lists.rowCount, into: &collector)
        case .daatMaxScore:
            if let impacts, terms.postingCount >= lists.rowCount / Self.rowsOfOnePosting,
                let scan = ImpactScan(terms, in: lists, impacts: impacts)
            {
                scan.search(into: &collector)
            } else {
                var search = MaxScore(terms, scope: .lists)
                search.search(into: &collector)
            }
        case .blockMaxMaxScore:
            var search = MaxScore(terms, scope: .blocks)
            search.search(into: &collector)
        case .daatWAND, .blockMaxWAND:
            WAND(terms, scope: self == .daatWAND ? .lists : .blocks).search(into: &collector)
        }
    }
}
