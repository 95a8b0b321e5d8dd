import Testing

@testable import Common

@Suite struct GroundTruthTests {
    /// Every distance in double precision, sorted by distance, then id.
    private func naive(_ base: VectorSet, _ queries: VectorSet, _ distance: Distance, k: Int) -> [[Int32]] {
        (0..<queries.count).map { query in
            let scored = (0..<base.count).map { row in
                (naiveDistance(base[row], queries[query], distance), Int32(row))
            }
            return scored.sorted { $0.0 < $1.0 || ($0.0 == $1.0 && $0.1 < $1.1) }.prefix(k).map(\.1)
        }
    }

    private func naiveDistance(_ left: [Float], _ right: [Float], _ distance: Distance) -> Double {
        var dot = 0.0
        var square = 0.0
        var lengths = (0.0, 0.0)
        for (first, second) in zip(left, right).map({ (Double($0), Double($1)) }) {
            dot += first * second
            square += (first - second) * (first - second)
            lengths = (lengths.0 + first * first, lengths.1 + second * second)
        }
        switch distance {
        case .squaredL2: return square
        case .innerProduct: return -dot
        case .cosine:
            let product = lengths.0.squareRoot() * lengths.1.squareRoot()
            return product == 0 ? 1 : 1 - dot / product
        }
    }

    @Test(arguments: Distance.allCases, [3, 8, 21])
    func agreesWithTheNaiveLoop(distance: Distance, dimension: Int) {
        var random = RandomSource(seed: 17)
        let base = VectorSet(dimension: dimension, values: random.gaussians(260 * dimension))
        let queries = VectorSet(dimension: dimension, values: random.gaussians(35 * dimension))
        let truth = GroundTruth.exact(base: base, queries: queries, distance: distance, k: 9, threads: 2)
        let expected = naive(base, queries, distance, k: 9)
        for query in 0..<queries.count {
            #expect(Array(truth.ids.row(query)) == expected[query], "query \(query), seed 17")
            for (place, id) in expected[query].enumerated() {
                let exact = naiveDistance(base[Int(id)], queries[query], distance)
                let found = Double(truth.distances?[query][place] ?? .nan)
                #expect(abs(found - exact) < 1e-4 * max(1, abs(exact)))
            }
        }
        #expect(
            truth == GroundTruth.exact(base: base, queries: queries, distance: distance, k: 9, threads: 1))
    }

    @Test(arguments: Distance.allCases)
    func tiesGoToTheSmallerID(distance: Distance) {
        let row: [Float] = [0.3, 0.1, -0.7]
        let base = VectorSet(rows: Array(repeating: row, count: 1_000) + [[0, 0, 0]])
        let truth = GroundTruth.exact(
            base: base, queries: VectorSet(rows: [row, row]), distance: distance, k: 5)
        #expect(truth.ids.ids == [0, 1, 2, 3, 4, 0, 1, 2, 3, 4])
    }

    @Test func smallBasesGiveFewerNeighbors() {
        let base = VectorSet(rows: [[1], [2]])
        let truth = GroundTruth.exact(
            base: base, queries: VectorSet(rows: [[3]]), distance: .squaredL2, k: 10)
        #expect(truth.ids.ids == [1, 0])
        #expect(truth.distances?.values == [1, 4])
    }

    @Test func nearestListKeepsTheBest() {
        var random = RandomSource(seed: 2)
        for k in [1, 4, 50] {
            let offers = (0..<200).map { (Float(random.integer(below: 40)), Int32($0)) }
            var list = NearestList(k: k)
            for (distance, id) in offers { list.offer(id: id, distance: distance) }
            let expected = offers.sorted { $0 < $1 }.prefix(k)
            #expect(list.ids == expected.map(\.1))
            #expect(list.distances == expected.map(\.0))
            #expect(list.bound == expected.last?.0)
        }
    }
}

@Suite struct RecallTests {
    private let base = VectorSet(rows: [[0], [1], [2], [2], [5]])
    private let queries = VectorSet(rows: [[0]])

    @Test func idsAreCountedOnceAndUpToK() {
        let truth = IntegerSet(width: 3, ids: [0, 1, 2, 4, 3, 0])
        let recall = Recall.perQuery(found: [[2, 0, 9], [4, 4]], truth: truth, k: 3)
        #expect(recall == [2.0 / 3, 1.0 / 3])
        #expect(Recall.perQuery(found: [[1, 0, 2], []], truth: truth, k: 1) == [0, 0])
    }

