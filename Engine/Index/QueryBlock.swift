/// Queries of one search, prepared for the metric (normalised for COSINE): `count` vectors of float32 elements,
/// one after the other. The memory belongs to the caller for the length of the call.
struct QueryBlock {
    let base: UnsafePointer<Float>
    let count: Int
    let dimension: Int

    func query(_ index: Int) -> UnsafePointer<Float> {
        assert(index >= 0 && index < count)
        return base + index * dimension
    }
}
