import CKernels

/// Rows as 4-bit product quantisation codes of their residuals, in blocks of 32 that are scanned with the tables in
/// registers (Jégou, Douze and Schmid 2011; André, Kermarrec and Le Scouarnec 2015). `ResidualEstimate` says what the
/// tables add up to.
///
/// The tables of a query are rounded to bytes with a step s, so a sum of m entries errs by at most m s / 2 and, rounding
/// being even-handed, by about 0.3 s sqrt(m). Biases have 16 bits between the least and the largest of their list.
struct FastScanCodec: ListCodec {
    private let metric: Metric
    private let quantizer: ProductQuantizer
    private let centre: FloatMatrix
    /// For each list its least bias, and how far the largest is above it.
    private let biases: FloatMatrix
    /// The largest such span.
    private let widestSpan: Float
    private let blocks: MemoryBlock
    private let kernel: FastScanKernel
    private let groups: Int
    private let stride: Int

    static let alignment = FastScanKernel.blockRows

    /// A query, in front of its tables of bytes.
    private struct Prepared {
        static let byteCount = 64
        let tables: ByteTables
    }

    private init(
        _ metric: Metric, _ quantizer: ProductQuantizer, centre: FloatMatrix, biases: FloatMatrix, blocks: MemoryBlock
    ) {
        self.metric = metric
        self.quantizer = quantizer
        self.centre = centre
        self.biases = biases
        self.blocks = blocks
        kernel = .best
        groups = FastScanKernel.groups(codes: quantizer.parts)
        stride = FastScanKernel.blockBytes(groups: groups)
        widestSpan = (0..<biases.count).reduce(0) { max($0, biases.row($1)[1]) }
    }

    var alignment: Int { Self.alignment }
    var memoryBytes: Int { blocks.byteCount + quantizer.memoryBytes + centre.bytes.count + biases.bytes.count }
    var preparedBytes: Int { Prepared.byteCount + groups * FastScanKernel.groupBytes }
    var parts: [UnsafeRawBufferPointer] { [quantizer.bytes, centre.bytes, biases.bytes, blocks.bytes] }

    // MARK: Searching

    func prepare(_ query: UnsafeRawPointer, into prepared: UnsafeMutableRawPointer) {
        withUnsafeTemporaryAllocation(byteCount: quantizer.tableCount * 4, alignment: 64) { buffer in
            let tables = buffer.baseAddress!.bindMemory(to: Float.self, capacity: quantizer.tableCount)
            ResidualEstimate.tables(
                metric, query.assumingMemoryBound(to: Float.self), centre: centre, quantizer, into: tables)
            let bytes = (prepared + Prepared.byteCount).assumingMemoryBound(to: UInt8.self)
            let made = ByteTables(tables, parts: quantizer.parts, reserve: widestSpan, into: bytes)
            prepared.storeBytes(of: Prepared(tables: made), as: Prepared.self)
        }
    }

    func prefetch(_ place: Int) {
        ListPrefetch.ask(for: blocks.base, at: place / Self.alignment * stride, of: blocks.byteCount)
    }

    func estimate(
        _ places: Range<Int>, of list: Neighbor, prepared: UnsafeRawPointer, into estimates: UnsafeMutablePointer<Float>
    ) {
        let scan = scan(places, list, prepared)
        let blockCount = (places.count + Self.alignment - 1) / Self.alignment
        withUnsafeTemporaryAllocation(of: UInt16.self, capacity: blockCount * Self.alignment) { sums in
            kernel.sums(scan.input, blockCount: blockCount, into: sums.baseAddress!)
            for place in 0..<places.count { estimates[place] = scan.estimate(sums[place]) }
        }
    }

    func candidates(
        _ places: Range<Int>, of list: Neighbor, prepared: UnsafeRawPointer, bound: Float,
        positions: UnsafeMutablePointer<UInt32>, estimates: UnsafeMutablePointer<Float>
    ) -> Int {
        let scan = scan(places, list, prepared)
        guard let threshold = scan.threshold(bound) else { return 0 }
        let blockCount = (places.count + Self.alignment - 1) / Self.alignment
        return withUnsafeTemporaryAllocation(of: UInt16.self, capacity: blockCount * Self.alignment) { sums in
            var found = kernel.within(
                threshold, scan.input, blockCount: blockCount, rows: positions, sums: sums.baseAddress!)
            // Places behind the end of the list.
            while found > 0, positions[found - 1] >= places.count { found -= 1 }
            for index in 0..<found { estimates[index] = scan.estimate(sums[index]) }
            return found
        }
    }

    func largestEstimate(forDistance bound: Float, of list: Neighbor, prepared: UnsafeRawPointer) -> Float { .infinity }

    private func scan(_ places: Range<Int>, _ list: Neighbor, _ prepared: UnsafeRawPointer) -> BoundScan {
        let tables = prepared.load(as: Prepared.self).tables
        let bias = biases.row(Int(list.row))
        let input = apus_fastscan(
            tables: (prepared + Prepared.byteCount).assumingMemoryBound(to: UInt8.self),
            blocks: UnsafeRawPointer(blocks.base + places.lowerBound / Self.alignment * stride)
                .assumingMemoryBound(to: UInt8.self),
            stride: stride, groups: groups, bias_factor: Self.biasFactor(span: bias[1], step: tables.step))
        return BoundScan(input: input, constant: list.distance + bias[0] + tables.constant, step: tables.step)
    }

    /// What 16-bit biases are multiplied by. At most 65,535 also for a query so far away that its tables are no numbers.
    private static func biasFactor(span: Float, step: Float) -> UInt32 {
        let units = span / step + 0.5
        return units < 65535 ? UInt32(units) : 65535
    }

