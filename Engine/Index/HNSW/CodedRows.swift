/// Rows coded by a scalar or a product quantizer, with the bytes that they are stored as.
struct CodedRows: Sendable {
    /// Codes that a graph is walked over or rows are ranked by.
    enum Kind: Sendable {
        case scalar(ScalarQuantizer.Kind)
        /// Codes of the shape that the definition of the index names.
        case product
    }

    private enum Quantizer: Sendable {
        case scalar(ScalarQuantizer)
        case product(ProductQuantizer)
    }

    let rows: VectorRows
    let space: VectorSpace
    private let quantizer: Quantizer
    private let metric: Metric

    init(_ quantizer: ScalarQuantizer, rows: VectorRows) {
        self.quantizer = .scalar(quantizer)
        metric = quantizer.metric
        self.rows = rows
        space = quantizer.space(rows, count: rows.capacity)
    }

    init(_ codes: ProductCodes) {
        quantizer = .product(codes.quantizer)
        metric = codes.metric
        rows = codes.rows
        space = VectorSpace(codes, count: rows.capacity)
    }

    /// Trains a quantizer on the rows of a source and codes them.
    ///
    /// - Throws: `ApusError` if the definition asks for product codes that do not suit the dimension.
    init(_ kind: Kind, _ source: IndexSource, team: WorkerTeam) throws {
        switch kind {
        case .scalar(let kind): self.init(kind, source, team: team)
        case .product: self.init(try ProductCodes(coding: source, team: team))
        }
    }

    /// Trains a scalar quantizer on the rows of a source and codes them.
    init(_ kind: ScalarQuantizer.Kind, _ source: IndexSource, team: WorkerTeam) {
        let quantizer = ScalarQuantizer.train(
            kind, metric: source.definition.metric, rows: source.rows, count: source.count, team: team)
        self.init(quantizer, rows: quantizer.encode(source.rows, count: source.count, team: team))
    }

    /// Other rows of codes by the same quantizer.
    func withRows(_ rows: VectorRows) -> CodedRows {
        switch quantizer {
        case .scalar(let quantizer): CodedRows(quantizer, rows: rows)
        case .product(let quantizer):
            CodedRows(ProductCodes(quantizer, metric: metric, rows: rows))
        }
    }

    /// Elements of a vector that is coded.
    var dimension: Int { rows.dimension }
    var memoryBytes: Int { rows.strideBytes * rows.capacity }

    // MARK: Bytes

    /// Two parts: the dimension and the numbers of the quantizer, then the coded rows.
    func withParts<Result>(_ body: ([UnsafeRawBufferPointer]) throws -> Result) rethrows -> Result {
        var header = withUnsafeBytes(of: UInt64(dimension)) { Array($0) }
        switch quantizer {
        case .scalar(let quantizer):
            for values in [quantizer.low, quantizer.step] { values.withUnsafeBytes { header += $0 } }
        case .product(let quantizer): header += quantizer.bytes
        }
        let codes = UnsafeRawBufferPointer(start: rows.base, count: memoryBytes)
        return try header.withUnsafeBytes { try body([$0, codes]) }
    }

    /// - Throws: `StorageError` if the parts are not those of `count` rows of such codes.
    init(_ kind: Kind, _ definition: IndexDefinition, _ parts: IndexParts, first: Int, count: Int) throws {
        switch kind {
        case .scalar(let kind): try self.init(kind, definition.metric, parts, first: first, count: count)
        case .product: self.init(try ProductCodes(definition, parts, first: first, count: count))
        }
    }

    /// - Throws: `StorageError` if the parts are not those of `count` rows of such scalar codes.
    init(_ kind: ScalarQuantizer.Kind, _ metric: Metric, _ parts: IndexParts, first: Int, count: Int) throws {
        let quantizer = try ScalarQuantizer(kind, metric, parts, part: first)
        let codes = try VectorRows(
            codes: parts, part: first + 1, dimension: quantizer.dimension, count: count,
            strideBytes: quantizer.strideBytes)
        self.init(quantizer, rows: codes)
    }
}

extension VectorRows {
    /// Reads rows of codes.
    fileprivate convenience init(
        codes parts: IndexParts, part: Int, dimension: Int, count: Int, strideBytes: Int
    ) throws {
        let (byteCount, overflow) = strideBytes.multipliedReportingOverflow(by: count)
        guard !overflow else { throw parts.corrupted("rows of dimension \(dimension) are too long") }
        self.init(
            element: .int8, dimension: dimension, capacity: count, strideBytes: strideBytes,
            memory: try parts.read(part, expectedBytes: byteCount))
    }
}

