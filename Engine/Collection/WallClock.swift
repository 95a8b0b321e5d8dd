import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Tells the time of day, by which entities expire. No order of data depends on it.
public struct WallClock: Sendable {
    /// The clock of the machine.
    public static let system = WallClock { UInt64(max(0, time(nil))) }

    /// Seconds since 1970.
    let unixSeconds: @Sendable () -> UInt64

    /// - Parameter unixSeconds: the seconds since 1970; may be called from any thread.
    public init(unixSeconds: @escaping @Sendable () -> UInt64) {
        self.unixSeconds = unixSeconds
    }
}

/// The time of one collection in seconds since 1970. It never goes back, whatever the clock of the machine does.
final class CollectionClock: Sendable {
    private let clock: WallClock
    private let latest: Atomic<UInt64>

    /// - Parameter latest: the latest time that the collection is known to have seen.
    init(_ clock: WallClock, latest: UInt64) {
        self.clock = clock
        self.latest = Atomic(min(latest, Self.largest))
    }

    /// The time of the machine, or the latest there was if that is later.
    var now: UInt64 {
        let seconds = min(clock.unixSeconds(), Self.largest)
        return latest.max(seconds, ordering: .relaxed).newValue
    }

    /// Times beyond this are no times; so sums with a time to live cannot overflow.
    static let largest: UInt64 = 1 << 48
}
