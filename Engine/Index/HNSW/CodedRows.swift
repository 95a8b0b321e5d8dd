/// Rows coded by a scalar quantizer, with the bytes that they are stored as.
struct CodedRows: Sendable {
    let quantizer: ScalarQuantizer
    let rows: VectorRows
    let space: VectorSpace

    init(_ quantizer: ScalarQuantizer, rows: VectorRows) {
        self.quantizer = quantizer
        self.rows = rows
        space = quantizer.space(rows, count: rows.capacity)
    }

    /// Trains a quantizer on the rows of a source and codes them.
    init(_ kind: ScalarQuantizer.Kind, _ source: IndexSource, team: WorkerTeam) {
        let quantizer = ScalarQuantizer.train(
            kind, metric: source.definition.metric, rows: source.rows, count: source.count, team: team)
        self.init(quantizer, rows: quantizer.encode(source.rows, count: source.count, team: team))
    }

    var memoryBytes: Int { rows.strideBytes * rows.capacity }

    // MARK: Bytes

    /// Two parts: the dimension and the ranges, then the coded rows.
    func withParts<Result>(_ body: ([UnsafeRawBufferPointer]) throws -> Result) rethrows -> Result {
        var header = withUnsafeBytes(of: UInt64(quantizer.dimension)) { Array($0) }
        for values in [quantizer.low, quantizer.step] { values.withUnsafeBytes { header += $0 } }
        let codes = UnsafeRawBufferPointer(start: rows.base, count: memoryBytes)
        return try header.withUnsafeBytes { try body([$0, codes]) }
    }

    /// - Throws: `StorageError` if the parts are not those of `count` rows of such codes.
    init(
        _ kind: ScalarQuantizer.Kind, _ metric: Metric, _ parts: IndexParts, first: Int, count: Int
    ) throws {
        let quantizer = try ScalarQuantizer(kind, metric, parts, part: first)
        let (byteCount, overflow) = quantizer.strideBytes.multipliedReportingOverflow(by: count)
        guard !overflow else { throw parts.corrupted("rows of dimension \(quantizer.dimension) are too long") }
        let codes = VectorRows(
            element: .int8, dimension: quantizer.dimension, capacity: count, strideBytes: quantizer.strideBytes,
            memory: try parts.read(first + 1, expectedBytes: byteCount))
        self.init(quantizer, rows: codes)
    }
}

extension ScalarQuantizer {
    /// Reads the dimension and the ranges.
    fileprivate init(_ kind: Kind, _ metric: Metric, _ parts: IndexParts, part: Int) throws {
        let bytes = try parts.read(part)
        guard bytes.byteCount >= 8, case let dimension = Int(truncatingIfNeeded: bytes.base.load(as: UInt64.self)),
            (1...32_768).contains(dimension)
        else { throw parts.corrupted("part \(part) of the index is no quantizer") }
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
