/// One measured setting of one index: a line of the `apus bench` output.
///
/// What was not measured is nil, never zero, and `reason` says why. The names of the JSON members are a contract that
/// scripts depend on.
public struct Measurement: Sendable, Equatable {
    public var dataset: String
    /// The index type, such as HNSW.
    public var index: String
    public var indexParameters: ParameterList
    public var searchParameters: ParameterList
    /// `single` (one query per call) or `batch`.
    public var mode: String
    /// Search threads.
    public var threads: Int
    public var k: Int
    public var rows: Int
    public var dimension: Int
    public var machine: String
    public var seed: UInt64

    public var recall: Double?
    /// Ends of the confidence interval of the recall.
    public var recallLow: Double?
    public var recallHigh: Double?
    /// Queries per second.
    public var qps: Double?
    public var latencyP50Microseconds: Double?
    public var latencyP95Microseconds: Double?
    public var latencyP99Microseconds: Double?
    public var buildSeconds: Double?
    public var buildCPUSeconds: Double?
    public var indexBytes: Int?
    public var peakResidentBytes: Int?
    /// Distance computations per query.
    public var distanceComputations: Double?
    public var buildDigest: String?
    public var commit: String?
    /// Why a value is missing.
    public var reason: String?

    /// The metric that the neighbours belong to.
    public var metric: String?
    /// By how much loading the collection made a process grow that did nothing before.
    public var residentBytes: Int?
    /// Bytes of the vectors in memory, as the engine counts them.
    public var vectorBytes: Int?
    /// Queries per second of each pass over all queries, or of a few passes where one is over too soon to be timed.
    public var qpsSamples: [Double] = []
    /// When the measurement ended, as "2026-01-31T12:00:00Z".
    public var measuredAt: String?
    /// The layout of the object; `currentSchemaVersion` when it is written now, nil for those written before there was one.
    public var schemaVersion: Int?
    /// Members of the object that have no property here, in their order.
    public var others: [JSONValue.Member] = []

    /// Version 2 has a sample of `qps_samples` per pass, and names time, metric and memory.
    public static let currentSchemaVersion = 2

    /// A measurement without results yet.
    public init(
        dataset: String, index: IndexSpecification, searchParameters: ParameterList, mode: String,
        threads: Int,
        k: Int, rows: Int, dimension: Int, machine: String, seed: UInt64
    ) {
        self.dataset = dataset
        self.index = index.type
        indexParameters = index.parameters
        self.searchParameters = searchParameters
        self.mode = mode
        self.threads = threads
        self.k = k
        self.rows = rows
        self.dimension = dimension
        self.machine = machine
        self.seed = seed
    }

    /// The index as it is typed, such as `HNSW(M=16)`.
    public var indexSpecification: IndexSpecification {
        IndexSpecification(type: index, parameters: indexParameters)
    }

    /// Takes over a recall with its interval.
    public mutating func set(_ estimate: RecallEstimate) {
        recall = estimate.mean
        recallLow = estimate.low
        recallHigh = estimate.high
    }

    /// Takes over the percentiles of a histogram.
    public mutating func set(_ latencies: LatencyHistogram) {
        latencyP50Microseconds = latencies.p50Nanoseconds.map { $0 / 1_000 }
        latencyP95Microseconds = latencies.p95Nanoseconds.map { $0 / 1_000 }
        latencyP99Microseconds = latencies.p99Nanoseconds.map { $0 / 1_000 }
    }
}

extension Measurement {
    /// The measurement as a JSON object. All members of the contract are there, missing values as null; the reason
    /// and what the contract does not ask for only when there is one.
    public var json: JSONValue {
        .object(contract + extensions + others)
    }

    private var contract: [JSONValue.Member] {
        [
            .init("dataset", .string(dataset)), .init("index", .string(index)),
            .init("index_params", indexParameters.json), .init("search_params", searchParameters.json),
            .init("mode", .string(mode)), .init("threads", .integer(Int64(threads))),
            .init("k", .integer(Int64(k))), .init("rows", .integer(Int64(rows))),
            .init("dimension", .integer(Int64(dimension))),
            .init("recall", number(recall)), .init("recall_low", number(recallLow)),
            .init("recall_high", number(recallHigh)), .init("qps", number(qps)),
            .init("latency_p50_us", number(latencyP50Microseconds)),
            .init("latency_p95_us", number(latencyP95Microseconds)),
            .init("latency_p99_us", number(latencyP99Microseconds)),
            .init("build_seconds", number(buildSeconds)), .init("build_cpu_seconds", number(buildCPUSeconds)),
            .init("index_bytes", integer(indexBytes)), .init("peak_rss_bytes", integer(peakResidentBytes)),
            .init("distance_computations", number(distanceComputations)),
            .init("build_digest", string(buildDigest)), .init("commit", string(commit)),
            .init("machine", .string(machine)), .init("seed", .integer(Int64(bitPattern: seed))),
        ]
    }

