/// Rows as byte codes of what they differ from the centroid of their list, with bounds of what the codes lose.
///
/// With a row x = c + r of the list of centroid c, its coded residual r', e = r - r', and a centre m of all
/// centroids that makes the numbers small,
///
///     |q - c - r'|^2 = |q - c|^2 + (|r'|^2 + 2 <c - m, r'>) - 2 <q - m, r'>
///     -<q, x>        = -<q, c>   + (-<m, r>)                -   <q - m, r'> - <q - m, e>
///
/// where the first term belongs to the list, the second, the bias, to the row, and only the inner product of the
/// third is computed for each row: between bytes, since q - m is coded too, as q' with an error f. So an estimate
/// differs from the distance by at most
///
///     L2:             of the roots |e|, and 2 |f| |r'|
///     inner product:  |q - m| |e| + |f| |r'|
///
/// plus rounding. Each list knows its largest |e| and |r'|.
struct ResidualByteCodec: ListCodec {
    private let metric: Metric
    private let codes: ByteCodes
    /// m, then the largest |x| of all rows.
    private let centre: FloatMatrix
    /// For each list the largest |e| and the largest |r'|.
    private let losses: FloatMatrix
    private let kernel = ListScanKernel.best

    var alignment: Int { ByteCodes.blockRows }
    var memoryBytes: Int { codes.memory.byteCount + centre.bytes.count + losses.bytes.count }
    var preparedBytes: Int { Prepared.byteCount + 4 * ByteCodes.groups(codes.dimension) }
    var parts: [UnsafeRawBufferPointer] {
        [centre.bytes, losses.bytes, codes.memory.bytes]
    }

    /// A query, in front of its byte values.
    private struct Prepared {
        static let byteCount = 64

        var factor: Float
        var offset: Int32
        /// |q - m| and |f|.
        var length: Float
        var error: Float
        /// The most that rounding adds to an estimate and a distance together.
        var rounding: Float
    }

    // MARK: Building

    /// Codes the rows of `source`, of float32 elements.
    ///
    /// - Parameter centroids: float32 elements, one for each list.
    init(_ source: VectorRows, metric: Metric, lists: InvertedLists, centroids: VectorRows, team: WorkerTeam) {
        let dimension = source.dimension
        self.metric = metric
        centre = FloatMatrix(count: 1, dimension: dimension + 1)
        centre.row(0).update(from: Self.mean(of: centroids, count: lists.count), count: dimension)
        losses = FloatMatrix(count: lists.count, dimension: 2)
        codes = ByteCodes(dimension: dimension, placeCount: lists.placeCount)
        let longest = FloatMatrix(count: lists.count, dimension: 1)
        let encoder = self
        team.forEach(lists.count, grain: 4) { range, _ in
            for list in range {
                longest.row(list)[0] = encoder.encode(list, lists, source, centroids)
            }
        }
        centre.row(0)[dimension] = (0..<lists.count).reduce(0) { max($0, longest.row($1)[0]) }
    }

    /// The mean of float32 rows 0 ..< `count`.
    static func mean(of rows: VectorRows, count: Int) -> [Float] {
        var sums = [Double](repeating: 0, count: rows.dimension)
        for row in 0..<count {
            let vector = rows.row(row).assumingMemoryBound(to: Float.self)
            for element in 0..<rows.dimension { sums[element] += Double(vector[element]) }
        }
        return sums.map { Float($0 / Double(count)) }
    }

    /// Returns the largest norm of a row of the list.
    private func encode(
        _ list: Int, _ lists: InvertedLists, _ source: VectorRows, _ centroids: VectorRows
    ) -> Float {
        let centroid = centroids.row(list).assumingMemoryBound(to: Float.self)
        var (longest, mostError, mostLength) = (0.0, 0.0, 0.0)
        withUnsafeTemporaryAllocation(of: Float.self, capacity: codes.dimension) { buffer in
            let residual = buffer.baseAddress!
            for place in lists.places(list) {
                let row = source.row(Int(lists.rows[place])).assumingMemoryBound(to: Float.self)
                var squaredNorm = 0.0
                for element in 0..<codes.dimension {
                    residual[element] = row[element] - centroid[element]
                    squaredNorm += Double(row[element]) * Double(row[element])
                }
                let loss = codes.encode(residual, place: place)
                codes.setBias(bias(loss, place, residual, centroid), place: place)
                longest = max(longest, squaredNorm)
                mostError = max(mostError, loss.squaredError)
                mostLength = max(mostLength, loss.squaredLength)
            }
        }
        losses.row(list)[0] = Self.upper(mostError.squareRoot())
        losses.row(list)[1] = Self.upper(mostLength.squareRoot())
        return Self.upper(longest.squareRoot())
    }

