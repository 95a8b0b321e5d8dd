/// Numbers dimensions in the order in which they come: a hash table with open addressing.
struct DimensionTable {
    /// The dimensions, by number.
    private(set) var dimensions: [UInt32] = []
    /// Numbers by hash; `UInt32.max` where none is.
    private var slots: [UInt32]
    private var shift: UInt32

    init(capacity: Int = 16) {
        let bits = max(4, Int.bitWidth - (capacity * 2).leadingZeroBitCount)
        slots = Array(repeating: .max, count: 1 << bits)
        shift = UInt32(32 - bits)
    }

    /// The number of a dimension that was added; nil if it was not.
    @inline(__always)
    func number(of dimension: UInt32) -> Int? {
        let number = slots[slot(of: dimension)]
        return number == .max ? nil : Int(number)
    }

    /// The number of a dimension, which is added if it is new.
    mutating func add(_ dimension: UInt32) -> Int {
        let place = slot(of: dimension)
        if slots[place] != .max { return Int(slots[place]) }
        slots[place] = UInt32(dimensions.count)
        dimensions.append(dimension)
        if dimensions.count * 2 > slots.count { grow() }
        return dimensions.count - 1
    }

    /// Where a dimension is, or the free slot that it would take.
    @inline(__always)
    private func slot(of dimension: UInt32) -> Int {
        var place = Int((dimension &* 0x9E37_79B1) >> shift)
        slots.withUnsafeBufferPointer { slots in
            dimensions.withUnsafeBufferPointer { dimensions in
                while slots[place] != .max, dimensions[Int(slots[place])] != dimension {
                    place = (place + 1) & (slots.count - 1)
                }
            }
        }
        return place
    }

    private mutating func grow() {
        slots = Array(repeating: .max, count: slots.count * 2)
        shift -= 1
        for number in dimensions.indices { slots[slot(of: dimensions[number])] = UInt32(number) }
    }
}
