/// Arithmetic on vectors in plain Swift, for generators, exact truth and tests.
///
/// Products and sums are separate operations and sums halve the width step by step: a fused product or
/// the library's own sum would become slow calls on a processor without them. Sums depend only on
/// the values, never on where they lie, so equal rows get equal distances.
public enum VectorMath {
    /// The inner product of `count` values.
    public static func dot(_ left: UnsafePointer<Float>, _ right: UnsafePointer<Float>, _ count: Int) -> Float {
        var sums = SIMD16<Float>.zero
        var index = 0
        while index + 16 <= count {
            sums += load(left + index) * load(right + index)
            index += 16
        }
        var rest: Float = 0
        while index < count {
            rest += left[index] * right[index]
            index += 1
        }
        return total(sums) + rest
    }

    /// The squared Euclidean distance of `count` values.
    public static func squaredL2(
        _ left: UnsafePointer<Float>, _ right: UnsafePointer<Float>, _ count: Int
    ) -> Float {
        var sums = SIMD16<Float>.zero
        var index = 0
        while index + 16 <= count {
            let difference = load(left + index) - load(right + index)
            sums += difference * difference
            index += 16
        }
        var rest: Float = 0
        while index < count {
            let difference = left[index] - right[index]
            rest += difference * difference
            index += 1
        }
        return total(sums) + rest
    }

    /// The inner product of two vectors of the same length.
    public static func dot(_ left: some Sequence<Float>, _ right: some Sequence<Float>) -> Float {
        withBoth(left, right) { dot($0, $1, $2) }
    }

    /// The squared Euclidean distance of two vectors of the same length.
    public static func squaredL2(_ left: some Sequence<Float>, _ right: some Sequence<Float>) -> Float {
        withBoth(left, right) { squaredL2($0, $1, $2) }
    }

    /// The Euclidean length of a vector.
    public static func norm(_ vector: some Sequence<Float>) -> Float {
        dot(vector, vector).squareRoot()
    }

    /// Scales a vector to length 1 in place; a vector of zeros stays as it is.
    public static func normalise(_ vector: UnsafeMutableBufferPointer<Float>) {
        guard let base = vector.baseAddress else { return }
        let length = dot(base, base, vector.count).squareRoot()
        guard length > 0 else { return }
        let scale = 1 / length
        for index in vector.indices { base[index] *= scale }
    }

    /// A copy scaled to length 1; a vector of zeros stays as it is.
    public static func normalised(_ vector: some Sequence<Float>) -> [Float] {
        var copy = Array(vector)
        copy.withUnsafeMutableBufferPointer { normalise($0) }
        return copy
    }

    /// The mean of all rows, summed in double precision; zeros when there is no row.
    public static func mean(_ vectors: VectorSet) -> [Float] {
        var sums = [Double](repeating: 0, count: vectors.dimension)
        vectors.withValues { values in
            for row in 0..<vectors.count {
                for column in 0..<vectors.dimension {
                    sums[column] += Double(values[row * vectors.dimension + column])
                }
            }
        }
        return sums.map { Float($0 / Double(max(1, vectors.count))) }
    }

    /// Adds `scale` x `vector` to `target`.
    static func add(
        _ vector: UnsafePointer<Float>, scale: Float, to target: UnsafeMutableBufferPointer<Float>
    ) {
        for index in target.indices { target[index] += scale * vector[index] }
    }

    @inline(__always)
    static func load(_ pointer: UnsafePointer<Float>) -> SIMD16<Float> {
        UnsafeRawPointer(pointer).loadUnaligned(as: SIMD16<Float>.self)
    }

    @inline(__always)
    static func total(_ sums: SIMD16<Float>) -> Float {
        let eight = sums.lowHalf + sums.highHalf
        let four = eight.lowHalf + eight.highHalf
        let two = four.lowHalf + four.highHalf
        return two[0] + two[1]
    }

    private static func withBoth(
        _ left: some Sequence<Float>, _ right: some Sequence<Float>,
        _ body: (UnsafePointer<Float>, UnsafePointer<Float>, Int) -> Float
    ) -> Float {
        let leftValues = ContiguousArray(left)
        let rightValues = ContiguousArray(right)
        precondition(leftValues.count == rightValues.count, "vectors must have the same dimension")
        return leftValues.withUnsafeBufferPointer { leftBuffer in
            rightValues.withUnsafeBufferPointer { rightBuffer in
                guard let first = leftBuffer.baseAddress, let second = rightBuffer.baseAddress else {
                    return 0
                }
                return body(first, second, leftBuffer.count)
            }
        }
    }
}

extension VectorSet {
    /// A copy with every row scaled to length 1; rows of zeros stay as they are.
    public func normalised() -> VectorSet {
        var copy = self
        copy.withMutableValues { values in
            for row in 0..<count {
                VectorMath.normalise(
                    UnsafeMutableBufferPointer(rebasing: values[row * dimension..<(row + 1) * dimension]))
            }
        }
        return copy
    }
}
