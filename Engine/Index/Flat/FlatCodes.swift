/// The codes of a flat index: an eighth of the bytes of its rows, with which a search finds the few rows that it has
/// to measure.
///
/// They are made from the rows whenever these come into memory, by all processors: about a microsecond of one for a row
/// of 128 elements. So there is no file to keep, to check and to version.
enum FlatCodes {
    private static let bits = 4
    /// Rotations are drawn from this seed, so that the same rows give the same codes.
    private static let seed: UInt64 = 0x46_4C_41_54
    /// Blocks that a thread codes at a time.
    private static let grain = 64

    /// Of fewer rows or shorter ones, all can be measured in the time that codes take.
    private static let minimumRows = 4_096
    private static let minimumDimension = 16

    /// nil where codes do not pay.
    static func make(metric: Metric, rows: VectorRows, count: Int, threads: Int) -> BlockCodes? {
        guard rows.element == .float32, count >= minimumRows, rows.dimension >= minimumDimension else { return nil }
        return code(metric: metric, rows: rows, count: count, threads: threads)
    }

    /// The codes of float32 rows, whether they pay or not.
    static func code(metric: Metric, rows: VectorRows, count: Int, threads: Int) -> BlockCodes {
        let frame = BlockFrame(metric: metric, centre: BlockFrame.mean(of: rows, count: count), seed: seed)
        let codes = BlockCodes(frame: frame, bits: bits, places: count)
        WorkerTeam(count: threads).forEach(codes.blockCount, grain: grain) { blocks, _ in
            codes.encode(blocks) { UnsafePointer(rows.row($0).assumingMemoryBound(to: Float.self)) }
        }
        return codes
    }
}
