import Apus
import Common

/// What `apus bench` measures.
struct BenchOptions {
    enum Mode: String, CaseIterable {
        case single, batch
    }

    /// An index with the searches that it is measured by.
    struct IndexPlan {
        let specification: IndexSpecification
        let definition: IndexDefinition
        let searches: [ParameterList]
    }

    var plans: [IndexPlan]
    /// Whether the plans are the user's.
    let hasChosenIndexes: Bool
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

    static let quickSeconds = 0.2
    static let quickRows = 5_000

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
        hasChosenIndexes = arguments.isPresent("index")
        plans = try Self.plans(
            indexes: arguments.strings("index"), searches: arguments.strings("search"), metric: metric, k: k)
    }

    /// The n-th search belongs to the n-th index; an index without one is searched with its defaults.
    private static func plans(
        indexes: [String], searches: [String], metric: Metric, k: Int
    ) throws -> [IndexPlan] {
        guard searches.count <= indexes.count else {
            throw UsageError(
                "\(searches.count) --search for \(indexes.count) --index; the n-th search belongs to the n-th index"
            )
        }
        guard !indexes.isEmpty else { return try standardPlans(metric: metric, k: k) }
        return try indexes.enumerated().map { number, index in
            try plan(index, search: number < searches.count ? searches[number] : "", metric: metric)
        }
    }

    private static func plan(_ index: String, search: String, metric: Metric) throws -> IndexPlan {
        let specification = try parseIndexSpecification(index)
        return IndexPlan(
            specification: specification,
            definition: try IndexDefinition(specification, metric: metric),
            searches: try parseSearchGrid(search))
    }

    /// What is measured when no index is named.
    private static func standardPlans(metric: Metric, k: Int) throws -> [IndexPlan] {
        let widths = [16, 32, 64, 128, 256].filter { $0 >= k }
        let ef = (widths.isEmpty ? [k, 2 * k] : widths).map(String.init).joined(separator: ",")
        return [
            try plan("FLAT", search: "", metric: metric),
            try plan("HNSW(M=16,efConstruction=200)", search: "ef=\(ef)", metric: metric),
        ]
    }
}

extension IndexDefinition {
    /// - Throws: `UsageError` for a type that is not known, `ApusError` for a parameter that is not permitted.
    init(_ specification: IndexSpecification, metric: Metric) throws {
        guard let type = IndexType(rawValue: specification.type.uppercased()) else {
            let known = IndexType.allCases.map(\.rawValue).joined(separator: ", ")
            throw UsageError("there is no index type '\(specification.type)'; there are \(known)")
        }
        try self.init(type, metric: metric, parameters: Parameters(specification.parameters))
    }
}

extension Parameters {
    /// Texts as the values that they look like.
    init(_ list: ParameterList) {
        self = list.dictionary.mapValues { text in
            if let integer = Int(text) { return .integer(integer) }
            if let number = Double(text) { return .number(number) }
            if let boolean = Bool(text) { return .boolean(boolean) }
            return .text(text)
        }
    }
}
