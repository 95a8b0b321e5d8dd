import CKernels

/// Writes vectors into blocks of codes; one for each thread.
///
/// What is written errs to the safe side. With u = 2^-24: the length of what is lost is a float32 sum, so it grows by
/// (d + 16) u of itself; the subtraction of the centre and the rotation add `relativeError` and a few u of the
/// vector's length. The vector's own term of the distance shrinks by what `BlockQuery` asks for. Both lengths are
/// stored in units of the step, rounded up to 16 bits.
final class BlockEncoder {
    private let frame: BlockFrame
    private let bits: Int
    private let scale: BlockScale
    private let vector: UnsafeMutablePointer<Float>
    private let codes: UnsafeMutablePointer<UInt8>
    private let product = Kernels.best.negativeInnerProduct(.float32)

    /// Steps and squares of vectors whose code can be bounded: products of them neither overflow nor vanish.
    private static let steps: ClosedRange<Float> = 0x1p-100...0x1p63
    private static let largestSquare: Float = 1e37

    init(frame: BlockFrame, bits: Int) {
        self.frame = frame
        self.bits = bits
        scale = BlockScale(dimension: frame.dimension, bits: bits)
        vector = .allocate(capacity: frame.paddedDimension)
        codes = .allocate(capacity: frame.paddedDimension)
    }

    deinit {
        vector.deallocate()
        codes.deallocate()
    }

    /// Writes one row of a block; nil leaves it empty.
    func encode(_ source: UnsafePointer<Float>?, row: Int, of block: UnsafeMutableRawPointer) {
        guard let source else { return store(Header(bias: .infinity), row, block) }
        frame.centred(source, into: vector)
        let square = -product.pair(vector, vector, frame.dimension)
        let bias = bias(of: source, square: square)
        frame.rotation.apply(vector)
        let code = BlockKernels.best.encode(vector, frame.dimension, bits, codes)
        apus_block_store_codes(codes, frame.dimension, bits, row, block)
        store(header(code, bias: bias, square: square), row, block)
    }

    /// What a row stores beside its codes. Without a code its bias is all that counts.
    private struct Header {
        var bias: Float
        var step: Float = 0
        var residual: UInt16 = 0
        var length: UInt16 = 1
    }

    private func header(_ code: apus_block_code, bias: Float, square: Float) -> Header {
        let unbounded = Header(bias: -.infinity)
        guard square < Self.largestSquare else { return unbounded }
        if code.step == 0, code.residual == 0, square == 0 { return Header(bias: bias) }
        guard Self.steps.contains(code.step) else { return unbounded }
        let rounding = Double(frame.dimension + 16) * 0x1p-24
        let (step, lost) = (Double(code.step), Double(code.residual))
        let length = Double(code.length) * (1 + rounding)
        let inexact = frame.rotation.relativeError + rounding
        let residual = (lost * (1 + rounding) + inexact * (step * length + lost)) / step
        guard let residualUnits = scale.units(residual), let lengthUnits = scale.units(length) else {
            return unbounded
        }
        return Header(bias: bias, step: code.step, residual: residualUnits, length: lengthUnits)
    }

    /// What the row adds to a distance by itself, less what rounding may take from it.
    private func bias(of source: UnsafePointer<Float>, square: Float) -> Float {
        let rounding = Double(frame.dimension + 16) * 0x1p-24
        if frame.metric == .l2 { return Float(Double(square) * (1 - 4 * rounding)).nextDown }
        let centre = frame.centreSquare.squareRoot()
        let length = Double(square).squareRoot() * (1 + rounding)
        let term = frame.centre.withUnsafeBufferPointer { product.pair(source, $0.baseAddress!, frame.dimension) }
        return Float(Double(term) - 2 * rounding * centre * (centre + length)).nextDown
    }

    private func store(_ header: Header, _ row: Int, _ block: UnsafeMutableRawPointer) {
        block.storeBytes(of: header.bias, toByteOffset: row * 4, as: Float.self)
        block.storeBytes(of: header.step, toByteOffset: 64 + row * 4, as: Float.self)
        block.storeBytes(of: header.residual, toByteOffset: 128 + row * 2, as: UInt16.self)
        block.storeBytes(of: header.length, toByteOffset: 160 + row * 2, as: UInt16.self)
    }
}

/// The unit of the lengths that a block stores: the longest code has nearly the largest number of 16 bits.
struct BlockScale {
    let unit: Double

    init(dimension: Int, bits: Int) {
        let most: Double = bits == 4 ? 15 : 255
        unit = most / 2 * Double(dimension).squareRoot() / 65_000
    }

    /// A length rounded up; nil if it is too long.
    func units(_ length: Double) -> UInt16? {
        let units = (length / unit * (1 + 0x1p-40)).rounded(.up)
        return units <= 65_535 ? UInt16(units) : nil
    }
}
