/// The terms of a query that a segment has, by ascending dimension.
struct SparseTerms {
    /// Where each term is in the lists of the segment.
    private(set) var positions: [Int] = []
    private(set) var sources: [PostingSource] = []

    /// - Parameters:
    ///   - statistics: of all documents, for BM25.
    ///   - dropRatio: this share of the terms, those with the least weight, is left out; one stays.
    ///   - boundRatio: below one, bounds are lowered to this share of themselves, and rows may be missed.
    init(
        _ query: SparseVector, in lists: PostingLists, scoring: SparseScoring, statistics: BM25Statistics,
        dropRatio: Double, boundRatio: Double
    ) {
        let factor = min(1, boundRatio) * Self.boundFactor(lists, scoring: scoring, statistics: statistics)
        let weighted = query.entries.filter { scoring.counts($0.value) }.map { entry in
            (dimension: entry.index, scorer: scoring.scorer(of: entry, statistics: statistics))
        }
        for (dimension, scorer) in Self.heaviest(weighted, dropRatio: dropRatio) {
            guard let position = lists.position(of: dimension) else { continue }
            positions.append(position)
            sources.append(
                PostingSource(
                    lists, position: position, scorer: scorer,
                    boundScorer: scoring.scorer(weight: scorer.weight, averageLength: lists.averageLength),
                    boundFactor: factor))
        }
    }

    /// Postings of all terms together, as blocks have them at most.
    var postingCount: Int {
        sources.reduce(0) { $0 + $1.firstBlock.distance(to: $1.endBlock) * PostingBlock.capacity }
    }

    /// The exact sum of what the terms add to the score of a row. O(terms x log postings).
    func score(of row: UInt32, in lists: PostingLists) -> Double {
        var sum = 0.0
        let length = lists.lengths.count > 0 ? lists.lengths[Int(row)] : 0
        for (position, source) in zip(positions, sources) {
            guard let value = lists.value(at: position, of: row) else { continue }
            sum += source.scorer.score(value, length: length)
        }
        return sum
    }

    /// A bound at the average length of the segment, times this, is one at that of the statistics: a longer average
    /// raises no score by more than the ratio of the two, a shorter one raises none.
    private static func boundFactor(
        _ lists: PostingLists, scoring: SparseScoring, statistics: BM25Statistics
    ) -> Double {
        let (segment, all) = (lists.averageLength, statistics.averageLength)
        if scoring == .innerProduct || segment == all { return 1 }
        // Without an average, lengths do not count on one side, and nothing follows for the other.
        return segment > 0 && all > 0 ? max(1, all / segment) * (1 + 0x1p-40) : .infinity
    }

    private static func heaviest(
        _ terms: [(dimension: UInt32, scorer: TermScorer)], dropRatio: Double
    ) -> [(dimension: UInt32, scorer: TermScorer)] {
        let dropped = min(Int(dropRatio * Double(terms.count)), terms.count - 1)
        guard dropped > 0 else { return terms }
        let byWeight = terms.sorted {
            let (left, right) = (abs($0.scorer.weight), abs($1.scorer.weight))
            return left != right ? left > right : $0.dimension < $1.dimension
        }
        return byWeight.dropLast(dropped).sorted { $0.dimension < $1.dimension }
    }
}
