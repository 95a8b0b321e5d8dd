#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Elapsed time that no change of the wall clock touches.
public enum MonotonicClock {
    /// Nanoseconds since an arbitrary start.
    public static func nanoseconds() -> UInt64 {
        read(CLOCK_MONOTONIC)
    }

    /// Runs `body` and returns its result and its duration in seconds.
    public static func seconds<Result>(_ body: () throws -> Result) rethrows -> (
        result: Result, seconds: Double
    ) {
        let start = nanoseconds()
        let result = try body()
        return (result, Double(nanoseconds() - start) * 1e-9)
    }

    fileprivate static func read(_ clock: clockid_t) -> UInt64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}

/// Processor time used so far, user and system together.
public enum ProcessorTime {
    /// Of the whole process, all threads.
    public static func processSeconds() -> Double {
        var usage = rusage()
        // RUSAGE_SELF, whose imported type differs between systems.
        getrusage(0, &usage)
        return seconds(usage.ru_utime) + seconds(usage.ru_stime)
    }

    /// Of the calling thread.
    public static func threadSeconds() -> Double {
        Double(MonotonicClock.read(CLOCK_THREAD_CPUTIME_ID)) * 1e-9
    }

    private static func seconds(_ time: timeval) -> Double {
        Double(time.tv_sec) + Double(time.tv_usec) * 1e-6
    }
}
