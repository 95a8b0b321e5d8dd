import Apus
import Common

/// One run of the benchmark over all its indexes and searches, each index in processes of its own.
struct BenchRun {
    let options: BenchOptions
    let data: BenchData
    let program: String
    let folder: WorkFolder
    private let files: BenchPartFiles

    init(options: BenchOptions, data: BenchData, base: String, queries: String, program: String) throws {
        self.options = options
        self.data = data
        self.program = program
        folder = try WorkFolder(options.folder)
        files = BenchPartFiles(
            base: base, rows: data.base.count, queries: queries, neighbors: folder.path + "/neighbors.ibin")
    }

    /// Measures everything; an index that fails is reported with its reason, and the others go on.
    ///
    /// - Throws: the first error if no index can be measured for what is wrong about its parameters.
    /// - Returns: whether nothing failed.
    func run(report: (Measurement) throws -> Void) throws -> Bool {
        try forEachPlan { plan, folder in
            try measure(plan, folder: folder, report: report)
        } failed: { plan, reason in
            try report(failed(plan, ParameterList(), reason: reason))
        }
    }

    /// Works on each index in a folder of its own, which is removed afterwards.
    ///
    /// - Parameters:
    ///   - body: returns whether all of it could be measured.
    ///   - failed: takes the reason where `body` threw.
    /// - Returns: whether nothing failed.
    func forEachPlan(
        _ body: (BenchPlan, String) throws -> Bool, failed: (BenchPlan, String) throws -> Void
    ) throws -> Bool {
        try prepareFolder()
        defer { SystemFile.remove(files.neighbors) }
        let plans = try options.plans(rows: data.base.count, dimension: data.base.dimension)
        let probes = try PlanProbe(options: options, dimension: data.base.dimension, folder: folder.path).run(plans)
        var isSound = true
        for (number, (plan, refusal)) in zip(plans, probes).enumerated() {
            let place = "\(folder.path)/index\(number)"
            defer { WorkFolder.remove(place) }
            do {
                if let refusal { throw refusal }
                isSound = try body(plan, place) && isSound
            } catch {
                isSound = false
                try failed(plan, Failure(error).message)
            }
        }
        if let first = probes.first ?? nil, probes.allSatisfy({ $0 != nil }) { throw first }
        return isSound
    }

    private func prepareFolder() throws {
        SystemFile.makeFolder(folder.path)
        try VectorFile.write(data.truth.ids, to: files.neighbors)
    }

    func job(_ part: BenchJob.Part, _ plan: BenchPlan, folder: String) -> BenchJob {
        BenchJob(part, plan, dataset: data.name, files: files, folder: folder, options: options)
    }

    private func measure(
        _ plan: BenchPlan, folder: String, report: (Measurement) throws -> Void
    ) throws -> Bool {
        let build = try build(plan, folder: folder)
        return try search(job(.search, plan, folder: folder), build, report: report)
    }

    /// What building cost.
    func build(_ plan: BenchPlan, folder: String) throws -> JSONValue {
        var build: JSONValue = .null
        try PartRunner(program: program).run(job(.build, plan, folder: folder)) { build = $0 }
        return build
    }

    /// Runs a part that gives measurements.
    ///
    /// - Returns: whether all settings could be measured.
    func search(
        _ job: BenchJob, _ build: JSONValue, report: (Measurement) throws -> Void
    ) throws -> Bool {
        var isSound = true
        try PartRunner(program: program).run(job) { json in
            if let reason = json[PartMessage.failure]?.stringValue {
                isSound = false
                let setting = json["search_params"].flatMap(ParameterList.init(json:)) ?? ParameterList()
                try report(failed(job.plan, setting, reason: reason, build: build))
            } else {
                try report(complete(Measurement(json: json), build))
            }
        }
        return isSound
    }

    /// Joins what the search process measured with what the build process did.
    private func complete(_ searched: Measurement, _ build: JSONValue) -> Measurement {
        var measurement = searched
        measurement.take(build)
        let searchPeak = measurement.others.first { $0.name == PartMessage.searchPeakBytes }?.value.intValue
        measurement.peakResidentBytes = [build[PartMessage.buildPeakBytes]?.intValue, searchPeak]
            .compactMap { $0 }.max()
        measurement.others.append(.init("data_digest", .string(DataDigest.of(data.base))))
        measurement.reason = Self.reason(for: measurement)
        return measurement
    }

    func failed(
        _ plan: BenchPlan, _ setting: ParameterList, reason: String, build: JSONValue = .null
    ) -> Measurement {
        var measurement = Measurement(
            dataset: data.name, index: plan.specification, searchParameters: setting, mode: options.mode.rawValue,
            threads: options.threads, k: options.k, rows: data.base.count, dimension: data.base.dimension,
            machine: Machine.current.description, seed: options.seed)
        measurement.take(build)
        measurement.metric = options.metric.rawValue
        measurement.measuredAt = CalendarTime.now()
        measurement.schemaVersion = Measurement.currentSchemaVersion
        measurement.commit = Repository.commit(of: SystemProcess.programPath) ?? Repository.commit()
        measurement.reason = "failed: \(reason)"
        return measurement
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
        if measurement.peakResidentBytes == nil { reasons.append("peak_rss_bytes: the system does not tell it") }
        if measurement.residentBytes == nil { reasons.append("resident_bytes: the system does not tell it") }
        if measurement.commit == nil { reasons.append("commit: run outside of a repository") }
        return reasons.isEmpty ? nil : reasons.joined(separator: "; ")
    }
}

/// Tries plans on an empty collection, so that a wrong parameter is told before an index is built.
struct PlanProbe {
    let options: BenchOptions
    let dimension: Int
    let folder: String

    /// For each plan why none of it can be measured; nil if it may.
    func run(_ plans: [BenchPlan]) throws -> [(any Error)?] {
        let place = "\(folder)/probe"
        defer { WorkFolder.remove(place) }
        let database = try Database.open(at: place)
        defer { try? database.close() }
        return plans.map { refusal(of: $0, in: database) }
    }

    private func refusal(of plan: BenchPlan, in database: Database) -> (any Error)? {
        do {
            let definition = try plan.definition(options.metric)
            let collection = try database.createCollection(
                "probe", schema: IndexedCollection.schema(dimension: dimension),
                indexes: [IndexedCollection.vectorField: definition])
            defer { try? database.dropCollection("probe") }
            guard case .grid(let settings) = plan.searches else { return nil }
            try collection.load()
            return refusal(of: settings, in: collection)
        } catch {
            return error
        }
    }

    /// The first error if every setting has one.
    private func refusal(of settings: [ParameterList], in collection: Collection) -> (any Error)? {
        let query = [1] + [Float](repeating: 0, count: dimension - 1)
        var first: (any Error)?
        for setting in settings {
            do {
                let request = SearchRequest(vectors: query, limit: options.k, parameters: Parameters(setting))
                _ = try collection.search(request)
                return nil
            } catch {
                first = first ?? error
            }
        }
        return first
    }
}

extension Measurement {
    /// Takes over what building cost.
    fileprivate mutating func take(_ build: JSONValue) {
        buildSeconds = build["build_seconds"]?.doubleValue
        buildCPUSeconds = build["build_cpu_seconds"]?.doubleValue
        for name in ["insert_seconds", "flush_seconds", "disk_bytes"] {
            if let value = build[name] { others.append(.init(name, value)) }
        }
    }
}
