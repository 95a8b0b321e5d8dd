/// Says at once of nearly all keys that a segment lacks that it lacks them: a filter (Bloom 1970) whose bits for one key
/// lie in one word (Putze, Sanders and Singler 2007). A byte a key; about one of thirty other keys passes.
struct KeyFilter: Sendable {
    private let words: [UInt64]

    /// Of a column of keys. O(n).
    init(_ column: Column) {
        var words = [UInt64](repeating: 0, count: max(1, column.count / 8))
        for row in 0..<column.count {
            let hash = column.withBytes(at: row) { StableHash.hash($0) }
            words[Self.place(hash, words.count)] |= Self.bits(hash)
        }
        self.words = words
    }

    /// What `mayContain` is asked with, so that one hash serves all segments.
    static func hash(_ key: PrimaryKey) -> UInt64 {
        switch key {
        case .integer(let key): return withUnsafeBytes(of: key.littleEndian) { StableHash.hash($0) }
        case .text(var key): return key.withUTF8 { StableHash.hash(UnsafeRawBufferPointer($0)) }
        }
    }

    /// False only for keys that are not there.
    func mayContain(_ hash: UInt64) -> Bool {
        let bits = Self.bits(hash)
        return words[Self.place(hash, words.count)] & bits == bits
    }

    var memoryBytes: Int { words.count * MemoryLayout<UInt64>.size }

    private static func place(_ hash: UInt64, _ count: Int) -> Int { Int((hash >> 32) * UInt64(count) >> 32) }

    /// Four bits by the lower half of the hash, of which `place` takes the upper.
    private static func bits(_ hash: UInt64) -> UInt64 {
        1 << (hash & 63) | 1 << (hash >> 6 & 63) | 1 << (hash >> 12 & 63) | 1 << (hash >> 18 & 63)
    }
}
