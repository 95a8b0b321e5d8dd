import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Work on plain threads, for loops that run longer than a thread takes to start (0.2 ms).
public enum Parallel {
    /// The number of processors that this process may use.
    public static var processorCount: Int {
        max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
    }

    /// Calls `body` with ranges that together cover 0 ..< `count` once, from up to `threads` threads.
    ///
    /// Threads take the next range of `chunk` numbers as they become free, so uneven work is balanced; the
    /// calling thread works too. Returns when all ranges are done.
    public static func forEachRange(
        count: Int, chunk: Int, threads: Int, body: @escaping @Sendable (Range<Int>) -> Void
    ) {
        precondition(chunk > 0 && threads > 0, "chunk and threads must be positive")
        let job = RangeJob(count: count, chunk: chunk, body: body)
        let helpers = min(threads, (count + chunk - 1) / chunk) - 1
        let started = (0..<max(0, helpers)).compactMap { _ in start(job) }
        job.work()
        for thread in started { pthread_join(thread, nil) }
    }

    /// A thread that cannot be started is left out: the others do its share.
    private static func start(_ job: RangeJob) -> pthread_t? {
        let context = Unmanaged.passRetained(job)
        #if canImport(Glibc)
            var thread = pthread_t()
            let status = pthread_create(&thread, nil, runRangeJob, context.toOpaque())
        #else
            var thread: pthread_t?
            let status = pthread_create(&thread, nil, { runRangeJob($0) }, context.toOpaque())
        #endif
        guard status == 0 else {
            context.release()
            return nil
        }
        return thread
    }
}

private func runRangeJob(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let context else { return nil }
    Unmanaged<RangeJob>.fromOpaque(context).takeRetainedValue().work()
    return nil
}

private final class RangeJob: Sendable {
    private let count: Int
    private let chunk: Int
    private let body: @Sendable (Range<Int>) -> Void
    private let next = Atomic<Int>(0)

    init(count: Int, chunk: Int, body: @escaping @Sendable (Range<Int>) -> Void) {
        self.count = count
        self.chunk = chunk
        self.body = body
    }

    func work() {
        while true {
            let start = next.wrappingAdd(chunk, ordering: .relaxed).oldValue
            guard start < count else { return }
            body(start..<min(count, start + chunk))
        }
    }
}

/// Memory that several threads write to, each its own part.
///
/// Unchecked: the compiler cannot see that the ranges which `Parallel.forEachRange` hands out are disjoint.
struct SharedMemory<Element>: @unchecked Sendable {
    let base: UnsafeMutablePointer<Element>

    init(_ buffer: UnsafeMutableBufferPointer<Element>) {
        guard let base = buffer.baseAddress else { preconditionFailure("shared memory must not be empty") }
        self.base = base
    }

    func slice(start: Int, count: Int) -> UnsafeMutableBufferPointer<Element> {
        UnsafeMutableBufferPointer(start: base + start, count: count)
    }
}

/// Memory that several threads read from.
///
/// Unchecked: nobody writes to it while a loop over it runs, which its owner sees to.
struct SharedReadOnlyMemory<Element>: @unchecked Sendable {
    let base: UnsafePointer<Element>

    init(_ buffer: UnsafeBufferPointer<Element>) {
        guard let base = buffer.baseAddress else { preconditionFailure("shared memory must not be empty") }
        self.base = base
    }
}
