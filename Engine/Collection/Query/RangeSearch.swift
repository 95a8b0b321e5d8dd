/// The distances that a range search wants, smaller being closer: from `nearest` on and below `farthest`.
struct DistanceRange {
    let nearest: Float?
    let farthest: Float

    /// - Throws: `ApusError` with code `invalidArgument` for a range that is empty by the metric.
    init(_ range: ScoreRange, metric: Metric) throws {
        farthest = metric.distance(fromScore: range.radius)
        nearest = range.rangeFilter.map { metric.distance(fromScore: $0) }
        guard !range.radius.isNaN, range.rangeFilter.map({ !$0.isNaN }) ?? true else {
            throw ApusError(.invalidArgument, "radius and range_filter must be numbers, not NaN")
        }
        guard nearest.map({ $0 < farthest }) ?? true else {
            throw ApusError(
                .invalidArgument,
                "metric type \(metric.rawValue), range_filter(\(range.rangeFilter!)) must be "
                    + "\(metric.prefersLarger ? "greater" : "less") than radius(\(range.radius))")
        }
    }
}

/// The nearest entities of one query whose distance lies in a range.
///
/// Takes neighbours until they leave the range or are enough, so it finds as much of the range as searches for that many
/// neighbours find, and all of it where an index is exact.
struct RangeSearch {
    let range: DistanceRange
    /// Entities wanted.
    let count: Int

    func run(
        _ neighbors: inout MergedNeighbors, _ query: QueryBlock, _ statistics: inout SearchStatistics
    ) throws -> [FoundEntity] {
        var inside: [FoundEntity] = []
        while inside.count < count, let next = try neighbors.next(query, &statistics), next.distance < range.farthest {
            if let nearest = range.nearest, next.distance < nearest { continue }
            inside.append(next)
        }
        // An approximate index may give a nearer row after a farther one.
        return inside.sorted(by: FoundEntity.precedes)
    }
}
