#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// How many files the process may have open. A loaded segment keeps the file of its vectors open, and a collection with
/// many partitions has many segments.
enum OpenFileLimit {
    /// Raises the limit to the most that the process may set by itself. What cannot be raised stays as it is.
    static func raise() {
        var limit = rlimit()
        #if canImport(Glibc)
            let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
            guard getrlimit(resource, &limit) == 0, limit.rlim_cur < limit.rlim_max else { return }
            limit.rlim_cur = limit.rlim_max
            _ = setrlimit(resource, &limit)
        #else
            guard getrlimit(RLIMIT_NOFILE, &limit) == 0, limit.rlim_cur < rlim_t(OPEN_MAX) else { return }
            limit.rlim_cur = min(limit.rlim_max, rlim_t(OPEN_MAX))
            _ = setrlimit(RLIMIT_NOFILE, &limit)
        #endif
    }
}
