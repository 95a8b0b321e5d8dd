/// A 64-bit hash of bytes that is the same on every machine and in every process. Not for adversaries.
enum StableHash {
    /// Continues from `start`, so that pieces can be hashed one after the other.
    static func hash(_ bytes: UnsafeRawBufferPointer, start: UInt64 = 0) -> UInt64 {
        var state = start ^ (UInt64(bytes.count) &* 0x9E37_79B9_7F4A_7C15)
        let words = bytes.count / 8
        for index in 0..<words {
            let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index * 8, as: UInt64.self))
            state = mixed(state ^ word)
        }
        var rest: UInt64 = 0
        for index in words * 8..<bytes.count { rest = rest << 8 | UInt64(bytes[index]) }
        return finished(mixed(state ^ rest))
    }

    /// One draw for each pair of item and seed.
    static func hash(_ item: UInt64, seed: UInt64) -> UInt64 {
        finished(mixed(seed &+ 0x9E37_79B9_7F4A_7C15) ^ (item &* 0x9E37_79B9_7F4A_7C15))
    }

    @inline(__always)
    private static func mixed(_ word: UInt64) -> UInt64 {
        let product = word &* 0xD6E8_FEB8_6659_FD93
        return product ^ (product >> 32)
    }

    private static func finished(_ word: UInt64) -> UInt64 {
        mixed(mixed(word))
    }
}
