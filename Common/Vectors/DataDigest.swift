/// A short name for the content of a data set, to tell in a report which data a number belongs to.
///
/// 64 bits, good against mix-ups and not against intent. Equal sets have equal digests on every machine.
public enum DataDigest {
    public static func of(_ vectors: VectorSet) -> String {
        text(digest(of: vectors.values.lazy.map(\.bitPattern), start: UInt64(vectors.dimension)))
    }

    public static func of(_ integers: IntegerSet) -> String {
        text(digest(of: integers.ids.lazy.map { UInt32(bitPattern: $0) }, start: UInt64(integers.width)))
    }

    /// Two 64-bit words are multiplied and both halves of the product kept, word by word.
    private static func digest(of words: some Sequence<UInt32>, start: UInt64) -> UInt64 {
        var state = start ^ 0x9E37_79B9_7F4A_7C15
        var count: UInt64 = 0
        for word in words {
            count += 1
            let product = (state ^ UInt64(word)).multipliedFullWidth(by: 0xD6E8_FEB8_6659_FD93)
            state = product.high ^ product.low &+ count
        }
        return state
    }

    private static func text(_ digest: UInt64) -> String {
        let digits = String(digest, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
