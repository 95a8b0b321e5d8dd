/// The primary keys of a sealed segment, and their order for looking one up.
final class KeyTable: Sendable {
    let column: Column
    let filter: KeyFilter
    /// Rows by ascending key; nil where the rows ascend already.
    private let order: [UInt32]?

    /// O(n), and O(n log n) where the keys do not ascend.
    init(_ column: Column) {
        self.column = column
        filter = KeyFilter(column)
        let ascends = (0..<max(column.count - 1, 0)).allSatisfy { Self.precedes(column, $0, $0 + 1) }
        order =
            ascends
            ? nil
            : (0..<UInt32(column.count)).sorted {
                Self.precedes(column, Int($0), Int($1)) || (!Self.precedes(column, Int($1), Int($0)) && $0 < $1)
            }
    }

    /// The last row that has the key. O(log n), also for a key of which there are many versions.
    func newestRow(of key: PrimaryKey) -> Int? {
        let place = upperBound(of: key) - 1
        guard place >= 0, column.key(at: row(atPlace: place)) == key else { return nil }
        return row(atPlace: place)
    }

    var memoryBytes: Int { column.memoryBytes + filter.memoryBytes + (order?.count ?? 0) * MemoryLayout<UInt32>.size }

    /// The row at a place of the order by ascending key. Versions of one key come by ascending row.
    func row(atPlace place: Int) -> Int { order.map { Int($0[place]) } ?? place }

    /// The first place behind the rows that have the key.
    private func upperBound(of key: PrimaryKey) -> Int {
        var low = 0
        var high = column.count
        while low < high {
            let middle = (low + high) / 2
            if key < column.key(at: row(atPlace: middle)) { high = middle } else { low = middle + 1 }
        }
        return low
    }

    private static func precedes(_ column: Column, _ left: Int, _ right: Int) -> Bool {
        column.withBytes(at: left) { left in
            column.withBytes(at: right) { right in
                if column.type == .int64 {
                    return left.loadUnaligned(as: Int64.self) < right.loadUnaligned(as: Int64.self)
                }
                return left.lexicographicallyPrecedes(right)
            }
        }
    }
}
