import Apus
import Common
import Synchronization

extension Progress {
    /// Reports the progress of an index build on this line.
    public var asBuildProgress: BuildProgress {
        let progress = self
        let seen = Seen()
        return BuildProgress { done, _ in progress.advance(by: seen.step(to: done)) }
    }
}

/// Turns a running total into the steps between its values.
private final class Seen: Sendable {
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
