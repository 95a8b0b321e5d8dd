#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

private final class ThreadBody {
    let run: () -> Void
    init(_ run: @escaping () -> Void) { self.run = run }
}

/// Runs `body` on as many threads of the operating system as asked for, with their numbers, and waits for them.
public func onThreads(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
    let threads = (0..<count).map { number in
        var thread = pthread_t()
        let context = Unmanaged.passRetained(ThreadBody { body(number) }).toOpaque()
        let result = pthread_create(&thread, nil, threadMain, context)
        precondition(result == 0, "the operating system gives no thread: \(result)")
        return thread
    }
    for thread in threads { pthread_join(thread, nil) }
}

private func threadMain(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let context else { return nil }
    Unmanaged<ThreadBody>.fromOpaque(context).takeRetainedValue().run()
    return nil
}
