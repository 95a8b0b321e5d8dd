/// Which rows a walk has seen, emptied in constant time: a row is seen if its stamp is the current one.
struct VisitedRows: ~Copyable {
    private let stamps: UnsafeMutablePointer<UInt16>
    private let capacity: Int
    private var current: UInt16 = 0

    init(capacity: Int) {
        self.capacity = capacity
        stamps = .allocate(capacity: max(capacity, 1))
        stamps.initialize(repeating: 0, count: max(capacity, 1))
    }

    deinit { stamps.deallocate() }

    /// Forgets all rows. O(1), but for one clearing of the stamps in 65,535 calls.
    mutating func reset() {
        current &+= 1
        if current == 0 {
            stamps.update(repeating: 0, count: capacity)
            current = 1
        }
    }

    /// Marks a row; false if it was marked already. Without a branch, which could not be foretold.
    @inline(__always)
    mutating func insert(_ row: UInt32) -> Bool {
        let stamp = stamps[Int(row)]
        stamps[Int(row)] = current
        return stamp != current
    }

    @inline(__always)
    func contains(_ row: UInt32) -> Bool { stamps[Int(row)] == current }
}
