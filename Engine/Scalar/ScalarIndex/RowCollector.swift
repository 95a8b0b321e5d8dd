/// Gathers rows in any order, some perhaps several times, into a set.
struct RowCollector {
    private let capacity: Int
    private var words: [UInt64]

    /// An empty set. O(capacity / 64), as for every set of rows.
    init(capacity: Int) {
        self.capacity = capacity
        words = Array(repeating: 0, count: (capacity + 63) / 64)
    }

    mutating func insert(_ row: Int) {
        words[row >> 6] |= 1 << UInt64(row & 63)
    }

    mutating func insert(_ rows: UnsafeBufferPointer<UInt32>) {
        words.withUnsafeMutableBufferPointer { words in
            for row in rows { words[Int(row >> 6)] |= 1 << UInt64(row & 63) }
        }
    }

    mutating func insert(_ rows: ClosedRange<Int>) {
        let first = rows.lowerBound >> 6
        let last = rows.upperBound >> 6
        let head = UInt64.max << UInt64(rows.lowerBound & 63)
        let tail = UInt64.max >> UInt64(63 - rows.upperBound & 63)
        if first == last {
            words[first] |= head & tail
            return
        }
        words[first] |= head
        for word in first + 1..<last { words[word] = .max }
        words[last] |= tail
    }

    /// - Parameter halves: the lower and the upper half of each word of a bitmap whose first word is `firstWord`.
    mutating func insert(bitmap halves: UnsafeBufferPointer<UInt32>, firstWord: Int) {
        words.withUnsafeMutableBufferPointer { words in
            for word in 0..<halves.count / 2 {
                words[firstWord + word] |= UInt64(halves[2 * word]) | UInt64(halves[2 * word + 1]) << 32
            }
        }
    }

    consuming func finish() -> RowSet { RowSet(capacity: capacity, words: words)! }
}
