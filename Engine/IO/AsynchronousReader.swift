/// Reads many places of a file at once: the caller starts reads into slots, does something else, and takes them when
/// they have ended. A disk answers many reads together far faster than one after the other.
///
/// The reader owns the memory of its slots, so that a read under way always has a place to write to. One thread at a
/// time may use a reader.
public protocol AsynchronousReader: AnyObject {
    /// The memory that reads go to.
    var slots: ReadSlots { get }

    /// Starts to read the first `count` bytes of a slot from `offset` of the file. It begins at the latest with the
    /// next `wait`.
    ///
    /// - Parameters:
    ///   - slot: one with no read under way.
    ///   - offset: a multiple of `ReadSlots.alignment`, as is `count`, which is at most the bytes of a slot.
    func start(_ slot: Int, count: Int, at offset: Int)

    /// Waits until at least one read has ended, and passes those that have to `ended`, in any order, with the error
    /// of the disk if there was one. A file that ends within the read is `corrupted`. Returns at once if no read is
    /// under way.
    func wait(_ ended: (_ slot: Int, _ error: StorageError?) -> Void)
}

/// Places of equal size to read into, aligned as reads past the page cache need it.
public final class ReadSlots {
    public let count: Int
    public let bytesEach: Int
    private let memory: UnsafeMutableRawPointer

    /// What offsets and lengths of reads are multiples of: the largest logical block of common devices.
    public static let alignment = 4096

    public init(count: Int, bytesEach: Int) {
        precondition(count > 0 && bytesEach > 0 && bytesEach % Self.alignment == 0)
        self.count = count
        self.bytesEach = bytesEach
        memory = .allocate(byteCount: count * bytesEach, alignment: Self.alignment)
    }

    deinit { memory.deallocate() }

    /// What the last read into a slot brought; undefined beyond it.
    public func bytes(of slot: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(mutableBytes(of: slot))
    }

    func mutableBytes(of slot: Int) -> UnsafeMutableRawBufferPointer {
        precondition(slot >= 0 && slot < count)
        return UnsafeMutableRawBufferPointer(start: memory + slot * bytesEach, count: bytesEach)
    }

    /// A read as a reader keeps it until it has ended.
    struct Read {
        let slot: Int
        let count: Int
        let offset: Int
    }

    func checked(_ slot: Int, count: Int, at offset: Int) -> Read {
        precondition(count > 0 && count <= bytesEach && count % Self.alignment == 0)
        precondition(offset >= 0 && offset % Self.alignment == 0)
        return Read(slot: slot, count: count, offset: offset)
    }

    /// Does a read now, on this thread.
    func perform(_ read: Read, of file: any File) -> StorageError? {
        let target = UnsafeMutableRawBufferPointer(rebasing: mutableBytes(of: read.slot)[..<read.count])
        do {
            let found = try file.read(into: target, at: read.offset)
            if found == read.count { return nil }
            return .corrupted(
                file.path, at: read.offset + found,
                "the file ends here, but should go on to byte \(read.offset + read.count); restore it from a backup")
        } catch let error as StorageError {
            return error
        } catch {
            return StorageError(
                .io(0), path: file.path, offset: read.offset, message: "cannot read: \(error)")
        }
    }
}

/// Reads one after the other when the caller waits: for disks that have nothing better.
final class SequentialReader: AsynchronousReader {
    let slots: ReadSlots
    private let file: any File
    private var started: [ReadSlots.Read] = []

    init(_ file: any File, slots: ReadSlots) {
        self.file = file
        self.slots = slots
    }

    func start(_ slot: Int, count: Int, at offset: Int) {
        started.append(slots.checked(slot, count: count, at: offset))
    }

    func wait(_ ended: (Int, StorageError?) -> Void) {
        for read in started { ended(read.slot, slots.perform(read, of: file)) }
        started.removeAll(keepingCapacity: true)
    }
}
