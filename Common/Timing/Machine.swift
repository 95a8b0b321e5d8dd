#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What a measurement was made on.
public struct Machine: Sendable, Equatable, CustomStringConvertible {
    public let processor: String
    public let processorCount: Int
    public let memoryBytes: Int?
    public let kernel: String
    public let architecture: String

    /// The machine that this process runs on.
    public static let current = Machine()

    private init() {
        var name = utsname()
        uname(&name)
        let information = TextFile.read("/proc/cpuinfo") ?? ""
        kernel = Machine.text(of: name.sysname) + " " + Machine.text(of: name.release)
        architecture = Machine.text(of: name.machine)
        processor =
            TextFile.field("model name", in: information)
            ?? TextFile.field("CPU part", in: information).map { "CPU part " + $0 } ?? "unknown processor"
        processorCount = Parallel.processorCount
        memoryBytes = MachineMemory.totalBytes
    }

    /// One line for reports.
    public var description: String {
        let memory = memoryBytes.map { "\(($0 + (1 << 29)) >> 30) GiB" } ?? "unknown memory"
        let cores = processorCount == 1 ? "1 processor" : "\(processorCount) processors"
        return "\(processor), \(cores), \(memory), \(architecture), \(kernel)"
    }

    private static func text<Characters>(of characters: Characters) -> String {
        withUnsafeBytes(of: characters) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
}
