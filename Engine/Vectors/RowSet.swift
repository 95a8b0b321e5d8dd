/// A set of row positions of one segment, as a bitmap.
///
/// A value: a copy keeps its content whatever happens to the original, so a search can hold the set that was
/// in force when it began.
struct RowSet: Sendable, Equatable {
    /// Positions that the set can hold: 0 ..< capacity.
    let capacity: Int
    /// How many rows are in the set.
    private(set) var count: Int
    private(set) var words: [UInt64]

    /// An empty set.
    init(capacity: Int) {
        self.capacity = capacity
        count = 0
        words = Array(repeating: 0, count: (capacity + 63) / 64)
    }

    /// Restores a set from its bitmap; bits past `capacity` are refused by returning nil.
    init?(capacity: Int, words: [UInt64]) {
        guard words.count == (capacity + 63) / 64 else { return nil }
        if capacity % 64 != 0, let last = words.last, last >> UInt64(capacity % 64) != 0 { return nil }
        self.capacity = capacity
        self.words = words
        // Most words of a small set are zeros, which are passed over faster than counted.
        count = words.withUnsafeBufferPointer { words in
            var count = 0
            for word in words where word != 0 { count += word.nonzeroBitCount }
            return count
        }
    }

    /// All rows of 0 ..< capacity.
    static func full(capacity: Int) -> RowSet { RowSet(capacity: capacity).complement(upTo: capacity) }

    func contains(_ row: Int) -> Bool {
        words[row >> 6] & (1 << UInt64(row & 63)) != 0
    }

    /// Adds a row; returns false if it was there.
    @discardableResult
    mutating func insert(_ row: Int) -> Bool {
        precondition(row >= 0 && row < capacity)
        let bit: UInt64 = 1 << UInt64(row & 63)
        if words[row >> 6] & bit != 0 { return false }
        words[row >> 6] |= bit
        count += 1
        return true
    }

    /// Adds the rows of another set, each moved up by `offset`.
    mutating func insert(_ rows: RowSet, shiftedBy offset: Int) {
        rows.forEach(in: 0..<rows.capacity) { insert($0 + offset) }
    }

    /// Removes a row; returns false if it was not there.
    @discardableResult
    mutating func remove(_ row: Int) -> Bool {
        precondition(row >= 0 && row < capacity)
        let bit: UInt64 = 1 << UInt64(row & 63)
        if words[row >> 6] & bit == 0 { return false }
        words[row >> 6] &= ~bit
        count -= 1
        return true
    }

    /// The same rows in a set that can hold more.
    func extended(to capacity: Int) -> RowSet {
        precondition(capacity >= self.capacity)
        guard capacity > self.capacity else { return self }
        let missing = (capacity + 63) / 64 - words.count
        return RowSet(capacity: capacity, words: words + Array(repeating: 0, count: missing))!
    }

    /// The rows of 0 ..< `count` that are not in this set.
    func complement(upTo rowCount: Int) -> RowSet {
        precondition(rowCount <= capacity)
        var words = words[..<((rowCount + 63) / 64)].map { ~$0 }
        if rowCount % 64 != 0 { words[words.count - 1] &= (1 << UInt64(rowCount % 64)) - 1 }
        return RowSet(capacity: rowCount, words: words)!
    }

    /// Whether both are copies of one set, neither changed since. O(1).
    func isIdentical(to other: RowSet) -> Bool {
        capacity == other.capacity && count == other.count
            && words.withUnsafeBufferPointer { own in
                other.words.withUnsafeBufferPointer { own.baseAddress == $0.baseAddress }
            }
    }

    /// Calls `body` with the bitmap, for loops that test many rows. The set has room for some.
    @inline(__always)
    func withWords<Result>(_ body: (UnsafePointer<UInt64>) -> Result) -> Result {
        words.withUnsafeBufferPointer { body($0.baseAddress!) }
    }

    /// The rows that are in either set. Both can hold the same rows.
    func union(_ other: RowSet) -> RowSet { combined(with: other) { $0 | $1 } }

    /// The rows that are in both sets.
    func intersection(_ other: RowSet) -> RowSet { combined(with: other) { $0 & $1 } }

    /// The rows that are in this set and not in the other.
    func subtracting(_ other: RowSet) -> RowSet { combined(with: other) { $0 & ~$1 } }

    private func combined(with other: RowSet, _ combine: (UInt64, UInt64) -> UInt64) -> RowSet {
        precondition(capacity == other.capacity, "sets of \(capacity) and \(other.capacity) rows do not compare")
        let words = [UInt64](unsafeUninitializedCapacity: self.words.count) { words, filled in
            for index in self.words.indices { words[index] = combine(self.words[index], other.words[index]) }
            filled = self.words.count
        }
        return RowSet(capacity: capacity, words: words)!
    }

    /// Calls `body` with each row, ascending.
    func forEach(_ body: (Int) -> Void) {
        for (index, word) in words.enumerated() {
            var rest = word
            while rest != 0 {
                body(index << 6 | rest.trailingZeroBitCount)
                rest &= rest - 1
            }
        }
    }

    /// Calls `body` with each row of `range`, ascending. O(range / 64 + rows found).
    func forEach(in range: Range<Int>, _ body: (Int) -> Void) {
        precondition(range.lowerBound >= 0 && range.upperBound <= capacity)
        guard !range.isEmpty else { return }
        let last = (range.upperBound - 1) >> 6
        words.withUnsafeBufferPointer { words in
            for index in range.lowerBound >> 6...last {
                Self.forEach(words[index], index, last, range, body)
            }
        }
    }

    /// Calls `body` with each row of `range` that is not in the set, ascending. O(range / 64 + rows found).
    func forEachMissing(in range: Range<Int>, _ body: (Int) -> Void) {
        precondition(range.lowerBound >= 0 && range.upperBound <= capacity)
        guard !range.isEmpty else { return }
        let last = (range.upperBound - 1) >> 6
        words.withUnsafeBufferPointer { words in
            for index in range.lowerBound >> 6...last {
                Self.forEach(~words[index], index, last, range, body)
            }
        }
    }

    /// The rows of one word of the bitmap that lie in `range`, of which `last` is the last word.
    @inline(__always)
    private static func forEach(_ word: UInt64, _ index: Int, _ last: Int, _ range: Range<Int>, _ body: (Int) -> Void) {
        var rest = word
        if index == range.lowerBound >> 6 { rest &= .max << UInt64(range.lowerBound & 63) }
        if index == last { rest &= .max >> UInt64(63 - (range.upperBound - 1) & 63) }
        while rest != 0 {
            body(index << 6 | rest.trailingZeroBitCount)
            rest &= rest - 1
        }
    }
}
