/// Rows sorted by the group that each belongs to, ascending within a group.
struct GroupedRows: Sendable {
    /// Group g holds `rows[starts[g] ..< starts[g + 1]]`.
    let starts: [Int]
    let rows: [UInt32]

    /// O(rows + groups).
    ///
    /// - Parameter labels: the group of each row, all below `groupCount`.
    init(labels: [UInt32], groupCount: Int) {
        var counts = [Int](repeating: 0, count: groupCount + 1)
        for label in labels { counts[Int(label) + 1] += 1 }
        for group in 0..<groupCount { counts[group + 1] += counts[group] }
        starts = counts
        rows = [UInt32](unsafeUninitializedCapacity: labels.count) { rows, filled in
            for (row, label) in labels.enumerated() {
                rows[counts[Int(label)]] = UInt32(row)
                counts[Int(label)] += 1
            }
            filled = labels.count
        }
    }

    var groupCount: Int { starts.count - 1 }

    subscript(group: Int) -> ArraySlice<UInt32> { rows[starts[group]..<starts[group + 1]] }
}
