/// How vectors are seen by block codes: from a centre, rotated. Rows and queries share one frame.
struct BlockFrame: Sendable {
    let metric: Metric
    let rotation: RandomRotation
    /// Any vector; codes are the better the nearer it is to the rows.
    let centre: [Float]
    /// The squared length of the centre.
    let centreSquare: Double

    var dimension: Int { centre.count }

    /// Room for a vector as the kernels of codes want it: a multiple of 16 elements.
    var paddedDimension: Int { (dimension + 15) / 16 * 16 }

    init(metric: Metric, centre: [Float], seed: UInt64) {
        precondition(!metric.isBinary, "codes are of vectors of numbers")
        self.metric = metric
        self.centre = centre
        rotation = RandomRotation(dimension: centre.count, seed: seed)
        centreSquare = centre.reduce(0) { $0 + Double($1) * Double($1) }
    }

    /// Writes a vector less the centre to `target`, with zeros behind it; `target` has `paddedDimension` elements.
    func centred(_ vector: UnsafePointer<Float>, into target: UnsafeMutablePointer<Float>) {
        centre.withUnsafeBufferPointer { centre in
            for index in 0..<centre.count { target[index] = vector[index] - centre[index] }
        }
        for index in dimension..<paddedDimension { target[index] = 0 }
    }
}

extension BlockFrame {
    /// Rows that a centre is computed from.
    private static let sampleRows = 16_384
    /// Rows this many times longer than the median are left out of the mean: one huge row among small ones would
    /// move the centre away from all others.
    private static let longestShare: Float = 4

    /// The mean of a sample of rows that lie evenly among all.
    static func mean(of rows: VectorRows, count: Int) -> [Float] {
        precondition(rows.element == .float32)
        let sample = stride(from: 0, to: count, by: max(count / sampleRows, 1)).map { row in
            rows.row(row).assumingMemoryBound(to: Float.self)
        }
        let product = Kernels.best.negativeInnerProduct(.float32)
        let squares = sample.map { -product.pair($0, $0, rows.dimension) }
        let limit = squares.isEmpty ? 0 : squares.sorted()[squares.count / 2] * longestShare * longestShare
        var sums = Array(repeating: 0.0, count: rows.dimension)
        var added = 0.0
        for (vector, square) in zip(sample, squares) where square <= limit {
            added += 1
            for index in 0..<rows.dimension { sums[index] += Double(vector[index]) }
        }
        return sums.map { added > 0 ? Float($0 / added) : 0 }
    }
}
