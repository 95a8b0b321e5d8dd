/// Vectors like those of text embeddings: unit length, mixtures of a few topics, a few topics very common.
///
/// A row mixes one to `topicsPerText` topics with random weights, adds a shared direction (embeddings of
/// one model lie in a cone) and noise, and is scaled to length 1. Topics are drawn by a Zipf law.
public struct TopicDistribution: VectorDistribution {
    /// What the distribution looks like.
    public struct Parameters: Sendable, Equatable {
        public var topicCount = 1_000
        public var topicExponent = 1.0
        public var topicsPerText = 3
        /// Length of the shared direction beside a topic of length 1.
        public var cone: Float = 0.3
        /// Length of the noise beside a topic of length 1.
        public var noise: Float = 0.9

        public init() {}
    }

    public let dimension: Int
    public let parameters: Parameters
    private let topics: VectorSet
    private let popularity: ZipfDistribution

    public init(dimension: Int, seed: UInt64, parameters: Parameters = Parameters()) {
        precondition(dimension > 0, "the dimension must be positive")
        precondition(parameters.topicCount > 0 && parameters.topicsPerText > 0, "topics must be positive")
        self.dimension = dimension
        self.parameters = parameters
        popularity = ZipfDistribution(count: parameters.topicCount, exponent: parameters.topicExponent)
        // The row behind the last topic is the shared direction.
        topics = UniformDistribution(dimension: dimension).vectors(
            parameters.topicCount + 1, seed: seed, threads: 1)
    }

    public func draw(_ random: inout RandomSource, into values: UnsafeMutableBufferPointer<Float>) {
        let spread = parameters.noise / Float(dimension).squareRoot()
        random.fillGaussian(values, deviation: spread)
        topics.withValues { all in
            let base = all.baseAddress!
            VectorMath.add(base + parameters.topicCount * dimension, scale: parameters.cone, to: values)
            let mixed = 1 + random.integer(below: parameters.topicsPerText)
            for place in 0..<mixed {
                let topic = popularity.draw(&random)
                let weight = (0.5 + random.uniform()) / Float(place + 1)
                VectorMath.add(base + topic * dimension, scale: weight, to: values)
            }
        }
        VectorMath.normalise(values)
    }
}
