#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A process of its own whose standard output is read here.
public final class ChildProcess {
    public let identifier: Int32
    private let descriptor: Int32
    private var pending: [UInt8] = []
    private var status: Int32?

    /// Starts `program` with the arguments behind its name.
    public init(_ program: String, _ arguments: [String]) throws(SystemError) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw SystemError("make a pipe") }
        defer { close(ends[1]) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        do {
            identifier = try Self.spawn(program, arguments, output: ends[1])
        } catch {
            close(ends[0])
            throw error
        }
        descriptor = ends[0]
    }

    deinit {
        if status == nil { kill() }
        close(descriptor)
    }

    /// The next line of its output; nil when the process has closed it.
    public func readLine() -> String? {
        while true {
            if let end = pending.firstIndex(of: UInt8(ascii: "\n")) {
                defer { pending.removeSubrange(...end) }
                return String(decoding: pending[..<end], as: UTF8.self)
            }
            guard let more = readSome() else { return nil }
            pending += more
        }
    }

    /// All lines until the process closes its output.
    public func readLines() -> [String] {
        var lines: [String] = []
        while let line = readLine() { lines.append(line) }
        return lines
    }

    /// Ends the process at once by SIGKILL: it gets no chance to write or close anything.
    public func kill() {
        _ = systemKill(identifier, SIGKILL)
        wait()
    }

    /// Waits for the end. Returns the exit code, or the number of the signal that ended the process, negated.
    @discardableResult
    public func wait() -> Int32 {
        if let status { return status }
        var raw: Int32 = 0
        while waitpid(identifier, &raw, 0) < 0 && errno == EINTR {}
        let signal = raw & 0x7f
        let result = signal == 0 ? (raw >> 8) & 0xff : -signal
        status = result
        return result
    }

    private func readSome() -> [UInt8]? {
        var piece = [UInt8](repeating: 0, count: 4_096)
        while true {
            let count = read(descriptor, &piece, piece.count)
            if count < 0 && errno == EINTR { continue }
            return count > 0 ? Array(piece[..<count]) : nil
        }
    }

    private static func spawn(
        _ program: String, _ arguments: [String], output: Int32
    ) throws(SystemError) -> Int32 {
        #if canImport(Glibc)
            var actions = posix_spawn_file_actions_t()
        #else
            var actions: posix_spawn_file_actions_t?
        #endif
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
        var words = ([program] + arguments).map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var identifier: pid_t = 0
        let code = posix_spawn(&identifier, program, &actions, nil, &words, environ)
        guard code == 0 else { throw SystemError("start \(program)", code: code) }
        return identifier
    }
}

private func systemKill(_ identifier: Int32, _ signal: Int32) -> Int32 { kill(identifier, signal) }

/// This process.
public enum ThisProcess {
    public static var identifier: Int32 { getpid() }

    /// The path of the running program.
    public static var path: String {
        var buffer = [CChar](repeating: 0, count: 4_096)
        let count = readlink("/proc/self/exe", &buffer, buffer.count)
        guard count > 0 else { return CommandLine.arguments[0] }
        return String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
