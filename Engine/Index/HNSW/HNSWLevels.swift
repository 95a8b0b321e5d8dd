/// Draws the level of each row and the order in which rows enter the graph, from a seed.
///
/// A row reaches level l with probability M^-l. Rows enter from the highest level down and shuffled within a
/// level, so that the order in which users insert (sorted by cluster, say) has no influence on the graph.
struct HNSWLevels {
    /// The level of each row; 0 for the members of duplicate groups.
    private(set) var levels: [UInt8]
    /// The rows that are linked, first to enter first; its first row is the entry of the graph.
    let insertionOrder: [UInt32]

    init(rowCount: Int, m: Int, seed: UInt64, duplicates: DuplicateGroups) {
        var levels = (0..<rowCount).map { Self.level(StableHash.hash(UInt64($0), seed: seed), m: UInt64(m)) }
        var isMember = RowSet(capacity: rowCount)
        for row in duplicates.members {
            levels[Int(row)] = 0
            isMember.insert(Int(row))
        }
        var keys: [UInt64] = []
        keys.reserveCapacity(rowCount)
        for row in 0..<rowCount where !isMember.contains(row) {
            let shuffle = StableHash.hash(UInt64(row), seed: ~seed) >> 38
            keys.append(UInt64(HNSWGraph.maximumLevel - Int(levels[row])) << 58 | shuffle << 32 | UInt64(row))
        }
        keys.sort()
        insertionOrder = keys.map { UInt32(truncatingIfNeeded: $0) }
        self.levels = levels
    }

    /// How often `draw` is below 2^64 / m, 2^64 / m^2 and so on: integers alone, the same on every machine.
    private static func level(_ draw: UInt64, m: UInt64) -> UInt8 {
        var level: UInt8 = 0
        var bound = UInt64.max / m
        while draw < bound && level < HNSWGraph.maximumLevel {
            level += 1
            bound /= m
        }
        return level
    }
}
