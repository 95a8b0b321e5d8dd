/// A seeded source of vectors: the model is made once, then any number of rows are drawn from it.
///
/// Base rows and queries come from the same model with different seeds. A row depends only on the model, the seed
/// and its number: never on the number of threads, nor on how many rows are drawn.
public protocol VectorDistribution: Sendable {
    var dimension: Int { get }

    /// Writes one vector of `dimension` values.
    func draw(_ random: inout RandomSource, into values: UnsafeMutableBufferPointer<Float>)
}

extension VectorDistribution {
    /// `count` vectors.
    public func vectors(
        _ count: Int, seed: UInt64, threads: Int = Parallel.processorCount
    ) -> VectorSet {
        VectorSet.make(count: count, dimension: dimension, threads: threads) { row, values in
            var random = RandomSource(seed: seed, stream: row)
            draw(&random, into: values)
        }
    }
}

/// Directions spread evenly over the unit sphere: the hardest input, since no row is much nearer than others.
public struct UniformDistribution: VectorDistribution {
    public let dimension: Int

    public init(dimension: Int) {
        precondition(dimension > 0, "the dimension must be positive")
        self.dimension = dimension
    }

    public func draw(_ random: inout RandomSource, into values: UnsafeMutableBufferPointer<Float>) {
        random.fillGaussian(values)
        VectorMath.normalise(values)
    }
}
