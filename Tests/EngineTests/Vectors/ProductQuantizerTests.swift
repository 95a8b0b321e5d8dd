import Common
import TestSupport
import Testing

@testable import Apus

@Suite struct ProductQuantizerTests {
    private let seed = testSeed(71)

    /// Random centroids, and the same in arrays.
    private func quantizer(
        _ dimension: Int, _ partDimension: Int, bits: Int, kernels: Kernels = .best, random: inout RandomSource
    ) -> (ProductQuantizer, [[[Float]]]) {
        let quantizer = ProductQuantizer(
            dimension: dimension, partDimension: partDimension, bits: bits, kernel: ProductKernel(kernels))
        let centroids = (0..<quantizer.parts).map { part in
            (0..<1 << bits).map { _ in
                quantizer.elements(of: part).map { _ in Float.random(in: -1...1, using: &random) }
            }
        }
        for part in 0..<quantizer.parts {
            for centroid in 0..<1 << bits { quantizer.setCentroid(centroid, of: part, to: centroids[part][centroid]) }
        }
        return (quantizer, centroids)
    }

    private static let shapes = [(8, 2, 4), (10, 3, 1), (12, 4, 8), (7, 7, 5), (6, 1, 10), (5, 2, 3)]

    @Test(arguments: Kernels.available)
    func codesAndTablesAreThoseOfPlainSwift(kernels: Kernels) {
        var random = RandomSource(seed: seed)
        for (dimension, partDimension, bits) in Self.shapes {
            let (quantizer, centroids) = quantizer(
                dimension, partDimension, bits: bits, kernels: kernels, random: &random)
            let vector = (0..<dimension).map { _ in Float.random(in: -1...1, using: &random) }
            var codes = [UInt16](repeating: 0, count: quantizer.parts)
            quantizer.encode(vector, into: &codes)
            var squares = [Float](repeating: 0, count: quantizer.tableCount)
            var products = squares
            quantizer.tables(.l2, vector, into: &squares)
            quantizer.tables(.innerProduct, vector, into: &products)
            for part in 0..<quantizer.parts {
                let elements = quantizer.elements(of: part).map { vector[$0] }
                let distances = centroids[part].map { centroid in
                    zip(centroid, elements).reduce(Float(0)) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
                }
                #expect(distances[Int(codes[part])] <= distances.min()! + 1e-6, "seed \(seed)")
                for (centroid, values) in centroids[part].enumerated() {
                    let product = zip(values, elements).reduce(Float(0)) { $0 + $1.0 * $1.1 }
                    let place = part * quantizer.width + centroid
                    #expect(abs(squares[place] - distances[centroid]) < 1e-5, "seed \(seed)")
                    #expect(abs(products[place] + product) < 1e-5, "seed \(seed)")
                }
            }
        }
    }

    /// Codes of every width, as rows with a kernel, have the distance of what they stand for.
    @Test(arguments: Metric.dense)
    func distancesOfRowsAreThoseOfTheDecodedVectors(metric: Metric) {
        var random = RandomSource(seed: seed)
        for (dimension, partDimension, bits) in Self.shapes {
            let (quantizer, _) = quantizer(dimension, partDimension, bits: bits, random: &random)
            let codes = ProductCodes(quantizer, metric: metric, capacity: 20)
            for row in 0..<20 {
                codes.set(row, to: (0..<dimension).map { _ in Float.random(in: -1...1, using: &random) })
            }
            #expect(codes.namesCentroidsOnly(count: 20))
            let query = (0..<dimension).map { _ in Float.random(in: -1...1, using: &random) }
            let space = VectorSpace(codes, count: 20)
            var distances = [Float](repeating: 0, count: 20)
            query.withUnsafeBytes { query in
                space.withScorer(for: query.baseAddress!) { $0.distances(to: 0..<20, into: &distances) }
            }
            for row in 0..<20 {
                var decoded = [Float](repeating: 0, count: dimension)
                codes.decode(row, into: &decoded)
                let expected = zip(query, decoded).reduce(Float(0)) {
                    metric == .l2 ? $0 + ($1.0 - $1.1) * ($1.0 - $1.1) : $0 - $1.0 * $1.1
                }
                #expect(abs(distances[row] - expected) < 1e-5, "seed \(seed), \(bits) bits")
            }
        }
    }

    @Test func trainingIsTheSameForAnyNumberOfThreads() {
        var random = RandomSource(seed: seed)
        let sample = FloatMatrix(count: 400, dimension: 12)
        for element in 0..<400 * 12 { sample.row(0)[element] = Float.random(in: -1...1, using: &random) }
        let made = [1, 3].map { threads in
            let quantizer = ProductTrainer.train(
                sample.rows, partDimension: 4, bits: 4, seed: seed, team: WorkerTeam(count: threads))
            return withExtendedLifetime((quantizer, sample)) { Array(quantizer.bytes) }
        }
        #expect(made[0] == made[1], "seed \(seed)")
    }

    @Test func wrongCentroidsAreRefused() {
        let block = MemoryBlock(byteCount: 4 * 16 * 4)
        #expect(ProductQuantizer(dimension: 4, partDimension: 2, bits: 4, centroids: block) != nil)
        #expect(ProductQuantizer(dimension: 4, partDimension: 1, bits: 5, centroids: block) == nil)
        block.base.assumingMemoryBound(to: Float.self)[7] = .nan
        #expect(ProductQuantizer(dimension: 4, partDimension: 2, bits: 4, centroids: block) == nil)
    }
}

@Suite struct RaBitQuantizerTests {
    /// The estimate is not biased, and nearly always within its bound.
    @Test func estimatesKeepToTheirBound() {
        let seed = testSeed(72)
        var random = RandomSource(seed: seed)
        let dimension = 96
        let quantizer = RaBitQuantizer(dimension: dimension, seed: seed)
        var (outside, bias) = (0, 0.0)
        for _ in 0..<400 {
            var row = (0..<dimension).map { _ in Float.random(in: -1...1, using: &random) }
            var query = (0..<dimension).map { _ in Float.random(in: -1...1, using: &random) }
            quantizer.rotate(&row)
            quantizer.rotate(&query)
            var codes = [UInt8](repeating: 0, count: quantizer.parts)
            let code = quantizer.encode(row, into: &codes)
            var tables = [Float](repeating: 0, count: quantizer.parts * 16)
            quantizer.tables(query, into: &tables)
            let sum = codes.enumerated().reduce(Float(0)) { $0 + tables[$1.offset * 16 + Int($1.element)] }
            #expect(abs(sum - quantizer.signedSum(query, codes: codes)) < 1e-3)
            let exact = zip(row, query).reduce(Float(0)) { $0 + $1.0 * $1.1 }
            let length = query.reduce(Float(0)) { $0 + $1 * $1 }.squareRoot()
            let error = code.scale * sum - exact
            bias += Double(error / length)
            if abs(error) > code.error * length { outside += 1 }
        }
        #expect(outside < 60, "seed \(seed)")
        #expect(abs(bias / 400) < 0.2, "seed \(seed)")
    }
}
