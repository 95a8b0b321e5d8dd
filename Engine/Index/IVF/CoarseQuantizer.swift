/// The centroids of an inverted file, and the search for those near to a query.
///
/// A search scans byte codes of the centroids, a quarter of their size, takes a few more than asked for and orders
/// those by their exact distance; so it may miss a list that is about as far as the last one that it names.
final class CoarseQuantizer: Sendable {
    /// Float32 elements or bits.
    let centroids: VectorRows
    let count: Int
    private let kernel: DistanceKernel
    /// nil for bits, and for so few centroids that codes save nothing.
    private let codes: CentroidCodes?

    /// Of fewer centroids all exact distances are computed.
    private static let fewestCoded = 128
    /// Lists whose exact distance is computed beside those asked for: one in so many, and so many more.
    private static let furtherShare = 4
    private static let furtherLists = 8

    /// - Parameter centroids: rows 0 ..< `count`, float32 elements or bits.
    init(_ centroids: VectorRows, count: Int, metric: Metric) {
        precondition(count > 0 && count <= centroids.capacity)
        self.centroids = centroids
        self.count = count
        kernel = Kernels.best.distance(metric, centroids.element)
        codes =
            centroids.element == .float32 && count >= Self.fewestCoded
            ? CentroidCodes(centroids, count: count, metric: metric) : nil
    }

    var memoryBytes: Int { count * centroids.strideBytes + (codes?.memoryBytes ?? 0) }

    /// A part of the index file: the centroids, one after the other.
    var bytes: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: centroids.base, count: count * centroids.strideBytes)
    }

    /// Values of its own, and as many positions, that a search needs room for.
    var scratchCount: Int { CentroidCodes.room(count) }

    /// Writes the `wanted` lists nearest to a query to `scratch.lists`, nearest first, ties by list.
    ///
    /// - Parameter wanted: at most `count`.
    func nearest(_ wanted: Int, to query: UnsafeRawPointer, scratch: IVFScratch) {
        let (distances, positions) = (scratch.centroidDistances, scratch.centroidPositions)
        scratch.lists.removeAll(keepingCapacity: true)
        let coded = wanted + wanted / Self.furtherShare + Self.furtherLists
        var found = count
        if let codes, coded < count {
            codes.estimate(query.assumingMemoryBound(to: Float.self), into: distances)
            found = select(coded, distances, positions)
            kernel.ids(query, centroids.base, centroids.strideBytes, positions, found, centroids.dimension, distances)
        } else {
            kernel.rows(query, centroids.base, centroids.strideBytes, count, centroids.dimension, distances)
            found = select(wanted, distances, positions)
            for index in 0..<found { distances[index] = distances[Int(positions[index])] }
        }
        for index in 0..<found { scratch.lists.append(Neighbor(distance: distances[index], row: positions[index])) }
        scratch.lists.sort()
        scratch.lists.removeLast(found - wanted)
    }

    /// Writes the positions of the least values, at least `wanted`, ascending; returns how many.
    private func select(
        _ wanted: Int, _ values: UnsafePointer<Float>, _ positions: UnsafeMutablePointer<UInt32>
    ) -> Int {
        let bound = SelectionThreshold.bound(values, count: count, wanted: wanted)
        let found = withUnsafeTemporaryAllocation(of: Float.self, capacity: count) { bounds in
            bounds.initialize(repeating: bound)
            return Kernels.best.positionsWithin(
                values: values, bounds: bounds.baseAddress!, count: count, positions: positions)
        }
        if found >= wanted { return found }
        for position in 0..<count { positions[position] = UInt32(position) }
        return count
    }
}
