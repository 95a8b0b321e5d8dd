/// Clusters that are not balls but low-dimensional sheets, as embeddings of real things tend to be.
///
/// A row is `centre + map x latent + noise`: the centre is drawn from N(0, I); the map belongs to the group of the
/// cluster and has normal entries; latent number i has the standard deviation (1 + i)^-0.5; the noise is normal.
/// With the default parameters in 128 dimensions the local intrinsic dimension is about 18.
public struct ClusteredDistribution: VectorDistribution {
    /// What the distribution looks like.
    public struct Parameters: Sendable, Equatable {
        public var clusterCount = 2_000
        /// How many different maps there are; cluster c uses map c mod `groupCount`.
        public var groupCount = 20
        public var latentDimension = 16
        /// The standard deviation of the entries of a map; its square is 9/16.
        public var mapDeviation: Float = 0.75
        /// The standard deviation of latent number i is (1 + i)^-`latentDecay`.
        public var latentDecay = 0.5
        /// The standard deviation of the noise in each dimension.
        public var noise: Float = 0.25

        public init() {}
    }

    public let dimension: Int
    public let parameters: Parameters
    private let centres: VectorSet
    /// Row (group x latent number): the column of the map, already scaled by its latent deviation.
    private let columns: VectorSet

    public init(dimension: Int, seed: UInt64, parameters: Parameters = Parameters()) {
        precondition(dimension > 0, "the dimension must be positive")
        precondition(
            parameters.clusterCount > 0 && parameters.groupCount > 0 && parameters.latentDimension > 0,
            "clusters, groups and latent dimensions must be positive")
        self.dimension = dimension
        self.parameters = parameters
        centres = VectorSet.make(count: parameters.clusterCount, dimension: dimension, threads: 1) {
            row, values in
            var random = RandomSource(seed: seed, stream: row)
            random.fillGaussian(values)
        }
        let columnCount = parameters.groupCount * parameters.latentDimension
        columns = VectorSet.make(count: columnCount, dimension: dimension, threads: 1) { row, values in
            var random = RandomSource(seed: seed, stream: parameters.clusterCount + row)
            let latent = Double(row % parameters.latentDimension)
            let deviation = Float(power(1 + latent, -parameters.latentDecay))
            random.fillGaussian(values, deviation: parameters.mapDeviation * deviation)
        }
    }

    public func draw(_ random: inout RandomSource, into values: UnsafeMutableBufferPointer<Float>) {
        let cluster = random.integer(below: parameters.clusterCount)
        let firstColumn = cluster % parameters.groupCount * parameters.latentDimension
        withUnsafeTemporaryAllocation(of: Float.self, capacity: parameters.latentDimension) { latent in
            random.fillGaussian(latent)
            random.fillGaussian(values, deviation: parameters.noise)
            centres.withRow(cluster) { centre in
                for index in values.indices { values[index] += centre[index] }
            }
            columns.withValues { all in
                for (number, weight) in latent.enumerated() {
                    let column = all.baseAddress! + (firstColumn + number) * dimension
                    VectorMath.add(column, scale: weight, to: values)
                }
            }
        }
    }
}
