import Synchronization

/// What the parts of a search cost on this machine, in nanoseconds.
///
/// A value, so that tests plan with costs of their own. `measured` times the rows and kernels of one index where they
/// lie: how far they are from the processor decides more than what it computes.
struct CostModel: Sendable, Hashable {
    /// A distance to a row somewhere, of what a graph is walked over.
    var walkedSomewhere: Double
    /// The same to one row after the other.
    var walkedInOrder: Double
    /// A distance to a row somewhere by the best distances there are.
    var finestSomewhere: Double
    var finestInOrder: Double
    /// Reading a block of links somewhere and testing which of its rows are permitted.
    var linkBlock: Double
    /// Looking through 64 rows of a permitted set.
    var setWord: Double
    /// A query made ready for the walk.
    var preparation: Double
}

extension CostModel {
    /// Before anything was measured; nothing is planned with it.
    static let none = CostModel(
        walkedSomewhere: 1, walkedInOrder: 1, finestSomewhere: 1, finestInOrder: 1, linkBlock: 1, setWord: 1,
        preparation: 0)
}

/// Costs that are measured when they are first asked for, and kept.
final class LazyCosts: Sendable {
    private let costs: Mutex<CostModel?>

    init(_ costs: CostModel?) { self.costs = Mutex(costs) }

    var known: CostModel? { costs.withLock(\.self) }

    /// One caller measures while others wait, so all plan with the same costs.
    func value(_ measure: () -> CostModel) -> CostModel {
        costs.withLock { costs in
            if let costs { return costs }
            let measured = measure()
            costs = measured
            return measured
        }
    }
}
