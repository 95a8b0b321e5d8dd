import CKernels

/// Sums of byte impacts in 16 bits; `impacts.h` has what is computed.
struct ImpactKernels: Sendable {
    /// So many sums share one maximum.
    static let groupRows = Int(APUS_IMPACT_GROUP)

    private let addImpacts: @convention(c) (UnsafeMutablePointer<UInt16>, UnsafePointer<UInt8>, UInt16, Int) -> Void
    private let findMaxima: @convention(c) (UnsafePointer<UInt16>, Int, UnsafeMutablePointer<UInt16>) -> Void

    /// Those that belong to a table of distances.
    init(_ kernels: Kernels) {
        let table = apus_impact_kernels_of(kernels.name).pointee
        addImpacts = table.add
        findMaxima = table.maxima
    }

    static let best = ImpactKernels(Kernels.best)

    /// Adds impact x weight / 256, rounded down, to each of `count` sums.
    @inline(__always)
    func add(_ impacts: UnsafePointer<UInt8>, weight: UInt16, count: Int, to sums: UnsafeMutablePointer<UInt16>) {
        addImpacts(sums, impacts, weight, count)
    }

    /// Writes the largest sum of each of `groups` groups.
    @inline(__always)
    func maxima(_ sums: UnsafePointer<UInt16>, groups: Int, into maxima: UnsafeMutablePointer<UInt16>) {
        findMaxima(sums, groups, maxima)
    }
}
