/// Vectors of one segment or of one chunk of a growing segment: rows of equal size, one after the other.
///
/// The holder of a `VectorRows` may read the rows that were complete when it received it. The one writer
/// (a growing segment or a loader) fills rows once, before it publishes them.
final class VectorRows: @unchecked Sendable {
    // Sendable: a row is written once, before any reader is told of it.
    let element: VectorElement
    /// Elements of a row (bits for binary vectors).
    let dimension: Int
    /// Rows that fit.
    let capacity: Int
    /// Bytes from one row to the next; only rows of codes are padded.
    let strideBytes: Int

    private let memory: MemoryBlock

    convenience init(element: VectorElement, dimension: Int, capacity: Int) {
        self.init(
            element: element, dimension: dimension, capacity: capacity,
            strideBytes: element.bytes(forDimension: dimension))
    }

    /// Rows of codes, of any size; `dimension` counts the elements that are coded.
    init(element: VectorElement, dimension: Int, capacity: Int, strideBytes: Int) {
        self.element = element
        self.dimension = dimension
        self.capacity = capacity
        self.strideBytes = strideBytes
        memory = MemoryBlock(byteCount: strideBytes * capacity)
    }

    /// Rows that lie in memory already.
    init(element: VectorElement, dimension: Int, capacity: Int, strideBytes: Int, memory: MemoryBlock) {
        precondition(memory.byteCount == strideBytes * capacity)
        self.element = element
        self.dimension = dimension
        self.capacity = capacity
        self.strideBytes = strideBytes
        self.memory = memory
    }

    /// Rows that were read: as many as `memory` holds.
    init(_ memory: MemoryBlock, element: VectorElement, dimension: Int) {
        self.element = element
        self.dimension = dimension
        strideBytes = element.bytes(forDimension: dimension)
        capacity = memory.byteCount / strideBytes
        self.memory = memory
    }

    var base: UnsafeMutableRawPointer { memory.base }
    /// All rows that fit.
    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: memory.base, count: capacity * strideBytes) }

    func row(_ row: Int) -> UnsafeMutableRawPointer {
        assert(row >= 0 && row < capacity)
        return memory.base + row * strideBytes
    }
}
