/// The rows that no clustering is trained on, so that a calibration may search for them as for strangers: a row that
/// helped to place the centre of its list is found more easily than any other query.
///
/// The choice depends on positions only, so building and calibrating agree on it.
enum HeldBackSample {
    private static let mostRows = 3000
    /// One row in this many at most.
    private static let share = 8
    /// Fewer rows are needed for training, every one.
    private static let fewestRows = 1000
    private static let seed: UInt64 = 0x5265_6361_6C6C

    /// Rows of a segment that are held back, in an order that does not depend on their positions.
    static func rows(of rowCount: Int) -> [UInt32] {
        guard rowCount >= fewestRows else { return [] }
        let drawn = (0..<UInt32(rowCount)).map { (draw: StableHash.hash(UInt64($0), seed: seed), row: $0) }
        let limit = UInt64.max / UInt64(rowCount) * UInt64(min(mostRows, rowCount / share))
        return drawn.filter { $0.draw < limit }.sorted { $0 < $1 }.map(\.row)
    }

    /// The rows that may be trained on, ascending.
    static func others(of rowCount: Int) -> [Int] {
        var isHeldBack = RowSet(capacity: rowCount)
        for row in rows(of: rowCount) { isHeldBack.insert(Int(row)) }
        return (0..<rowCount).filter { !isHeldBack.contains($0) }
    }
}
