import CKernels

/// Rows as the signs of their rotated residuals, one bit an element (Gao and Long 2024, "RaBitQ"), scanned in blocks of
/// 32 with the tables in registers.
///
/// With x = c + r in the list of centroid c, a query q, f = |r|^2 / |r|_1 and S(v) the sum of the elements of v with the
/// signs of r (all rotated), and m the mean of all centroids, which makes the numbers small,
///
///     |q - x|^2  is about  |q - c|^2 + |r|^2  + 2 f S(c - m) - 2 f S(q - m)
///     -<q, x>    is about  -<q, c>   - <c, r> +   f S(c - m) -   f S(q - m)
///
/// Each row knows how far off that may be for a query at distance 1 from the centroid. An index that compares rows
/// exactly asks for the distance less this error: then only rows that may be among the nearest are compared.
struct SignListCodec: ListCodec {
    /// What the codec gives for a row.
    enum Answer: Sendable {
        case estimates
        case lowerBounds
    }

    private let metric: Metric
    private let quantizer: RaBitQuantizer
    private let answer: Answer
    /// The mean of the centroids.
    private let centre: FloatMatrix
    /// The squared length of each centroid.
    private let squaredLengths: FloatMatrix
    private let blocks: MemoryBlock
    private let kernel = FastScanKernel.best
    private let layout: Layout

    static let alignment = FastScanKernel.blockRows
    /// Rounding of a table to bytes is even-handed: a sum of m entries errs by about 0.3 sqrt(m) steps, and hardly ever by
    /// three times that.
    private static let tableDeviations: Float = 0.9

    /// Where the parts of a block lie: signs, then three floats a row.
    private struct Layout {
        let groups: Int
        init(parts: Int) { groups = FastScanKernel.groups(codes: parts) }
        var terms: Int { groups * FastScanKernel.groupBytes }
        var stride: Int { terms + 3 * FastScanKernel.blockRows * MemoryLayout<Float>.size }
    }

    /// A query, in front of its tables of bytes.
    private struct Prepared {
        static let byteCount = 64
        let tables: ByteTables
        let squaredLength: Float
    }

    private init(
        _ metric: Metric, _ quantizer: RaBitQuantizer, _ answer: Answer, centre: FloatMatrix,
        squaredLengths: FloatMatrix, blocks: MemoryBlock
    ) {
        self.metric = metric
        self.quantizer = quantizer
        self.answer = answer
        self.centre = centre
        self.squaredLengths = squaredLengths
        self.blocks = blocks
        layout = Layout(parts: quantizer.parts)
    }

    var alignment: Int { Self.alignment }
    var memoryBytes: Int { blocks.byteCount + centre.bytes.count + squaredLengths.bytes.count }
    var preparedBytes: Int { Prepared.byteCount + layout.groups * FastScanKernel.groupBytes }
    var parts: [UnsafeRawBufferPointer] { [centre.bytes, squaredLengths.bytes, blocks.bytes] }

    // MARK: Searching

    func prepare(_ query: UnsafeRawPointer, into prepared: UnsafeMutableRawPointer) {
        let vector = query.assumingMemoryBound(to: Float.self)
        let dimension = quantizer.dimension
        withUnsafeTemporaryAllocation(of: Float.self, capacity: dimension + quantizer.parts * 16) { floats in
            let offset = floats.baseAddress!
            let tables = offset + dimension
            for element in 0..<dimension { offset[element] = vector[element] - centre.row(0)[element] }
            quantizer.rotate(offset)
            quantizer.tables(offset, into: tables)
            let bytes = (prepared + Prepared.byteCount).assumingMemoryBound(to: UInt8.self)
            let made = ByteTables(tables, parts: quantizer.parts, reserve: 0, into: bytes)
            let product = Kernels.best.negativeInnerProduct(.float32)
            prepared.storeBytes(
                of: Prepared(tables: made, squaredLength: -product.pair(vector, vector, dimension)), as: Prepared.self)
        }
    }

    func prefetch(_ place: Int) {
        ListPrefetch.ask(for: blocks.base, at: place / Self.alignment * layout.stride, of: blocks.byteCount)
    }

    func estimate(
        _ places: Range<Int>, of list: Neighbor, prepared: UnsafeRawPointer, into estimates: UnsafeMutablePointer<Float>
    ) {
        let query = prepared.load(as: Prepared.self)
        let blockCount = (places.count + Self.alignment - 1) / Self.alignment
        let first = blocks.base + places.lowerBound / Self.alignment * layout.stride
        let scan = apus_fastscan(
            tables: (prepared + Prepared.byteCount).assumingMemoryBound(to: UInt8.self),
            blocks: UnsafeRawPointer(first).assumingMemoryBound(to: UInt8.self), stride: layout.stride,
            groups: layout.groups, bias_factor: 0)
        var terms = terms(query, list)
        withUnsafeTemporaryAllocation(of: UInt16.self, capacity: blockCount * Self.alignment) { sums in
            kernel.sums(scan, blockCount: blockCount, into: sums.baseAddress!)
            apus_sign_estimates(
                &terms, sums.baseAddress!, first + layout.terms, layout.stride, blockCount, estimates)
        }
    }

    var hasUncertainBounds: Bool { if case .lowerBounds = answer { true } else { false } }

