/// A search for which it shows only on the way how many neighbours it needs: by range, or by group.
struct OpenEndedSearch {
    private let search: PreparedSearch
    private let effort: NeighborEffort

    init(_ search: PreparedSearch) {
        self.search = search
        effort = NeighborEffort(search.target, search.parameters, wanted: search.request.lastRank)
    }

    func run(_ queries: QueryBlock, _ statistics: inout SearchStatistics) throws -> [[Hit]] {
        let first = try search.rows.parts.map { try effort.firstSearch($0, queries, &statistics) }
        return try (0..<queries.count).map { query in
            var neighbors = MergedNeighbors(search.rows, effort, first: first.map { $0[query] })
            return try hits(&neighbors, query, queries.only(query), &statistics)
        }
    }

    private func hits(
        _ neighbors: inout MergedNeighbors, _ number: Int, _ query: QueryBlock, _ statistics: inout SearchStatistics
    ) throws -> [Hit] {
        let request = search.request
        guard let grouping = request.grouping else {
            return try RangeSearch(range: search.range!, count: request.lastRank)
                .run(&neighbors, query, &statistics).dropFirst(request.offset).map {
                    try search.reader.hit($0, query: number)
                }
        }
        let groups = try GroupBySearch(
            parts: search.rows.parts, field: try search.state.schema.requirePosition(of: grouping.field),
            grouping: grouping, count: request.lastRank
        ).run(&neighbors, query, &statistics)
        return try groups.dropFirst(request.offset).flatMap { group in
            try group.entities.map { try search.reader.hit($0, query: number, group: group.value) }
        }
    }
}

extension QueryBlock {
    /// One of the queries alone. The memory is that of the block.
    func only(_ index: Int) -> QueryBlock {
        guard let sparse else {
            return QueryBlock(base: query(index), element: element, count: 1, dimension: dimension)
        }
        return QueryBlock(
            SparseQueries(vectors: [sparse.vectors[index]], scoring: sparse.scoring, statistics: sparse.statistics))
    }
}
