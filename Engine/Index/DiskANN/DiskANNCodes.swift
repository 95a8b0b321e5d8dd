/// Compact codes of all nodes, and the distances of queries to them.
struct DiskANNCodes: Sendable {
    let rows: VectorRows
    private let kernel: DistanceKernel

    init(rows: VectorRows, metric: Metric) {
        self.rows = rows
        kernel = Kernels.best.distance(metric, rows.element)
    }

    /// The codes of rows of floats, in the order of the nodes.
    init(encoding source: VectorRows, order: [UInt32], metric: Metric) {
        let rows = VectorRows(element: .float16, dimension: source.dimension, capacity: order.count)
        self.init(rows: rows, metric: metric)
        for (node, row) in order.enumerated() {
            prepare(source.row(Int(row)).assumingMemoryBound(to: Float.self), into: rows.row(node))
        }
    }

    /// Restores codes.
    init(
        bytes: UnsafeRawBufferPointer, _ element: VectorElement, _ layout: DiskANNLayout, metric: Metric,
        _ parts: IndexParts
    ) throws {
        let rows = VectorRows(element: element, dimension: layout.dimension, capacity: layout.nodeCount)
        guard bytes.count == rows.strideBytes * layout.nodeCount else {
            throw parts.corrupted("the index has \(bytes.count) bytes of codes")
        }
        rows.base.copyMemory(from: bytes.baseAddress!, byteCount: bytes.count)
        self.init(rows: rows, metric: metric)
    }

    var bytes: [UInt8] { Array(UnsafeRawBufferPointer(start: rows.base, count: memoryBytes)) }

    var memoryBytes: Int { rows.strideBytes * rows.capacity }

    var preparedBytes: Int { rows.strideBytes }

    func prepare(_ query: UnsafePointer<Float>, into target: UnsafeMutableRawPointer) {
        ElementConversion.float16(
            from: UnsafeBufferPointer(start: query, count: rows.dimension),
            to: UnsafeMutableBufferPointer(
                start: target.assumingMemoryBound(to: UInt16.self), count: rows.dimension))
    }

    func scorer(_ preparedQuery: UnsafeRawPointer) -> QueryScorer {
        QueryScorer(kernel, query: preparedQuery, rows: rows)
    }

    /// The nearest `limit` of `nodes`.
    func nearest(_ limit: Int, of nodes: [UInt32], _ scorer: QueryScorer) -> [Neighbor] {
        var nearest = TopK(k: limit)
        withUnsafeTemporaryAllocation(of: Float.self, capacity: Self.scanBlock) { distances in
            for start in stride(from: 0, to: nodes.count, by: Self.scanBlock) {
                let block = nodes[start..<min(start + Self.scanBlock, nodes.count)]
                block.withUnsafeBufferPointer {
                    scorer.distances(to: $0.baseAddress!, count: $0.count, into: distances.baseAddress!)
                }
                for (index, node) in block.enumerated() { nearest.offer(distances[index], node) }
            }
        }
        return nearest.sorted()
    }

    private static let scanBlock = 1024
}
