import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A fixed team of threads that run one body side by side; the calling thread is worker 0.
///
/// Made for builds, which start many short parallel phases: between two phases that follow each other closely
/// the workers spin for a moment before they sleep, so a phase of a few milliseconds costs no thread start.
/// One thread at a time may call `run` or `forEach`.
final class WorkerTeam {
    /// Workers, the caller included; at least one.
    let count: Int

    private let shared = Shared()
    private var threads: [pthread_t] = []

    /// - Parameter count: the workers wanted; if the operating system refuses a thread the team is smaller.
    init(count wanted: Int) {
        precondition(wanted > 0)
        for worker in 1..<max(wanted, 1) {
            guard let thread = Self.startThread(Start(worker: worker, shared: shared)) else { break }
            threads.append(thread)
        }
        count = threads.count + 1
    }

    deinit {
        shared.publish(nil, pending: 0)
        for thread in threads { pthread_join(thread, nil) }
    }

    /// Runs `body(worker)` once on every worker and returns when all are done.
    ///
    /// The body runs on several threads at once: it may write only to memory that belongs to its worker or to
    /// the items it took.
    func run(_ body: (_ worker: Int) -> Void) {
        guard count > 1 else { return body(0) }
        withoutActuallyEscaping(body) { body in
            shared.publish(body, pending: count - 1)
            body(0)
            shared.waitUntilDone()
        }
    }

    /// Runs `body` over 0 ..< `items` in pieces of at most `grain`; a worker that is done takes the next piece.
    func forEach(_ items: Int, grain: Int, _ body: (_ range: Range<Int>, _ worker: Int) -> Void) {
        precondition(grain > 0)
        guard count > 1, items > grain else {
            if items > 0 { body(0..<items, 0) }
            return
        }
        let next = Atomic<Int>(0)
        run { worker in
            while true {
                let start = next.wrappingAdd(grain, ordering: .relaxed).oldValue
                guard start < items else { return }
                body(start..<min(start + grain, items), worker)
            }
        }
    }

    private static func startThread(_ start: Start) -> pthread_t? {
        let argument = Unmanaged.passRetained(start).toOpaque()
        #if canImport(Glibc)
            var thread = pthread_t()
            let status = pthread_create(&thread, nil, { WorkerTeam.work($0!) }, argument)
            let started: pthread_t? = thread
        #else
            var started: pthread_t?
            let status = pthread_create(&started, nil, { WorkerTeam.work($0) }, argument)
        #endif
        if status == 0 { return started }
        Unmanaged<Start>.fromOpaque(argument).release()
        return nil
    }

    private static func work(_ argument: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? {
        let start = Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
        var phase = start.shared.waitForPhase(after: 0)
        while start.shared.performJob(on: start.worker) {
            start.shared.finishOne()
            phase = start.shared.waitForPhase(after: phase)
        }
        return nil
    }

    private final class Start {
        let worker: Int
        let shared: Shared

        init(worker: Int, shared: Shared) {
            self.worker = worker
            self.shared = shared
        }
    }
}

/// What the threads of a team share: the job in force, its number and how many workers have yet to finish it.
private final class Shared {
    /// Written by the caller before `phase` moves on, read by the workers after they saw it move.
    private var job: ((Int) -> Void)?

    private let phase = Atomic<Int>(0)
    private let pending = Atomic<Int>(0)
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let changed = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

    /// Looks before a thread sleeps: some ten microseconds, the price of one wake-up.
    private static let spins = 2_000

    init() {
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(changed, nil)
    }

    deinit {
        pthread_cond_destroy(changed)
        pthread_mutex_destroy(mutex)
        changed.deallocate()
        mutex.deallocate()
    }

    /// Starts the next phase; a job of nil ends the workers.
    func publish(_ newJob: ((Int) -> Void)?, pending workers: Int) {
        job = newJob
        pending.store(workers, ordering: .relaxed)
        pthread_mutex_lock(mutex)
        phase.wrappingAdd(1, ordering: .releasing)
        pthread_cond_broadcast(changed)
        pthread_mutex_unlock(mutex)
    }

    func waitForPhase(after last: Int) -> Int {
        wait { phase.load(ordering: .acquiring) != last }
        return last + 1
    }

    /// Returns false if there is no job: the team is over. Holds no reference to the job when it returns.
    func performJob(on worker: Int) -> Bool {
        guard let job else { return false }
        job(worker)
        return true
    }

    func finishOne() {
        guard pending.wrappingSubtract(1, ordering: .acquiringAndReleasing).newValue == 0 else { return }
        pthread_mutex_lock(mutex)
        pthread_cond_broadcast(changed)
        pthread_mutex_unlock(mutex)
    }

    func waitUntilDone() {
        wait { pending.load(ordering: .acquiring) == 0 }
        job = nil
    }

    private func wait(until isTrue: () -> Bool) {
        for _ in 0..<Self.spins where isTrue() { return }
        pthread_mutex_lock(mutex)
        while !isTrue() { pthread_cond_wait(changed, mutex) }
        pthread_mutex_unlock(mutex)
    }
}
