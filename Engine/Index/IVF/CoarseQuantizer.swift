/// The centroids of an inverted file, and the search for those nearest to a query.
///
/// Many centroids are searched through byte codes, a quarter of their size, whose bounds say which of them to compare
/// exactly, just as the rows of a list are; so the answer is always that of exact distances.
final class CoarseQuantizer: Sendable {
    /// Float32 elements or bits.
    let centroids: VectorRows
    let count: Int
    private let vectors: VectorSpace
    /// The centroids as one list; nil where scanning them as they are is no slower.
    private let codes: Codes?

    private struct Codes {
        let codec: ResidualByteCodec
        let lists: InvertedLists
        /// The centroid of the centroids.
        let centre: VectorRows
    }

    /// Centroids of fewer elements altogether fit into the second-level cache beside everything else.
    private static let fewestCodedElements = 1 << 15
    /// If more centroids than one in this many are wanted, all are compared exactly.
    private static let codedShare = 4

    /// - Parameter centroids: rows 0 ..< `count`, float32 elements or bits.
    init(_ centroids: VectorRows, count: Int, metric: Metric) {
        precondition(count > 0 && count <= centroids.capacity)
        self.centroids = centroids
        self.count = count
        vectors = VectorSpace(metric: metric, rows: centroids, count: count)
        let isLarge = count * centroids.dimension >= Self.fewestCodedElements
        codes = centroids.element == .float32 && isLarge ? Self.codes(centroids, count: count, metric: metric) : nil
    }

    private static func codes(_ centroids: VectorRows, count: Int, metric: Metric) -> Codes {
        let groups = GroupedRows(labels: [UInt32](repeating: 0, count: count), groupCount: 1)
        let lists = InvertedLists(groups, alignment: ByteCodes.blockRows)
        let centre = VectorRows(element: .float32, dimension: centroids.dimension, capacity: 1)
        let mean = ResidualByteCodec.mean(of: centroids, count: count)
        centre.base.copyMemory(from: mean, byteCount: centre.strideBytes)
        let codec = ResidualByteCodec(
            centroids, metric: metric, lists: lists, centroids: centre, team: WorkerTeam(count: 1))
        return Codes(codec: codec, lists: lists, centre: centre)
    }

    var memoryBytes: Int { count * centroids.strideBytes + (codes?.codec.memoryBytes ?? 0) }
    /// Bytes of a query that is prepared for the codes.
    var preparedBytes: Int { codes?.codec.preparedBytes ?? 0 }

    /// A part of the index file: the centroids, one after the other.
    var bytes: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: centroids.base, count: count * centroids.strideBytes)
    }

    /// Writes the `wanted` lists nearest to a query to `scratch.lists`, nearest first, ties by list.
    ///
    /// - Parameter wanted: at most `count`.
    func nearest(_ wanted: Int, to query: UnsafeRawPointer, scratch: IVFScratch) {
        scratch.lists.removeAll(keepingCapacity: true)
        if let codes, wanted * Self.codedShare <= count {
            scratch.lists.append(contentsOf: nearest(wanted, to: query, through: codes, scratch))
            return
        }
        vectors.scorer(for: query).distances(to: 0..<count, into: scratch.centroidDistances)
        for list in 0..<count {
            scratch.lists.append(Neighbor(distance: scratch.centroidDistances[list], row: UInt32(list)))
        }
        scratch.lists.sort()
        scratch.lists.removeLast(count - wanted)
    }

    private func nearest(
        _ wanted: Int, to query: UnsafeRawPointer, through codes: Codes, _ scratch: IVFScratch
    ) -> [Neighbor] {
        codes.codec.prepare(query, into: scratch.preparedForCentroids)
        let whole = Neighbor(
            distance: vectors.kernel.pair(query, codes.centre.base, centroids.dimension), row: 0)
        var nearest = TopK(k: wanted)
        let scan = ListScan(codec: codes.codec, lists: codes.lists, permitted: nil, scratch: scratch)
        _ = scan.scan(
            whole, prepared: scratch.preparedForCentroids, exact: vectors.scorer(for: query), into: &nearest)
        return nearest.sorted()
    }
}
