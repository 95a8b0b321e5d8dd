/// A row that a search found, with its internal distance (smaller is closer).
///
/// Neighbours are ordered by distance, equal distances by row, so that results are repeatable.
struct Neighbor: Sendable, Equatable, Comparable {
    let distance: Float
    let row: UInt32

    static func < (left: Neighbor, right: Neighbor) -> Bool {
        left.distance != right.distance ? left.distance < right.distance : left.row < right.row
    }
}
