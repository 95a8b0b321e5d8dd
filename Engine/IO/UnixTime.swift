#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The clock of the machine, for times that are written down.
enum UnixTime {
    /// Seconds since 1970.
    static var seconds: UInt64 { UInt64(max(0, time(nil))) }
}
