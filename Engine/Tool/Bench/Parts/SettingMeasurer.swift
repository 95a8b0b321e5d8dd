import Apus
import Common

/// Measures search settings of a loaded collection.
struct SettingMeasurer {
    let job: BenchJob
    let loaded: LoadedCollection
    let data: BenchData
    /// Begins when the data of the benchmark itself are in memory.
    private let memory = MemoryGrowth()

    init(job: BenchJob, loaded: LoadedCollection, data: BenchData) {
        self.job = job
        self.loaded = loaded
        self.data = data
    }

    private var options: BenchOptions { job.options }

    /// The same with the first queries only.
    func withQueries(_ count: Int) -> SettingMeasurer {
        SettingMeasurer(job: job, loaded: loaded, data: data.withQueries(count))
    }

    /// A setting as a JSON object: measured, or with the reason why not.
    func members(of setting: ParameterList) throws -> [JSONValue.Member] {
        do {
            return try measure(setting)
        } catch let error as ApusError {
            return [.init("search_params", setting.json), .init(PartMessage.failure, .string(error.message))]
        }
    }

    /// Recall of one pass.
    func recall(of setting: ParameterList) throws -> RecallEstimate {
        let plan = queryPlan(setting, threads: options.threads)
        return recall(of: plan.byQuery(try load(plan, threads: options.threads).answers().keys))
    }

    func queryPlan(_ setting: ParameterList, threads: Int) -> QueryPlan {
        QueryPlan(
            data.queries, mode: options.mode, threads: threads, k: options.k, parameters: Parameters(setting),
            seed: options.seed)
    }

    func load(_ plan: QueryPlan, threads: Int) -> SearchLoad {
        SearchLoad(loaded.collection, requests: plan.requests, dimension: data.base.dimension, threads: threads)
    }

    func recall(of found: [[Int32]]) -> RecallEstimate {
        // Where the base has fewer rows than k, there are no more neighbours to find.
        let k = min(options.k, data.truth.k)
        return Recall.estimate(
            Recall.perQuery(
                found: found, truth: data.truth, base: data.base, queries: data.queries, distance: data.distance,
                k: k), k: k)
    }

    private func measure(_ setting: ParameterList) throws -> [JSONValue.Member] {
        try measure(setting, threads: options.threads).members
    }

    /// One setting with some threads.
    func measure(_ setting: ParameterList, threads: Int) throws -> Measurement {
        let plan = queryPlan(setting, threads: threads)
        let load = load(plan, threads: threads)
        let answers = try load.answers()
        let samples = try (0..<options.repeats).map { _ in try load.measure(seconds: options.seconds) }
        let peak = memory.peakBytes
        var measurement = Measurement(
            dataset: data.name, index: job.plan.specification, searchParameters: setting,
            mode: options.mode.rawValue, threads: threads, k: options.k, rows: data.base.count,
            dimension: data.base.dimension, machine: Machine.current.description, seed: options.seed)
        measurement.set(recall(of: plan.byQuery(answers.keys)))
        measurement.distanceComputations =
            Double(answers.statistics.distanceComputations) / Double(data.queries.count)
        measurement.take(samples, mode: options.mode)
        measurement.describe(loaded)
        measurement.others = others(answers, latencies: samples, peak: peak)
        measurement.metric = options.metric.rawValue
        measurement.measuredAt = CalendarTime.now()
        measurement.schemaVersion = Measurement.currentSchemaVersion
        measurement.commit = Repository.commit(of: SystemProcess.programPath) ?? Repository.commit()
        return measurement
    }

    private func others(
        _ answers: SearchLoad.Answers, latencies samples: [SearchLoad.Sample], peak: Int?
    ) -> [JSONValue.Member] {
        var latencies = LatencyHistogram()
        for sample in samples where options.mode == .single { latencies.merge(sample.latencies) }
        let growth = peak.flatMap { peak in loaded.residentBytes.map { $0 + peak } }
        let queries = Double(data.queries.count)
        let members: [JSONValue.Member] = [
            .init("latency_p999_us", latencies.p999Nanoseconds.map { .number($0 / 1_000) } ?? .null),
            .init("nodes_expanded", .number(Double(answers.statistics.nodesExpanded) / queries)),
            .init("build_threads", .integer(Int64(options.buildThreads))),
            .init("open_seconds", .number(loaded.openSeconds)),
            .init("load_seconds", .number(loaded.loadSeconds)),
            .init("parameters_in_force", answers.plan.parameters.json),
            .init("segments", .integer(Int64(answers.plan.segments))),
            .init("scalar_bytes", .integer(Int64(loaded.statistics.scalarBytes))),
            .init("kernels", .string(Processors.kernelVariant)),
            .init("seconds", .number(options.seconds)), .init("repeat", .integer(Int64(options.repeats))),
            .init(PartMessage.searchPeakBytes, growth.map { .integer(Int64($0)) } ?? .null),
        ]
        return members.filter { !$0.value.isNull }
    }
}

extension Parameters {
    /// An object in the order of the names.
    fileprivate var json: JSONValue {
        ParameterList(sorted { $0.key < $1.key }.map { ParameterList.Entry($0.key, "\($0.value)") }).json
    }
}

extension Measurement {
    /// The members of its JSON object.
    var members: [JSONValue.Member] {
        guard case .object(let members) = json else { preconditionFailure("a measurement is an object") }
        return members
    }

    fileprivate mutating func take(_ samples: [SearchLoad.Sample], mode: BenchOptions.Mode) {
        qpsSamples = samples.flatMap(\.passRates)
        qps = Samples.median(of: samples.map(\.queriesPerSecond))
        guard mode == .single else { return }
        var latencies = LatencyHistogram()
        for sample in samples { latencies.merge(sample.latencies) }
        set(latencies)
    }

    fileprivate mutating func describe(_ loaded: LoadedCollection) {
        indexBytes = loaded.statistics.indexBytes
        vectorBytes = loaded.statistics.vectorBytes
        residentBytes = loaded.residentBytes
        let digests = loaded.statistics.segments.flatMap(\.indexes).map(\.digest)
        buildDigest = digests.isEmpty ? nil : digests.joined(separator: "+")
    }
}
