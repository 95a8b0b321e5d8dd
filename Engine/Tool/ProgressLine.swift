import Apus
import Common
import Synchronization

/// Shows the progress that the engine reports, which is absolute, on the progress line of Common.
final class ProgressLine: Sendable {
    private let label: String
    private let state = Mutex<(line: Progress?, done: Int)>((nil, 0))

    init(_ label: String) {
        self.label = label
    }

    /// For the calls of the engine.
    var buildProgress: BuildProgress {
        BuildProgress { done, total in self.update(done, of: total) }
    }

    func update(_ done: Int, of total: Int) {
        state.withLock { state in
            let line = state.line ?? Progress(label, total: total)
            state.line = line
            line.advance(by: max(0, done - state.done))
            state.done = max(done, state.done)
        }
    }

    func finish() {
        state.withLock { $0.line?.finish() }
    }
}
