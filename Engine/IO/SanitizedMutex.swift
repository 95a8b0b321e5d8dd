#if APUS_THREAD_SANITIZER
    #if canImport(Glibc)
        import Glibc
    #else
        import Darwin
    #endif

    /// Stands in for `Synchronization.Mutex` where the thread sanitizer watches: when the one of the library has to wait, it
    /// does so in code that the sanitizer does not see, and what the mutex orders is then reported as a race. The
    /// sanitizer knows the mutex of the operating system.
    ///
    ///     swift test --sanitize=thread -Xswiftc -DAPUS_THREAD_SANITIZER --filter ThreadSafety
    struct Mutex<Content>: ~Copyable, @unchecked Sendable {
        // Sendable: the value is reached under the mutex only.
        private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
        private let value = UnsafeMutablePointer<Content>.allocate(capacity: 1)

        init(_ initial: consuming sending Content) {
            pthread_mutex_init(mutex, nil)
            value.initialize(to: initial)
        }

        deinit {
            value.deinitialize(count: 1)
            value.deallocate()
            pthread_mutex_destroy(mutex)
            mutex.deallocate()
        }

        borrowing func withLock<Result, Failure: Error>(
            _ body: (inout sending Content) throws(Failure) -> sending Result
        ) throws(Failure) -> sending Result {
            pthread_mutex_lock(mutex)
            defer { pthread_mutex_unlock(mutex) }
            return try body(&value.pointee)
        }
    }
#endif