    private var extensions: [JSONValue.Member] {
        let samples: JSONValue = qpsSamples.isEmpty ? .null : .array(qpsSamples.map { .number($0) })
        let members: [JSONValue.Member] = [
            .init("reason", string(reason)), .init("metric", string(metric)),
            .init("resident_bytes", integer(residentBytes)), .init("vector_bytes", integer(vectorBytes)),
            .init("qps_samples", samples), .init("measured_at", string(measuredAt)),
            .init("schema_version", integer(schemaVersion)),
        ]
        return members.filter { !$0.value.isNull }
    }

    /// Reads what `json` gives.
    ///
    /// - Throws: `JSONError` naming the member that is missing or of another type.
    public init(json: JSONValue) throws(JSONError) {
        let members = MeasurementMembers(json: json)
        let index = IndexSpecification(
            type: try members.string("index"), parameters: try members.parameters("index_params"))
        self.init(
            dataset: try members.string("dataset"), index: index,
            searchParameters: try members.parameters("search_params"), mode: try members.string("mode"),
            threads: try members.integer("threads"), k: try members.integer("k"),
            rows: try members.integer("rows"), dimension: try members.integer("dimension"),
            machine: try members.string("machine"),
            seed: UInt64(bitPattern: Int64(try members.integer("seed"))))
        recall = try members.optionalNumber("recall")
        recallLow = try members.optionalNumber("recall_low")
        recallHigh = try members.optionalNumber("recall_high")
        qps = try members.optionalNumber("qps")
        latencyP50Microseconds = try members.optionalNumber("latency_p50_us")
        latencyP95Microseconds = try members.optionalNumber("latency_p95_us")
        latencyP99Microseconds = try members.optionalNumber("latency_p99_us")
        buildSeconds = try members.optionalNumber("build_seconds")
        buildCPUSeconds = try members.optionalNumber("build_cpu_seconds")
        indexBytes = try members.optionalInteger("index_bytes")
        peakResidentBytes = try members.optionalInteger("peak_rss_bytes")
        distanceComputations = try members.optionalNumber("distance_computations")
        buildDigest = try members.optionalString("build_digest")
        commit = try members.optionalString("commit")
        reason = try members.optionalString("reason")
        metric = try members.optionalString("metric")
        residentBytes = try members.optionalInteger("resident_bytes")
        vectorBytes = try members.optionalInteger("vector_bytes")
        qpsSamples = try members.optionalNumbers("qps_samples")
        measuredAt = try members.optionalString("measured_at")
        schemaVersion = try members.optionalInteger("schema_version")
        others = members.besides(Set(contract.map(\.name)).union(Measurement.extensionNames))
    }

    private static let extensionNames: Set = [
        "reason", "metric", "resident_bytes", "vector_bytes", "qps_samples", "measured_at", "schema_version",
    ]

    private func number(_ value: Double?) -> JSONValue { value.map { .number($0) } ?? .null }
    private func integer(_ value: Int?) -> JSONValue { value.map { .integer(Int64($0)) } ?? .null }
    private func string(_ value: String?) -> JSONValue { value.map { .string($0) } ?? .null }
}

/// Typed access to the members of a measurement's object.
private struct MeasurementMembers {
    let json: JSONValue

    func string(_ name: String) throws(JSONError) -> String {
        try required(name, json[name]?.stringValue, "a string")
    }

    func integer(_ name: String) throws(JSONError) -> Int {
        try required(name, json[name]?.intValue, "a whole number")
    }

    func parameters(_ name: String) throws(JSONError) -> ParameterList {
        try required(name, json[name].flatMap { ParameterList(json: $0) }, "an object")
    }

    func optionalNumber(_ name: String) throws(JSONError) -> Double? {
        try optional(name, "a number or null") { $0.doubleValue }
    }

    func optionalInteger(_ name: String) throws(JSONError) -> Int? {
        try optional(name, "a whole number or null") { $0.intValue }
    }

    func optionalString(_ name: String) throws(JSONError) -> String? {
        try optional(name, "a string or null") { $0.stringValue }
    }

    func optionalNumbers(_ name: String) throws(JSONError) -> [Double] {
        let numbers = try optional(name, "an array of numbers or null") { member in
            member.arrayValue.flatMap { values in
                let numbers = values.compactMap(\.doubleValue)
                return numbers.count == values.count ? numbers : nil
            }
        }
        return numbers ?? []
    }

    /// The members under other names.
    func besides(_ names: Set<String>) -> [JSONValue.Member] {
        guard case .object(let members) = json else { return [] }
        return members.filter { !names.contains($0.name) }
    }

    private func required<Value>(_ name: String, _ value: Value?, _ kind: String) throws(JSONError) -> Value {
        guard let value else { throw JSONError(message: "the member '\(name)' must be \(kind)", offset: nil) }
        return value
    }

    private func optional<Value>(
        _ name: String, _ kind: String, _ read: (JSONValue) -> Value?
    ) throws(JSONError) -> Value? {
        guard let member = json[name], !member.isNull else { return nil }
        return try required(name, read(member), kind)
    }
}
