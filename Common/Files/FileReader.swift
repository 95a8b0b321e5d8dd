#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A file opened for reading, read at given offsets.
///
/// Plain reads and not a mapping: a file that shrinks meanwhile gives an error, not a signal.
final class FileReader {
    let path: String
    let size: Int
    private let descriptor: Int32

    init(path: String) throws(DataError) {
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw DataError(.readable, path: path, "cannot open: \(systemErrorText())")
        }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw DataError(.readable, path: path, "not a regular file")
        }
        self.path = path
        size = Int(status.st_size)
    }

    deinit {
        close(descriptor)
    }

    /// Fills `buffer` from `offset`, or throws when the file ends before.
    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(DataError) {
        var done = 0
        while done < buffer.count {
            let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[done...])
            let got = pread(descriptor, rest.baseAddress, rest.count, off_t(offset + done))
            if got < 0 && errno == EINTR { continue }
            guard got >= 0 else {
                throw DataError(
                    .readable, path: path, place: .offset(offset + done), "cannot read: \(systemErrorText())")
            }
            guard got > 0 else {
                throw DataError(
                    .truncated, path: path, place: .offset(offset + done),
                    "the file ends \(buffer.count - done) bytes too early")
            }
            done += got
        }
    }

    /// `count` bytes from `offset`.
    func bytes(at offset: Int, count: Int) throws(DataError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var failure: DataError?
        bytes.withUnsafeMutableBytes { buffer in
            do throws(DataError) { try read(into: buffer, at: offset) } catch { failure = error }
        }
        if let failure { throw failure }
        return bytes
    }

    /// The little-endian 32-bit integer at `offset`.
    func integer32(at offset: Int) throws(DataError) -> Int32 {
        try bytes(at: offset, count: 4).reversed().reduce(0) { $0 << 8 | Int32($1) }
    }
}

/// The text of the C library's current error number.
func systemErrorText() -> String {
    String(cString: strerror(errno))
}