    func largestEstimate(forDistance bound: Float, of list: Neighbor, prepared: UnsafeRawPointer) -> Float { bound }

    private func terms(_ query: Prepared, _ list: Neighbor) -> apus_sign_query {
        var terms = apus_sign_query(
            constant: list.distance, sum_constant: query.tables.constant, sum_step: query.tables.step, sum_error: 0,
            distance: 0)
        guard case .lowerBounds = answer else { return terms }
        let squaredDistance =
            metric == .l2
            ? list.distance : query.squaredLength + squaredLengths.row(0)[Int(list.row)] + 2 * list.distance
        terms.distance = max(squaredDistance, 0).squareRoot()
        terms.sum_error = Self.tableDeviations * Float(quantizer.parts).squareRoot() * query.tables.step
        return terms
    }
}

// MARK: Building

extension SignListCodec {
    /// Codes residuals; the same for any number of threads.
    init(_ residuals: ListResiduals, metric: Metric, quantizer: RaBitQuantizer, answer: Answer, team: WorkerTeam) {
        let lists = residuals.lists
        let layout = Layout(parts: quantizer.parts)
        let lengths = FloatMatrix(count: 1, dimension: lists.count)
        self.init(
            metric, quantizer, answer, centre: residuals.centre(), squaredLengths: lengths,
            blocks: MemoryBlock(byteCount: lists.placeCount / Self.alignment * layout.stride))
        let codec = self
        team.forEach(lists.count, grain: 4) { range, _ in
            for list in range {
                let centroid = residuals.centroid(list)
                let product = Kernels.best.negativeInnerProduct(.float32)
                let squaredLength = -product.pair(centroid, centroid, residuals.dimension)
                lengths.row(0)[list] = min(squaredLength, .greatestFiniteMagnitude)
                codec.encode(list, residuals)
            }
        }
    }

    private func encode(_ list: Int, _ residuals: ListResiduals) {
        let dimension = residuals.dimension
        let centroid = residuals.centroid(list)
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: quantizer.parts) { signs in
            withUnsafeTemporaryAllocation(of: Float.self, capacity: 2 * dimension) { floats in
                let residual = floats.baseAddress!
                let offset = residual + dimension
                for element in 0..<dimension { offset[element] = centroid[element] - centre.row(0)[element] }
                quantizer.rotate(offset)
                for place in residuals.lists.places(list) {
                    residuals.write(place, of: list, into: residual)
                    var product: Float = 0
                    for element in 0..<dimension { product += centroid[element] * residual[element] }
                    quantizer.rotate(residual)
                    let code = quantizer.encode(residual, into: signs.baseAddress!)
                    let shift = code.scale * quantizer.signedSum(offset, codes: signs.baseAddress!)
                    put(UnsafeBufferPointer(signs), code, shift: shift, product: product, at: place)
                }
            }
        }
    }

    /// - Parameters:
    ///   - shift: f S(c - m)
    ///   - product: <c, r>
    private func put(
        _ signs: UnsafeBufferPointer<UInt8>, _ code: RaBitQuantizer.Code, shift: Float, product: Float, at place: Int
    ) {
        let block = blocks.base + place / Self.alignment * layout.stride
        let row = place % Self.alignment
        for (part, sign) in signs.enumerated() {
            FastScanKernel.put(sign, of: part, row: row, in: block.assumingMemoryBound(to: UInt8.self))
        }
        let terms = (block + layout.terms).assumingMemoryBound(to: Float.self) + row
        let weight: Float = metric == .l2 ? 2 : 1
        let offset = (metric == .l2 ? code.squaredLength : -product) + weight * shift
        let (factor, error) = (-weight * code.scale, weight * code.error)
        guard offset.isFinite, factor.isFinite, error.isFinite else {
            // Squares of such a row leave the range of a float: it counts as near as its centroid, give or take anything.
            terms[2 * Self.alignment] = .greatestFiniteMagnitude
            return
        }
        terms[0] = offset
        terms[Self.alignment] = factor
        terms[2 * Self.alignment] = error
    }
}

// MARK: Files

extension SignListCodec {
    /// Reads the codec of lists that were read before, from part `first` on: the mean of the lists' centroids, their
    /// squared lengths, blocks.
    init(
        _ parts: IndexParts, first: Int, metric: Metric, quantizer: RaBitQuantizer, answer: Answer, lists: InvertedLists
    ) throws {
        let dimension = quantizer.dimension
        let stride = Layout(parts: quantizer.parts).stride
        self.init(
            metric, quantizer, answer,
            centre: try parts.readFiniteFloats(first, count: 1, dimension: dimension),
            squaredLengths: try parts.readFiniteFloats(first + 1, count: 1, dimension: lists.count),
            blocks: try parts.read(first + 2, expectedBytes: lists.placeCount / Self.alignment * stride))
        guard (0..<lists.placeCount / Self.alignment).allSatisfy(hasFiniteTerms) else {
            throw parts.corrupted("a row has a number that is not finite")
        }
    }

    private func hasFiniteTerms(_ block: Int) -> Bool {
        let terms = (blocks.base + block * layout.stride + layout.terms).assumingMemoryBound(to: Float.self)
        let values = UnsafeBufferPointer(start: UnsafePointer(terms), count: 3 * Self.alignment)
        return Kernels.best.firstNonFinite(values) == values.count
    }
}
