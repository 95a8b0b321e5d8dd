#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A file written from the start to the end: bytes are collected and written in large pieces.
///
/// Call `finish`: only then is everything written and every error reported.
final class FileWriter {
    private let path: String
    private let descriptor: Int32
    private var pending: [UInt8] = []
    private static let pieceBytes = 1 << 20

    /// Opens `path`, replacing what is there.
    convenience init(path: String) throws(DataError) {
        try self.init(path: path, flags: O_TRUNC)
    }

    /// Opens `path` for adding at its end.
    convenience init(appendingTo path: String) throws(DataError) {
        try self.init(path: path, flags: O_APPEND)
    }

    private init(path: String, flags: Int32) throws(DataError) {
        self.path = path
        descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0o644)
        guard descriptor >= 0 else {
            throw DataError(.writable, path: path, "cannot open for writing: \(systemErrorText())")
        }
    }

    deinit {
        close(descriptor)
    }

    func append(_ bytes: some Sequence<UInt8>) throws(DataError) {
        pending.append(contentsOf: bytes)
        try flushWhenFull()
    }

    /// Appends the little-endian bytes of integers.
    func append<Integer: FixedWidthInteger>(integers: some Sequence<Integer>) throws(DataError) {
        for integer in integers {
            withUnsafeBytes(of: integer.littleEndian) { pending.append(contentsOf: $0) }
        }
        try flushWhenFull()
    }

    func finish() throws(DataError) {
        try flush()
    }

    private func flushWhenFull() throws(DataError) {
        if pending.count >= FileWriter.pieceBytes { try flush() }
    }

    private func flush() throws(DataError) {
        var done = 0
        while done < pending.count {
            let put = pending.withUnsafeBytes { write(descriptor, $0.baseAddress! + done, $0.count - done) }
            if put < 0 && errno == EINTR { continue }
            guard put >= 0 else {
                throw DataError(.writable, path: path, "cannot write: \(systemErrorText())")
            }
            done += put
        }
        pending.removeAll(keepingCapacity: true)
    }
}
