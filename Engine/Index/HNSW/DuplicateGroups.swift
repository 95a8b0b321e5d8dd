#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Rows of equal bytes. The lowest row of each group stands for the others, its members, which no graph links:
/// a graph over thousands of equal rows would spend all their links on each other and lose most of them.
struct DuplicateGroups: Sendable, Equatable {
    /// Rows that stand for others, ascending.
    private(set) var representatives: [UInt32] = []
    /// Members of group g: `members[starts[g] ..< starts[g + 1]]`, ascending.
    private(set) var starts: [UInt32] = [0]
    private(set) var members: [UInt32] = []

    /// No duplicates.
    init() {}

    /// Finds the groups among the first `count` rows. O(count) hashes and a sort.
    init(rows: VectorRows, count: Int, team: WorkerTeam) {
        let hashed = Self.hashes(of: rows, count: count, team: team)
        var groups: [[UInt32]] = []
        var start = 0
        while start < count {
            var end = start + 1
            while end < count && hashed[end].hash == hashed[start].hash { end += 1 }
            if end - start > 1 { groups += Self.groups(among: hashed[start..<end].map(\.row), rows: rows) }
            start = end
        }
        groups.sort { $0[0] < $1[0] }
        for group in groups { append(representative: group[0], members: group.dropFirst()) }
    }

    /// Restores groups; nil unless representatives and members are ascending, disjoint and below `rowCount`.
    init?(representatives: [UInt32], starts: [UInt32], members: [UInt32], rowCount: Int) {
        guard starts.count == representatives.count + 1, starts.first == 0,
            starts.last == UInt32(members.count), zip(starts, starts.dropFirst()).allSatisfy({ $0 < $1 }),
            zip(representatives, representatives.dropFirst()).allSatisfy({ $0 < $1 })
        else { return nil }
        var seen = RowSet(capacity: rowCount)
        for row in representatives + members {
            guard row < rowCount, seen.insert(Int(row)) else { return nil }
        }
        for group in representatives.indices {
            let rows = [representatives[group]] + members[Int(starts[group])..<Int(starts[group + 1])]
            guard zip(rows, rows.dropFirst()).allSatisfy({ $0 < $1 }) else { return nil }
        }
        self.representatives = representatives
        self.starts = starts
        self.members = members
    }

    var isEmpty: Bool { representatives.isEmpty }

    var memoryBytes: Int { 4 * (representatives.count + starts.count + members.count) }

    /// The rows equal to `row`, without it; empty unless `row` stands for others. O(log groups).
    func members(of row: UInt32) -> ArraySlice<UInt32> {
        var low = 0
        var high = representatives.count
        while low < high {
            let middle = (low + high) / 2
            if representatives[middle] < row { low = middle + 1 } else { high = middle }
        }
        guard low < representatives.count, representatives[low] == row else { return [] }
        return members[Int(starts[low])..<Int(starts[low + 1])]
    }

    private mutating func append(representative: UInt32, members newMembers: ArraySlice<UInt32>) {
        representatives.append(representative)
        members += newMembers
        starts.append(UInt32(members.count))
    }

    private struct HashedRow {
        let hash: UInt64
        let row: UInt32
    }

    /// The hash of each row, sorted by hash and row.
    private static func hashes(of rows: VectorRows, count: Int, team: WorkerTeam) -> [HashedRow] {
        var hashed = [HashedRow](unsafeUninitializedCapacity: count) { buffer, initialized in
            let target = buffer.baseAddress
            team.forEach(count, grain: 1024) { range, _ in
                for row in range {
                    let bytes = UnsafeRawBufferPointer(start: rows.row(row), count: rows.strideBytes)
                    (target! + row).initialize(
                        to: HashedRow(hash: StableHash.hash(bytes), row: UInt32(row)))
                }
            }
            initialized = count
        }
        hashed.sort { $0.hash != $1.hash ? $0.hash < $1.hash : $0.row < $1.row }
        return hashed
    }

    /// Splits rows of equal hash by their bytes; groups of one are left out.
    private static func groups(among candidates: [UInt32], rows: VectorRows) -> [[UInt32]] {
        var groups: [[UInt32]] = []
        for row in candidates {
            let group = groups.firstIndex {
                memcmp(rows.row(Int($0[0])), rows.row(Int(row)), rows.strideBytes) == 0
            }
            if let group { groups[group].append(row) } else { groups.append([row]) }
        }
        return groups.filter { $0.count > 1 }
    }
}
