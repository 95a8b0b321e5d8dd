import Common

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// How long the disk under a folder takes to make a small write durable.
public enum DiskSync {
    /// Appends 4 KiB and syncs, again and again. The durations of each, in microseconds.
    public static func latenciesMicroseconds(in folder: String, count: Int) throws(SystemError) -> [Double] {
        let path = folder + "/sync-probe"
        let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw SystemError("make \(path)") }
        defer {
            close(descriptor)
            unlink(path)
        }
        let block = [UInt8](repeating: 0x5a, count: 4_096)
        var durations: [Double] = []
        for _ in 0..<count {
            let start = MonotonicClock.nanoseconds()
            guard write(descriptor, block, block.count) == block.count, fsync(descriptor) == 0 else {
                throw SystemError("write to \(path)")
            }
            durations.append(Double(MonotonicClock.nanoseconds() - start) / 1_000)
        }
        return durations
    }
}
