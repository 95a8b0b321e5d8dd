import CKernels

/// Picks the links of a block that are in a set of rows; `rowset.h` says what a block is.
struct LinksKernel: Sendable {
    /// Room that outputs need behind the width of a block.
    static let slack = Int(APUS_LINKS_SLACK)

    private let kernels: apus_links_kernels

    /// The kernels that belong to a table of distances.
    init(_ kernels: Kernels) { self.kernels = apus_links_named(kernels.name) }

    static let best = LinksKernel(Kernels.best)

    /// Copies the links that are in the set to `permitted` and returns how many there are.
    @inline(__always)
    func pick(
        _ block: UnsafePointer<UInt32>, width: Int, in words: UnsafePointer<UInt64>,
        into permitted: UnsafeMutablePointer<UInt32>
    ) -> Int {
        kernels.pick(words, block, width, permitted)
    }

    /// The same, the other links copied to `others`. Returns how many there are of each.
    @inline(__always)
    func divide(
        _ block: UnsafePointer<UInt32>, width: Int, in words: UnsafePointer<UInt64>,
        into permitted: UnsafeMutablePointer<UInt32>, others: UnsafeMutablePointer<UInt32>
    ) -> (permitted: Int, others: Int) {
        var found = 0
        let all = kernels.divide(words, block, width, permitted, others, &found)
        return (found, all - found)
    }
}
