import Apus
import Common

/// Searches while rows are inserted and flushed: half of the rows are there and indexed at the beginning, the other half
/// comes in during the measurement.
struct MixedPart: BenchPart {
    let job: BenchJob

    /// Flushes while the second half comes in, the last one with its last row.
    private static let flushes = 4

    func run(report: ([JSONValue.Member]) throws -> Void) throws {
        let data = try job.data()
        switch job.plan.searches {
        case .automatic: try report(measure(nil, data))
        case .grid(let settings): for setting in settings { try report(measure(setting, data)) }
        }
    }

    private func measure(_ given: ParameterList?, _ data: BenchData) throws -> [JSONValue.Member] {
        try buildHalf(data)
        let loaded = try LoadedCollection(job)
        defer {
            try? loaded.database.close()
            WorkFolder.remove(job.folder)
        }
        let setting = try given ?? choose(loaded, data)
        let requests = QueryPlan(
            data.queries, mode: .single, threads: 1, k: job.options.k, parameters: Parameters(setting),
            seed: job.options.seed)
        let alone = SearchLoad(
            loaded.collection, requests: requests.requests, dimension: data.base.dimension,
            threads: job.options.threads)
        _ = try alone.answers()
        let before = try alone.measure(seconds: job.options.seconds)
        let run = MixedRun(loaded.collection, requests, acknowledged: data.base.count / 2)
        let outcome = try run.run(readers: job.options.threads) { run in try write(loaded.collection, data, run) }
        return members(setting, before, outcome, recall: MixedRecall(data: data, k: job.options.k).of(outcome.kept))
    }

    private func buildHalf(_ data: BenchData) throws {
        let database = try job.openDatabase()
        defer { try? database.close() }
        _ = try IndexedCollection.make(
            CaseContext.collectionName, in: database, base: data.base.prefix(data.base.count / 2),
            definition: job.plan.definition(job.options.metric), batchRows: job.options.batchRows)
    }

    /// The setting for the first half.
    private func choose(_ loaded: LoadedCollection, _ data: BenchData) throws -> ParameterList {
        let half = data.base.prefix(data.base.count / 2)
        let queries = data.queries.prefix(SearchPart.sweepQueries)
        let truth = GroundTruth.exact(base: half, queries: queries, distance: data.distance, k: data.truth.k)
        let sample = BenchData(
            name: data.name, base: half, queries: queries, truth: truth, distance: data.distance)
        return try SettingMeasurer(job: job, loaded: loaded, data: sample).chosenSettings()[0]
    }

    /// The writer: inserts the second half, each batch synced, with flushes between.
    private func write(_ collection: Collection, _ data: BenchData, _ run: MixedRun) throws -> MixedRun.Written {
        var written = MixedRun.Written()
        let half = data.base.count / 2
        let inserter = RowInserter(batchRows: job.options.batchRows, sync: .everyWrite)
        var flushed = 0
        written.insertSeconds = try inserter.insert(data.base, range: half..<data.base.count, into: collection) { end in
            run.acknowledge(end)
            guard (end - half) * Self.flushes >= (flushed + 1) * (data.base.count - half) else { return }
            flushed += 1
            written.flushSeconds += try MonotonicClock.seconds { try collection.flush() }.seconds
        }
        written.rows = data.base.count - half
        return written
    }

    private func members(
        _ setting: ParameterList, _ before: SearchLoad.Sample, _ outcome: MixedRun.Outcome, recall: RecallEstimate?
    ) -> [JSONValue.Member] {
        func microseconds(_ nanoseconds: Double?) -> JSONValue { nanoseconds.map { .number($0 / 1_000) } ?? .null }
        func number(_ value: Double?) -> JSONValue { value.map { .number($0) } ?? .null }
        let written = outcome.written
        let total = written.insertSeconds + written.flushSeconds
        let reason: [JSONValue.Member] =
            recall == nil
            ? [.init("reason", .string("recall, qps: the writer was done before a query was answered"))] : []
        return [
            .init("search_params", setting.json),
            .init("qps", recall == nil ? .null : .number(Double(outcome.queries) / outcome.seconds)),
            .init("qps_alone", .number(before.queriesPerSecond)),
            .init("latency_p50_us", microseconds(outcome.latencies.p50Nanoseconds)),
            .init("latency_p95_us", microseconds(outcome.latencies.p95Nanoseconds)),
            .init("latency_p99_us", microseconds(outcome.latencies.p99Nanoseconds)),
            .init("latency_max_us", microseconds(outcome.latencies.maximumNanoseconds.map { Double($0) })),
            .init("latency_p99_alone_us", microseconds(before.latencies.p99Nanoseconds)),
            .init("recall", number(recall?.mean)), .init("recall_low", number(recall?.low)),
            .init("recall_high", number(recall?.high)),
            .init("recall_queries", .integer(Int64(outcome.kept.count))),
            .init("queries", .integer(Int64(outcome.queries))), .init("seconds", .number(outcome.seconds)),
            .init("readers", .integer(Int64(job.options.threads))),
            .init("rows_inserted", .integer(Int64(written.rows))),
            .init("inserts_per_second", .number(Double(written.rows) / written.insertSeconds)),
            .init("inserts_and_flushes_per_second", .number(Double(written.rows) / total)),
            .init("flush_seconds", .number(written.flushSeconds)), .init("flushes", .integer(Int64(Self.flushes))),
            .init("batch_rows", .integer(Int64(job.options.batchRows))),
        ] + reason
    }
}

/// Recall of answers that were given while rows came in.
struct MixedRecall {
    let data: BenchData
    let k: Int

    /// Against the exact answer over the rows that were acknowledged when the query began. A row that came in
    /// meanwhile counts if it is as near as the k-th of those. Nil without answers.
    func of(_ answers: [MixedRun.Answer]) -> RecallEstimate? {
        guard !answers.isEmpty else { return nil }
        let groups = Dictionary(grouping: answers, by: \.acknowledged).sorted { $0.key < $1.key }
        let recalls = groups.flatMap { acknowledged, answers in
            let queries = VectorSet(
                dimension: data.queries.dimension, values: answers.flatMap { data.queries.row($0.query) })
            let truth = GroundTruth.exact(
                base: data.base.prefix(acknowledged), queries: queries, distance: data.distance, k: k)
            return Recall.perQuery(
                found: answers.map(\.keys), truth: truth, base: data.base, queries: queries,
                distance: data.distance, k: truth.k)
        }
        return Recall.estimate(recalls, k: k)
    }
}
