/// Finds the centroids of a `ProductQuantizer` by one k-means for each part of the vectors (Jégou, Douze and Schmid 2011).
///
/// The same rows, settings and seed give the same centroids for any number of threads: a part is trained by one worker.
enum ProductTrainer {
    /// Rows a centroid to train on, and the fewest in all.
    private static let rowsPerCentroid = 128
    private static let fewestRows = 8192

    /// Rows that training reads at most.
    static func sampleSize(bits: Int) -> Int { max(rowsPerCentroid << bits, fewestRows) }

    /// - Parameters:
    ///   - rows: a sample of the vectors, or of what is coded of them; more than `sampleSize` are not needed.
    ///   - partDimension: elements of a part; the last part has what remains.
    static func train(
        _ rows: FloatRows, partDimension: Int, bits: Int, seed: UInt64, team: WorkerTeam
    ) -> ProductQuantizer {
        let quantizer = ProductQuantizer(dimension: rows.dimension, partDimension: partDimension, bits: bits)
        team.forEach(quantizer.parts, grain: 1) { range, _ in
            for part in range { train(part, of: quantizer, rows, seed: seed) }
        }
        return quantizer
    }

    private static func train(_ part: Int, of quantizer: ProductQuantizer, _ rows: FloatRows, seed: UInt64) {
        let elements = quantizer.elements(of: part)
        let sample = FloatMatrix(count: rows.count, dimension: elements.count)
        for row in 0..<rows.count {
            sample.row(row).update(from: rows.row(row) + elements.lowerBound, count: elements.count)
        }
        let means = KMeans(centroidCount: quantizer.centroidCount, seed: seed &+ UInt64(part))
        let found = means.train(sample.rows, team: WorkerTeam(count: 1))
        for centroid in 0..<quantizer.centroidCount {
            quantizer.setCentroid(centroid, of: part, to: found.row(centroid))
        }
    }
}
