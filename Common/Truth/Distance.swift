/// How the closeness of two vectors is measured here. Smaller is always closer.
///
/// Common does not know the engine, so that what checks the engine shares no code with it.
public enum Distance: String, Sendable, CaseIterable {
    /// The squared Euclidean distance.
    case squaredL2 = "L2"
    /// The inner product with its sign turned.
    case innerProduct = "IP"
    /// One minus the cosine of the angle; 1 when a vector has length 0.
    case cosine = "COSINE"

    /// The distance of two vectors of the same dimension.
    public func between(_ left: UnsafeBufferPointer<Float>, _ right: UnsafeBufferPointer<Float>) -> Float {
        precondition(left.count == right.count && !left.isEmpty, "vectors must have the same dimension")
        let first = left.baseAddress!
        let second = right.baseAddress!
        let count = left.count
        switch self {
        case .squaredL2: return VectorMath.squaredL2(first, second, count)
        case .innerProduct: return -VectorMath.dot(first, second, count)
        case .cosine:
            let lengths =
                VectorMath.dot(first, first, count).squareRoot()
                * VectorMath.dot(second, second, count).squareRoot()
            return lengths > 0 ? 1 - VectorMath.dot(first, second, count) / lengths : 1
        }
    }

    /// The distance of row `row` of `base` and row `query` of `queries`.
    public func between(_ base: VectorSet, row: Int, _ queries: VectorSet, query: Int) -> Float {
        base.withRow(row) { left in queries.withRow(query) { right in between(left, right) } }
    }
}
