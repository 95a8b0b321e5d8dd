#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Reads by a pool of threads that each wait for one read: where the kernel has no ring.
final class PooledReader: AsynchronousReader {
    let slots: ReadSlots
    private let file: any File
    private let direct: any File
    private let threads: ReadThreads
    private let mailbox = Mailbox()
    private var underWay = 0

    /// - Parameters:
    ///   - file: what reads that `direct` refused are done by.
    ///   - direct: the same file, past the page cache if that is possible.
    init(_ file: any File, direct: any File, slots: ReadSlots, threads: ReadThreads = .shared) {
        self.file = file
        self.direct = direct
        self.slots = slots
        self.threads = threads
    }

    deinit {
        // The threads write into the slots until the last read has ended.
        while underWay > 0 { wait { _, _ in } }
    }

    func start(_ slot: Int, count: Int, at offset: Int) {
        let read = slots.checked(slot, count: count, at: offset)
        underWay += 1
        // A thread writes to the slot and to nothing else, and the owner reads it after the mailbox said so.
        nonisolated(unsafe) let slots = slots
        threads.run { [file, direct, mailbox] in
            let isRead = slots.perform(read, of: direct) == nil
            mailbox.put(slot, isRead ? nil : slots.perform(read, of: file))
        }
    }

    func wait(_ ended: (Int, StorageError?) -> Void) {
        guard underWay > 0 else { return }
        for (slot, error) in mailbox.take() {
            underWay -= 1
            ended(slot, error)
        }
    }

    /// Reads that have ended.
    private final class Mailbox: Sendable {
        private let state = Monitor<[(slot: Int, error: StorageError?)]>([])

        func put(_ slot: Int, _ error: StorageError?) {
            state.change { $0.append((slot, error)) }
        }

        /// Waits until there is one.
        func take() -> [(slot: Int, error: StorageError?)] {
            state.wait(
                until: { !$0.isEmpty },
                then: { ended in
                    defer { ended = [] }
                    return ended
                })
        }
    }
}

/// Threads that do what they are given, first come first served.
final class ReadThreads: Sendable {
    private let work: Monitor<[@Sendable () -> Void]>
    private let count: Int

    /// As many as keep the queue of a common device full.
    static let shared = ReadThreads(count: 32)

    /// - Parameter count: the threads wanted. Where the system refuses some, fewer do the work; with none `run` does it.
    init(count wanted: Int) {
        let work = Monitor<[@Sendable () -> Void]>([])
        self.work = work
        count = (0..<wanted).prefix { _ in Self.startThread(work) }.count
    }

    func run(_ body: @escaping @Sendable () -> Void) {
        guard count > 0 else { return body() }
        work.change { $0.append(body) }
    }

    private static func startThread(_ work: Monitor<[@Sendable () -> Void]>) -> Bool {
        let argument = Unmanaged.passRetained(work).toOpaque()
        #if canImport(Glibc)
            var thread = pthread_t()
            let status = pthread_create(&thread, nil, { ReadThreads.serve($0!) }, argument)
            if status == 0 { pthread_detach(thread) }
        #else
            var thread: pthread_t?
            let status = pthread_create(&thread, nil, { ReadThreads.serve($0) }, argument)
            if status == 0 { pthread_detach(thread!) }
        #endif
        if status != 0 { Unmanaged<Monitor<[@Sendable () -> Void]>>.fromOpaque(argument).release() }
        return status == 0
    }

    /// For as long as the process lives.
    private static func serve(_ argument: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? {
        let work = Unmanaged<Monitor<[@Sendable () -> Void]>>.fromOpaque(argument).takeRetainedValue()
        while true {
            let body = work.wait(until: { !$0.isEmpty }, then: { $0.removeFirst() })
            body()
        }
    }
}

/// A value under a mutex, with waiting until it is as wanted.
private final class Monitor<State>: @unchecked Sendable {
    // Sendable: the value is reached under the mutex only.
    private var value: State
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

    init(_ value: State) {
        self.value = value
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(changed, nil)
    }

    deinit {
        pthread_cond_destroy(changed)
        pthread_mutex_destroy(mutex)
        changed.deallocate()
        mutex.deallocate()
    }

    func change(_ body: (inout State) -> Void) {
        pthread_mutex_lock(mutex)
        body(&value)
        pthread_mutex_unlock(mutex)
        pthread_cond_signal(changed)
    }

    func wait<Result>(until isReady: (State) -> Bool, then body: (inout State) -> Result) -> Result {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while !isReady(value) { pthread_cond_wait(changed, mutex) }
        return body(&value)
    }
}
