import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// One line on the terminal that tells how far a long loop is, at what rate, and how long it will still take.
///
/// Goes to standard error. Nothing appears in the first second, so short work stays silent; then at most ten updates a
/// second. Where standard error is not a terminal only the last line is written, and only if it took
/// longer than that second. May be advanced from any number of threads.
public final class Progress: Sendable {
    private struct State {
        var done = 0
        var lastDrawn: UInt64 = 0
        var isFinished = false
    }

    public let label: String
    public let total: Int
    private let state = Mutex(State())
    private let start: UInt64
    private let sink: ProgressSink

    private static let silenceNanoseconds: UInt64 = 1_000_000_000
    private static let pauseNanoseconds: UInt64 = 100_000_000

    /// - Parameters:
    ///   - label: what is being done, a few words.
    ///   - total: how many steps there are.
    public convenience init(_ label: String, total: Int) {
        self.init(label, total: total, sink: .standardError)
    }

    init(_ label: String, total: Int, sink: ProgressSink) {
        self.label = label
        self.total = total
        self.sink = sink
        start = sink.nanoseconds()
    }

    /// Says that `steps` more steps are done.
    public func advance(by steps: Int = 1) {
        let now = sink.nanoseconds()
        state.withLock { state in
            state.done += steps
            guard sink.isTerminal && now - start >= Progress.silenceNanoseconds else { return }
            guard !state.isFinished && now - state.lastDrawn >= Progress.pauseNanoseconds else { return }
            state.lastDrawn = now
            sink.write("\r\u{1B}[K" + line(done: state.done, elapsedNanoseconds: now - start))
        }
    }

    /// Writes the last line. Further calls do nothing.
    public func finish() {
        let elapsed = sink.nanoseconds() - start
        state.withLock { state in
            guard !state.isFinished else { return }
            state.isFinished = true
            guard elapsed >= Progress.silenceNanoseconds else { return }
            let text = line(done: state.done, elapsedNanoseconds: elapsed)
            sink.write((sink.isTerminal ? "\r\u{1B}[K" : "") + text + "\n")
        }
    }

    private func line(done: Int, elapsedNanoseconds: UInt64) -> String {
        let seconds = Double(elapsedNanoseconds) * 1e-9
        let rate = Double(done) / max(seconds, 1e-9)
        let percent = total > 0 ? min(100, done * 100 / total) : 100
        let numbers = "\(label): \(done) of \(total) (\(percent) %), \(NumberText.short(rate))/s"
        guard done < total else { return "\(numbers), took \(NumberText.duration(seconds))" }
        guard done > 0 else { return numbers }
        return "\(numbers), \(NumberText.duration(Double(total - done) / rate)) left"
    }
}

/// Where progress lines go and what time it is there; tests bring their own.
struct ProgressSink: Sendable {
    let isTerminal: Bool
    let nanoseconds: @Sendable () -> UInt64
    let write: @Sendable (String) -> Void

    static let standardError = ProgressSink(
        isTerminal: isatty(STDERR_FILENO) == 1, nanoseconds: MonotonicClock.nanoseconds,
        write: { StandardStream.error.write($0) })
}
