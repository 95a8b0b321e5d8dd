import Synchronization

/// Turns a running total into the steps between its values.
final class Seen: Sendable {
    private let last = Mutex(0)

    /// How much further than before; zero when reports come out of order.
    func step(to value: Int) -> Int {
        last.withLock { last in
            let step = max(0, value - last)
            last += step
            return step
        }
    }
}
