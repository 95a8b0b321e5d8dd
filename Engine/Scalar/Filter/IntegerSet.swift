/// A set of integers that is asked often: a bitmap if they lie close together, else a hash table with open addressing.
struct IntegerSet: Sendable {
    private let least: Int64
    private let most: Int64
    /// A bit for each number from `least` on; empty if the table is used.
    private let bits: [UInt64]
    /// A power of two of slots, half of them free.
    private let slots: [Int64]
    /// Which slots are taken, as a bitmap.
    private let taken: [UInt64]

    /// Bits of the bitmap for each number at most; the hash table takes as much.
    private static let mostBitsEach = 128

    /// - Parameter values: sorted.
    init(_ values: [Int64]) {
        least = values.first ?? 0
        most = values.last ?? -1
        let (span, overflow) = most.subtractingReportingOverflow(least)
        if !overflow, span / Int64(Self.mostBitsEach) < Int64(values.count) {
            bits = Self.bitmap(values, from: least, count: Int(span) + 1)
            slots = []
            taken = []
        } else {
            bits = []
            (slots, taken) = Self.table(values)
        }
    }

    func contains(_ value: Int64) -> Bool {
        guard value >= least, value <= most else { return false }
        if !bits.isEmpty {
            let bit = Int(value &- least)
            return bits[bit >> 6] >> UInt64(bit & 63) & 1 != 0
        }
        let mask = slots.count - 1
        var slot = Self.slot(of: value, mask)
        while taken[slot >> 6] >> UInt64(slot & 63) & 1 != 0 {
            if slots[slot] == value { return true }
            slot = (slot + 1) & mask
        }
        return false
    }

    private static func bitmap(_ values: [Int64], from least: Int64, count: Int) -> [UInt64] {
        var bits = [UInt64](repeating: 0, count: (count + 63) / 64)
        for value in values {
            let bit = Int(value - least)
            bits[bit >> 6] |= 1 << UInt64(bit & 63)
        }
        return bits
    }

    private static func table(_ values: [Int64]) -> ([Int64], [UInt64]) {
        var count = 64
        while count < 2 * values.count { count *= 2 }
        var slots = [Int64](repeating: 0, count: count)
        var taken = [UInt64](repeating: 0, count: count / 64)
        for value in values {
            var slot = slot(of: value, count - 1)
            while taken[slot >> 6] >> UInt64(slot & 63) & 1 != 0 { slot = (slot + 1) & (count - 1) }
            slots[slot] = value
            taken[slot >> 6] |= 1 << UInt64(slot & 63)
        }
        return (slots, taken)
    }

    /// The upper bits of a product, in which all bits of the number count (Knuth 1973).
    @inline(__always)
    private static func slot(of value: Int64, _ mask: Int) -> Int {
        Int(truncatingIfNeeded: (UInt64(bitPattern: value) &* 0x9E37_79B9_7F4A_7C15) >> 32) & mask
    }
}
