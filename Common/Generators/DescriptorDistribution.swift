/// Vectors like those of local image descriptors: whole numbers 0 to 255, many of them zero, a few large.
///
/// A clustered vector loses its negative part and a threshold, which makes about half of the values zero; it is
/// scaled to a fixed length, as histograms of gradients are, clipped and rounded.
public struct DescriptorDistribution: VectorDistribution {
    public let dimension: Int
    /// The Euclidean length before clipping and rounding.
    public let length: Float
    /// What is taken off every value before the negative part is dropped.
    public let threshold: Float
    private let clusters: ClusteredDistribution

    public init(
        dimension: Int = 128, seed: UInt64, clusterCount: Int = 2_000, length: Float = 512,
        threshold: Float = 0.1
    ) {
        var parameters = ClusteredDistribution.Parameters()
        parameters.clusterCount = clusterCount
        self.dimension = dimension
        self.length = length
        self.threshold = threshold
        clusters = ClusteredDistribution(dimension: dimension, seed: seed, parameters: parameters)
    }

    public func draw(_ random: inout RandomSource, into values: UnsafeMutableBufferPointer<Float>) {
        clusters.draw(&random, into: values)
        for index in values.indices { values[index] = max(0, values[index] - threshold) }
        VectorMath.normalise(values)
        for index in values.indices { values[index] = min(255, (values[index] * length).rounded()) }
    }
}
