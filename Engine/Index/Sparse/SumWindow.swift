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

    let sums: UnsafeMutablePointer<Double>

    init() {
        sums = .allocate(capacity: Self.rowCount)
        sums.initialize(repeating: -0.0, count: Self.rowCount)
    }

    deinit { sums.deallocate() }

    /// Calls `body` with each place of the touched groups that something was added to, ascending, and clears these
    /// groups.
    @inline(__always)
    borrowing func drain(_ touched: UInt64, _ body: (_ place: Int, _ sum: Double) -> Void) {
        var touched = touched
        while touched != 0 {
            let start = touched.trailingZeroBitCount * Self.groupRows
            touched &= touched - 1
            for place in start..<start + Self.groupRows {
                let sum = sums[place]
                guard sum.bitPattern != (-0.0).bitPattern else { continue }
                sums[place] = -0.0
                body(place, sum)
            }
        }
    }
}
