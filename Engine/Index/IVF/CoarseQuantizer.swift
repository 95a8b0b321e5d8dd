/// The centroids of an inverted file, and the search for those near to a query.
///
/// A search scans byte codes of the centroids, a quarter of their size, takes a few more than asked for and orders
/// those by their exact distance; so it may miss a list that is about as far as the last one that it names.
final class CoarseQuantizer: Sendable {
    /// Float32 elements or bits.
    let centroids: VectorRows
    let count: Int
    let kernel: DistanceKernel

    /// - Parameters:
    ///   - centroids: rows 0 ..< `count`.
    ///   - kernel: of the metric and the elements of the centroids.
    init(_ centroids: VectorRows, count: Int, kernel: DistanceKernel) {
        precondition(count > 0 && count <= centroids.capacity)
        self.centroids = centroids
        self.count = count
        self.kernel = kernel
    }

    var memoryBytes: Int { count * centroids.strideBytes }

    /// A part of the index file: the centroids, one after the other.
    var bytes: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: centroids.base, count: count * centroids.strideBytes)
    }

    /// Writes the `wanted` lists nearest to a query to `lists`, nearest first, ties by list.
    ///
    /// - Parameters:
    ///   - wanted: at most `count`.
    ///   - distances: room for `count` values.
    func nearest(
        _ wanted: Int, to query: UnsafeRawPointer, distances: UnsafeMutablePointer<Float>,
        into lists: inout [Neighbor]
    ) {
        kernel.rows(query, centroids.base, centroids.strideBytes, count, centroids.dimension, distances)
        lists.removeAll(keepingCapacity: true)
        if wanted * 4 < count {
            var nearest = TopK(k: wanted)
            for list in 0..<count where distances[list] <= nearest.worstDistance {
                nearest.offer(distances[list], UInt32(list))
            }
            lists.append(contentsOf: nearest.sorted())
        } else {
            for list in 0..<count { lists.append(Neighbor(distance: distances[list], row: UInt32(list))) }
            lists.sort()
            lists.removeLast(count - wanted)
        }
    }
}
