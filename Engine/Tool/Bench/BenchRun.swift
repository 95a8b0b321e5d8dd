import Apus
import Common

/// One run of the benchmark over all its indexes and searches.
struct BenchRun {
    let options: BenchOptions
    let data: BenchData
    private let commit: String?

    init(options: BenchOptions, data: BenchData) {
        self.options = options
        self.data = data
        commit =
            Repository.commit(of: SystemProcess.programPath) ?? Repository.commit()
    }

    /// Measures everything. `report` is told each measurement as soon as it is there.
    func run(report: (BenchResult) throws -> Void) throws {
        let folder = try WorkFolder(options.folder)
        let database = try Database.open(
            at: folder.path, options: DatabaseOptions(buildThreads: options.buildThreads))
        defer { try? database.close() }
        for plan in options.plans {
            try IndexedCollection.probe(plan, in: database, dimension: data.base.dimension, k: options.k)
        }
        for (number, plan) in options.plans.enumerated() {
            try measure(plan, named: "bench\(number)", in: database, report: report)
        }
    }

    private func measure(
        _ plan: BenchOptions.IndexPlan, named name: String, in database: Database,
        report: (BenchResult) throws -> Void
    ) throws {
        SystemProcess.resetPeakMemory()
        let indexed = try IndexedCollection.make(
            name, in: database, base: data.base, definition: plan.definition, batchRows: options.batchRows)
        for search in plan.searches {
            try report(measure(search, of: indexed, specification: plan.specification))
        }
        try database.dropCollection(name)
    }

    private func measure(
        _ search: ParameterList, of indexed: IndexedCollection, specification: IndexSpecification
    ) throws -> BenchResult {
        let plan = QueryPlan(
            data.queries, mode: options.mode, threads: options.threads, k: options.k,
            parameters: Parameters(search), seed: options.seed)
        let load = SearchLoad(
            indexed.collection, requests: plan.requests, dimension: data.base.dimension,
            threads: options.threads)
        let answers = try load.answers()
        let samples = try (0..<options.repeats).map { _ in try load.measure(seconds: options.seconds) }
        var measurement = Measurement(
            dataset: data.name, index: specification, searchParameters: search, mode: options.mode.rawValue,
            threads: options.threads, k: options.k, rows: data.base.count, dimension: data.base.dimension,
            machine: Machine.current.description, seed: options.seed)
        measurement.commit = commit
        measurement.set(recall(of: plan.byQuery(answers.keys)))
        measurement.distanceComputations =
            Double(answers.statistics.distanceComputations) / Double(data.queries.count)
        measurement.qps = Samples.median(of: samples.map(\.queriesPerSecond))
        measurement.peakResidentBytes = ProcessMemory.peakResidentBytes()
        measurement.describe(indexed)
        if options.mode == .single {
            var latencies = LatencyHistogram()
            for sample in samples { latencies.merge(sample.latencies) }
            measurement.set(latencies)
        }
        measurement.reason = BenchRun.reason(for: measurement)
        return BenchResult(
            measurement: measurement, samples: samples.map(\.queriesPerSecond), indexed: indexed,
            plan: answers.plan,
            options: options)
    }

    private func recall(of found: [[Int32]]) -> RecallEstimate {
        // Where the base has fewer rows than k, there are no more neighbours to find.
        let k = min(options.k, data.truth.k)
        return Recall.estimate(
            Recall.perQuery(
                found: found, truth: data.truth, base: data.base, queries: data.queries,
                distance: data.distance,
                k: k), k: k)
    }

    /// Why values are missing, by their names in the JSON object.
    private static func reason(for measurement: Measurement) -> String? {
        var reasons: [String] = []
        if measurement.latencyP50Microseconds == nil {
            reasons.append("latency: the queries of a batch are answered together")
        }
        if measurement.buildDigest == nil {
            reasons.append("build_digest: \(measurement.index) has nothing that is built")
        }
        if measurement.peakResidentBytes == nil {
            reasons.append("peak_rss_bytes: the system does not tell it")
        }
        if measurement.commit == nil { reasons.append("commit: run outside of a repository") }
        return reasons.isEmpty ? nil : reasons.joined(separator: "; ")
    }
}

extension Measurement {
    /// Takes over what building cost and gave.
    fileprivate mutating func describe(_ indexed: IndexedCollection) {
        buildSeconds = indexed.build.seconds
        buildCPUSeconds = indexed.build.processorSeconds
        indexBytes = indexed.statistics.indexBytes
        let digests = indexed.statistics.segments.flatMap(\.indexes).map(\.digest)
        buildDigest = digests.isEmpty ? nil : digests.joined(separator: "+")
    }
}
