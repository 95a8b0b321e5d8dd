/// Exact nearest neighbours, by comparing every query with every row.
public enum GroundTruth {
    /// Queries that one thread takes through the base together.
    private static let queriesPerChunk = 32
    /// Bytes of base rows that stay in the second-level cache while those queries pass over them.
    private static let blockBytes = 512 << 10

    /// The `k` nearest rows of each query, nearest first, with their distances; ties go to the smaller id.
    ///
    /// The result does not depend on the number of threads. Time is O(queries x rows x dimension).
    ///
    /// - Parameters:
    ///   - base: at least one row, of the dimension of the queries.
    ///   - k: at least 1; fewer are returned when the base has fewer rows.
    ///   - progress: is told of every query that is done.
    public static func exact(
        base: VectorSet, queries: VectorSet, distance: Distance, k: Int,
        threads: Int = Parallel.processorCount, progress: Progress? = nil
    ) -> Neighbors {
        precondition(base.dimension == queries.dimension, "base and queries must have the same dimension")
        precondition(base.count > 0 && k > 0, "exact neighbours need rows and a positive k")
        precondition(base.count <= Int(Int32.max), "ids are 32-bit integers")
        let width = min(k, base.count)
        guard queries.count > 0 else { return Neighbors(ids: IntegerSet(width: width, ids: [])) }
        var ids = [Int32](repeating: 0, count: queries.count * width)
        let scan = ExactScan(base: base, queries: queries, distance: distance, width: width)
        let distances = [Float](unsafeUninitializedCapacity: ids.count) { distances, filled in
            ids.withUnsafeMutableBufferPointer { ids in
                let idMemory = SharedMemory(ids)
                let distanceMemory = SharedMemory(distances)
                Parallel.forEachRange(count: queries.count, chunk: queriesPerChunk, threads: threads) {
                    range in
                    for (query, list) in zip(range, scan.nearest(range, blockBytes: blockBytes)) {
                        _ = idMemory.slice(start: query * width, count: width).update(from: list.ids)
                        let part = distanceMemory.slice(start: query * width, count: width)
                        _ = part.initialize(from: list.distances)
                    }
                    progress?.advance(by: range.count)
                }
            }
            filled = distances.count
        }
        return Neighbors(
            ids: IntegerSet(width: width, ids: ids),
            distances: VectorSet(dimension: width, values: distances))
    }
}

/// One pass of some queries over all rows.
private struct ExactScan: Sendable {
    let base: VectorSet
    let queries: VectorSet
    let distance: Distance
    let width: Int
    /// One over the length of each row and each query, for the cosine only; 0 for a length of 0.
    private let rowScales: [Float]
    private let queryScales: [Float]

    init(base: VectorSet, queries: VectorSet, distance: Distance, width: Int) {
        self.base = base
        self.queries = queries
        self.distance = distance
        self.width = width
        rowScales = distance == .cosine ? ExactScan.inverseLengths(base) : []
        queryScales = distance == .cosine ? ExactScan.inverseLengths(queries) : []
    }

    func nearest(_ range: Range<Int>, blockBytes: Int) -> [NearestList] {
        var lists = [NearestList](repeating: NearestList(k: width), count: range.count)
        let blockRows = max(1, blockBytes / (base.dimension * 4))
        base.withValues { rows in
            queries.withValues { all in
                for start in stride(from: 0, to: base.count, by: blockRows) {
                    let block = start..<min(base.count, start + blockRows)
                    for first in stride(from: range.lowerBound, to: range.upperBound, by: 4) {
                        scan(block, rows, first..<min(range.upperBound, first + 4), all) {
                            query, row, distance in
                            lists[query - range.lowerBound].offer(id: Int32(row), distance: distance)
                        }
                    }
                }
            }
        }
        return lists
    }