    /// Blocks of one list with the tables of a query, and what their sums mean.
    private struct BoundScan {
        let input: apus_fastscan
        let constant: Float
        let step: Float

        @inline(__always)
        func estimate(_ sum: UInt16) -> Float { constant + step * Float(sum) }

        /// The largest sum whose estimate may be at most `bound`; nil if there is none.
        func threshold(_ bound: Float) -> UInt16? {
            let units = (bound - constant) / step + 1
            guard units >= 0 else { return nil }
            return units < 65535 ? UInt16(units) : 65535
        }
    }
}

// MARK: Building

extension FastScanCodec {
    /// Codes residuals; the same for any number of threads.
    init(_ residuals: ListResiduals, metric: Metric, quantizer: ProductQuantizer, team: WorkerTeam) {
        let stride = FastScanKernel.blockBytes(groups: FastScanKernel.groups(codes: quantizer.parts))
        let lists = residuals.lists
        let encoder = ListEncoder(
            residuals: residuals, metric: metric, quantizer: quantizer,
            centre: ResidualEstimate.centre(metric, residuals),
            biases: FloatMatrix(count: lists.count, dimension: 2),
            blocks: MemoryBlock(byteCount: lists.placeCount / Self.alignment * stride), stride: stride)
        team.forEach(lists.count, grain: 4) { range, _ in
            for list in range { encoder.encode(list) }
        }
        self.init(metric, quantizer, centre: encoder.centre, biases: encoder.biases, blocks: encoder.blocks)
    }

    private struct ListEncoder {
        let residuals: ListResiduals
        let metric: Metric
        let quantizer: ProductQuantizer
        let centre: FloatMatrix
        let biases: FloatMatrix
        let blocks: MemoryBlock
        let stride: Int

        func encode(_ list: Int) {
            let places = residuals.lists.places(list)
            var rowBiases: [Float] = []
            rowBiases.reserveCapacity(places.count)
            withUnsafeTemporaryAllocation(of: UInt16.self, capacity: quantizer.parts) { codes in
                withUnsafeTemporaryAllocation(of: Float.self, capacity: 2 * quantizer.dimension) { vectors in
                    let residual = vectors.baseAddress!
                    let coded = residual + quantizer.dimension
                    for place in places {
                        residuals.write(place, of: list, into: residual)
                        quantizer.encode(residual, into: codes.baseAddress!)
                        quantizer.decode(codes.baseAddress!, into: coded)
                        put(UnsafeBufferPointer(codes), at: place)
                        rowBiases.append(
                            ResidualEstimate.bias(
                                metric, coded: coded, residual: residual, centroid: residuals.centroid(list),
                                centre: centre.row(0), dimension: quantizer.dimension))
                    }
                }
            }
            putBiases(rowBiases, of: list)
        }

        private func put(_ codes: UnsafeBufferPointer<UInt16>, at place: Int) {
            let block = block(place).assumingMemoryBound(to: UInt8.self)
            for (part, code) in codes.enumerated() {
                FastScanKernel.put(UInt8(code), of: part, row: place % alignment, in: block)
            }
        }

        private func putBiases(_ rowBiases: [Float], of list: Int) {
            guard let least = rowBiases.min(), let most = rowBiases.max() else { return }
            biases.row(list)[0] = least
            biases.row(list)[1] = most - least
            guard most > least else { return }
            let places = residuals.lists.places(list)
            for (bias, place) in zip(rowBiases, places) {
                let units = UInt16(min((bias - least) / (most - least) * 65535 + 0.5, 65535))
                let block = block(place) + stride - alignment * MemoryLayout<UInt16>.size
                block.assumingMemoryBound(to: UInt16.self)[place % alignment] = units
            }
        }

        private func block(_ place: Int) -> UnsafeMutableRawPointer { blocks.base + place / alignment * stride }
    }
}

// MARK: Files

extension FastScanCodec {
    /// Reads the codec of lists that were read before, from part `first` on: centroids of the quantizer, the mean of the
    /// lists' centroids, two floats for the biases of each list, blocks.
    init(
        _ parts: IndexParts, first: Int, metric: Metric, shape: ProductShape, lists: InvertedLists
    ) throws {
        let quantizer = try shape.read(parts, first)
        let centre = try parts.readFiniteFloats(first + 1, count: 1, dimension: shape.dimension)
        let biases = try parts.readFiniteFloats(first + 2, count: lists.count, dimension: 2)
        let stride = FastScanKernel.blockBytes(groups: FastScanKernel.groups(codes: quantizer.parts))
        let blocks = try parts.read(first + 3, expectedBytes: lists.placeCount / Self.alignment * stride)
        guard (0..<lists.count).allSatisfy({ biases.row($0)[1] >= 0 }) else {
            throw parts.corrupted("the biases of a list span less than nothing")
        }
        self.init(metric, quantizer, centre: centre, biases: biases, blocks: blocks)
    }
}

/// How vectors are cut and coded, as a definition asks for it.
struct ProductShape: Sendable {
    let dimension: Int
    let partDimension: Int
    let bits: Int

    /// Reads the quantizer from its part of a file.
    func read(_ parts: IndexParts, _ part: Int) throws -> ProductQuantizer {
        let found = ProductQuantizer(
            dimension: dimension, partDimension: partDimension, bits: bits, centroids: try parts.read(part))
        guard let found else { throw parts.corrupted("the centroids of the codes are not those of the definition") }
        return found
    }
}
