/// The k nearest neighbours seen so far, as a binary heap with the farthest at the root.
struct TopK {
    let k: Int
    private var heap: [Neighbor] = []

    init(k: Int) {
        precondition(k > 0)
        self.k = k
        heap.reserveCapacity(k)
    }

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
            siftUp(heap.count - 1)
        } else if candidate < heap[0] {
            heap[0] = candidate
            siftDown()
        }
    }

    /// The neighbours, nearest first. O(k log k).
    consuming func sorted() -> [Neighbor] {
        heap.sort()
        return heap
    }

    private mutating func siftUp(_ start: Int) {
        var child = start
        while child > 0 {
            let parent = (child - 1) / 2
            guard heap[parent] < heap[child] else { return }
            heap.swapAt(parent, child)
            child = parent
        }
    }

    private mutating func siftDown() {
        var parent = 0
        while true {
            let left = 2 * parent + 1
            guard left < heap.count else { return }
            let right = left + 1
            let larger = right < heap.count && heap[left] < heap[right] ? right : left
            guard heap[parent] < heap[larger] else { return }
            heap.swapAt(parent, larger)
            parent = larger
        }
    }
}
