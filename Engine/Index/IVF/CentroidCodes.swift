/// Byte codes of centroids, less the mean of all: a quarter of the bytes, and inner products of bytes, to find the
/// centroids that may be near to a query. Estimates leave out what all centroids have in common.
struct CentroidCodes {
    private let metric: Metric
    private let codes: ByteCodes
    private let centre: FloatMatrix
    private let kernel = ListScanKernel.best

    /// - Parameter centroids: float32 elements.
    init(_ centroids: VectorRows, count: Int, metric: Metric) {
        let dimension = centroids.dimension
        self.metric = metric
        codes = ByteCodes(dimension: dimension, placeCount: count)
        centre = FloatMatrix(count: 1, dimension: dimension)
        centre.row(0).update(from: ResidualByteCodec.mean(of: centroids, count: count), count: dimension)
        withUnsafeTemporaryAllocation(of: Float.self, capacity: dimension) { offset in
            for row in 0..<count {
                let centroid = centroids.row(row).assumingMemoryBound(to: Float.self)
                for element in 0..<dimension { offset[element] = centroid[element] - centre.row(0)[element] }
                let loss = codes.encode(offset.baseAddress!, place: row)
                if metric == .l2 { codes.setBias(Float(loss.squaredLength), place: row) }
            }
        }
    }

    var memoryBytes: Int { codes.memory.byteCount }

    /// Room that estimates of `count` centroids take: they are computed in blocks.
    static func room(_ count: Int) -> Int { (count / ByteCodes.blockRows + 1) * ByteCodes.blockRows }

    /// Writes an estimate for each centroid.
    ///
    /// - Parameter estimates: room for `room(count)` values.
    func estimate(_ query: UnsafePointer<Float>, into estimates: UnsafeMutablePointer<Float>) {
        let dimension = codes.dimension
        let groups = ByteCodes.groups(dimension)
        let centre = centre.row(0)
        withUnsafeTemporaryAllocation(of: Float.self, capacity: dimension) { offset in
            withUnsafeTemporaryAllocation(byteCount: 4 * groups, alignment: 64) { bytes in
                let values = bytes.baseAddress!.bindMemory(to: Int8.self, capacity: 4 * groups)
                for element in 0..<dimension {
                    offset[element] = metric == .l2 ? query[element] - centre[element] : query[element]
                }
                let step = ByteSteps.step(offset.baseAddress!, dimension)
                let inverse = step > 0 ? 1 / step : 0
                var sum: Int32 = 0
                for element in 0..<dimension {
                    let code = step > 0 ? ByteSteps.code(offset[element] * inverse) : 0
                    values[element] = Int8(truncatingIfNeeded: code)
                    sum &+= code
                }
                for element in dimension..<4 * groups { values[element] = 0 }
                kernel.distances(
                    query: values, groups: groups, offset: 128 &* sum, factor: metric == .l2 ? -2 * step : -step,
                    blocks: codes.block(0), count: codes.blockCount, term: 0, into: estimates)
            }
        }
    }
}
