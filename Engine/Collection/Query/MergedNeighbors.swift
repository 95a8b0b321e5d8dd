/// A neighbour of a query, with what it takes to order it among those of other segments and to read it.
struct FoundEntity {
    let distance: Float
    let key: PrimaryKey
    /// Position among the parts of the selection.
    let part: Int
    let row: Int

    /// By distance, equal distances by key.
    static func precedes(_ left: FoundEntity, _ right: FoundEntity) -> Bool {
        left.distance != right.distance ? left.distance < right.distance : left.key < right.key
    }
}

/// Ever more neighbours of one query in all segments, nearest first: the streams of the segments, merged.
struct MergedNeighbors {
    private let parts: [SelectedRows.Part]
    private var streams: [NeighborStream]
    /// The next neighbour of each segment, as a heap with the nearest at the root.
    private var heads: [FoundEntity] = []
    private var isStarted = false

    /// - Parameter first: for each part of the selection the answer to `effort.firstSearch`.
    init(_ rows: SelectedRows, _ effort: NeighborEffort, first: [[Neighbor]]) {
        parts = rows.parts
        streams = zip(rows.parts, first).map { NeighborStream($0, effort, first: $1) }
    }

    /// The next neighbour; nil once there is none. `query` is the one that the streams were made for.
    mutating func next(_ query: QueryBlock, _ statistics: inout SearchStatistics) throws -> FoundEntity? {
        if !isStarted {
            for part in parts.indices { try advance(part, query, &statistics) }
            isStarted = true
        }
        guard let first = heads.first else { return nil }
        heads.swapAt(0, heads.count - 1)
        heads.removeLast()
        heads.siftDown(FoundEntity.precedes)
        try advance(first.part, query, &statistics)
        return first
    }

    private mutating func advance(
        _ part: Int, _ query: QueryBlock, _ statistics: inout SearchStatistics
    ) throws {
        guard let neighbor = try streams[part].next(query, &statistics) else { return }
        let row = Int(neighbor.row)
        heads.append(
            FoundEntity(
                distance: neighbor.distance, key: parts[part].segment.key(at: row), part: part, row: row))
        heads.siftUp(FoundEntity.precedes)
    }
}
