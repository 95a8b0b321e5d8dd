/// Selected rows by ascending primary key: the rows of each segment in order, merged.
struct KeyOrder {
    /// Where a row is.
    struct Place {
        /// Position among the parts of the selection.
        let part: Int
        let row: Int
    }

    private struct Head {
        let key: PrimaryKey
        let place: Place
    }

    private let parts: [SelectedRows.Part]
    private var orders: [PartOrder]
    /// The first row of each part that is left, as a heap with the smallest key at the root.
    private var heads: [Head] = []

    /// - Parameter limit: rows that are taken at most, if that is known.
    init(_ rows: SelectedRows, limit: Int?) {
        parts = rows.parts
        orders = parts.map { PartOrder($0, limit: limit) }
        for part in parts.indices { advance(part) }
    }

    /// The row with the next key. O(log parts), and what it takes to pass over rows that are not selected.
    mutating func next() -> Place? {
        guard let first = heads.first else { return nil }
        heads.swapAt(0, heads.count - 1)
        heads.removeLast()
        heads.siftDown { $0.key < $1.key }
        advance(first.place.part)
        return first.place
    }

    private mutating func advance(_ part: Int) {
        guard let row = orders[part].next() else { return }
        heads.append(Head(key: parts[part].segment.key(at: row), place: Place(part: part, row: row)))
        heads.siftUp { $0.key < $1.key }
    }
}

/// The selected rows of one segment by ascending key.
private struct PartOrder {
    private enum Rows {
        /// The order that the segment keeps, of which some rows are selected.
        case table(KeyTable, SelectedRows.Part)
        case sorted([UInt32])
    }

    private let rows: Rows
    private var place = 0

    /// Of fewer rows than one in this many, it is cheaper to sort them than to pass over the others.
    private static let sparseShare = 8

    init(_ part: SelectedRows.Part, limit: Int?) {
        if let keys = (part.segment as? SealedSegment)?.keys,
            part.count * Self.sparseShare >= part.segment.rows.rowCount
        {
            rows = .table(keys, part)
        } else {
            rows = .sorted(Self.sorted(part, limit: limit))
        }
    }

    mutating func next() -> Int? {
        switch rows {
        case .sorted(let rows):
            guard place < rows.count else { return nil }
            defer { place += 1 }
            return Int(rows[place])
        case .table(let keys, let part):
            while place < keys.column.count {
                defer { place += 1 }
                let row = keys.row(atPlace: place)
                if part.permits(row) { return row }
            }
            return nil
        }
    }

    private static func sorted(_ part: SelectedRows.Part, limit: Int?) -> [UInt32] {
        var first = FirstElements<(key: PrimaryKey, row: UInt32)>(limit: limit) { $0.key < $1.key }
        for row in part.rows { first.offer((part.segment.key(at: Int(row)), row)) }
        return first.sorted().map(\.row)
    }
}
