/// The k nearest neighbours seen so far, as a binary heap with the farthest at the root.
struct TopK {
    let k: Int
    private var heap: [Neighbor] = []

    init(k: Int) {
        precondition(k > 0)
        self.k = k
        heap.reserveCapacity(k)
    }

    /// Neighbours held, at most k.
    var count: Int { heap.count }

    /// A candidate farther than this cannot enter; infinite while there is room.
    var worstDistance: Float {
        heap.count < k ? .infinity : heap[0].distance
    }

    /// Offers a candidate. O(log k) if it enters, else O(1).
    @inline(__always)
    mutating func offer(_ distance: Float, _ row: UInt32) {
        let candidate = Neighbor(distance: distance, row: row)
        if heap.count < k {
            heap.append(candidate)
            heap.siftUp(>)
        } else if candidate < heap[0] {
            heap[0] = candidate
            heap.siftDown(>)
        }
    }

    /// The neighbours in no order.
    var neighbors: [Neighbor] { heap }

    /// The neighbours, nearest first. O(k log k).
    consuming func sorted() -> [Neighbor] {
        heap.sort()
        return heap
    }
}
