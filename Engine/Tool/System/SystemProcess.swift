import Common

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// This process, as the operating system sees it.
enum SystemProcess {
    /// The file of the running program.
    static var programPath: String {
        var buffer = [UInt8](repeating: 0, count: 4_096)
        let length = buffer.withUnsafeMutableBytes { bytes in
            readlink("/proc/self/exe", bytes.baseAddress!.assumingMemoryBound(to: CChar.self), bytes.count)
        }
        guard length > 0 else { return CommandLine.arguments[0] }
        return String(decoding: buffer[0..<length], as: UTF8.self)
    }

    static func end(with code: ExitCode) -> Never {
        exit(code.rawValue)
    }

    static func environment(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }
    }

    /// Goes on as another program, with an environment variable set. Returns only if that fails.
    static func replace(
        by program: String, _ arguments: [String], setting name: String, to value: String
    ) -> SurroundingsError {
        setenv(name, value, 1)
        _ = ChildProcess.withTexts([program] + arguments) { execv(program, $0) }
        return SurroundingsError("\(program) cannot be started: \(String(cString: strerror(errno)))")
    }

    /// Waits until somebody ends this process.
    static func waitForEnd() -> Never {
        while true { pause() }
    }

    /// Lets the peak of resident memory begin anew, where the system can do that.
    static func resetPeakMemory() {
        let descriptor = open("/proc/self/clear_refs", O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        _ = write(descriptor, "5", 1)
        close(descriptor)
    }
}
