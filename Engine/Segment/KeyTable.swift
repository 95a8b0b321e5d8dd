/// The primary keys of a sealed segment, and their order for looking one up.
final class KeyTable: Sendable {
    let column: Column
    /// Rows by ascending key; nil where the rows ascend already.
    private let order: [UInt32]?

    /// O(n), and O(n log n) where the keys do not ascend.
    init(_ column: Column) {
        self.column = column
        let ascends = (0..<max(column.count - 1, 0)).allSatisfy { Self.precedes(column, $0, $0 + 1) }
        order =
            ascends
            ? nil
            : (0..<UInt32(column.count)).sorted {
                Self.precedes(column, Int($0), Int($1)) || (!Self.precedes(column, Int($1), Int($0)) && $0 < $1)
            }
    }

    /// The rows that have the key, ascending. O(log n).
    func rows(of key: PrimaryKey) -> [Int] {
        var found: [Int] = []
        var place = lowerBound(of: key)
        while place < column.count, column.key(at: row(place)) == key {
            found.append(row(place))
            place += 1
        }
        return found
    }

    var memoryBytes: Int { column.memoryBytes + (order?.count ?? 0) * MemoryLayout<UInt32>.size }

    private func row(_ place: Int) -> Int { order.map { Int($0[place]) } ?? place }

    private func lowerBound(of key: PrimaryKey) -> Int {
        var low = 0
        var high = column.count
        while low < high {
            let middle = (low + high) / 2
            if column.key(at: row(middle)) < key { low = middle + 1 } else { high = middle }
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
