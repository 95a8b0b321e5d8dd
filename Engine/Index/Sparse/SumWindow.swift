/// Sums of scores for consecutive rows, so many that they stay in the first-level cache.
///
/// A place holds -0.0 until something is added: no sum of scores becomes -0.0, since scores are not zero and sums
/// that cancel out are +0.0. So rows that met no posting are told from rows whose score is zero.
struct SumWindow: ~Copyable {
    static let rowCount = 2048
    /// The first windows are smaller: they raise the cutoff while few rows are added up.
    static let firstRowCount: UInt32 = 128
    /// One bit stands for so many rows.
    static let groupRows = rowCount / UInt64.bitWidth
    /// So many sums are compared with the limit at once.
    private static let partRows = 8

    let sums: UnsafeMutablePointer<Double>

    init() {
        sums = .allocate(capacity: Self.rowCount)
        sums.initialize(repeating: -0.0, count: Self.rowCount)
    }

    deinit { sums.deallocate() }

    /// Calls `body` with each place of the touched groups that something was added to and whose sum is above `limit`,
    /// ascending, and clears these groups.
    @inline(__always)
    borrowing func drain(_ touched: UInt64, above limit: Double, _ body: (_ place: Int, _ sum: Double) -> Void) {
        var touched = touched
        while touched != 0 {
            let start = touched.trailingZeroBitCount &* Self.groupRows
            touched &= touched &- 1
            let group = sums + start
            for part in stride(from: 0, to: Self.groupRows, by: Self.partRows)
            where Self.hasSum(group + part, above: limit) {
                for place in part..<part + Self.partRows {
                    let sum = group[place]
                    if sum > limit, sum.bitPattern != (-0.0).bitPattern { body(start &+ place, sum) }
                }
            }
            group.update(repeating: -0.0, count: Self.groupRows)
        }
    }

    @inline(__always)
    private static func hasSum(_ group: UnsafeMutablePointer<Double>, above limit: Double) -> Bool {
        let group = UnsafeRawPointer(group)
        let limits = SIMD2<Double>(repeating: limit)
        var above = SIMD2<Int64>()
        for offset in stride(from: 0, to: partRows * MemoryLayout<Double>.size, by: MemoryLayout<SIMD2<Double>>.size) {
            let pair = group.load(fromByteOffset: offset, as: SIMD2<Double>.self)
            above |= unsafeBitCast(pair .> limits, to: SIMD2<Int64>.self)
        }
        return above[0] | above[1] != 0
    }
}
