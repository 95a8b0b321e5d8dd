/// Checks the vectors of an insert and of a search.
enum VectorValues {
    /// The vectors of a column.
    static func checked(_ given: FieldData, type: DataType, metric: Metric) throws -> DenseVectors {
        let layout = type.vectorLayout!
        let vectors = try vectors(given, type: type)
        guard given.valid?.allSatisfy({ $0 }) ?? true else {
            throw ApusError(.invalidArgument, "field '\(given.name)' has rows without a vector; give every row one")
        }
        try check(vectors, dimension: layout.dimension, metric: metric, owner: "field '\(given.name)', row")
        return vectors
    }

    /// Refuses NaN and infinity, vectors whose distances could leave the range of a float, and, where angles are
    /// compared, zero vectors.
    static func check(_ vectors: DenseVectors, dimension: Int, metric: Metric, owner: String) throws {
        guard let values = vectors.floats else { return }
        let bad = Kernels.best.firstNonFinite(values)
        if bad < values.count {
            throw ApusError(
                .invalidArgument,
                "\(owner) \(bad / dimension), column \(bad % dimension): \(values[bad]) is not a finite number")
        }
        try values.withUnsafeBufferPointer { values in
            for row in 0..<values.count / dimension {
                let vector = UnsafeBufferPointer(rebasing: values[row * dimension..<(row + 1) * dimension])
                if let fault = fault(in: vector, metric: metric) {
                    throw ApusError(.invalidArgument, "\(owner) \(row): \(fault)")
                }
            }
        }
    }

    /// Below this no distance between two vectors is infinite or, by opposite infinities, not a number.
    private static let largestSquaredNorm = Float.greatestFiniteMagnitude / 4

    private static func fault(in vector: UnsafeBufferPointer<Float>, metric: Metric) -> String? {
        let base = vector.baseAddress!
        let squaredNorm = -Kernels.best.negativeInnerProduct(.float32).pair(base, base, vector.count)
        if !(squaredNorm <= largestSquaredNorm) {
            return "the vector is too long for distances in single precision; scale the vectors down"
        }
        if metric == .cosine, squaredNorm == 0, vector.allSatisfy({ $0 == 0 }) {
            return "a zero vector has no direction, which COSINE compares"
        }
        return nil
    }

    private static func vectors(_ given: FieldData, type: DataType) throws -> DenseVectors {
        let layout = type.vectorLayout!
        if case .values(let values) = given.data {
            var bytes: [UInt8] = []
            for (row, value) in values.enumerated() {
                guard let vector = value.denseVector, vector.element == layout.element,
                    vector.rowCount(dimension: layout.dimension) == 1
                else {
                    throw ApusError(
                        .invalidArgument,
                        "field '\(given.name)', row \(row): \(value) is not a \(type), a vector of dimension \(layout.dimension)"
                    )
                }
                vector.withBytes { bytes += $0 }
            }
            return bytes.withUnsafeBytes { DenseVectors($0, layout.element) }
        }
        guard let vectors = given.data.denseVectors, vectors.element == layout.element else {
            throw ApusError(
                .invalidArgument, "field '\(given.name)' is of type \(type), but \(given.data.kind) were given")
        }
        return vectors
    }
}
