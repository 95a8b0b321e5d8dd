/// Rows of float32 elements that lie a fixed number of elements apart, in memory that belongs to someone else.
/// Valid as long as that memory.
struct FloatRows: @unchecked Sendable {
    // Sendable: a view that only reads; who may write, and when, is the contract of the memory's owner.
    let base: UnsafePointer<Float>
    let count: Int
    let dimension: Int
    let strideElements: Int

    /// - Parameter strideElements: elements from one row to the next; nil for rows without gaps.
    init(base: UnsafePointer<Float>, count: Int, dimension: Int, strideElements: Int? = nil) {
        self.base = base
        self.count = count
        self.dimension = dimension
        self.strideElements = strideElements ?? dimension
    }

    func row(_ row: Int) -> UnsafePointer<Float> {
        assert(row >= 0 && row < count)
        return base + row * strideElements
    }

    /// The rows of `range`, counted from 0.
    subscript(range: Range<Int>) -> FloatRows {
        assert(range.lowerBound >= 0 && range.upperBound <= count)
        return FloatRows(
            base: base + range.lowerBound * strideElements, count: range.count, dimension: dimension,
            strideElements: strideElements)
    }
}

/// Float32 rows with their own memory.
final class FloatMatrix: Sendable {
    let count: Int
    let dimension: Int
    private let memory: MemoryBlock

    init(count: Int, dimension: Int) {
        self.count = count
        self.dimension = dimension
        memory = MemoryBlock(byteCount: count * dimension * MemoryLayout<Float>.size)
    }

    /// Takes over memory that holds `count` rows of `dimension` elements.
    init(_ memory: MemoryBlock, count: Int, dimension: Int) {
        precondition(memory.byteCount >= count * dimension * MemoryLayout<Float>.size)
        self.count = count
        self.dimension = dimension
        self.memory = memory
    }

    /// Written only by whoever made the matrix, before others see it.
    func row(_ row: Int) -> UnsafeMutablePointer<Float> {
        assert(row >= 0 && row <= count)
        return memory.base.assumingMemoryBound(to: Float.self) + row * dimension
    }

    var rows: FloatRows { FloatRows(base: UnsafePointer(row(0)), count: count, dimension: dimension) }

    var bytes: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: memory.base, count: count * dimension * MemoryLayout<Float>.size)
    }
}
