/// What one search of an inverted file needs beside the index; kept and used again by later searches.
final class IVFScratch: @unchecked Sendable {
    // Sendable: the index hands it to one search at a time.
    /// Places whose estimates are computed at a time; the estimates stay in the first-level cache.
    static let chunkPlaces = 512

    /// Room for the estimates of a chunk, rounded up to any alignment of a codec.
    let estimates: UnsafeMutablePointer<Float>
    let bounds: UnsafeMutablePointer<Float>
    let distances: UnsafeMutablePointer<Float>
    let positions: UnsafeMutablePointer<UInt32>
    let rows: UnsafeMutablePointer<UInt32>
    /// One value for each list.
    let centroidDistances: UnsafeMutablePointer<Float>
    let centroidPositions: UnsafeMutablePointer<UInt32>
    /// A query of another element type as float32 elements.
    let floats: UnsafeMutablePointer<Float>
    let prepared: UnsafeMutableRawPointer
    var lists: [Neighbor] = []

    init(coarseCount: Int, dimension: Int, preparedBytes: Int) {
        estimates = .allocate(capacity: 2 * Self.chunkPlaces)
        bounds = .allocate(capacity: Self.chunkPlaces)
        distances = .allocate(capacity: Self.chunkPlaces)
        positions = .allocate(capacity: Self.chunkPlaces)
        rows = .allocate(capacity: Self.chunkPlaces)
        centroidDistances = .allocate(capacity: coarseCount)
        centroidPositions = .allocate(capacity: coarseCount)
        floats = .allocate(capacity: dimension)
        prepared = .allocate(byteCount: max(preparedBytes, 64), alignment: 64)
    }

    deinit {
        estimates.deallocate()
        bounds.deallocate()
        distances.deallocate()
        positions.deallocate()
        rows.deallocate()
        centroidDistances.deallocate()
        centroidPositions.deallocate()
        floats.deallocate()
        prepared.deallocate()
    }
}
