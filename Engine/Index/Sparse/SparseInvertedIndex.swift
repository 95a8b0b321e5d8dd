/// Search of sparse vectors by posting lists: SPARSE_INVERTED_INDEX and SPARSE_WAND.
///
/// Results are rows that share a dimension with the query, nonzero in both; other rows are no results, however many
/// are asked for. With both drop ratios 0 and no bound lowered the answers are those of `SparseScan`, bit for bit.
final class SparseInvertedIndex: StoredIndex {
    let definition: IndexDefinition
    let lists: PostingLists
    let scoring: SparseScoring
    private let algorithm: SparseAlgorithm
    private let impacts: ImpactTable?

    /// An index over lists that were built or read before.
    ///
    /// - Parameter scoring: that of the metric of the definition.
    init(definition: IndexDefinition, scoring: SparseScoring, lists: PostingLists) {
        self.definition = definition
        self.lists = lists
        self.scoring = scoring
        algorithm = SparseAlgorithm(rawValue: definition.text("inverted_index_algo"))!
        impacts = algorithm == .daatMaxScore ? ImpactTable(lists, scoring: scoring) : nil
    }

    /// Indexes the first `count` rows. The same rows and definition give the same bytes.
    ///
    /// - Parameter scoring: nil takes that of the metric.
    static func build(
        _ definition: IndexDefinition, scoring: SparseScoring? = nil, rows: SparseRows, count: Int
    ) -> SparseInvertedIndex {
        let scoring = scoring ?? SparseScoring(definition)
        let builder = PostingListsBuilder(
            rows, count: count, scoring: scoring, dropRatio: definition.number("drop_ratio_build"))
        return SparseInvertedIndex(definition: definition, scoring: scoring, lists: builder.build())
    }

    var memoryBytes: Int { lists.memoryBytes + (impacts?.memoryBytes ?? 0) }

    /// What BM25 needs to know of this segment for these queries.
    func bm25Statistics(for queries: [SparseVector]) -> BM25Statistics {
        var frequencies: [UInt32: Int] = [:]
        for entry in queries.lazy.flatMap(\.entries) where frequencies[entry.index] == nil {
            frequencies[entry.index] = lists.position(of: entry.index).map { Int(lists.lists[$0].count) }
        }
        return BM25Statistics(
            documents: lists.rowCount, totalLength: lists.totalLength, documentFrequencies: frequencies)
    }

    /// The `k` permitted rows with the best scores for each query, best first, ties by row, with the negative score as
    /// distance; fewer only if fewer share a dimension with the query.
    ///
    /// - Parameters:
    ///   - parameters: checked by `definition.resolveSearch` beforehand.
    ///   - permitted: nil permits every row.
    func search(
        _ queries: QueryBlock, k: Int, parameters: Parameters, permitted: RowSet?, statistics: inout SearchStatistics
    ) -> [[Neighbor]] {
        guard let sparse = queries.sparse else { preconditionFailure("a sparse field is searched by sparse vectors") }
        return search(
            sparse.vectors, k: k, parameters: parameters, bm25: sparse.statistics, permitted: permitted,
            statistics: &statistics)
    }

    /// The same for sparse vectors.
    ///
    /// - Parameter bm25: nil takes the statistics of this segment.
    func search(
        _ queries: [SparseVector], k: Int, parameters: Parameters, bm25: BM25Statistics? = nil, permitted: RowSet?,
        statistics: inout SearchStatistics
    ) -> [[Neighbor]] {
        let bm25 = scoring == .innerProduct ? BM25Statistics() : bm25 ?? bm25Statistics(for: queries)
        return queries.map { query in
            let terms = SparseTerms(
                query, in: lists, scoring: scoring, statistics: bm25,
                dropRatio: parameters.number("drop_ratio_search") ?? 0,
                boundRatio: parameters.number("dim_max_score_ratio") ?? 1)
            var collector = ScoreCollector(k: k, lists: lists, terms: terms, permitted: permitted)
            algorithm.search(terms, in: lists, impacts: impacts, into: &collector)
            statistics.distanceComputations += collector.offered
            return collector.sorted()
        }
    }
}
