import Apus
import Common

/// Deletes and inserts half of the rows, round after round, and compares the index with the fresh one before.
struct ChurnPart: BenchPart {
    let job: BenchJob
    let program: String

    /// What the rounds cost.
    private struct Work {
        var rows = 0
        var deleteSeconds = 0.0
        var insertSeconds = 0.0
        var flushSeconds = 0.0
    }

    func run(report: ([JSONValue.Member]) throws -> Void) throws {
        let data = try job.data()
        for setting in try settings(data) {
            // The first setting finds the fresh index, later ones a compacted index of the same rows.
            let fresh = try state("fresh", setting, data)
            let work = try change { try churn($0, data) }
            let churned = try state("after \(job.rounds) rounds", setting, data)
            let compaction = try change { collection in
                try MonotonicClock.seconds { try collection.compact() }.seconds
            }
            let compacted = try state("compacted", setting, data)
            try report([
                .init("search_params", setting.json), .init("rounds", .integer(Int64(job.rounds))),
                .init("rows_changed", .integer(Int64(work.rows))),
                .init("deletes_per_second", .number(Double(work.rows) / work.deleteSeconds)),
                .init("inserts_per_second", .number(Double(work.rows) / work.insertSeconds)),
                .init("flush_seconds", .number(work.flushSeconds)), .init("compact_seconds", .number(compaction)),
                .init("states", .array([fresh, churned, compacted].map { .object($0) })),
            ])
        }
    }

    private func settings(_ data: BenchData) throws -> [ParameterList] {
        let loaded = try LoadedCollection(job)
        defer { try? loaded.database.close() }
        return try SettingMeasurer(job: job, loaded: loaded, data: data).chosenSettings()
    }

    private func change<Result>(_ body: (Collection) throws -> Result) throws -> Result {
        let database = try job.openDatabase()
        defer { try? database.close() }
        return try body(database.collection(CaseContext.collectionName))
    }

    private func churn(_ collection: Collection, _ data: BenchData) throws -> Work {
        var work = Work()
        var random = RandomSource(seed: job.options.seed, stream: 1)
        let inserter = RowInserter(batchRows: job.options.batchRows, sync: .everyWrite)
        for _ in 0..<job.rounds {
            let rows = Array((0..<data.base.count).shuffled(using: &random).prefix(data.base.count / 2))
            for batch in stride(from: 0, to: rows.count, by: job.options.batchRows) {
                let keys = rows[batch..<min(batch + job.options.batchRows, rows.count)]
                work.deleteSeconds += try MonotonicClock.seconds {
                    try collection.delete(keys: keys.map { .integer(Int64($0)) })
                }.seconds
            }
            work.insertSeconds += try inserter.insert(data.base, rows: rows, into: collection)
            work.flushSeconds += try MonotonicClock.seconds { try collection.flush() }.seconds
            work.rows += rows.count
        }
        return work
    }

    private func state(_ name: String, _ setting: ParameterList, _ data: BenchData) throws -> [JSONValue.Member] {
        let resident = try ReaderCommand.residentBytes(job.folder, program: program)
        let loaded = try LoadedCollection(job)
        defer { try? loaded.database.close() }
        let measured = try SettingMeasurer(job: job, loaded: loaded, data: data)
            .measure(setting, threads: job.options.threads)
        let audit = try loaded.collection.audit()
        let wanted: Set = ["recall", "recall_low", "recall_high", "qps", "latency_p50_us", "latency_p99_us"]
        return [.init("state", .string(name))] + measured.members.filter { wanted.contains($0.name) } + [
            .init("segments", .integer(Int64(loaded.statistics.segments.count))),
            .init("live_rows", .integer(Int64(loaded.statistics.liveRows))),
            .init("resident_bytes", .integer(Int64(resident))),
            .init("vector_bytes", .integer(Int64(loaded.statistics.vectorBytes))),
            .init("index_bytes", .integer(Int64(loaded.statistics.indexBytes))),
            .init("disk_bytes", .integer(Int64(loaded.statistics.diskBytes))),
            .init("rows_not_found_by_their_vector", .integer(Int64(audit.unreachableCount))),
            .init("qps_samples", .array(measured.qpsSamples.map { .number($0) })),
        ]
    }
}

extension SettingMeasurer {
    /// The settings that a case is measured with: those of the grid, or the cheapest of a sweep that reaches the usual
    /// recall.
    func chosenSettings() throws -> [ParameterList] {
        guard case .automatic = job.plan.searches else { return try SearchPart(job: job).settings(self) }
        let found = try SearchPart(job: job).settings(self)
        let sample = withQueries(SearchPart.sweepQueries)
        let reaching = try found.first { try sample.recall(of: $0).mean >= Recommendation.usualTarget }
        return [reaching ?? found[found.count - 1]]
    }
}
