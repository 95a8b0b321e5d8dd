/// The blocks of nodes: part of an index file, or in memory as long as the index is not written.
struct DiskANNBlocks: Sendable {
    private let file: any DiskANNBlockFile
    /// Of the first block in the file.
    private let firstOffset: Int
    let layout: DiskANNLayout

    /// - Parameter firstOffset: a multiple of `ReadSlots.alignment`.
    init(file: any DiskANNBlockFile, firstOffset: Int, layout: DiskANNLayout) {
        precondition(firstOffset % ReadSlots.alignment == 0)
        self.file = file
        self.firstOffset = firstOffset
        self.layout = layout
    }

    func offset(of block: Int) -> Int { firstOffset + block * layout.blockBytes }

    func makeReader(slotCount: Int) -> any AsynchronousReader {
        file.asynchronousReader(slots: ReadSlots(count: slotCount, bytesEach: layout.blockBytes))
    }

    /// The error for a file whose vectors are not those of the field.
    func wrongDimension(_ expected: Int) -> StorageError {
        .corrupted(
            file.path, at: nil,
            "the index is of dimension \(layout.dimension), not \(expected); drop it and build it again")
    }

    /// The error for a block that is not what was written.
    func damage(of block: Int) -> StorageError {
        .corrupted(
            file.path, at: offset(of: block),
            "block \(block) of the index is damaged; drop the index and build it again")
    }
}

/// Where blocks can be read from.
protocol DiskANNBlockFile: Sendable {
    var path: String { get }
    func asynchronousReader(slots: ReadSlots) -> any AsynchronousReader
}

extension FileReader: DiskANNBlockFile {}

/// Blocks that a build has just made.
final class DiskANNBlocksInMemory: DiskANNBlockFile {
    let memory: MemoryBlock

    init(_ memory: MemoryBlock) { self.memory = memory }

    var path: String { "an index that is not written yet" }

    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: memory.base, count: memory.byteCount) }

    func asynchronousReader(slots: ReadSlots) -> any AsynchronousReader {
        MemoryReader(memory: memory, slots: slots)
    }

    private final class MemoryReader: AsynchronousReader {
        let slots: ReadSlots
        private let memory: MemoryBlock
        private var started: [Int] = []

        init(memory: MemoryBlock, slots: ReadSlots) {
            self.memory = memory
            self.slots = slots
        }

        func start(_ slot: Int, count: Int, at offset: Int) {
            slots.mutableBytes(of: slot).copyMemory(
                from: UnsafeRawBufferPointer(start: memory.base + offset, count: count))
            started.append(slot)
        }

        func wait(_ ended: (Int, StorageError?) -> Void) {
            for slot in started { ended(slot, nil) }
            started.removeAll(keepingCapacity: true)
        }
    }
}
