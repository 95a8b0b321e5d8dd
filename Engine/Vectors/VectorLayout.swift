/// Dense vectors of one field: the type of their elements and how many each has.
struct VectorLayout: Sendable, Hashable {
    let element: VectorElement
    /// Elements of a vector (bits for binary vectors).
    let dimension: Int

    /// Bytes of a vector.
    var strideBytes: Int { element.bytes(forDimension: dimension) }

    /// The layout in which vectors are compared: bits as they are, all numbers as float32.
    var prepared: VectorLayout { VectorLayout(element: element == .bit ? .bit : .float32, dimension: dimension) }

    /// Whether vectors as given are the vectors that a metric compares.
    func isPrepared(for metric: Metric) -> Bool { self == prepared && metric != .cosine }
}

extension VectorRows {
    convenience init(_ layout: VectorLayout, capacity: Int) {
        self.init(element: layout.element, dimension: layout.dimension, capacity: capacity)
    }
}
