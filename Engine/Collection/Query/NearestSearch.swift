/// The nearest entities of each query: the nearest of each segment, merged.
struct NearestSearch {
    private let search: PreparedSearch

    init(_ search: PreparedSearch) { self.search = search }

    func run(_ queries: QueryBlock, _ statistics: inout SearchStatistics) throws -> [[Hit]] {
        let request = search.request
        let found = try search.rows.parts.map { part in
            try part.segment.search(
                field: search.target.field, queries, k: min(request.lastRank, part.count),
                parameters: search.parameters, permitted: part.permitted, statistics: &statistics)
        }
        return try (0..<queries.count).map { query in
            try merged(found.map { $0[query] }).prefix(request.lastRank).dropFirst(request.offset).map {
                try search.reader.hit($0, query: query)
            }
        }
    }

    /// The neighbours of all segments, equal distances by key.
    private func merged(_ found: [[Neighbor]]) -> [FoundEntity] {
        var entities: [FoundEntity] = []
        for (part, neighbors) in found.enumerated() {
            let segment = search.rows.parts[part].segment
            for neighbor in neighbors {
                let row = Int(neighbor.row)
                entities.append(
                    FoundEntity(distance: neighbor.distance, key: segment.key(at: row), part: part, row: row))
            }
        }
        return entities.sorted(by: FoundEntity.precedes)
    }
}
