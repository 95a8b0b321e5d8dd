import Synchronization

/// A clock that stands still until a test sets it.
public final class ManualClock: Sendable {
    private let seconds: Atomic<UInt64>

    public init(_ seconds: UInt64) { self.seconds = Atomic(seconds) }

    public var now: UInt64 {
        get { seconds.load(ordering: .relaxed) }
        set { seconds.store(newValue, ordering: .relaxed) }
    }
}
