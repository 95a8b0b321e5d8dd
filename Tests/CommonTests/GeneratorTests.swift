import Testing

@testable import Common

@Suite struct GeneratorTests {
    static let smallClusters: ClusteredDistribution.Parameters = {
        var parameters = ClusteredDistribution.Parameters()
        parameters.clusterCount = 30
        return parameters
    }()

    static let distributions: [any VectorDistribution] = [
        UniformDistribution(dimension: 24),
        ClusteredDistribution(dimension: 24, seed: 4, parameters: smallClusters),
        TopicDistribution(dimension: 24, seed: 4),
        DescriptorDistribution(dimension: 24, seed: 4, clusterCount: 30),
    ]

    @Test(arguments: distributions.indices)
    func seedsReproduceForAnyNumberOfThreads(index: Int) {
        let distribution = GeneratorTests.distributions[index]
        let rows = distribution.vectors(6_000, seed: 9, threads: 1)
        #expect(rows == distribution.vectors(6_000, seed: 9, threads: 3))
        #expect(rows.prefix(100) == distribution.vectors(100, seed: 9, threads: 2))
        #expect(rows.prefix(100) != distribution.vectors(100, seed: 10))
    }

    @Test func modelsWithTheSameSeedAreTheSame() {
        let first = ClusteredDistribution(dimension: 16, seed: 4, parameters: GeneratorTests.smallClusters)
        let second = ClusteredDistribution(dimension: 16, seed: 4, parameters: GeneratorTests.smallClusters)
        let other = ClusteredDistribution(dimension: 16, seed: 5, parameters: GeneratorTests.smallClusters)
        #expect(first.vectors(20, seed: 1) == second.vectors(20, seed: 1))
        #expect(first.vectors(20, seed: 1) != other.vectors(20, seed: 1))
    }

    @Test(arguments: [0, 2])
    func directionsHaveUnitLength(index: Int) {
        let rows = GeneratorTests.distributions[index].vectors(200, seed: 2)
        for row in 0..<rows.count { #expect(abs(VectorMath.norm(rows.row(row)) - 1) < 1e-5) }
    }

    @Test func clusteredVarianceIsThatOfItsParts() {
        var parameters = ClusteredDistribution.Parameters()
        parameters.clusterCount = 500
        let rows = ClusteredDistribution(dimension: 64, seed: 8, parameters: parameters).vectors(
            20_000, seed: 1)
        let meanSquare = rows.values.reduce(0.0) { $0 + Double($1 * $1) } / Double(rows.values.count)
        let latent = (1...16).reduce(0.0) { $0 + 1 / Double($1) }
        let expected = 1 + 9.0 / 16 * latent + 0.25 * 0.25
        #expect(abs(meanSquare / expected - 1) < 0.05)
    }

    @Test func descriptorsAreBytesWithManyZeros() {
        let rows = DescriptorDistribution(seed: 3, clusterCount: 50).vectors(500, seed: 1)
        #expect(rows.values.allSatisfy { $0 >= 0 && $0 <= 255 && $0 == $0.rounded() })
        let zeros = Double(rows.values.count { $0 == 0 }) / Double(rows.values.count)
        #expect(zeros > 0.3 && zeros < 0.7)
    }

    @Test func interactionsAreLongTailedDistinctAndFollowTaste() {
        let generator = InteractionGenerator(userCount: 300, itemCount: 1_000, seed: 6)
        let all = generator.interactions()
        #expect(all == InteractionGenerator(userCount: 300, itemCount: 1_000, seed: 6).interactions())
        #expect(all.allSatisfy { (1...5).contains($0.weight) && (0..<1_000).contains($0.item) })
        #expect(Set(all.map { $0.user * 1_000 + $0.item }).count == all.count)
        #expect(Set(all.map(\.user)).count == 300)
        let popular = all.count { $0.item < 100 }
        #expect(Double(popular) > 0.35 * Double(all.count))
        let affinity = Samples.mean(
            of: all.map {
                Double(VectorMath.dot(generator.userFactors.row($0.user), generator.itemFactors.row($0.item)))
            })
        #expect((affinity ?? 0) > 0.2)
    }
}
