import Apus
import Common

/// Base rows, queries and their exact neighbours.
struct BenchData {
    let name: String
    let base: VectorSet
    let queries: VectorSet
    let truth: Neighbors
    let distance: Distance

    /// The same with the first queries only.
    func withQueries(_ count: Int) -> BenchData {
        BenchData(
            name: name, base: base, queries: queries.prefix(count), truth: truth.prefix(count), distance: distance)
    }

    /// Reads what the flags name; without `--base` the real texts. Neighbours that are missing, or that belong to
    /// more rows than are used, are computed.
    ///
    /// - Throws: `DataError` naming the file; `UsageError` for files that do not go together.
    static func load(
        _ source: BenchFiles, _ arguments: ParsedArguments, metric: Metric, k: Int
    ) throws -> BenchData {
        let rows = try arguments.integer("rows", in: 1...Int.max)
        let limit = rows ?? (arguments.isPresent("quick") ? BenchOptions.quickRows : nil)
        let base = try VectorFile.read(source.base, rows: limit)
        let queries = try VectorFile.read(source.queries)
        guard base.dimension == queries.dimension else {
            throw UsageError(
                "\(source.queries) has dimension \(queries.dimension), \(source.base) has \(base.dimension)")
        }
        let isWhole = try base.count == VectorFile.layout(of: source.base).rows
        let distance = Distance(rawValue: metric.rawValue)!
        let finder = TruthFinder(
            base: base, queries: queries, distance: distance, k: min(k, base.count),
            cacheFolder: arguments.string("neighbors-cache"))
        let given = isWhole ? source.neighbors(for: distance) : nil
        return BenchData(
            name: isWhole ? source.name : "\(source.name)-first-\(base.count)", base: base, queries: queries,
            truth: try finder.find(given: given), distance: distance)
    }
}

/// The files that a benchmark reads.
struct BenchFiles {
    let name: String
    let base: String
    let queries: String
    private let neighbors: String?
    /// The distance that the neighbours are known to belong to; nil where the user says so.
    private let neighborsDistance: Distance?

    /// What the files are for.
    enum Purpose {
        case search, withoutQueries
    }

    init(_ arguments: ParsedArguments, purpose: Purpose = .search) throws {
        if let base = arguments.string("base") {
            let queries = arguments.string("queries")
            guard queries != nil || purpose == .withoutQueries else {
                throw UsageError("--base needs --queries FILE")
            }
            self.base = base
            self.queries = queries ?? base
            name = Self.name(of: base)
            neighbors = arguments.string("neighbors")
            neighborsDistance = nil
            return
        }
        for flag in ["queries", "neighbors"] where arguments.isPresent(flag) {
            throw UsageError("--\(flag) needs --base FILE")
        }
        let folder = try DataSets.folder(RealTexts.name)
        name = RealTexts.name
        base = folder + "/base.npy"
        queries = folder + "/queries.npy"
        neighbors = folder + "/neighbors.npy"
        neighborsDistance = RealTexts.distance
    }

    func neighbors(for distance: Distance) -> String? {
        neighborsDistance == nil || neighborsDistance == distance ? neighbors : nil
    }

    /// The name of the file without its ending, or of its folder where the file is just called the base.
    static func name(of path: String) -> String {
        let parts = path.split(separator: "/").map(String.init)
        let file = parts.last ?? path
        let stem = file.lastIndex(of: ".").map { String(file[..<$0]) } ?? file
        return stem == "base" && parts.count > 1 ? parts[parts.count - 2] : stem
    }
}
