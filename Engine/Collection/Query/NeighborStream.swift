/// Ever more neighbours of one query among the permitted rows of a segment, nearest first, each row once, until all of
/// them were given.
///
/// The index is asked for twice as many neighbours each time, with an effort that grows with them, so all searches
/// together cost about twice the last. Where another one would cost as much as comparing the rows that are left, these
/// are compared. An exact index is asked once before that, and its order is exact throughout. An approximate index may
/// find a row late: it is then given as soon as it is found, after rows that are farther.
struct NeighborStream {
    private let part: SelectedRows.Part
    private let effort: NeighborEffort
    /// Permitted rows that were not given yet; nil while the first search lasts.
    private var remaining: RowSet?
    private var found: [Neighbor]
    private var position = 0
    /// Neighbours that the last search asked for.
    private var asked: Int
    /// Whether `found` holds all that will ever be found.
    private var isComplete: Bool

    /// - Parameters:
    ///   - first: the answer of the segment to `effort.firstSearch`.
    init(_ part: SelectedRows.Part, _ effort: NeighborEffort, first: [Neighbor]) {
        self.part = part
        self.effort = effort
        found = first
        asked = effort.firstCount
        isComplete = first.count == part.count || (effort.isExact && first.count < effort.firstCount)
    }

    /// The next neighbour; nil once there is none. `query` is the one that the stream was made for.
    mutating func next(_ query: QueryBlock, _ statistics: inout SearchStatistics) throws -> Neighbor? {
        while position == found.count {
            if isComplete { return nil }
            try widen(query, &statistics)
        }
        defer { position += 1 }
        remaining?.remove(Int(found[position].row))
        return found[position]
    }

    private mutating func widen(_ query: QueryBlock, _ statistics: inout SearchStatistics) throws {
        let remaining = self.remaining ?? rowsBehindFirst()
        let wanted = asked * 2
        var next: [Neighbor]
        if effort.scans(part, for: wanted) {
            next = try part.segment.exactSearch(
                field: effort.field, query, k: max(remaining.count, 1), permitted: remaining,
                statistics: &statistics)[0]
            isComplete = true
        } else {
            next = try part.segment.search(
                field: effort.field, query, k: wanted, parameters: effort.parameters(for: wanted),
                permitted: part.permitted, statistics: &statistics)[0]
            next.removeAll { !remaining.contains(Int($0.row)) }
        }
        (found, position, asked, self.remaining) = (next, 0, wanted, remaining)
    }

    private func rowsBehindFirst() -> RowSet {
        var rows = part.permitted ?? RowSet.full(capacity: part.segment.rows.rowCount)
        for neighbor in found { rows.remove(Int(neighbor.row)) }
        return rows
    }
}