    /// What a row adds to every distance.
    private func bias(
        _ loss: ByteCodes.Loss, _ place: Int, _ residual: UnsafePointer<Float>, _ centroid: UnsafePointer<Float>
    ) -> Float {
        let centre = centre.row(0)
        var product = 0.0
        if metric == .l2 {
            for element in 0..<codes.dimension {
                let offset = Double(centroid[element]) - Double(centre[element])
                product += offset * Double(codes.value(element, place: place))
            }
            return Float(loss.squaredLength + 2 * product)
        }
        for element in 0..<codes.dimension { product -= Double(centre[element]) * Double(residual[element]) }
        return Float(product)
    }

    /// A float that is not below `value`.
    private static func upper(_ value: Double) -> Float { Float(value).nextUp }

    // MARK: Searching

    func prepare(_ query: UnsafeRawPointer, into prepared: UnsafeMutableRawPointer) {
        let dimension = codes.dimension
        let vector = query.assumingMemoryBound(to: Float.self)
        let values = (prepared + Prepared.byteCount).assumingMemoryBound(to: Int8.self)
        let centre = centre.row(0)
        withUnsafeTemporaryAllocation(of: Float.self, capacity: 2 * dimension) { buffer in
            let offset = buffer.baseAddress!
            let coded = offset + dimension
            for element in 0..<dimension { offset[element] = vector[element] - centre[element] }
            let step = ByteSteps.step(offset, dimension)
            let inverse = step > 0 ? 1 / step : 0
            var sum: Int32 = 0
            for element in 0..<dimension {
                let code = step > 0 ? ByteSteps.code(offset[element] * inverse) : 0
                values[element] = Int8(truncatingIfNeeded: code)
                coded[element] = step * Float(code)
                sum &+= code
            }
            for element in dimension..<4 * ByteCodes.groups(dimension) { values[element] = 0 }
            let product = Kernels.best.negativeInnerProduct(.float32)
            let length = (-product.pair(offset, offset, dimension)).squareRoot()
            let centreLength = (-product.pair(centre, centre, dimension)).squareRoot()
            let error = Kernels.best.l2(.float32).pair(offset, coded, dimension).squareRoot()
            let reach = length + centreLength + centre[dimension]
            let description = Prepared(
                factor: metric == .l2 ? -2 * step : -step, offset: 128 &* sum, length: length * Self.roundedUp,
                error: error * Self.roundedUp, rounding: Float(2 * dimension + 144) * 0x1p-24 * reach * reach)
            prepared.storeBytes(of: description, as: Prepared.self)
        }
    }

    /// More than the relative error of a norm in float32.
    private static let roundedUp: Float = 1.001

    func prefetch(_ place: Int) {
        let offset = place / ByteCodes.blockRows * ByteCodes.blockBytes(codes.dimension)
        ListPrefetch.ask(for: codes.memory.base, at: offset, of: codes.memory.byteCount)
    }

    func estimate(
        _ places: Range<Int>, of list: Neighbor, prepared: UnsafeRawPointer, into estimates: UnsafeMutablePointer<Float>
    ) {
        let description = prepared.load(as: Prepared.self)
        kernel.distances(
            query: (prepared + Prepared.byteCount).assumingMemoryBound(to: Int8.self),
            groups: ByteCodes.groups(codes.dimension), offset: description.offset, factor: description.factor,
            blocks: codes.block(places.lowerBound),
            count: (places.count + ByteCodes.blockRows - 1) / ByteCodes.blockRows, term: list.distance,
            into: estimates)
    }

    func largestEstimate(forDistance bound: Float, of list: Neighbor, prepared: UnsafeRawPointer) -> Float {
        let query = prepared.load(as: Prepared.self)
        let loss = losses.row(Int(list.row))
        var estimate = bound + query.rounding
        if metric == .l2 {
            let root = max(estimate, 0).squareRoot() + loss[0]
            estimate = root * root + 2 * query.error * loss[1]
        } else {
            estimate += query.length * loss[0] + query.error * loss[1]
        }
        estimate += query.rounding
        return estimate < .infinity ? estimate : .infinity
    }
}

extension ResidualByteCodec {
    /// Parts of a file.
    static let partCount = 3

    /// Reads the codec of lists that were read before, from part `first` on.
    init(_ parts: IndexParts, first: Int, metric: Metric, dimension: Int, lists: InvertedLists) throws {
        self.metric = metric
        centre = FloatMatrix(
            try parts.read(first, expectedBytes: 4 * (dimension + 1)), count: 1, dimension: dimension + 1)
        losses = FloatMatrix(
            try parts.read(first + 1, expectedBytes: 8 * lists.count), count: lists.count, dimension: 2)
        let blockBytes = (lists.placeCount / ByteCodes.blockRows) * ByteCodes.blockBytes(dimension)
        let memory = try parts.read(first + 2, expectedBytes: blockBytes)
        codes = ByteCodes(dimension: dimension, placeCount: lists.placeCount, memory: memory)!
    }
}
