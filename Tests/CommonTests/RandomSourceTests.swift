import Testing

@testable import Common

@Test func sameSeedGivesSameSequence() {
    var first = RandomSource(seed: 7)
    var second = RandomSource(seed: 7)
    for _ in 0..<100 { #expect(first.next() == second.next()) }
}

@Test func streamsOfOneSeedDiffer() {
    let starts = (0..<1_000).map { stream in
        var random = RandomSource(seed: 1, stream: stream)
        return random.next()
    }
    #expect(Set(starts).count == 1_000)
}

@Suite struct DistributionTests {
    private var random = RandomSource(seed: 21)

    @Test mutating func gaussianHasTheMomentsAndTailsOfTheBell() {
        let values = random.gaussians(400_000).map(Double.init)
        let count = Double(values.count)
        let mean = values.reduce(0, +) / count
        let variance = values.reduce(0) { $0 + $1 * $1 } / count
        let fourth = values.reduce(0) { $0 + $1 * $1 * $1 * $1 } / count
        #expect(abs(mean) < 0.008)
        #expect(abs(variance - 1) < 0.012)
        #expect(abs(fourth - 3) < 0.1)
        for limit in [0.5, 1.0, 2.0, 3.0, 3.6, 4.0] {
            let expected = complementaryError(limit / 2.0.squareRoot())
            let seen = Double(values.count { abs($0) > limit }) / count
            let deviation = (expected * (1 - expected) / count).squareRoot()
            #expect(abs(seen - expected) < 5 * deviation, "share beyond \(limit), seed 21")
        }
    }

    @Test func zigguratLayersHaveEqualAreas() {
        let layers = Ziggurat.shared
        #expect(abs(layers.edges[1] - 3.6541528853610088) < 1e-9)
        let area = layers.edges[1] * (layers.heights[2] - layers.heights[1])
        for layer in 1..<Ziggurat.layerCount {
            let own = layers.edges[layer] * (layers.heights[layer + 1] - layers.heights[layer])
            #expect(abs(own - area) < 1e-9)
        }
    }

    @Test mutating func singleAndBulkGaussiansAgree() {
        var other = random
        let bulk = random.gaussians(1_000)
        #expect(bulk == (0..<1_000).map { _ in other.gaussian() })
    }

    @Test mutating func uniformNumbersFillTheirRange() {
        let values = (0..<10_000).map { _ in random.uniform(in: -2..<3) }
        #expect(values.allSatisfy { $0 >= -2 && $0 < 3 })
        #expect(abs(values.reduce(0, +) / 10_000 - 0.5) < 0.08)
        let counts = (0..<10_000).reduce(into: [Int](repeating: 0, count: 7)) { counts, _ in
            counts[random.integer(below: 7)] += 1
        }
        #expect(counts.allSatisfy { abs($0 - 1_428) < 200 })
    }

    @Test mutating func shufflesKeepElementsAndReachEveryOrder() {
        var seen: [[Int]: Int] = [:]
        for _ in 0..<6_000 {
            var order = [1, 2, 3]
            random.shuffle(&order)
            seen[order, default: 0] += 1
        }
        #expect(seen.count == 6)
        #expect(seen.values.allSatisfy { abs($0 - 1_000) < 200 })
    }

    @Test mutating func samplesAreDistinct() {
        for count in [0, 1, 50, 100] {
            let drawn = random.sample(count, below: 100)
            #expect(Set(drawn).count == count)
            #expect(drawn.allSatisfy { (0..<100).contains($0) })
        }
    }

    @Test mutating func zipfFollowsItsLaw() {
        let zipf = ZipfDistribution(count: 50, exponent: 1.1)
        var counts = [Int](repeating: 0, count: 50)
        for _ in 0..<100_000 { counts[zipf.draw(&random)] += 1 }
        for rank in [0, 1, 10, 49] {
            let expected = zipf.probability(of: rank) * 100_000
            #expect(abs(Double(counts[rank]) - expected) < 5 * expected.squareRoot(), "rank \(rank), seed 21")
        }
        #expect(abs((0..<50).reduce(0) { $0 + zipf.probability(of: $1) } - 1) < 1e-12)
        #expect(abs(zipf.probability(of: 0) / zipf.probability(of: 1) - power(2, 1.1)) < 1e-12)
    }
}
