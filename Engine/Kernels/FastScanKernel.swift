import CKernels

/// Sums of table entries named by 4-bit codes, 32 rows at a time, with the tables in registers (André, Kermarrec and Le
/// Scouarnec 2015 and 2017). CKernels/include/fastscan.h has the layout of blocks and tables.
struct FastScanKernel: Sendable {
    /// Rows of a block.
    static let blockRows = Int(APUS_FASTSCAN_ROWS)
    /// Codes of a row that a shuffle looks up at once.
    static let groupCodes = Int(APUS_FASTSCAN_GROUP_CODES)
    /// Bytes of such codes in a block, and of their tables.
    static let groupBytes = Int(APUS_FASTSCAN_GROUP_BYTES)

    static let best = FastScanKernel(.best)

    private let writeSums: @convention(c) (UnsafePointer<apus_fastscan>, Int, UnsafeMutablePointer<UInt16>) -> Void
    private let findWithin:
        @convention(c) (
            UnsafePointer<apus_fastscan>, Int, UInt16, UnsafeMutablePointer<UInt32>, UnsafeMutablePointer<UInt16>
        ) -> Int

    /// The kernel for the instruction set of `kernels`.
    init(_ kernels: Kernels) {
        let table = apus_fastscan_kernels_named(kernels.name).pointee
        writeSums = table.sums
        findWithin = table.within
    }

    /// Groups that hold `codes` codes a row.
    static func groups(codes: Int) -> Int { (codes + groupCodes - 1) / groupCodes }

    /// Bytes of a block: its groups and the biases.
    static func blockBytes(groups: Int) -> Int { groups * groupBytes + blockRows * MemoryLayout<UInt16>.size }

    /// Puts the code (0 to 15) of one row into its block, whose place for it holds zero.
    static func put(_ code: UInt8, of part: Int, row: Int, in block: UnsafeMutablePointer<UInt8>) {
        block[part * 16 + row % 16] |= row < 16 ? code : code << 4
    }

    /// The code that `put` wrote.
    static func code(of part: Int, row: Int, in block: UnsafePointer<UInt8>) -> UInt8 {
        let pair = block[part * 16 + row % 16]
        return row < 16 ? pair & 15 : pair >> 4
    }

    /// Writes the sums of all rows of `blockCount` blocks.
    func sums(_ scan: apus_fastscan, blockCount: Int, into sums: UnsafeMutablePointer<UInt16>) {
        withUnsafePointer(to: scan) { writeSums($0, blockCount, sums) }
    }

    /// Writes the rows whose sum is at most `threshold`, ascending, and their sums; returns how many.
    func within(
        _ threshold: UInt16, _ scan: apus_fastscan, blockCount: Int, rows: UnsafeMutablePointer<UInt32>,
        sums: UnsafeMutablePointer<UInt16>
    ) -> Int {
        withUnsafePointer(to: scan) { findWithin($0, blockCount, threshold, rows, sums) }
    }
}
