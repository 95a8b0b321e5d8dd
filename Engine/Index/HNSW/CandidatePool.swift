/// The nearest rows seen by a graph walk, sorted, each marked when the walk has followed its links.
///
/// Both the set C of candidates and the set W of results of Malkov and Yashunin's Algorithm 2: with at most
/// `limit` rows kept, the nearest row not yet expanded is the next candidate, and the walk ends when there is none.
/// An entry is one word, so that an insertion is a binary search and a move of memory.
struct CandidatePool: ~Copyable {
    /// Distance in the high half, row and the mark in the low half: keys order by distance, then by row.
    private var keys: UnsafeMutablePointer<UInt64>
    private var capacity: Int
    private(set) var count = 0
    private var limit = 0
    /// No unexpanded entry lies before this one.
    private var cursor = 0

    /// Rows must fit beside the mark.
    static let maximumRowCount = 1 << 31

    init() {
        capacity = 64
        keys = .allocate(capacity: capacity)
    }

    deinit { keys.deallocate() }

    /// Empties the pool and sets how many rows it keeps.
    mutating func reset(limit newLimit: Int) {
        precondition(newLimit > 0)
        if newLimit > capacity {
            keys.deallocate()
            capacity = newLimit
            keys = .allocate(capacity: capacity)
        }
        limit = newLimit
        count = 0
        cursor = 0
    }

    /// Lets the pool keep more rows than before.
    mutating func widen(to newLimit: Int) {
        guard newLimit > limit else { return }
        limit = newLimit
        guard newLimit > capacity else { return }
        let wider = UnsafeMutablePointer<UInt64>.allocate(capacity: newLimit)
        wider.update(from: keys, count: count)
        keys.deallocate()
        keys = wider
        capacity = newLimit
    }

    func distance(at index: Int) -> Float { OrderedFloat.float(UInt32(keys[index] >> 32)) }

    func row(at index: Int) -> UInt32 { UInt32(truncatingIfNeeded: keys[index]) >> 1 }

    func neighbor(at index: Int) -> Neighbor { Neighbor(distance: distance(at: index), row: row(at: index)) }

    /// A row farther than this cannot enter; infinite while there is room.
    @inline(__always)
    var worstDistance: Float { count < limit ? .infinity : distance(at: count - 1) }

    /// Takes a row in if it is among the nearest `limit`. O(log limit) comparisons and one move of memory.
    ///
    /// - Returns: whether the row is now the nearest that is not expanded.
    @inline(__always)
    @discardableResult
    mutating func insert(_ distance: Float, _ row: UInt32) -> Bool {
        let key = UInt64(OrderedFloat.ordered(distance)) << 32 | UInt64(row << 1)
        if count == limit {
            if key >= keys[count - 1] { return false }
            count -= 1
        }
        let position = lowerBound(key)
        (keys + position + 1).update(from: keys + position, count: count - position)
        keys[position] = key
        count += 1
        if position > cursor { return false }
        cursor = position
        return true
    }

    /// Marks the nearest unexpanded row and returns it; nil if every row is expanded.
    @inline(__always)
    mutating func expandNearest() -> UInt32? {
        while cursor < count {
            let key = keys[cursor]
            if key & 1 == 0 {
                keys[cursor] = key | 1
                cursor += 1
                return UInt32(truncatingIfNeeded: key) >> 1
            }
            cursor += 1
        }
        return nil
    }

    /// The row that `expandNearest` would return if nothing nearer came in; nil if it is not at hand.
    @inline(__always)
    var likelyNext: UInt32? {
        cursor < count ? UInt32(truncatingIfNeeded: keys[cursor]) >> 1 : nil
    }

    /// How many of the rows are such.
    func count(where isWanted: (UInt32) -> Bool) -> Int {
        (0..<count).reduce(0) { $0 + (isWanted(row(at: $1)) ? 1 : 0) }
    }

    /// Drops the other rows.
    mutating func keep(where isWanted: (UInt32) -> Bool) {
        var kept = 0
        for index in 0..<count where isWanted(row(at: index)) {
            keys[kept] = keys[index]
            kept += 1
        }
        count = kept
        cursor = 0
    }

    /// The first position whose key is not below `key`. Without branches to mispredict.
    @inline(__always)
    private func lowerBound(_ key: UInt64) -> Int {
        guard count > 0 else { return 0 }
        var start = 0
        var length = count
        while length > 1 {
            let half = length >> 1
            start = keys[start + half - 1] < key ? start + half : start
            length -= half
        }
        return keys[start] < key ? start + 1 : start
    }
}
