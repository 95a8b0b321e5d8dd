import CKernels

/// Kernels of block codes (`BlockCodes`) for one instruction set.
struct BlockKernels: Sendable {
    /// Queries that `candidates` takes at once.
    let panelWidth: Int

    /// Writes the code of a vector, a byte for each element; the vector is padded with zeros to a multiple of 16.
    let encode: @convention(c) (UnsafePointer<Float>, Int, Int, UnsafeMutablePointer<UInt8>) -> apus_block_code
    /// `rotate(vector, dimension, signs, steps)`.
    let rotate: @convention(c) (UnsafeMutablePointer<Float>, Int, UnsafePointer<Float>, Int) -> Void

    private let nibbles: apus_block_scan
    private let bytes: apus_block_scan

    /// Those that belong to `Kernels.best`.
    static let best = BlockKernels(Kernels.best)

    init(_ kernels: Kernels) {
        let table = apus_block_kernels_named(kernels.name).pointee
        panelWidth = table.panel_width
        encode = table.encode
        rotate = table.rotate
        nibbles = table.nibbles
        bytes = table.bytes
    }

    /// The scans of codes of 4 or 8 bits.
    func scan(bits: Int) -> apus_block_scan {
        precondition(bits == 4 || bits == 8, "codes have 4 or 8 bits")
        return bits == 4 ? nibbles : bytes
    }
}
