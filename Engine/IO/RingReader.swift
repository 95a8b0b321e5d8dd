import CIO

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Reads by io_uring (Axboe 2019), past the page cache where the file system can.
final class RingReader: AsynchronousReader {
    let slots: ReadSlots
    private let file: any File
    private let direct: any File
    private let descriptor: Int32
    private let ring: OpaquePointer
    /// Of each slot the read under way, to be completed by hand if the kernel brings a part of it only.
    private var reads: [ReadSlots.Read?]
    private var underWay = 0

    /// nil if the kernel refuses a ring.
    ///
    /// - Parameters:
    ///   - file: what reads that the ring did not complete are done by.
    ///   - direct: the same file as the ring reads it, kept open as long as the reader.
    ///   - descriptor: that of `direct`.
    init?(_ file: any File, direct: any File, descriptor: Int32, slots: ReadSlots) {
        var errorNumber: Int32 = 0
        guard slots.count <= Self.maximumSlots, let ring = apus_ring_open(UInt32(slots.count), &errorNumber) else {
            return nil
        }
        self.file = file
        self.direct = direct
        self.descriptor = descriptor
        self.slots = slots
        self.ring = ring
        reads = Array(repeating: nil, count: slots.count)
    }

    deinit {
        // The kernel writes into the slots until the last read has ended.
        while underWay > 0 { wait { _, _ in } }
        apus_ring_close(ring)
    }

    private static let maximumSlots = 4096

    func start(_ slot: Int, count: Int, at offset: Int) {
        precondition(reads[slot] == nil, "a read into slot \(slot) is under way")
        let read = slots.checked(slot, count: count, at: offset)
        reads[slot] = read
        underWay += 1
        apus_ring_read(
            ring, descriptor, slots.mutableBytes(of: slot).baseAddress!, UInt32(count), UInt64(offset), UInt64(slot))
    }

    func wait(_ ended: (Int, StorageError?) -> Void) {
        guard underWay > 0 else { return }
        submit()
        var tag: UInt64 = 0
        var result: Int32 = 0
        while apus_ring_next(ring, &tag, &result) != 0 {
            let read = reads[Int(tag)]!
            reads[Int(tag)] = nil
            underWay -= 1
            // An interrupted read, one that ended early and one that failed are done again by the plain call, which
            // goes on where it must and says what is wrong.
            ended(read.slot, Int(result) == read.count ? nil : slots.perform(read, of: file))
        }
    }

    private func submit() {
        while true {
            switch apus_ring_submit(ring, 1) {
            case 0: return
            case EINTR: continue
            // The kernel lacks the memory to start more just now.
            case EAGAIN, EBUSY: sched_yield()
            case let errorNumber: preconditionFailure("io_uring refused a wait: error \(errorNumber)")
            }
        }
    }
}
