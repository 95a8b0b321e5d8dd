#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif
import Synchronization

/// Seals a growing segment that is full, in the background.
///
/// A writer that fills the next segment before the last is sealed waits, so memory stays bounded.
final class BackgroundSealing: Sendable {
    private let maintenance: Maintenance
    private let segmentBytes: Int

    private struct State {
        var isRunning = false
        var failure: (any Error)?
        var thread: pthread_t?
    }

    private let state = Mutex(State())

    init(maintenance: Maintenance, segmentBytes: Int) {
        self.maintenance = maintenance
        self.segmentBytes = segmentBytes
    }

    /// Told of the size of the growing segment after a write, which is durable by then.
    ///
    /// - Throws: only if the writer must wait and the sealing it waits for fails.
    func noteGrowth(_ byteCount: Int) throws {
        guard byteCount >= segmentBytes else { return }
        if byteCount >= 2 * segmentBytes {
            try ApusError.translating { try maintenance.flush(progress: .silent) }
        } else {
            start()
        }
    }

    /// Throws what a sealing in the background failed with, once.
    func refuseIfFailed() throws {
        let failure = state.withLock { state in
            defer { state.failure = nil }
            return state.failure
        }
        if let failure { try ApusError.translating { throw failure } }
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
            if state.isRunning { return nil }
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
        var failure: (any Error)?
        do {
            try maintenance.flush(progress: .silent)
        } catch {
            failure = error
        }
        let caught = failure
        state.withLock { state in
            state.isRunning = false
            if let caught { state.failure = caught }
        }
    }
}
