/// Plans a search without running it, or runs it beside the exact search and compares.
struct Explainer {
    private let search: PreparedSearch

    /// - Throws: `ApusError` as the search would.
    init(_ search: PreparedSearch) { self.search = search }

    private var k: Int { search.request.lastRank }

    /// What the search would do. Reads which rows the filter permits, and no vector.
    func explain() throws -> Explanation {
        explanation(search.rows.parts.map { explanation($0, run: nil) }, analysis: nil)
    }

    /// What the search does, and its recall. Slow: every permitted row is compared.
    func explainAnalyzed() throws -> Explanation {
        var comparison = AnswerComparison(queryCount: search.target.queryCount, k: k)
        let segments = try search.withQueries { queries in
            try search.rows.parts.enumerated().map { number, part in
                let run = try run(part, queries)
                var ignored = SearchStatistics()
                let exact = try part.segment.exactSearch(
                    field: search.target.field, queries, k: min(k, part.count), permitted: part.permitted,
                    statistics: &ignored)
                comparison.add(run.found, exact: exact, segment: number)
                return explanation(part, run: run)
            }
        }
        let nanoseconds = segments.reduce(0) { $0 + ($1.nanoseconds ?? 0) }
        return explanation(segments, analysis: comparison.analysis(nanoseconds: nanoseconds))
    }

    private struct Run {
        let found: [[Neighbor]]
        let statistics: SearchStatistics
        let nanoseconds: Double
    }

    private func run(_ part: SelectedRows.Part, _ queries: QueryBlock) throws -> Run {
        var statistics = SearchStatistics()
        var found: [[Neighbor]] = []
        let elapsed = try ContinuousClock().measure {
            found = try part.segment.search(
                field: search.target.field, queries, k: min(k, part.count), parameters: search.parameters,
                permitted: part.permitted, statistics: &statistics)
        }
        let (seconds, attoseconds) = elapsed.components
        let nanoseconds = Double(seconds) * 1e9 + Double(attoseconds) * 1e-9
        return Run(
            found: found, statistics: statistics, nanoseconds: nanoseconds / Double(max(search.target.queryCount, 1)))
    }

    private func explanation(_ part: SelectedRows.Part, run: Run?) -> SegmentExplanation {
        let segment = part.segment
        let index = (segment as? SealedSegment)?.contents?.indexes[search.target.field]
        let plan =
            index?.plan(k: min(k, part.count), parameters: search.parameters, permitted: part.permitted?.count)
            ?? StrategyPlan(only: .scan, nanoseconds: 0, permittedRows: part.count, rows: segment.rows.rowCount)
        return SegmentExplanation(
            identifier: segment.identifier, rows: segment.rows.rowCount, liveRows: segment.rows.count,
            permittedRows: part.count, isIndexed: index != nil, plan: plan, statistics: run?.statistics,
            nanoseconds: run?.nanoseconds)
    }

    private func explanation(_ segments: [SegmentExplanation], analysis: Explanation.Analysis?) -> Explanation {
        let plan = search.plan
        return Explanation(
            indexType: plan.indexType, metric: plan.metric, limit: search.request.limit, parameters: plan.parameters,
            filter: search.request.filter, recall: plan.recall, segments: segments, analysis: analysis)
    }
}

/// Compares the answers of a search with the exact ones, over all segments.
struct AnswerComparison {
    private struct Candidate: Comparable {
        let neighbor: Neighbor
        let segment: Int

        static func < (left: Candidate, right: Candidate) -> Bool {
            left.neighbor != right.neighbor ? left.neighbor < right.neighbor : left.segment < right.segment
        }
    }

    private let k: Int
    private var found: [[Candidate]]
    private var exact: [[Candidate]]

    init(queryCount: Int, k: Int) {
        self.k = k
        found = Array(repeating: [], count: queryCount)
        exact = found
    }

    /// Adds the answers of a segment by query.
    mutating func add(_ answers: [[Neighbor]], exact exactAnswers: [[Neighbor]], segment: Int) {
        for query in found.indices {
            found[query] += answers[query].map { Candidate(neighbor: $0, segment: segment) }
            exact[query] += exactAnswers[query].map { Candidate(neighbor: $0, segment: segment) }
        }
    }

    /// - Parameter nanoseconds: of one query.
    func analysis(nanoseconds: Double) -> Explanation.Analysis {
        var (hits, possible) = (0, 0)
        for query in found.indices {
            let wanted = exact[query].sorted().prefix(k)
            possible += wanted.count
            hits += Self.hits(found[query].sorted().prefix(k), wanted)
        }
        return Explanation.Analysis(
            recall: possible == 0 ? 1 : Double(hits) / Double(possible), nanoseconds: nanoseconds,
            missingHits: possible - hits)
    }

    /// A row as far away as the last of the exact answer is as good as that.
    private static func hits(_ found: ArraySlice<Candidate>, _ exact: ArraySlice<Candidate>) -> Int {
        guard let last = exact.last else { return 0 }
        let rows = Set(exact.map { [$0.segment, Int($0.neighbor.row)] })
        return found.count {
            rows.contains([$0.segment, Int($0.neighbor.row)]) || $0.neighbor.distance == last.neighbor.distance
        }
    }
}
