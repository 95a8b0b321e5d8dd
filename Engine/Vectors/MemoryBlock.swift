#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Zeroed memory that is given back to the operating system when the last reference goes away.
///
/// Large blocks are mapped at a 2 MiB boundary and ask for huge pages: random reads of vectors and links
/// then miss the address translation cache far less often.
final class MemoryBlock: @unchecked Sendable {
    // Sendable: the pointer is fixed at creation; who may write to which bytes is the owner's contract.
    let base: UnsafeMutableRawPointer
    let byteCount: Int

    private let mapping: UnsafeMutableRawPointer?
    private let mappingByteCount: Int

    private static let hugePageBytes = 2 << 20

    init(byteCount: Int) {
        precondition(byteCount >= 0)
        self.byteCount = byteCount
        guard byteCount >= Self.hugePageBytes else {
            mapping = nil
            mappingByteCount = 0
            base = .allocate(byteCount: max(byteCount, 64), alignment: 64)
            base.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount)
            return
        }
        mappingByteCount = byteCount + Self.hugePageBytes
        let pages = mmap(nil, mappingByteCount, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        guard let pages, pages != MAP_FAILED else {
            fatalError("the operating system refused \(mappingByteCount) bytes of memory")
        }
        mapping = pages
        base = pages.alignedUp(toMultipleOf: Self.hugePageBytes)
        #if os(Linux)
            madvise(base, byteCount, MADV_HUGEPAGE)
        #endif
    }

    /// All of it; valid as long as the block.
    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: byteCount) }

    deinit {
        if let mapping {
            munmap(mapping, mappingByteCount)
        } else {
            base.deallocate()
        }
    }
}
