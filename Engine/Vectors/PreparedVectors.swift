/// Vectors as they are compared: bits as given, numbers as float32, normalised for COSINE, so that an inner product of
/// unit rows is the cosine. A zero vector stays zero.
enum PreparedVectors {
    /// Copies `count` vectors of a layout from `source` to `target`, which takes vectors of `layout.prepared`. They may be
    /// the same where both layouts are.
    static func copy(
        _ source: UnsafeRawPointer, _ layout: VectorLayout, to target: UnsafeMutableRawPointer, count: Int,
        metric: Metric
    ) {
        if layout.element == .bit {
            if UnsafeRawPointer(target) != source {
                target.copyMemory(from: source, byteCount: count * layout.strideBytes)
            }
            return
        }
        let target = target.assumingMemoryBound(to: Float.self)
        var floats = source.assumingMemoryBound(to: Float.self)
        if layout.element != .float32 {
            ElementConversion.float32(from: source, layout.element, count: count * layout.dimension, to: target)
            floats = UnsafePointer(target)
        }
        copy(floats, to: target, count: count, dimension: layout.dimension, metric: metric)
    }

    /// Copies `count` vectors from `source` to `target` in the form that `metric` compares. They may be the same.
    private static func copy(
        _ source: UnsafePointer<Float>, to target: UnsafeMutablePointer<Float>, count: Int, dimension: Int,
        metric: Metric
    ) {
        guard metric == .cosine else {
            if UnsafePointer(target) != source { target.update(from: source, count: count * dimension) }
            return
        }
        let innerProduct = Kernels.best.negativeInnerProduct(.float32)
        for row in 0..<count {
            let vector = source + row * dimension
            let squaredNorm = -innerProduct.pair(vector, vector, dimension)
            scale(vector, by: inverseNorm(squaredNorm, of: vector, dimension), to: target + row * dimension, dimension)
        }
    }

    /// In double where the squares leave the range of a float.
    private static func inverseNorm(_ squaredNorm: Float, of vector: UnsafePointer<Float>, _ dimension: Int) -> Float {
        if squaredNorm.isNormal { return 1 / squaredNorm.squareRoot() }
        var exact = 0.0
        for index in 0..<dimension { exact += Double(vector[index]) * Double(vector[index]) }
        return exact > 0 ? Float(1 / exact.squareRoot()) : 0
    }

    private static func scale(
        _ vector: UnsafePointer<Float>, by factor: Float, to target: UnsafeMutablePointer<Float>, _ dimension: Int
    ) {
        for index in 0..<dimension { target[index] = vector[index] * factor }
    }
}
