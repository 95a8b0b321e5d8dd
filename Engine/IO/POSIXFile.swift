import CIO
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A file of the operating system.
final class POSIXFile: File {
    let path: String
    /// -1 once closed, so that a late call fails instead of reaching another file.
    private let descriptor: Atomic<Int32>

    init(path: String, descriptor: Int32) {
        self.path = path
        self.descriptor = Atomic(descriptor)
    }

    deinit {
        let open = descriptor.load(ordering: .relaxed)
        if open >= 0 { _ = closeDescriptor(open) }
    }

    private var open: Int32 { descriptor.load(ordering: .acquiring) }

    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws -> Int {
        guard let start = buffer.baseAddress else { return 0 }
        var done = 0
        while done < buffer.count {
            let count = try posixCall("read", path, at: offset + done) {
                pread(open, start + done, buffer.count - done, off_t(offset + done))
            }
            if count == 0 { break }
            done += count
        }
        return done
    }

    /// Past the page cache, so that an index larger than the memory drives nothing else out of it.
    func asynchronousReader(slots: ReadSlots) -> any AsynchronousReader {
        let descriptor = apus_open_direct(open)
        let direct = descriptor < 0 ? self : POSIXFile(path: path, descriptor: descriptor)
        return RingReader(self, direct: direct, descriptor: direct.open, slots: slots)
            ?? PooledReader(self, direct: direct, slots: slots)
    }

    func write(_ pieces: [UnsafeRawBufferPointer], at offset: Int) throws {
        var vectors = pieces.filter { !$0.isEmpty }.map {
            iovec(iov_base: UnsafeMutableRawPointer(mutating: $0.baseAddress!), iov_len: $0.count)
        }[...]
        var position = offset
        while !vectors.isEmpty {
            let count = try writeOnce(Array(vectors.prefix(Self.vectorLimit)), at: position)
            position += count
            Self.drop(count, from: &vectors)
        }
    }

    /// The operating systems take at least this many pieces in one call.
    private static let vectorLimit = 1024

    private func writeOnce(_ vectors: [iovec], at offset: Int) throws -> Int {
        let count = try posixCall("write", path, at: offset) {
            pwritev(open, vectors, Int32(vectors.count), off_t(offset))
        }
        // A device that takes nothing and says nothing would otherwise hold the caller for ever.
        guard count > 0 else { throw StorageError.posix(EIO, "write", path, at: offset) }
        return count
    }

    /// Removes the first `count` bytes, which are written.
    private static func drop(_ count: Int, from vectors: inout ArraySlice<iovec>) {
        var count = count
        while let first = vectors.first, count >= first.iov_len {
            count -= first.iov_len
            vectors.removeFirst()
        }
        guard count > 0 else { return }
        let first = vectors.startIndex
        vectors[first].iov_base += count
        vectors[first].iov_len -= count
    }

    func sync() throws {
        #if canImport(Glibc)
            _ = try posixCall("sync", path) { fdatasync(open) }
        #else
            // On Darwin fsync leaves the bytes in the cache of the device.
            _ = try posixCall("sync", path) { fcntl(open, F_FULLFSYNC) }
        #endif
    }

    /// Syncs a folder: `fdatasync` promises nothing about names.
    func syncAll() throws {
        _ = try posixCall("sync", path) { fsync(open) }
    }

    func allocate(upTo size: Int) throws {
        let present = try self.size()
        guard present < size else { return }
        #if canImport(Glibc)
            var errorNumber: Int32
            repeat {
                errorNumber = posix_fallocate(open, off_t(present), off_t(size - present))
            } while errorNumber == EINTR
            switch errorNumber {
            case 0: return
            case EINVAL, EOPNOTSUPP: break
            default: throw StorageError.posix(errorNumber, "reserve space up to byte \(size)", path)
            }
        #else
            var request = fstore_t(
                fst_flags: UInt32(F_ALLOCATEALL), fst_posmode: F_PEOFPOSMODE, fst_offset: 0,
                fst_length: off_t(size - present), fst_bytesalloc: 0)
            if fcntl(open, F_PREALLOCATE, &request) == -1, errno == ENOSPC {
                throw StorageError.posix(ENOSPC, "reserve space up to byte \(size)", path)
            }
        #endif
        try truncate(to: size)
    }

    func truncate(to size: Int) throws {
        _ = try posixCall("truncate", path, at: size) { ftruncate(open, off_t(size)) }
    }

    func size() throws -> Int {
        var status = stat()
        _ = try posixCall("read the size", path) { fstat(open, &status) }
        return Int(status.st_size)
    }

    func close() throws {
        let open = descriptor.exchange(-1, ordering: .acquiringAndReleasing)
        guard open >= 0 else { return }
        // An interrupted close has closed the descriptor all the same, so it is never repeated.
        if closeDescriptor(open) == -1, errno != EINTR { throw StorageError.posix(errno, "close", path) }
    }
}

/// The close of the operating system, whose name the methods above hide.
private func closeDescriptor(_ descriptor: Int32) -> Int32 {
    close(descriptor)
}
