/// Rows as product quantisation codes of their residuals, one row after the other, for codes of more than 4 bits (Jégou,
/// Douze and Schmid 2011). `ResidualEstimate` says what the tables add up to.
struct ProductListCodec: ListCodec {
    private let metric: Metric
    private let codes: ProductCodes
    private let centre: FloatMatrix
    /// The bias of the row at each place.
    private let biases: FloatMatrix
    private let kernel: DistanceKernel

    private init(_ metric: Metric, _ codes: ProductCodes, centre: FloatMatrix, biases: FloatMatrix) {
        self.metric = metric
        self.codes = codes
        self.centre = centre
        self.biases = biases
        kernel = codes.kernel
    }

    var alignment: Int { 1 }
    var memoryBytes: Int {
        codes.rows.bytes.count + codes.quantizer.memoryBytes + centre.bytes.count + biases.bytes.count
    }
    var preparedBytes: Int { codes.preparedBytes }
    var parts: [UnsafeRawBufferPointer] { [codes.quantizer.bytes, centre.bytes, biases.bytes, codes.rows.bytes] }

    func prepare(_ query: UnsafeRawPointer, into prepared: UnsafeMutableRawPointer) {
        let tables = ProductCodes.begin(codes.quantizer, in: prepared)
        ResidualEstimate.tables(
            metric, query.assumingMemoryBound(to: Float.self), centre: centre, codes.quantizer, into: tables)
    }

    func prefetch(_ place: Int) {
        ListPrefetch.ask(for: codes.rows.base, at: place * codes.rows.strideBytes, of: codes.rows.bytes.count)
    }

    func estimate(
        _ places: Range<Int>, of list: Neighbor, prepared: UnsafeRawPointer, into estimates: UnsafeMutablePointer<Float>
    ) {
        kernel.rows(
            prepared, codes.rows.base + places.lowerBound * codes.rows.strideBytes, codes.rows.strideBytes,
            places.count, codes.rows.dimension, estimates)
        let biases = biases.row(0) + places.lowerBound
        for place in 0..<places.count { estimates[place] += biases[place] + list.distance }
    }

    func largestEstimate(forDistance bound: Float, of list: Neighbor, prepared: UnsafeRawPointer) -> Float { .infinity }
}

extension ProductListCodec {
    /// Codes residuals; the same for any number of threads.
    init(_ residuals: ListResiduals, metric: Metric, quantizer: ProductQuantizer, team: WorkerTeam) {
        let lists = residuals.lists
        let codes = ProductCodes(quantizer, metric: metric, capacity: lists.placeCount)
        let centre = ResidualEstimate.centre(metric, residuals)
        let biases = FloatMatrix(count: 1, dimension: lists.placeCount)
        team.forEach(lists.count, grain: 4) { range, _ in
            withUnsafeTemporaryAllocation(of: Float.self, capacity: 2 * quantizer.dimension) { vectors in
                let residual = vectors.baseAddress!
                let coded = residual + quantizer.dimension
                for list in range {
                    for place in lists.places(list) {
                        residuals.write(place, of: list, into: residual)
                        codes.set(place, to: residual)
                        codes.decode(place, into: coded)
                        biases.row(0)[place] = ResidualEstimate.bias(
                            metric, coded: coded, residual: residual, centroid: residuals.centroid(list),
                            centre: centre.row(0), dimension: quantizer.dimension)
                    }
                }
            }
        }
        self.init(metric, codes, centre: centre, biases: biases)
    }

    /// Reads the codec of lists that were read before, from part `first` on: centroids of the quantizer, the mean of the
    /// lists' centroids, the biases of all places, their codes.
    init(
        _ parts: IndexParts, first: Int, metric: Metric, shape: ProductShape, lists: InvertedLists
    ) throws {
        let quantizer = try shape.read(parts, first)
        let centre = try parts.readFiniteFloats(first + 1, count: 1, dimension: shape.dimension)
        let biases = try parts.readFiniteFloats(first + 2, count: 1, dimension: lists.placeCount)
        let rowBytes = ProductCodes.rowBytes(quantizer)
        let rows = VectorRows(
            try parts.read(first + 3, expectedBytes: lists.placeCount * rowBytes), element: .int8, dimension: rowBytes)
        let codes = ProductCodes(quantizer, metric: metric, rows: rows)
        guard codes.namesCentroidsOnly(count: lists.placeCount) else {
            throw parts.corrupted("a code names no centroid")
        }
        self.init(metric, codes, centre: centre, biases: biases)
    }
}
