import Apus
import Common

/// What `apus bench` measures, apart from the indexes.
struct BenchOptions {
    enum Mode: String, CaseIterable {
        case single, batch
    }

    var metric: Metric
    var k: Int
    var threads: Int
    var buildThreads: Int
    var mode: Mode
    var seconds: Double
    var repeats: Int
    var seed: UInt64
    var batchRows: Int
    var folder: String?
    /// As they were given; whether they make sense is seen when the data are known.
    let indexes: [String]
    let searches: [String]

    static let quickSeconds = 0.2
    static let quickRows = 5_000
    /// The name under which `--index` means every type.
    static let allIndexes = "all"

    init(_ arguments: ParsedArguments) throws {
        let isQuick = arguments.isPresent("quick")
        metric = try arguments.choice("metric", of: Metric.self)!
        k = try arguments.integer("k", in: 1...Limits.searchLimit)!
        threads = try arguments.integer("threads", in: 1...1_024)!
        buildThreads = try arguments.integer("build-threads", in: 1...1_024) ?? Processors.count
        mode = try arguments.choice("mode", of: Mode.self)!
        seconds = try arguments.number("seconds")!
        repeats = try arguments.integer("repeat", in: 1...1_000)!
        seed = UInt64(try arguments.integer("seed", in: 0...Int.max)!)
        batchRows = try arguments.integer("batch-rows", in: 1...1_000_000)!
        folder = arguments.string("folder")
        guard seconds >= 0 else { throw UsageError("--seconds '\(seconds)' is negative") }
        if isQuick, !arguments.isPresent("seconds") { seconds = Self.quickSeconds }
        if isQuick, !arguments.isPresent("repeat") { repeats = 1 }
        indexes = arguments.strings("index")
        searches = arguments.strings("search")
        try checkIndexes()
    }

    /// What is wrong about the texts is told before anything is read; wrong parameters of some indexes are told with the
    /// results of the others.
    private func checkIndexes() throws {
        let errors = try plans(rows: 1, dimension: 1).map { plan -> (any Error)? in
            do {
                _ = try plan.definition(metric)
                return nil
            } catch {
                return error
            }
        }
        if let first = errors.first ?? nil, errors.allSatisfy({ $0 != nil }) { throw first }
    }

    /// A quick look at every index, each setting measured once by one thread.
    init(metric: Metric, k: Int, seconds: Double, seed: UInt64) {
        self.metric = metric
        self.k = k
        self.seconds = seconds
        self.seed = seed
        threads = 1
        buildThreads = Processors.count
        mode = .single
        repeats = 1
        batchRows = 1_000
        indexes = [Self.allIndexes]
        searches = []
    }

    /// Whether the indexes are the user's.
    var hasChosenIndexes: Bool { !indexes.isEmpty }

    /// The indexes to measure on data of a size. The n-th search belongs to the n-th index; an index without one is
    /// searched with its defaults.
    ///
    /// - Throws: `UsageError` for texts that cannot be read.
    func plans(rows: Int, dimension: Int) throws -> [BenchPlan] {
        guard searches.count <= indexes.count else {
            throw UsageError(
                "\(searches.count) --search for \(indexes.count) --index; the n-th search belongs to the n-th index"
            )
        }
        guard !indexes.isEmpty else { return try standardPlans() }
        return try indexes.enumerated().flatMap { number, index in
            let search = number < searches.count ? searches[number] : nil
            guard index == Self.allIndexes else { return [try BenchPlan(index, search: search ?? "")] }
            return try everyPlan(search: search, rows: rows, dimension: dimension)
        }
    }

    /// What is measured when no index is named.
    private func standardPlans() throws -> [BenchPlan] {
        let widths = [16, 32, 64, 128, 256].filter { $0 >= k }
        let search = "ef=" + (widths.isEmpty ? [k, 2 * k] : widths).map(String.init).joined(separator: ",")
        return [
            try BenchPlan("FLAT", search: ""), try BenchPlan("HNSW(M=16,efConstruction=200)", search: search),
        ]
    }

    private func everyPlan(search: String?, rows: Int, dimension: Int) throws -> [BenchPlan] {
        guard search == nil || search == BenchPlan.Searches.automaticName else {
            throw UsageError("--search '\(search!)' cannot suit every index of --index all; take --search auto")
        }
        let build = StandardBuild(rows: rows, dimension: dimension)
        return try StandardBuild.types.map { type in
            try BenchPlan(
                build.specification(type).description, search: BenchPlan.Searches.automaticName)
        }
    }
}
