import Common

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Gives the exact neighbours: from a file that passes a check, from the cache, or by comparing everything.
struct TruthFinder {
    let base: VectorSet
    let queries: VectorSet
    let distance: Distance
    let k: Int
    /// Where computed neighbours are kept, under a name that the content of the data decides.
    let cacheFolder: String?

    /// Queries whose neighbours in a file are compared with those computed here.
    private static let checkedQueries = 3

    func find(given path: String?) throws -> Neighbors {
        if let path { return try read(path) }
        guard let cacheFolder else { return compute() }
        let cached = "\(cacheFolder)/\(cacheName)"
        if SystemFile.exists(cached) { return try read(cached) }
        let truth = compute()
        mkdir(cacheFolder, 0o777)
        try VectorFile.write(truth.ids, to: cached)
        return truth
    }

    private var cacheName: String {
        "neighbors-\(DataDigest.of(base))-\(DataDigest.of(queries))-\(distance.rawValue)-\(k).ibin"
    }

    private func read(_ path: String) throws -> Neighbors {
        let truth = try NeighborFile.read(path, baseCount: base.count, queries: queries.count)
        guard truth.k >= k else {
            throw UsageError("\(path) holds \(truth.k) neighbours of each query; --k \(k) needs as many")
        }
        try check(truth, path: path)
        return truth
    }

    /// Neighbours of another base or another metric would make every recall wrong without anyone noticing.
    private func check(_ truth: Neighbors, path: String) throws {
        let sample = queries.prefix(Self.checkedQueries)
        let exact = GroundTruth.exact(base: base, queries: sample, distance: distance, k: k)
        let found = (0..<sample.count).map { query in Array(truth.ids.row(query).prefix(k)) }
        let recalls = Recall.perQuery(
            found: found, truth: exact, base: base, queries: sample, distance: distance, k: k)
        guard let query = recalls.firstIndex(where: { $0 < 1 }) else { return }
        throw UsageError(
            "\(path): the neighbours of query \(query) are not the nearest rows of the base by "
                + "\(distance.rawValue); give the file that belongs to them, or none to compute them")
    }

    private func compute() -> Neighbors {
        let progress = Progress("exact neighbours", total: queries.count)
        defer { progress.finish() }
        return GroundTruth.exact(
            base: base, queries: queries, distance: distance, k: k, progress: progress)
    }
}
