import CKernels

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The compute kernels for one instruction set.
///
/// Take `best` once, and from it the `DistanceKernel` that a search needs; inner loops then call plain functions.
struct Kernels: Sendable {
    /// "scalar", "avx2", "avx512", "avx512vnni" or "neon".
    let name: String
    let hamming: DistanceKernel
    let jaccard: DistanceKernel
    let tile: TileKernel

    private let l2Kernels: [DistanceKernel]
    private let innerProductKernels: [DistanceKernel]
    private let findPositionsWithin:
        @convention(c) (UnsafePointer<Float>, UnsafePointer<Float>, Int, UnsafeMutablePointer<UInt32>) -> Int
    private let findFirstNonFinite: @convention(c) (UnsafePointer<Float>, Int) -> Int

    /// Every variant that this processor runs, slowest first.
    static let available: [Kernels] = (0..<apus_kernels_count()).map { Kernels(apus_kernels_at($0).pointee) }

    /// The fastest variant, or the one that the environment variable `APUS_KERNELS` names.
    static let best: Kernels = {
        guard let wanted = getenv("APUS_KERNELS") else { return available[available.count - 1] }
        let name = String(cString: wanted)
        guard let chosen = available.first(where: { $0.name == name }) else {
            let names = available.map(\.name).joined(separator: ", ")
            fatalError("APUS_KERNELS=\(name) is not available on this processor; available: \(names)")
        }
        return chosen
    }()

    /// Squared Euclidean distance. `element` is not `bit`.
    func l2(_ element: VectorElement) -> DistanceKernel {
        precondition(element != .bit, "binary vectors have no L2 kernel")
        return l2Kernels[Int(element.rawValue)]
    }

    /// The inner product, negated so that smaller is closer. `element` is not `bit`.
    func negativeInnerProduct(_ element: VectorElement) -> DistanceKernel {
        precondition(element != .bit, "binary vectors have no inner product kernel")
        return innerProductKernels[Int(element.rawValue)]
    }

    /// Writes the positions `i` with `values[i] <= bounds[i]`, ascending, and returns how many there are.
    /// `positions` has room for `count`; what lies behind the returned number is undefined.
    func positionsWithin(
        values: UnsafePointer<Float>, bounds: UnsafePointer<Float>, count: Int,
        positions: UnsafeMutablePointer<UInt32>
    ) -> Int {
        findPositionsWithin(values, bounds, count, positions)
    }

    /// The index of the first NaN or infinity, or `values.count` when all are finite.
    func firstNonFinite(_ values: UnsafeBufferPointer<Float>) -> Int {
        guard let base = values.baseAddress else { return 0 }
        return findFirstNonFinite(base, values.count)
    }

    /// The index of the first NaN or infinity, or `values.count` when all are finite.
    func firstNonFinite(_ values: [Float]) -> Int {
        values.withUnsafeBufferPointer(firstNonFinite)
    }

    private init(_ table: apus_kernels) {
        name = String(cString: table.name)
        hamming = DistanceKernel(table.hamming)
        jaccard = DistanceKernel(table.jaccard)
        tile = TileKernel(table)
        l2Kernels = [table.l2.0, table.l2.1, table.l2.2, table.l2.3].map(DistanceKernel.init)
        let products = table.negative_inner_product
        innerProductKernels = [products.0, products.1, products.2, products.3].map(DistanceKernel.init)
        findPositionsWithin = table.positions_within
        findFirstNonFinite = table.first_non_finite
    }
}
