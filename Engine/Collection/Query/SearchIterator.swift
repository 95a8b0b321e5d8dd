import Synchronization

/// The neighbours of one query, batch by batch, nearest first, until all permitted entities were given.
///
/// It sees the collection as it was when the iterator was made, whatever is written, sealed, merged or released
/// meanwhile: each entity of that moment that the request permits comes once, none of a later one. Sparse vectors
/// without a dimension in common with the query are no neighbours. It keeps the rows of that moment in memory, and
/// the files that their vectors are read from open, until it is let go.
///
/// With an exact index, or none, the order is exact. An approximate index may find an entity late, which then comes
/// after some that are farther; the entities that it never finds come from a scan of what is left.
///
///     let iterator = try collection.searchIterator(SearchRequest(vectors: query, limit: 100))
///     while case let hits = try iterator.next(), !hits.isEmpty { ... }
public final class SearchIterator: Sendable {
    private struct Progress {
        var neighbors: MergedNeighbors
        var remaining: Int
        var statistics = SearchStatistics()
    }

    private let batchSize: Int
    private let range: DistanceRange?
    private let search: PreparedSearch
    private let reader: HitReader
    private let progress: Mutex<Progress>
    private let requireOpen: @Sendable () throws -> Void

    init(
        _ search: PreparedSearch, total: Int?, requireOpen: @escaping @Sendable () throws -> Void
    ) throws {
        try Self.check(search, total: total)
        batchSize = search.request.limit
        self.requireOpen = requireOpen
        self.search = search
        range = search.range
        reader = search.reader
        let effort = NeighborEffort(search.target, search.parameters, wanted: batchSize)
        var statistics = SearchStatistics()
        let first = try search.withQueries { queries in
            try search.rows.parts.map { try effort.firstSearch($0, queries, &statistics)[0] }
        }
        progress = Mutex(
            Progress(
                neighbors: MergedNeighbors(search.rows, effort, first: first), remaining: total ?? .max,
                statistics: statistics))
    }

    private static func check(_ search: PreparedSearch, total: Int?) throws {
        let request = search.request
        guard search.target.queryCount == 1 else {
            throw ApusError(
                .invalidArgument, "an iterator follows one query, not \(search.target.queryCount); take one for each")
        }
        guard request.grouping == nil, request.offset == 0, total ?? 0 >= 0 else {
            throw ApusError(
                .invalidArgument, "an iterator takes no groups, no offset and no negative total; leave them out")
        }
    }

    /// The work of all batches so far.
    public var statistics: SearchStatistics { progress.withLock { $0.statistics } }

    /// The next hits, as many as a batch holds or are left; none once all were given.
    ///
    /// - Throws: `ApusError` with code `closed` after the collection was closed or dropped.
    public func next() throws -> [Hit] {
        try requireOpen()
        return try ApusError.translating {
            try progress.withLock { progress in
                // A batch that cannot be read now is read again by the next call.
                var after = progress
                let found = try search.withQueries { try take(&after, $0) }
                let hits = try found.map { try reader.hit($0, query: 0) }
                progress = after
                return hits
            }
        }
    }

    private func take(_ progress: inout Progress, _ query: QueryBlock) throws -> [FoundEntity] {
        var found: [FoundEntity] = []
        let count = min(batchSize, progress.remaining)
        while found.count < count, let next = try progress.neighbors.next(query, &progress.statistics) {
            if let range, next.distance >= range.farthest {
                progress.remaining = 0
                return found
            }
            if let nearest = range?.nearest, next.distance < nearest { continue }
            found.append(next)
        }
        progress.remaining -= found.count
        return found
    }
}