extension IndexParts {
    /// Reads a quantizer's part, which begins with the dimension.
    fileprivate func readQuantizer(_ part: Int) throws -> (dimension: Int, bytes: MemoryBlock) {
        let bytes = try read(part)
        guard bytes.byteCount >= 8, case let dimension = Int(truncatingIfNeeded: bytes.base.load(as: UInt64.self)),
            (1...32_768).contains(dimension)
        else { throw corrupted("part \(part) of the index is no quantizer") }
        return (dimension, bytes)
    }
}

extension ScalarQuantizer {
    /// Reads the dimension and the ranges.
    fileprivate init(_ kind: Kind, _ metric: Metric, _ parts: IndexParts, part: Int) throws {
        let (dimension, bytes) = try parts.readQuantizer(part)
        let count = kind.format.countsSteps ? dimension : 0
        guard bytes.byteCount == 8 + 8 * count else {
            throw parts.corrupted("the quantizer has \(bytes.byteCount) bytes instead of \(8 + 8 * count)")
        }
        func values(_ first: Int) -> [Float] {
            (0..<count).map { bytes.base.load(fromByteOffset: 8 + 4 * (first + $0), as: Float.self) }
        }
        let (low, step) = (values(0), values(count))
        guard low.allSatisfy(\.isFinite), step.allSatisfy({ $0.isFinite && $0 >= 0 }) else {
            throw parts.corrupted("the ranges of the quantizer are no ranges")
        }
        self.init(kind: kind, metric: metric, dimension: dimension, low: low, step: step)
    }
}

extension ProductCodes {
    /// Trains a quantizer on a sample of full rows and codes all of them.
    ///
    /// - Throws: `ApusError` if the definition asks for codes that do not suit the dimension.
    fileprivate init(coding source: IndexSource, team: WorkerTeam) throws {
        let shape = try ProductShape(source.definition, dimension: source.rows.dimension)
        func vector(_ row: Int) -> UnsafePointer<Float> {
            UnsafePointer(source.rows.row(row).assumingMemoryBound(to: Float.self))
        }
        let sampled = KMeans.sampleRows(
            ProductTrainer.sampleSize(bits: shape.bits), of: source.count, seed: source.seed &+ 1)
        let sample = FloatMatrix(count: sampled.count, dimension: shape.dimension)
        for (place, row) in sampled.enumerated() {
            sample.row(place).update(from: vector(row), count: shape.dimension)
        }
        let quantizer = ProductTrainer.train(
            sample.rows, partDimension: shape.partDimension, bits: shape.bits, seed: source.seed, team: team)
        let rows = VectorRows(
            element: .int8, dimension: shape.dimension, capacity: source.count,
            strideBytes: Self.rowBytes(quantizer))
        let codes = ProductCodes(quantizer, metric: source.definition.metric, rows: rows)
        team.forEach(source.count, grain: 256) { range, _ in
            for row in range { codes.set(row, to: vector(row)) }
        }
        self = codes
    }

    /// Reads the dimension and the centroids, then the codes.
    fileprivate init(_ definition: IndexDefinition, _ parts: IndexParts, first: Int, count: Int) throws {
        let (dimension, bytes) = try parts.readQuantizer(first)
        guard let shape = try? ProductShape(definition, dimension: dimension) else {
            throw parts.corrupted("the dimension \(dimension) does not suit the definition")
        }
        let centroids = MemoryBlock(byteCount: bytes.byteCount - 8)
        centroids.base.copyMemory(from: bytes.base + 8, byteCount: centroids.byteCount)
        let quantizer = ProductQuantizer(
            dimension: dimension, partDimension: shape.partDimension, bits: shape.bits, centroids: centroids)
        guard let quantizer else {
            throw parts.corrupted("the centroids of the codes are not those of the definition")
        }
        let rows = try VectorRows(
            codes: parts, part: first + 1, dimension: dimension, count: count,
            strideBytes: Self.rowBytes(quantizer))
        self.init(quantizer, metric: definition.metric, rows: rows)
        guard namesCentroidsOnly(count: count) else { throw parts.corrupted("a code names no centroid") }
    }
}
