import Apus
import Common

/// Searches under filters of many shares and of each relation to the query, with one setting, beside searches without a
/// filter: recall, speed, the strategy that the planner took, and what each other strategy would have taken.
struct FilterPart: BenchPart {
    let job: BenchJob

    static let shares = [0.001, 0.003, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1]
    /// More queries cost only time.
    private static let queriesAtMost = 500
    /// A strategy is measured for this part of the time of a search.
    private static let strategyTimeShare = 0.2

    func run(report: ([JSONValue.Member]) throws -> Void) throws {
        let all = try job.data()
        let filters = FilterCaseData(
            all.withQueries(min(all.queries.count, Self.queriesAtMost)), seed: job.options.seed)
        let database = try job.openDatabase()
        defer { try? database.close() }
        let collection = try filters.makeCollection(in: database, job: job)
        for setting in try job.plan.listedSettings() {
            try report(measure(setting, FilterLoad(collection, filters, job, setting)))
        }
    }

    private func measure(_ setting: ParameterList, _ load: FilterLoad) throws -> [JSONValue.Member] {
        let unfiltered = try load.measureUnfiltered()
        var states: [JSONValue] = []
        let progress = Progress("filters", total: FilterCaseData.Correlation.allCases.count * Self.shares.count)
        for correlation in FilterCaseData.Correlation.allCases {
            for share in Self.shares {
                let state = try load.measure(correlation, share: share, strategyTimeShare: Self.strategyTimeShare)
                states.append(.object(state.members(unfiltered: unfiltered)))
                progress.advance()
            }
        }
        progress.finish()
        return [
            .init("search_params", setting.json), .init("recall_unfiltered", .number(unfiltered.recall)),
            .init("qps_unfiltered", .number(unfiltered.queriesPerSecond)), .init("states", .array(states)),
        ]
    }
}

/// What was measured of one filter.
struct FilterOutcome {
    let correlation: FilterCaseData.Correlation?
    let share: Double
    let recall: Double
    let queriesPerSecond: Double
    /// Queries that were answered by fewer rows than asked for though more are permitted.
    let shortResults: Int
    let plan: StrategyPlan?
    /// Queries per second of each strategy that could be taken.
    var strategies: [(strategy: SearchStrategy, queriesPerSecond: Double)] = []

    /// How many times longer the chosen strategy takes than the fastest; nil where there is one only.
    var chosenToBest: Double? {
        guard strategies.count > 1, let best = strategies.map(\.queriesPerSecond).max() else { return nil }
        return max(1, best / queriesPerSecond)
    }

    func members(unfiltered: FilterOutcome) -> [JSONValue.Member] {
        var members: [JSONValue.Member] = [
            .init("state", .string("\(correlation?.rawValue ?? "all") \(NumberText.short(share * 100)) %")),
            .init("correlation", .string(correlation?.rawValue ?? "all")), .init("share", .number(share)),
            .init("recall", .number(recall)), .init("qps", .number(queriesPerSecond)),
            .init("qps_ratio", .number(queriesPerSecond / unfiltered.queriesPerSecond)),
            .init("short_results", .integer(Int64(shortResults))),
        ]
        if let plan { members.append(.init("strategy", .string(plan.chosen.rawValue))) }
        if let chosenToBest { members.append(.init("chosen_to_best", .number(chosenToBest))) }
        for one in strategies {
            members.append(.init("qps_\(one.strategy.rawValue)", .number(one.queriesPerSecond)))
        }
        return members
    }
}

/// The searches of one setting.
struct FilterLoad {
    private let collection: Collection
    private let filters: FilterCaseData
    private let job: BenchJob
    private let parameters: Parameters

    init(_ collection: Collection, _ filters: FilterCaseData, _ job: BenchJob, _ setting: ParameterList) {
        self.collection = collection
        self.filters = filters
        self.job = job
        parameters = Parameters(setting)
    }

    func measureUnfiltered() throws -> FilterOutcome {
        try outcome(nil, share: 1, truth: filters.data.truth, strategy: nil, timeShare: 1)
    }

    func measure(
        _ correlation: FilterCaseData.Correlation, share: Double, strategyTimeShare: Double
    ) throws -> FilterOutcome {
        let truth = filters.truth(correlation, share: share, k: job.options.k)
        var outcome = try outcome(correlation, share: share, truth: truth, strategy: nil, timeShare: 1)
        let alternatives = outcome.plan?.alternatives.map(\.strategy) ?? []
        guard alternatives.count > 1 else { return outcome }
        outcome.strategies = try alternatives.filter { $0 != .walk }.map { strategy in
            let forced = try self.outcome(
                correlation, share: share, truth: truth, strategy: strategy, timeShare: strategyTimeShare)
            return (strategy, forced.queriesPerSecond)
        }
        return outcome
    }

    private func requests(
        _ correlation: FilterCaseData.Correlation?, share: Double, strategy: SearchStrategy?
    ) -> [SearchRequest] {
        (0..<filters.data.queries.count).map { query in
            var request = SearchRequest(
                vectors: Array(filters.data.queries.row(query)), limit: job.options.k, parameters: parameters)
            if let strategy { request.parameters["strategy"] = .text(strategy.rawValue) }
            request.filter = correlation.map { filters.filter($0, share: share, query: query) }
            return request
        }
    }

    private func outcome(
        _ correlation: FilterCaseData.Correlation?, share: Double, truth: Neighbors, strategy: SearchStrategy?,
        timeShare: Double
    ) throws -> FilterOutcome {
        let data = filters.data
        let requests = requests(correlation, share: share, strategy: strategy)
        let load = SearchLoad(
            collection, requests: requests, dimension: data.base.dimension, threads: job.options.threads)
        let found = try load.answers().keys.map { $0[0] }
        let rates = try (0..<job.options.repeats).map { _ in
            try load.measure(seconds: job.options.seconds * timeShare).queriesPerSecond
        }
        let k = min(job.options.k, truth.k)
        let recalls = Recall.perQuery(
            found: found, truth: truth, base: data.base, queries: data.queries, distance: data.distance, k: k)
        return FilterOutcome(
            correlation: correlation, share: share, recall: recalls.reduce(0, +) / Double(recalls.count),
            queriesPerSecond: Samples.median(of: rates)!, shortResults: found.count { $0.count < k },
            plan: try collection.explain(requests[0]).segments.first?.plan)
    }
}

extension BenchPlan {
    /// The settings of the grid.
    ///
    /// - Throws: `UsageError` if they are to be found by a sweep.
    func listedSettings() throws -> [ParameterList] {
        guard case .grid(let settings) = searches else {
            throw UsageError("--case filter measures the settings that --search lists; auto has none")
        }
        return settings.isEmpty ? [ParameterList()] : settings
    }
}
