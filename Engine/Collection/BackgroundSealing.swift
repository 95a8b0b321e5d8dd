import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Seals a growing segment that is full, in the background.
///
/// A writer that fills the next segment before the last is sealed waits, so memory stays bounded.
final class BackgroundSealing: Sendable {
    private let maintenance: Maintenance
    private let segmentBytes: Int

    private struct State {
        var isRunning = false
        /// Whether the last attempt failed. The next is then left to a flush or to a writer that must wait, which get the
        /// error; else every write would try a full disk again.
        var hasFailed = false
        var thread: pthread_t?
    }

    private let state = Mutex(State())

    init(maintenance: Maintenance, segmentBytes: Int) {
        self.maintenance = maintenance
        self.segmentBytes = segmentBytes
    }

    /// Asked before a write: waits for the sealing of rows that exceed what memory is meant for.
    ///
    /// - Throws: if the sealing fails; the write must not be done then.
    func admit(_ byteCount: Int) throws {
        guard byteCount >= 2 * segmentBytes else { return }
        try flush(progress: .silent)
    }

    /// Seals now, on this thread.
    func flush(progress: BuildProgress) throws {
        try ApusError.translating { try maintenance.flush(progress: progress) }
        state.withLock { $0.hasFailed = false }
    }

    /// Told of the size of the growing segment after a write, which is durable by then.
    func noteGrowth(_ byteCount: Int) {
        if byteCount >= segmentBytes { start() }
    }

    /// Waits for the work in hand.
    func stop() {
        let thread = state.withLock { state in
            defer { state.thread = nil }
            return state.thread
        }
        if let thread { pthread_join(thread, nil) }
    }

    private func start() {
        let previous: pthread_t?? = state.withLock { state in
            if state.isRunning || state.hasFailed { return nil }
            state.isRunning = true
            defer { state.thread = nil }
            return .some(state.thread)
        }
        guard let previous else { return }
        if let previous { pthread_join(previous, nil) }
        var thread = pthread_t()
        let context = Unmanaged.passRetained(self).toOpaque()
        let code = pthread_create(
            &thread, nil,
            { context in
                Unmanaged<BackgroundSealing>.fromOpaque(context!).takeRetainedValue().run()
                return nil
            }, context)
        let started = thread
        state.withLock { state in
            if code == 0 { state.thread = started } else { state.isRunning = false }
        }
        if code != 0 { Unmanaged<BackgroundSealing>.fromOpaque(context).release() }
    }

    private func run() {
        let isDone = (try? maintenance.flush(progress: .silent)) != nil
        state.withLock { state in
            state.isRunning = false
            state.hasFailed = !isDone
        }
    }
}
