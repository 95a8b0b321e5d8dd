import Common
import TestSupport
import Testing

@testable import Apus

@Suite struct ScalarQuantizerTests {
    private let seed = testSeed(52)

    private func trained(
        _ kind: ScalarQuantizer.Kind, _ fixture: VectorFixture, threads: Int = 1
    ) -> (quantizer: ScalarQuantizer, rows: VectorRows) {
        let team = WorkerTeam(count: threads)
        let quantizer = ScalarQuantizer.train(
            kind, metric: fixture.metric, rows: fixture.rows, count: fixture.count, team: team)
        return (quantizer, quantizer.encode(fixture.rows, count: fixture.count, team: team))
    }

    private func bytes(_ rows: VectorRows, count: Int) -> [UInt8] {
        Array(UnsafeRawBufferPointer(start: rows.base, count: rows.strideBytes * count))
    }

    /// The estimate is the distance to what the codes stand for, up to the rounding of the query.
    @Test(arguments: ScalarQuantizer.Kind.allCases, Metric.dense)
    func estimatesAreDistancesToDecodedRows(kind: ScalarQuantizer.Kind, metric: Metric) {
        for shape in [VectorFixture.Shape.uniform, .clustered, .spreadNorms, .identical] {
            for dimension in [1, 33, 130] {
                let fixture = VectorFixture(shape, metric: metric, count: 60, dimension: dimension, seed: seed)
                let (quantizer, coded) = trained(kind, fixture)
                let space = quantizer.space(coded, count: fixture.count)
                // The bytes of a query are as coarse as the ranges are wide.
                let reach = quantizer.step.reduce(1e-6) { sum, step in
                    sum + Double(step * Float(kind.format.highestCode)) * Double(step * Float(kind.format.highestCode))
                }
                for query in fixture.queries(4, seed: seed + 1) {
                    let estimates = query.withUnsafeBytes { query in
                        space.withScorer(for: query.baseAddress!) { scorer in
                            (0..<UInt32(fixture.count)).map { scorer.distance(to: $0) }
                        }
                    }
                    for (row, estimate) in estimates.enumerated() {
                        let decoded = quantizer.decode(coded.row(row))
                        let expected = fixture.distance(query, decoded)
                        let scale = zip(query, decoded).reduce(reach) {
                            $0 + Double($1.0) * Double($1.0) + Double($1.1) * Double($1.1)
                        }
                        let bound = kind.format == .bits4 ? 0.03 : 0.001
                        #expect(
                            abs(Double(estimate) - expected) <= bound * scale,
                            "\(shape), dimension \(dimension), row \(row), seed \(seed)")
                    }
                }
            }
        }
    }

    @Test(arguments: ScalarQuantizer.Kind.allCases)
    func anyNumberOfThreadsGivesTheSameBytes(kind: ScalarQuantizer.Kind) {
        let fixture = VectorFixture(.clustered, metric: .l2, count: 1000, dimension: 70, seed: seed)
        let single = trained(kind, fixture)
        for threads in [2, 3] {
            let several = trained(kind, fixture, threads: threads)
            #expect(several.quantizer.low == single.quantizer.low, "seed \(seed)")
            #expect(several.quantizer.step == single.quantizer.step, "seed \(seed)")
            #expect(bytes(several.rows, count: 1000) == bytes(single.rows, count: 1000), "seed \(seed)")
        }
    }

    /// The mean squared error of a value, as a share of the variance.
    private func loss(_ kind: ScalarQuantizer.Kind, _ fixture: VectorFixture, dimensions: Range<Int>) -> Double {
        let (quantizer, coded) = trained(kind, fixture)
        var (error, square) = (0.0, 0.0)
        for row in 0..<fixture.count {
            let decoded = quantizer.decode(coded.row(row))
            for index in dimensions {
                let value = Double(fixture.vectors[row][index])
                error += (value - Double(decoded[index])) * (value - Double(decoded[index]))
                square += value * value
            }
        }
        return error / square
    }

    @Test func moreBitsLoseLess() {
        let fixture = VectorFixture(.uniform, metric: .l2, count: 2000, dimension: 20, seed: seed)
        let bounds: [(ScalarQuantizer.Kind, Double)] = [
            (.sq4, 1.0 / 200), (.sq4Uniform, 1.0 / 200), (.sq6, 1.0 / 3000), (.sq8, 1.0 / 50_000),
            (.bfloat16, 1.0 / 50_000), (.float16, 1.0 / 1_000_000),
        ]
        for (kind, bound) in bounds {
            #expect(loss(kind, fixture, dimensions: 0..<20) < bound, "\(kind), seed \(seed)")
        }
    }

    /// One dimension a thousand times larger, and one row a thousand times larger, must not coarsen the others.
    @Test(arguments: [ScalarQuantizer.Kind.sq8, .sq6, .sq4])
    func farValuesCoarsenNothingElse(kind: ScalarQuantizer.Kind) {
        let plain = VectorFixture(.uniform, metric: .l2, count: 2000, dimension: 20, seed: seed)
        var vectors = plain.vectors
        for row in vectors.indices { vectors[row][0] *= 1000 }
        let wide = VectorFixture(vectors, metric: .l2, dimension: 20)
        #expect(
            loss(kind, wide, dimensions: 1..<20) <= 1.01 * loss(kind, plain, dimensions: 1..<20), "seed \(seed)")
    }

    /// Where one dimension outweighs the others in the query, these still count.
    @Test(arguments: [ScalarQuantizer.Kind.sq4, .sq6, .sq8], [Metric.l2, .innerProduct])
    func aLargeElementOfTheQueryHidesNoOther(kind: ScalarQuantizer.Kind, metric: Metric) {
        var vectors = VectorFixture(.uniform, metric: metric, count: 500, dimension: 40, seed: seed).vectors
        for row in vectors.indices { vectors[row][3] = row % 2 == 0 ? 10 : -10 }
        let fixture = VectorFixture(vectors, metric: metric, dimension: 40)
        let (quantizer, coded) = trained(kind, fixture)
        let space = quantizer.space(coded, count: 500)
        for query in vectors[..<10] {
            let estimates = query.withUnsafeBytes { query in
                space.withScorer(for: query.baseAddress!) { scorer in
                    (0..<500 as Range<UInt32>).map { Double(scorer.distance(to: $0)) }
                }
            }
            for row in 0..<500 {
                let expected = fixture.distance(query, quantizer.decode(coded.row(row)))
                #expect(abs(estimates[row] - expected) <= 0.5, "row \(row), seed \(seed)")
            }
        }
    }
}
