/// The nodes that one walk has met, and which of them it has expanded: a hash table that grows with the walk, since
/// many walks are under way at a time and each meets few of the nodes.
struct SeenNodes: ~Copyable {
    /// Node + 1 in the low bits, the top bit if it is expanded; 0 for an empty place.
    private var places: UnsafeMutablePointer<UInt32>
    private var capacity: Int
    private var count = 0

    private static let expandedBit: UInt32 = 1 << 31
    private static let firstCapacity = 4096

    init() {
        capacity = Self.firstCapacity
        places = .allocate(capacity: capacity)
        places.initialize(repeating: 0, count: capacity)
    }

    deinit { places.deallocate() }

    var memoryBytes: Int { capacity * 4 }

    /// O(capacity).
    mutating func removeAll() {
        guard count > 0 else { return }
        places.update(repeating: 0, count: capacity)
        count = 0
    }

    /// Adds a node; false if it was there.
    @inline(__always)
    mutating func insert(_ node: UInt32) -> Bool {
        let place = self.place(of: node)
        guard places[place] == 0 else { return false }
        add(node + 1, at: place)
        return true
    }

    /// Adds a node if it is new and marks it as expanded; false if it was marked.
    mutating func expand(_ node: UInt32) -> Bool {
        let place = self.place(of: node)
        if places[place] & Self.expandedBit != 0 { return false }
        if places[place] == 0 {
            add(node + 1 | Self.expandedBit, at: place)
        } else {
            places[place] |= Self.expandedBit
        }
        return true
    }

    func isExpanded(_ node: UInt32) -> Bool { places[place(of: node)] & Self.expandedBit != 0 }

    /// Where the node is, or where it would go.
    @inline(__always)
    private func place(of node: UInt32) -> Int {
        var place = Int(node &* 0x9E37_79B1) >> (32 - capacity.trailingZeroBitCount)
        while places[place] != 0 && places[place] & ~Self.expandedBit != node + 1 {
            place = (place + 1) & (capacity - 1)
        }
        return place
    }

    private mutating func add(_ word: UInt32, at place: Int) {
        places[place] = word
        count += 1
        if count * 2 > capacity { grow() }
    }

    private mutating func grow() {
        let (old, oldCapacity) = (places, capacity)
        capacity *= 2
        places = .allocate(capacity: capacity)
        places.initialize(repeating: 0, count: capacity)
        for index in 0..<oldCapacity where old[index] != 0 {
            places[place(of: (old[index] & ~Self.expandedBit) - 1)] = old[index]
        }
        old.deallocate()
    }
}
