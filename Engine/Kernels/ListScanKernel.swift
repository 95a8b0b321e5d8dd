import CKernels

/// Distances between one query and byte codes in blocks of sixteen interleaved rows; `listscan.h` has the layout.
struct ListScanKernel: Sendable {
    static let blockRows = Int(APUS_LIST_BLOCK_ROWS)

    private let kernel: apus_byte_blocks_kernel

    /// The kernel that belongs to a table of distances.
    init(_ kernels: Kernels) {
        kernel = apus_byte_blocks(kernels.name)
    }

    static let best = ListScanKernel(Kernels.best)

    /// Writes `blockRows` distances for each of `count` blocks.
    ///
    /// - Parameters:
    ///   - query: 4 elements for each group.
    ///   - offset: 128 times the sum of the query.
    ///   - factor: what the product of step and inner product is multiplied by.
    ///   - term: added to every distance.
    @inline(__always)
    func distances(
        query: UnsafePointer<Int8>, groups: Int, offset: Int32, factor: Float, blocks: UnsafeRawPointer, count: Int,
        term: Float, into distances: UnsafeMutablePointer<Float>
    ) {
        var query = apus_byte_query(query: query, groups: groups, offset: offset, factor: factor)
        kernel(&query, blocks, count, term, distances)
    }
}
