import CKernels

/// Codes of rows with one number for each element: steps between the ends of a range that is trained for each
/// dimension, or one range for all, or shortened floats. A distance to a coded row is an estimate, made from integer
/// products of the codes with a query whose elements become signed bytes.
struct ScalarQuantizer: Sendable {
    /// The kinds of codes, by Milvus's names but for `sq4`.
    enum Kind: String, Sendable, CaseIterable {
        case sq8 = "SQ8"
        case sq6 = "SQ6"
        /// 4 bits with a range for each dimension.
        case sq4 = "SQ4"
        /// 4 bits with one range for all dimensions.
        case sq4Uniform = "SQ4U"
        case float16 = "FP16"
        case bfloat16 = "BF16"

        var format: CodeFormat {
            switch self {
            case .sq8: .bits8
            case .sq6: .bits6
            case .sq4, .sq4Uniform: .bits4
            case .float16: .float16
            case .bfloat16: .bfloat16
            }
        }
    }

    let kind: Kind
    let metric: Metric
    let dimension: Int
    /// The lowest value of each dimension and the step from one code to the next; empty for shortened floats. A
    /// dimension with a step of zero has one value.
    let low: [Float]
    let step: [Float]
    /// Bytes from one coded row to the next.
    let strideBytes: Int

    private let inverseStep: [Float]

    /// - Parameters:
    ///   - low, step: `dimension` finite values, steps not negative; empty for shortened floats.
    init(kind: Kind, metric: Metric, dimension: Int, low: [Float], step: [Float]) {
        precondition(low.count == step.count && low.count == (kind.format.countsSteps ? dimension : 0))
        self.kind = kind
        self.metric = metric
        self.dimension = dimension
        self.low = low
        self.step = step
        inverseStep = step.map { $0 > 0 ? 1 / $0 : 0 }
        strideBytes = Self.paddedBytes(Self.rowBytes(kind, metric, dimension))
    }

    /// Whether the squared length of a row's codes follows them: 4-bit codes give it themselves.
    private static func storesLength(_ kind: Kind, _ metric: Metric) -> Bool {
        metric == .l2 && (kind.format == .bits8 || kind.format == .bits6)
    }

    private static func rowBytes(_ kind: Kind, _ metric: Metric, _ dimension: Int) -> Int {
        kind.format.rowBytes(forDimension: dimension) + (storesLength(kind, metric) ? 4 : 0)
    }

    /// Whole cache lines where that takes at most a third more, so that a row does not lie across one line more.
    private static func paddedBytes(_ bytes: Int) -> Int {
        let lines = (bytes + 63) / 64 * 64
        return lines * 3 <= bytes * 4 ? lines : (bytes + 3) / 4 * 4
    }

    /// Codes the rows 0 ..< `count`; the same bytes for any number of workers.
    func encode(_ rows: VectorRows, count: Int, team: WorkerTeam) -> VectorRows {
        let coded = VectorRows(element: .int8, dimension: dimension, capacity: count, strideBytes: strideBytes)
        team.forEach(count, grain: 256) { range, _ in
            withUnsafeTemporaryAllocation(of: UInt8.self, capacity: dimension) { codes in
                for row in range { encode(rows.row(row), to: coded.row(row), codes: codes.baseAddress!) }
            }
        }
        return coded
    }

    /// - Parameter codes: room for one code of each element.
    private func encode(
        _ vector: UnsafeRawPointer, to row: UnsafeMutableRawPointer, codes: UnsafeMutablePointer<UInt8>
    ) {
        let vector = vector.assumingMemoryBound(to: Float.self)
        let bytes = row.assumingMemoryBound(to: UInt8.self)
        guard kind.format.countsSteps else {
            return shorten(vector, to: row)
        }
        apus_code_encode(vector, low, inverseStep, kind.format.highestCode, dimension, codes)
        apus_code_pack(Int(kind.format.rawValue), codes, dimension, bytes)
        guard Self.storesLength(kind, metric) else { return }
        var length: Float = 0
        for index in 0..<dimension {
            let value = step[index] * Float(codes[index])
            length += value * value
        }
        row.storeBytes(of: length, toByteOffset: kind.format.rowBytes(forDimension: dimension), as: Float.self)
    }

    /// Values that are too large for float16 become its largest.
    private func shorten(_ vector: UnsafePointer<Float>, to row: UnsafeMutableRawPointer) {
        let target = UnsafeMutableBufferPointer(start: row.assumingMemoryBound(to: UInt16.self), count: dimension)
        let source = UnsafeBufferPointer(start: vector, count: dimension)
        guard kind == .float16 else { return ElementConversion.bfloat16(from: source, to: target) }
        withUnsafeTemporaryAllocation(of: Float.self, capacity: dimension) { limited in
            for index in 0..<dimension { limited[index] = min(max(vector[index], -65504), 65504) }
            ElementConversion.float16(from: UnsafeBufferPointer(limited), to: target)
        }
    }

    /// What a coded row stands for.
    func decode(_ row: UnsafeRawPointer) -> [Float] {
        guard kind.format.countsSteps else {
            let halves = UnsafeBufferPointer(start: row.assumingMemoryBound(to: UInt16.self), count: dimension)
            return [Float](unsafeUninitializedCapacity: dimension) { values, count in
                count = dimension
                let target = UnsafeMutableBufferPointer(rebasing: values[..<dimension])
                if kind == .float16 {
                    ElementConversion.float32(fromFloat16: halves, to: target)
                } else {
                    ElementConversion.float32(fromBFloat16: halves, to: target)
                }
            }
        }
        var codes = [UInt8](repeating: 0, count: dimension)
        apus_code_unpack(Int(kind.format.rawValue), row.assumingMemoryBound(to: UInt8.self), dimension, &codes)
        return (0..<dimension).map { low[$0] + step[$0] * Float(codes[$0]) }
    }

    /// Coded rows with the distance estimates from float32 queries.
    func space(_ coded: VectorRows, count: Int) -> VectorSpace {
        let kernel = metric == .l2 ? kind.format.l2() : kind.format.negativeInnerProduct()
        let preparation = kind.format.countsSteps ? CodeQueryPreparation(self) : nil
        return VectorSpace(rows: coded, count: count, kernel: kernel, preparation: preparation)
    }
}
