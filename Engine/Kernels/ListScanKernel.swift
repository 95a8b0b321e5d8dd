import CKernels

/// Distances between one query and byte codes in blocks of sixteen interleaved rows.
struct ListScanKernel: Sendable {
    static let blockRows = Int(APUS_LIST_BLOCK_ROWS)

    /// The kernel that belongs to a table of distances.
    init(_ kernels: Kernels) {
        distances = apus_byte_blocks(kernels.name)
    }

    /// `distances(query, blocks, blockCount, term, distances)`: writes `blockRows` distances for each block.
    let distances: apus_byte_blocks_kernel

    static let best = ListScanKernel(Kernels.best)
}
