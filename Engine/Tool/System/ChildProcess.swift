#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A program started by this one, whose standard output is read here.
final class ChildProcess {
    private let identifier: pid_t
    private let output: Int32
    private var pending: [UInt8] = []
    private var isOver = false

    /// - Parameters:
    ///   - arguments: without the name of the program.
    ///   - environment: added to the environment of this process.
    init(_ program: String, _ arguments: [String], environment: [String: String] = [:]) throws {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { throw SurroundingsError("no pipe can be made") }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO)
        posix_spawn_file_actions_addclose(&actions, ends[0])
        posix_spawn_file_actions_addclose(&actions, ends[1])
        var child = pid_t()
        let code = Self.withTexts([program] + arguments) { arguments in
            Self.withTexts(Self.environment(adding: environment)) { environment in
                posix_spawn(&child, program, &actions, nil, arguments, environment)
            }
        }
        close(ends[1])
        guard code == 0 else {
            close(ends[0])
            throw SurroundingsError("\(program) cannot be started: \(String(cString: strerror(code)))")
        }
        identifier = child
        output = ends[0]
    }

    deinit {
        if !isOver { kill() }
        close(output)
    }

    /// The next line of the output, without its end; nil behind the last.
    func nextLine() -> String? {
        var piece = [UInt8](repeating: 0, count: 1 << 12)
        while true {
            if let end = pending.firstIndex(of: UInt8(ascii: "\n")) {
                defer { pending.removeSubrange(...end) }
                return String(decoding: pending[..<end], as: UTF8.self)
            }
            let got = read(output, &piece, piece.count)
            if got < 0 && errno == EINTR { continue }
            guard got > 0 else {
                defer { pending = [] }
                return pending.isEmpty ? nil : String(decoding: pending, as: UTF8.self)
            }
            pending += piece[..<got]
        }
    }

    /// All lines that are still to come, and the exit status: 128 + n after the signal n.
    func finish() -> (lines: [String], status: Int32) {
        var lines: [String] = []
        while let line = nextLine() { lines.append(line) }
        return (lines, wait())
    }

    /// Ends the program as a power cut would, without a chance to tidy up.
    func kill() {
        #if canImport(Glibc)
            _ = Glibc.kill(identifier, SIGKILL)
        #else
            _ = Darwin.kill(identifier, SIGKILL)
        #endif
        _ = wait()
    }

    private func wait() -> Int32 {
        var status: Int32 = 0
        while waitpid(identifier, &status, 0) < 0 && errno == EINTR {}
        isOver = true
        let signal = status & 0x7f
        return signal == 0 ? (status >> 8) & 0xff : 128 + signal
    }

    private static func environment(adding added: [String: String]) -> [String] {
        var texts: [String] = []
        var entry = environ
        while let text = entry.pointee {
            let pair = String(cString: text)
            let name = String(pair.prefix { $0 != "=" })
            if added[name] == nil { texts.append(pair) }
            entry += 1
        }
        return texts + added.map { "\($0.key)=\($0.value)" }
    }

    /// Calls `body` with the texts as a list of C strings that ends with null.
    static func withTexts<Result>(
        _ texts: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result
    ) -> Result {
        let copies: [UnsafeMutablePointer<CChar>?] = texts.map { strdup($0) } + [nil]
        defer { for copy in copies { free(copy) } }
        return copies.withUnsafeBufferPointer { body($0.baseAddress!) }
    }
}
