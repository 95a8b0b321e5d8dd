/// The k nearest rows seen so far, nearest first; of equal distances the smaller id is nearer.
struct NearestList {
    let k: Int
    private(set) var distances: [Float] = []
    private(set) var ids: [Int32] = []

    init(k: Int) {
        self.k = k
        distances.reserveCapacity(k + 1)
        ids.reserveCapacity(k + 1)
    }

    /// Rows farther than this cannot enter the list.
    var bound: Float { distances.count < k ? .infinity : distances[k - 1] }

    /// Takes the row in when it is among the k nearest. O(k), but rarely more than one comparison.
    mutating func offer(id: Int32, distance: Float) {
        if distances.count == k && !isCloser(distance, id, than: k - 1) { return }
        var place = distances.count
        while place > 0 && isCloser(distance, id, than: place - 1) { place -= 1 }
        distances.insert(distance, at: place)
        ids.insert(id, at: place)
        if distances.count > k {
            distances.removeLast()
            ids.removeLast()
        }
    }

    private func isCloser(_ distance: Float, _ id: Int32, than place: Int) -> Bool {
        distance < distances[place] || (distance == distances[place] && id < ids[place])
    }
}
