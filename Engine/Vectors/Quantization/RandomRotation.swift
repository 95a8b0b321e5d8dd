/// A random orthogonal map that takes O(d log d): random signs and a fast Walsh-Hadamard transform, several times
/// (Ailon and Chazelle 2009, "The fast Johnson-Lindenstrauss transform and approximate nearest neighbors").
///
/// It spreads the length of any vector evenly over the elements, so that one step between codes suits all of them,
/// and changes no distance. The transform needs a power of two: it is applied to the first and the last such number of
/// elements in turn, and the two halves of the vector are mixed after each.
struct RandomRotation: Sendable {
    let dimension: Int
    private let signs: [Float]

    private static let steps = 4

    /// The same dimension and seed give the same rotation.
    init(dimension: Int, seed: UInt64) {
        precondition(dimension > 0)
        self.dimension = dimension
        var state = seed
        signs = (0..<Self.steps * dimension).map { _ in Self.next(&state) >> 63 == 0 ? 1 : -1 }
    }

    /// SplitMix64 (Steele, Lea and Flood 2014, "Fast splittable pseudorandom number generators").
    private static func next(_ state: inout UInt64) -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }

    /// Rotates a vector of `dimension` elements where it lies. The result is the same on every instruction set.
    func apply(_ vector: UnsafeMutablePointer<Float>) {
        BlockKernels.best.rotate(vector, dimension, signs, Self.steps)
    }

    /// The computed vector differs from the rotated one by at most this times its length.
    ///
    /// Each level of a transform, each scaling and each mixing errs by at most three roundings of its result, and
    /// none of them changes a length.
    var relativeError: Double {
        let levels = (Int.bitWidth - dimension.leadingZeroBitCount) + 6
        return Double(Self.steps * levels + 4) * 0x1p-24
    }
}
