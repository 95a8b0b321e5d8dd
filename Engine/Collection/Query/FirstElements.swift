/// The elements that come first in an order, of any number that are offered: a binary heap with the last of them at the
/// root.
struct FirstElements<Element> {
    /// How many are kept; nil for all.
    let limit: Int?
    private let precedes: (Element, Element) -> Bool
    private var heap: [Element] = []

    init(limit: Int?, precedes: @escaping (Element, Element) -> Bool) {
        precondition(limit ?? 1 > 0)
        self.limit = limit
        self.precedes = precedes
    }

    /// O(log limit) if the element is kept, else O(1).
    mutating func offer(_ element: Element) {
        guard let limit else { return heap.append(element) }
        if heap.count < limit {
            heap.append(element)
            heap.siftUp { precedes($1, $0) }
        } else if precedes(element, heap[0]) {
            heap[0] = element
            heap.siftDown { precedes($1, $0) }
        }
    }

    /// The elements kept, in order.
    consuming func sorted() -> [Element] {
        heap.sort(by: precedes)
        return heap
    }
}
