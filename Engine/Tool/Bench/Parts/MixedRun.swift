import Apus
import Common
import Synchronization

/// One writer beside readers, who search until the writer is done.
final class MixedRun: Sendable {
    /// The answer to one query, with the number of rows that were acknowledged when it began.
    struct Answer: Sendable {
        let query: Int
        let acknowledged: Int
        let keys: [Int32]
    }

    /// What the writer did.
    struct Written: Sendable {
        var rows = 0
        var insertSeconds = 0.0
        var flushSeconds = 0.0
    }

    struct Outcome: Sendable {
        var queries = 0
        var seconds = 0.0
        var latencies = LatencyHistogram()
        var kept: [Answer] = []
        var written = Written()
    }

    /// Answers of each reader whose recall is computed, spread over the run.
    private static let keptAnswers = 200

    private let collection: Collection
    private let plan: QueryPlan
    private let acknowledged: Atomic<Int>
    private let isOver = Atomic<Bool>(false)
    private let outcome = Mutex<Result<Outcome, any Error>>(.success(Outcome()))

    init(_ collection: Collection, _ plan: QueryPlan, acknowledged: Int) {
        self.collection = collection
        self.plan = plan
        self.acknowledged = Atomic(acknowledged)
    }

    /// Told by the writer how many rows are durable and found from now on.
    func acknowledge(_ rows: Int) {
        acknowledged.store(rows, ordering: .sequentiallyConsistent)
    }

    /// - Parameter write: is called on the writer's thread.
    /// - Throws: the first error of writer or readers.
    func run(readers: Int, write: @escaping @Sendable (MixedRun) throws -> Written) throws -> Outcome {
        let start = MonotonicClock.nanoseconds()
        // The first piece of work is the writer's; each of the others has a thread of its own.
        Parallel.forEachRange(count: readers + 1, chunk: 1, threads: readers + 1) { range in
            for number in range {
                if number == 0 { self.runWriter(write) } else { self.runReader(number) }
            }
        }
        var result = try outcome.withLock { try $0.get() }
        result.seconds = Double(MonotonicClock.nanoseconds() - start) * 1e-9
        return result
    }

    private func runWriter(_ write: (MixedRun) throws -> Written) {
        let written = Result { try write(self) }
        isOver.store(true, ordering: .sequentiallyConsistent)
        merge { outcome in outcome.written = try written.get() }
    }

    private func runReader(_ number: Int) {
        let outcome = Result { try search(from: number) }
        if case .failure = outcome { isOver.store(true, ordering: .sequentiallyConsistent) }
        merge { sum in
            let own = try outcome.get()
            sum.queries += own.queries
            sum.latencies.merge(own.latencies)
            sum.kept += own.kept
        }
    }

    private func merge(_ change: (inout Outcome) throws -> Void) {
        outcome.withLock { outcome in
            guard case .success(var sum) = outcome else { return }
            outcome = Result {
                try change(&sum)
                return sum
            }
        }
    }

    /// Keeps every n-th answer, and takes a larger n whenever there are too many.
    private func search(from first: Int) throws -> Outcome {
        var own = Outcome()
        var place = first * 37 % plan.requests.count
        var stride = 1
        while !isOver.load(ordering: .sequentiallyConsistent) {
            let rows = acknowledged.load(ordering: .sequentiallyConsistent)
            let begin = MonotonicClock.nanoseconds()
            let result = try collection.search(plan.requests[place])
            own.latencies.add(MonotonicClock.nanoseconds() - begin)
            if own.queries % stride == 0 {
                let query = plan.query(ofRequest: place)
                own.kept.append(Answer(query: query, acknowledged: rows, keys: result.hits[0].map(\.row)))
                if own.kept.count > 2 * Self.keptAnswers {
                    own.kept = own.kept.enumerated().filter { $0.offset % 2 == 0 }.map(\.element)
                    stride *= 2
                }
            }
            own.queries += 1
            place = (place + 1) % plan.requests.count
        }
        return own
    }
}
