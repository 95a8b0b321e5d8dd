/// Rows waiting to be expanded, nearest first: a binary heap without a bound.
struct Frontier {
    private var heap: [Neighbor] = []

    mutating func removeAll() { heap.removeAll(keepingCapacity: true) }

    /// O(log count).
    mutating func insert(_ neighbor: Neighbor) {
        heap.append(neighbor)
        heap.siftUp(<)
    }

    /// O(log count).
    mutating func popNearest() -> Neighbor? {
        guard let nearest = heap.first else { return nil }
        let last = heap.removeLast()
        guard !heap.isEmpty else { return nearest }
        heap[0] = last
        heap.siftDown(<)
        return nearest
    }
}
