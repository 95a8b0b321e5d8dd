import CKernels

/// Writes a query as signed bytes in the order of the codes of a `ScalarQuantizer`: what a step of each dimension adds
/// to the distance. The query takes a second plane of bytes, for what the first loses, where codes are fine, or where
/// one element is so large that the bytes of the others would be coarse.
struct CodeQueryPreparation: QueryPreparation {
    let preparedBytes: Int

    private let quantizer: ScalarQuantizer
    private let planeBytes: Int
    /// The squares of the steps in planes, for L2 of 4-bit codes.
    private let weights: [Int8]
    private let weightFactors: (Float, Float)

    private static let headerBytes = 64
    /// An element this many times the root mean square takes a second plane.
    private static let peakForSecondPlane: Float = 5
    /// So few elements cost nothing twice.
    private static let dimensionForOnePlane = 65
    /// A square of a step this many times the mean takes a second plane of weights.
    private static let weightPeakForSecondPlane: Float = 4

    init(_ quantizer: ScalarQuantizer) {
        self.quantizer = quantizer
        planeBytes = quantizer.kind.format.planeBytes(forDimension: quantizer.dimension)
        preparedBytes = Self.headerBytes + 4 * planeBytes
        guard quantizer.metric == .l2, quantizer.kind.format == .bits4 else {
            weights = []
            weightFactors = (0, 0)
            return
        }
        var squares = quantizer.step.map { $0 * $0 }
        let largest = squares.max() ?? 0
        let mean = squares.reduce(0, +) / Float(squares.count)
        let planes = largest > Self.weightPeakForSecondPlane * mean ? 2 : 1
        var bytes = [Int8](repeating: 0, count: planes * planeBytes)
        weightFactors = Self.writePlanes(planes, of: &squares, largest: largest, quantizer, planeBytes, to: &bytes)
        weights = bytes
    }

    func prepare(_ query: UnsafePointer<Float>, into prepared: UnsafeMutableRawPointer) {
        let dimension = quantizer.dimension
        withUnsafeTemporaryAllocation(of: Float.self, capacity: dimension) { terms in
            let values = terms.baseAddress!
            let isL2 = quantizer.metric == .l2
            let largest = apus_code_terms(query, isL2 ? quantizer.low : nil, quantizer.step, dimension, values)
            let planes = planeCount(values, largest: largest)
            let bytes = prepared.assumingMemoryBound(to: Int8.self) + Self.headerBytes
            let factors = Self.writePlanes(planes, of: values, largest: largest, quantizer, planeBytes, to: bytes)
            let sign: Float = isL2 ? -2 : -1
            var head = apus_code_query()
            head.constant =
                isL2
                ? apus_code_squared_distance(query, quantizer.low, dimension)
                : -apus_code_inner_product(query, quantizer.low, dimension)
            head.planes = UInt32(planes)
            head.factors = (sign * factors.0, sign * factors.1)
            head.weight_planes = UInt32(weights.count / planeBytes)
            head.weight_factors = weightFactors
            prepared.storeBytes(of: head, as: apus_code_query.self)
            (bytes + planes * planeBytes).update(from: weights, count: weights.count)
        }
    }

    private func planeCount(_ values: UnsafePointer<Float>, largest: Float) -> Int {
        guard quantizer.kind.format == .bits4, quantizer.dimension >= Self.dimensionForOnePlane else { return 2 }
        let squares = apus_code_inner_product(values, values, quantizer.dimension)
        let bound = Self.peakForSecondPlane * Self.peakForSecondPlane * squares
        return largest * largest * Float(quantizer.dimension) > bound ? 2 : 1
    }

    /// Returns the factors of the planes.
    private static func writePlanes(
        _ planes: Int, of values: UnsafeMutablePointer<Float>, largest: Float, _ quantizer: ScalarQuantizer,
        _ planeBytes: Int, to bytes: UnsafeMutablePointer<Int8>
    ) -> (Float, Float) {
        let format = Int(quantizer.kind.format.rawValue)
        let coarse = largest / 127
        apus_code_plane(format, values, coarse, quantizer.dimension, bytes)
        guard planes > 1 else { return (coarse, 0) }
        // What is left is at most half a step of the first plane.
        let fine = coarse / 254
        apus_code_plane(format, values, fine, quantizer.dimension, bytes + planeBytes)
        return (coarse, fine)
    }
}
