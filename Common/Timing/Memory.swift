/// The memory that this process uses. Nil where the system does not tell.
public enum ProcessMemory {
    /// The largest resident size since the process began, in bytes.
    public static func peakResidentBytes() -> Int? {
        TextFile.read("/proc/self/status").flatMap { kilobytes("VmHWM", in: $0) }
    }

    /// The resident size now, in bytes.
    ///
    /// Taken from the sum over all mappings where the kernel offers it: the figure in `status` may lag
    /// behind by some pages per thread.
    public static func residentBytes() -> Int? {
        let exact = TextFile.read("/proc/self/smaps_rollup").flatMap { kilobytes("Rss", in: $0) }
        return exact ?? TextFile.read("/proc/self/status").flatMap { kilobytes("VmRSS", in: $0) }
    }

    static func kilobytes(_ key: String, in text: String) -> Int? {
        TextFile.field(key, in: text)?.split(separator: " ").first.flatMap { Int($0) }.map { $0 * 1024 }
    }
}

/// The memory of the machine. Nil where the system does not tell.
public enum MachineMemory {
    public static var totalBytes: Int? { field("MemTotal") }

    /// What can still be had without swapping, as the kernel estimates it.
    public static var availableBytes: Int? { field("MemAvailable") }

    private static func field(_ key: String) -> Int? {
        TextFile.read("/proc/meminfo").flatMap { ProcessMemory.kilobytes(key, in: $0) }
    }
}
