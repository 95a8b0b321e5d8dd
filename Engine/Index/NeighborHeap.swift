/// Binary heaps in an array: `precedes` says which of two elements belongs nearer to the root.
extension Array {
    /// Moves the last element up to its place. O(log count).
    @inline(__always)
    mutating func siftUp(_ precedes: (Element, Element) -> Bool) {
        var child = count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard precedes(self[child], self[parent]) else { return }
            swapAt(parent, child)
            child = parent
        }
    }

    /// Moves the root down to its place. O(log count).
    @inline(__always)
    mutating func siftDown(_ precedes: (Element, Element) -> Bool) {
        var parent = 0
        while true {
            let left = 2 * parent + 1
            guard left < count else { return }
            let right = left + 1
            let first = right < count && precedes(self[right], self[left]) ? right : left
            guard precedes(self[first], self[parent]) else { return }
            swapAt(parent, first)
            parent = first
        }
    }
}
