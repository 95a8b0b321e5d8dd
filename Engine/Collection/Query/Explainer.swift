/// Plans a search without running it, or runs it beside the exact search and compares.
struct Explainer {
    let searcher: Searcher
    let request: SearchRequest
    private let setting: SearchSetting

    /// - Throws: `ApusError` as the search would.
    init(_ searcher: Searcher, _ request: SearchRequest) throws {
        self.searcher = searcher
        self.request = request
        setting = try searcher.setting(of: request)
    }

    private var k: Int { request.offset + request.limit }

    /// What the search would do. Reads which rows the filter permits, and no vector.
    func explain() throws -> Explanation {
        let segments = try searcher.state.segments.map { segment in
            try explanation(segment, permitted: setting.selection.permitted(in: segment), run: nil)
        }
        return explanation(segments, analysis: nil)
    }

    /// What the search does, and its recall. Slow: every permitted row is compared.
    func explainAnalyzed() throws -> Explanation {
        var comparison = AnswerComparison(queryCount: setting.target.queryCount, k: k)
        let all = searcher.state.segments
        let segments = try setting.target.withQueries(all) { queries in
            try all.enumerated().map { number, segment in
                let permitted = try setting.selection.permitted(in: segment)
                let run = try run(segment, permitted, queries)
                let exact = try segment.searchExactly(
                    field: setting.target.field, queries, k: min(k, max(segment.rows.rowCount, 1)),
                    permitted: permitted)
                comparison.add(run.found, exact: exact, segment: number)
                return try explanation(segment, permitted: permitted, run: run)
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

    private func run(_ segment: any Segment, _ permitted: RowSet?, _ queries: QueryBlock) throws -> Run {
        var statistics = SearchStatistics()
        var found: [[Neighbor]] = []
        let elapsed = try ContinuousClock().measure {
            found = try segment.search(
                field: setting.target.field, queries, k: min(k, max(segment.rows.rowCount, 1)),
                parameters: setting.parameters, permitted: permitted, statistics: &statistics)
        }
        let (seconds, attoseconds) = elapsed.components
        let nanoseconds = Double(seconds) * 1e9 + Double(attoseconds) * 1e-9
        return Run(
            found: found, statistics: statistics, nanoseconds: nanoseconds / Double(max(setting.target.queryCount, 1)))
    }

    private func explanation(_ segment: any Segment, permitted: RowSet?, run: Run?) throws -> SegmentExplanation {
        let index = (segment as? SealedSegment)?.contents?.indexes[setting.target.field]
        let permittedRows = permitted?.count ?? segment.rows.rowCount
        let plan =
            index?.plan(k: k, parameters: setting.parameters, permitted: permitted?.count)
            ?? StrategyPlan(
                only: .scan, nanoseconds: 0, permittedRows: permittedRows, rows: segment.rows.rowCount)
        return SegmentExplanation(
            identifier: segment.identifier, rows: segment.rows.rowCount, liveRows: segment.rows.count,
            permittedRows: permittedRows, isIndexed: index != nil, plan: plan, statistics: run?.statistics,
            nanoseconds: run?.nanoseconds)
    }

    private func explanation(_ segments: [SegmentExplanation], analysis: Explanation.Analysis?) -> Explanation {
        Explanation(
            indexType: setting.target.definition.type, metric: setting.target.definition.metric, limit: request.limit,
            parameters: setting.parameters, filter: request.filter, recall: setting.recall, segments: segments,
            analysis: analysis)
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
