/// Values of one type in a memory block, as they lie in a file.
struct FixedArray<Element: BitwiseCopyable>: Sendable {
    private let memory: MemoryBlock
    let count: Int

    /// - Parameter memory: whole elements.
    init(_ memory: MemoryBlock) {
        precondition(memory.byteCount % MemoryLayout<Element>.stride == 0)
        self.memory = memory
        count = memory.byteCount / MemoryLayout<Element>.stride
    }

    init(_ elements: [Element]) {
        let memory = MemoryBlock(byteCount: elements.count * MemoryLayout<Element>.stride)
        elements.withUnsafeBytes {
            UnsafeMutableRawBufferPointer(start: memory.base, count: $0.count).copyMemory(from: $0)
        }
        self.init(memory)
    }

    /// Valid as long as this value.
    @inline(__always)
    var base: UnsafePointer<Element> { UnsafeRawPointer(memory.base).assumingMemoryBound(to: Element.self) }

    @inline(__always)
    subscript(index: Int) -> Element {
        assert(index >= 0 && index < count)
        return base[index]
    }

    var byteCount: Int { memory.byteCount }
    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: memory.base, count: memory.byteCount) }
}
