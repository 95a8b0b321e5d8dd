/// Distances of one block of rows and what is needed to pick the near ones.
struct ScanBuffers: ~Copyable {
    let distances: UnsafeMutablePointer<Float>
    let ids: UnsafeMutablePointer<UInt32>
    private let bounds: UnsafeMutablePointer<Float>
    private let positions: UnsafeMutablePointer<UInt32>
    private let kernels = Kernels.best

    init(capacity: Int) {
        distances = .allocate(capacity: capacity)
        ids = .allocate(capacity: capacity)
        bounds = .allocate(capacity: capacity)
        positions = .allocate(capacity: capacity)
    }

    deinit {
        distances.deallocate()
        ids.deallocate()
        bounds.deallocate()
        positions.deallocate()
    }

    /// Offers the distances that may enter.
    borrowing func offer(count: Int, to nearest: inout TopK, row: (Int) -> UInt32) {
        offer(distances, count: count, to: &nearest, row: row)
    }

    /// Offers those of `values` that may enter; NaN never does.
    borrowing func offer(
        _ values: UnsafePointer<Float>, count: Int, to nearest: inout TopK, row: (Int) -> UInt32
    ) {
        let found = pick(values, within: nearest.worstDistance, count: count)
        for index in 0..<found {
            let position = Int(positions[index])
            nearest.offer(values[position], row(position))
        }
    }

    /// Writes the positions of the values up to `bound`, and `first` more than each, to `ids`; returns how many.
    borrowing func pickRows(
        _ values: UnsafePointer<Float>, within bound: Float, count: Int, first: Int
    ) -> Int {
        let found = pick(values, within: bound, count: count)
        for index in 0..<found { ids[index] = positions[index] + UInt32(first) }
        return found
    }

    private borrowing func pick(_ values: UnsafePointer<Float>, within bound: Float, count: Int) -> Int {
        bounds.initialize(repeating: bound, count: count)
        return kernels.positionsWithin(values: values, bounds: bounds, count: count, positions: positions)
    }
}
