/// Rows waiting to be expanded, nearest first: a binary heap without a bound.
struct Frontier {
    private var heap: [Neighbor] = []

    mutating func removeAll() { heap.removeAll(keepingCapacity: true) }

    /// O(log count).
    mutating func insert(_ neighbor: Neighbor) {
        heap.append(neighbor)
        var child = heap.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard heap[child] < heap[parent] else { return }
            heap.swapAt(parent, child)
            child = parent
        }
    }

    /// O(log count).
    mutating func popNearest() -> Neighbor? {
        guard let nearest = heap.first else { return nil }
        let last = heap.removeLast()
        guard !heap.isEmpty else { return nearest }
        heap[0] = last
        siftDown()
        return nearest
    }

    private mutating func siftDown() {
        var parent = 0
        while true {
            let left = 2 * parent + 1
            guard left < heap.count else { return }
            let right = left + 1
            let smaller = right < heap.count && heap[right] < heap[left] ? right : left
            guard heap[smaller] < heap[parent] else { return }
            heap.swapAt(parent, smaller)
            parent = smaller
        }
    }
}
