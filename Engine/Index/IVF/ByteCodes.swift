import CKernels

/// Byte codes of vectors in blocks of sixteen interleaved rows: each row has a step of its own, its largest element
/// becomes 127 or -127. `listscan.h` has the layout of a block.
struct ByteCodes: @unchecked Sendable {
    // Sendable: blocks are written while the codes are built or read, by one owner.
    let dimension: Int
    let blockCount: Int
    let memory: MemoryBlock

    static let blockRows = ListScanKernel.blockRows

    /// What a code keeps of a row, and what it loses.
    struct Loss {
        /// Squared norm of the coded vector.
        var squaredLength = 0.0
        /// Squared norm of the vector less the coded vector; infinite if an element is not finite.
        var squaredError = 0.0
    }

    init(dimension: Int, placeCount: Int) {
        blockCount = (placeCount + Self.blockRows - 1) / Self.blockRows
        self.dimension = dimension
        memory = MemoryBlock(byteCount: blockCount * Self.blockBytes(dimension))
    }

    /// Takes over blocks that were read; nil if they are not as many as `placeCount` needs.
    init?(dimension: Int, placeCount: Int, memory: MemoryBlock) {
        blockCount = (placeCount + Self.blockRows - 1) / Self.blockRows
        guard memory.byteCount == blockCount * Self.blockBytes(dimension) else { return nil }
        self.dimension = dimension
        self.memory = memory
    }

    static func groups(_ dimension: Int) -> Int { (dimension + 3) / 4 }
    static func blockBytes(_ dimension: Int) -> Int { apus_byte_block_bytes(groups(dimension)) }

    /// Bytes of the biases and steps of a block.
    private static let headerBytes = 2 * blockRows * 4

    /// The block of a place.
    @inline(__always)
    func block(_ place: Int) -> UnsafeMutableRawPointer {
        memory.base + place / Self.blockRows * Self.blockBytes(dimension)
    }

    /// Writes the code of a vector.
    func encode(_ vector: UnsafePointer<Float>, place: Int) -> Loss {
        let block = self.block(place)
        let row = place % Self.blockRows
        let header = block.assumingMemoryBound(to: Float.self)
        let codes = (block + Self.headerBytes).assumingMemoryBound(to: UInt8.self) + row * 4
        let step = ByteSteps.step(vector, dimension)
        header[Self.blockRows + row] = step
        let inverse = step > 0 ? 1 / step : 0
        var loss = Loss()
        for element in 0..<dimension {
            let code = step > 0 ? ByteSteps.code(vector[element] * inverse) : 0
            codes[element / 4 * Self.blockRows * 4 + element % 4] = UInt8(truncatingIfNeeded: code + 128)
            let coded = Double(step) * Double(code)
            let error = Double(vector[element]) - coded
            loss.squaredLength += coded * coded
            loss.squaredError += error * error
        }
        if !loss.squaredError.isFinite { loss.squaredError = .infinity }
        return loss
    }

    /// Element `element` of the coded vector at a place.
    func value(_ element: Int, place: Int) -> Float {
        let block = self.block(place)
        let row = place % Self.blockRows
        let step = block.assumingMemoryBound(to: Float.self)[Self.blockRows + row]
        let group = Self.headerBytes + element / 4 * Self.blockRows * 4
        let code = block.load(fromByteOffset: group + row * 4 + element % 4, as: UInt8.self)
        return step * (Float(code) - 128)
    }

    func setBias(_ bias: Float, place: Int) {
        block(place).assumingMemoryBound(to: Float.self)[place % Self.blockRows] = bias
    }
}

/// Numbers from -127 to 127 for the elements of a vector.
enum ByteSteps {
    /// The largest element by magnitude, divided by 127; 0 for a vector of zeros, of numbers too small to divide by,
    /// or with an element that is not finite.
    static func step(_ vector: UnsafePointer<Float>, _ dimension: Int) -> Float {
        var largest = SIMD8<Float>.zero
        var element = 0
        while element + 8 <= dimension {
            let values = UnsafeRawPointer(vector + element).loadUnaligned(as: SIMD8<Float>.self)
            let magnitudes = values.replacing(with: -values, where: values .< 0)
            largest.replace(with: magnitudes, where: .!(magnitudes .<= largest))
            element += 8
        }
        while element < dimension {
            let magnitude = abs(vector[element])
            if !(magnitude <= largest[0]) { largest[0] = magnitude }
            element += 1
        }
        var most: Float = 0
        for lane in 0..<8 where !(largest[lane] <= most) { most = largest[lane] }
        let step = most / 127
        return step.isFinite && step >= smallestStep ? step : 0
    }

    /// The whole number nearest to `value`, which lies within -128 ... 128.
    @inline(__always)
    static func code(_ value: Float) -> Int32 {
        // Adding 1.5 x 2^23 leaves the rounded number in the low bits.
        Int32(bitPattern: (value + 12_582_912).bitPattern) &- 0x4B40_0000
    }

    /// Its inverse is finite.
    private static let smallestStep: Float = 0x1p-120
}
