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
    /// One value for each list, rounded up to whole blocks.
    let centroidDistances: UnsafeMutablePointer<Float>
    let centroidPositions: UnsafeMutablePointer<UInt32>
    let prepared: UnsafeMutableRawPointer
    var lists: [Neighbor] = []

    /// - Parameter preparedBytes: those of the codec.
    init(_ coarse: CoarseQuantizer, preparedBytes: Int) {
        estimates = .allocate(capacity: 2 * Self.chunkPlaces)
        bounds = .allocate(capacity: Self.chunkPlaces)
        distances = .allocate(capacity: Self.chunkPlaces)
        positions = .allocate(capacity: Self.chunkPlaces)
        rows = .allocate(capacity: Self.chunkPlaces)
        centroidDistances = .allocate(capacity: coarse.scratchCount)
        centroidPositions = .allocate(capacity: coarse.scratchCount)
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
        prepared.deallocate()
    }
}