    /// Compares up to four queries with a block of rows. Missing queries repeat the last one, so that every distance
    /// comes out of the same instructions.
    @inline(__always)
    private func scan(
        _ block: Range<Int>, _ rows: UnsafeBufferPointer<Float>, _ group: Range<Int>,
        _ all: UnsafeBufferPointer<Float>, _ offer: (_ query: Int, _ row: Int, _ distance: Float) -> Void
    ) {
        let dimension = base.dimension
        let last = group.upperBound - 1
        let start = all.baseAddress!
        let four = (
            start + group.lowerBound * dimension, start + min(group.lowerBound + 1, last) * dimension,
            start + min(group.lowerBound + 2, last) * dimension,
            start + min(group.lowerBound + 3, last) * dimension
        )
        for row in block {
            let values = rows.baseAddress! + row * dimension
            let raw =
                distance == .squaredL2
                ? FourPairs<SquaredDifference>.sums(values, four, dimension)
                : FourPairs<Product>.sums(values, four, dimension)
            for query in group {
                let place = query - group.lowerBound
                offer(query, row, finished(raw[place], row: row, query: query))
            }
        }
    }

    @inline(__always)
    private func finished(_ sum: Float, row: Int, query: Int) -> Float {
        switch distance {
        case .squaredL2: sum
        case .innerProduct: -sum
        case .cosine: 1 - sum * rowScales[row] * queryScales[query]
        }
    }

    private static func inverseLengths(_ vectors: VectorSet) -> [Float] {
        (0..<vectors.count).map { row in
            vectors.withRow(row) { values in
                let square = VectorMath.dot(values.baseAddress!, values.baseAddress!, values.count)
                return square > 0 ? 1 / square.squareRoot() : 0
            }
        }
    }
}

/// What is summed over the dimensions.
private protocol PairTerm {
    static func term(_ left: SIMD8<Float>, _ right: SIMD8<Float>) -> SIMD8<Float>
    static func term(_ left: Float, _ right: Float) -> Float
}

private enum Product: PairTerm {
    @inline(__always)
    static func term(_ left: SIMD8<Float>, _ right: SIMD8<Float>) -> SIMD8<Float> { left * right }
    @inline(__always)
    static func term(_ left: Float, _ right: Float) -> Float { left * right }
}

private enum SquaredDifference: PairTerm {
    @inline(__always)
    static func term(_ left: SIMD8<Float>, _ right: SIMD8<Float>) -> SIMD8<Float> {
        let difference = left - right
        return difference * difference
    }
    @inline(__always)
    static func term(_ left: Float, _ right: Float) -> Float { (left - right) * (left - right) }
}

/// One row against four queries: the row is loaded once, and four chains of sums hide their latency.
private enum FourPairs<Term: PairTerm> {
    typealias Queries = (
        UnsafePointer<Float>, UnsafePointer<Float>, UnsafePointer<Float>, UnsafePointer<Float>
    )

    @inline(__always)
    static func sums(_ row: UnsafePointer<Float>, _ queries: Queries, _ count: Int) -> SIMD4<Float> {
        var first = SIMD8<Float>.zero
        var second = SIMD8<Float>.zero
        var third = SIMD8<Float>.zero
        var fourth = SIMD8<Float>.zero
        var index = 0
        while index + 8 <= count {
            let values = load(row + index)
            first += Term.term(values, load(queries.0 + index))
            second += Term.term(values, load(queries.1 + index))
            third += Term.term(values, load(queries.2 + index))
            fourth += Term.term(values, load(queries.3 + index))
            index += 8
        }
        var result = SIMD4(total(first), total(second), total(third), total(fourth))
        while index < count {
            result[0] += Term.term(row[index], queries.0[index])
            result[1] += Term.term(row[index], queries.1[index])
            result[2] += Term.term(row[index], queries.2[index])
            result[3] += Term.term(row[index], queries.3[index])
            index += 1
        }
        return result
    }

    @inline(__always)
    private static func load(_ pointer: UnsafePointer<Float>) -> SIMD8<Float> {
        UnsafeRawPointer(pointer).loadUnaligned(as: SIMD8<Float>.self)
    }

    @inline(__always)
    private static func total(_ sums: SIMD8<Float>) -> Float {
        let four = sums.lowHalf + sums.highHalf
        let two = four.lowHalf + four.highHalf
        return two[0] + two[1]
    }
}