    @Test func rowsAtTheLastDistanceCount() {
        let truth = GroundTruth.exact(base: base, queries: queries, distance: .squaredL2, k: 3)
        #expect(truth.ids.ids == [0, 1, 2])
        #expect(Recall.perQuery(found: [[0, 1, 3]], truth: truth.ids, k: 3) == [2.0 / 3])
        func byDistance(_ found: [Int32], _ tolerance: TieTolerance = .rounding) -> [Double] {
            Recall.perQuery(
                found: [found], truth: truth, base: base, queries: queries, distance: .squaredL2, k: 3,
                tolerance: tolerance)
        }
        #expect(byDistance([0, 1, 3]) == [1])
        #expect(byDistance([0, 1, 4]) == [2.0 / 3])
        #expect(byDistance([0, 1, 99]) == [2.0 / 3])
        #expect(byDistance([-1, 1, 1]) == [1.0 / 3])
        #expect(byDistance([0, 1, 4], TieTolerance(absolute: 21, relative: 0)) == [1])
    }

    @Test func intervalsContainTheMeanAndStayInRange() {
        let allFound = Recall.estimate([Double](repeating: 1, count: 100), k: 10)
        #expect(allFound.mean == 1)
        #expect(allFound.high == 1)
        // Wilson's lower end for 100 of 100: n / (n + z^2).
        #expect(abs(allFound.low - 100 / (100 + 1.959963984540054 * 1.959963984540054)) < 1e-12)
        let half = Recall.estimate([1, 0, 1, 0], k: 1)
        #expect(half.mean == 0.5)
        #expect(abs(half.low - 0.15) < 0.005 && abs(half.high - 0.85) < 0.005)
        let alike = Recall.estimate([0.9, 0.9, 0.9], k: 10)
        #expect(alike.low < 0.9 && alike.low > 0.7 && alike.high < 1)
    }

    @Test func intervalsCoverTheTruth() {
        var random = RandomSource(seed: 31)
        var covered = 0
        for _ in 0..<400 {
            // Queries differ: each has its own chance, 0.9 on average, for all of its ten neighbours.
            let perQuery = (0..<200).map { _ in
                let chance = 0.8 + 0.2 * random.uniformDouble()
                return Double((0..<10).count { _ in random.uniformDouble() < chance }) / 10
            }
            let estimate = Recall.estimate(perQuery, k: 10)
            if estimate.low <= 0.9 && estimate.high >= 0.9 { covered += 1 }
        }
        #expect(covered >= 368, "covered \(covered) of 400, seed 31")
    }
}

@Suite struct VectorMathTests {
    @Test func sumsAgreeWithDoubles() {
        var random = RandomSource(seed: 1)
        for count in [1, 7, 15, 16, 17, 64, 100] {
            let left = random.gaussians(count)
            let right = random.gaussians(count)
            let dot = zip(left, right).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
            let square = zip(left, right).reduce(0.0) { $0 + Double($1.0 - $1.1) * Double($1.0 - $1.1) }
            #expect(abs(Double(VectorMath.dot(left, right)) - dot) < 1e-4)
            #expect(abs(Double(VectorMath.squaredL2(left, right)) - square) < 1e-4)
            #expect(abs(VectorMath.norm(VectorMath.normalised(left)) - 1) < 1e-5)
        }
        #expect(VectorMath.normalised([0, 0]) == [0, 0])
        #expect(VectorMath.mean(VectorSet(rows: [[1, 2], [3, 6]])) == [2, 4])
    }

    @Test func digestsTellSetsApart() {
        let set = VectorSet(rows: [[1, 2], [3, 4]])
        #expect(DataDigest.of(set) == DataDigest.of(VectorSet(dimension: 2, values: [1, 2, 3, 4])))
        #expect(DataDigest.of(set) != DataDigest.of(VectorSet(dimension: 4, values: [1, 2, 3, 4])))
        #expect(DataDigest.of(set) != DataDigest.of(VectorSet(rows: [[1, 2], [4, 3]])))
        #expect(DataDigest.of(set).count == 16)
        #expect(DataDigest.of(VectorSet(rows: [[0]])) != DataDigest.of(VectorSet(rows: [[0], [0]])))
    }

    @Test func partsOfSets() {
        let set = VectorSet(rows: [[1, 2], [3, 4], [5, 6]])
        #expect(set.prefix(2) == set.rows(0..<2))
        #expect(set.prefix(9) == set)
        #expect(Array(set.row(1)) == [3, 4])
        #expect(set.withRow(2) { Array($0) } == set[2])
        #expect(IntegerSet(width: 3, ids: [1, 2, 3, 4, 5, 6]).narrowed(to: 2).ids == [1, 2, 4, 5])
    }
}
