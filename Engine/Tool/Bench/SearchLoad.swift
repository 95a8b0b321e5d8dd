import Apus
import Common
import Synchronization

/// Searches that run over and over, from one or several threads, through the public call.
final class SearchLoad: Sendable {
    /// What one measurement saw.
    struct Sample: Sendable {
        var queries = 0
        var seconds = 0.0
        var latencies = LatencyHistogram()
        /// Queries per second of each pass, or of as many passes as make `shortestSample`.
        var passRates: [Double] = []

        var queriesPerSecond: Double { Double(queries) / seconds }
    }

    /// What a pass over all requests found.
    struct Answers {
        /// By request and query, the keys of the hits, best first.
        let keys: [[[Int32]]]
        let statistics: SearchStatistics
        let plan: SearchPlan
    }

    private let collection: Collection
    private let requests: [SearchRequest]
    private let queriesOfRequest: [Int]
    private let threads: Int

    init(_ collection: Collection, requests: [SearchRequest], dimension: Int, threads: Int) {
        precondition(!requests.isEmpty && threads > 0)
        self.collection = collection
        self.requests = requests
        queriesOfRequest = requests.map { $0.vectors.count / dimension }
        self.threads = threads
    }

    /// One pass over all requests, which also warms the caches up.
    func answers() throws -> Answers {
        let results = Mutex<[Result<SearchResult, any Error>?]>(Array(repeating: nil, count: requests.count))
        let progress = Progress("warming up", total: requests.count)
        Parallel.forEachRange(count: requests.count, chunk: 1, threads: threads) { range in
            for index in range {
                let result = Result { try self.collection.search(self.requests[index]) }
                results.withLock { $0[index] = result }
                progress.advance()
            }
        }
        progress.finish()
        let found = try results.withLock { $0 }.map { try $0!.get() }
        var statistics = SearchStatistics()
        for result in found { statistics.add(result.statistics) }
        return Answers(
            keys: found.map { $0.hits.map { $0.map(\.row) } }, statistics: statistics, plan: found[0].plan)
    }

    /// Whole passes over all requests until `seconds` are over; at least one.
    func measure(seconds: Double) throws -> Sample {
        let run = LoadRun(requestCount: requests.count, deadline: UInt64(seconds * 1e9))
        let start = MonotonicClock.nanoseconds()
        Parallel.forEachRange(count: threads, chunk: 1, threads: threads) { _ in self.work(run, start) }
        var sample = try run.outcome.withLock { try $0.get() }
        let end = MonotonicClock.nanoseconds()
        sample.seconds = Double(end - start) * 1e-9
        let queries = queriesOfRequest.reduce(0, +)
        sample.passRates = PassTimes.rates(
            ends: run.passStarts.withLock { $0 }.dropFirst() + [end], start: start, queries: queries)
        return sample
    }

    private func work(_ run: LoadRun, _ start: UInt64) {
        var sample = Sample()
        var failure: (any Error)?
        while let index = run.nextRequest(since: start) {
            let begin = MonotonicClock.nanoseconds()
            do {
                _ = try collection.search(requests[index])
            } catch {
                failure = error
                break
            }
            sample.latencies.add(MonotonicClock.nanoseconds() - begin)
            sample.queries += queriesOfRequest[index]
        }
        run.add(sample, failure)
    }
}

/// The requests of one measurement, handed out one by one.
private final class LoadRun: Sendable {
    private let requestCount: Int
    private let deadline: UInt64
    private let next = Atomic<Int>(0)
    private let end = Atomic<Int>(Int.max)
    /// When the first request of each pass was handed out.
    let passStarts = Mutex<[UInt64]>([])
    let outcome = Mutex<Result<SearchLoad.Sample, any Error>>(.success(SearchLoad.Sample()))

    init(requestCount: Int, deadline: UInt64) {
        self.requestCount = requestCount
        self.deadline = deadline
    }

    /// nil once the time is over and the pass that was begun is handed out.
    func nextRequest(since start: UInt64) -> Int? {
        let ticket = next.wrappingAdd(1, ordering: .relaxed).oldValue
        if ticket >= end.load(ordering: .relaxed) { return nil }
        guard ticket % requestCount == 0 else { return ticket % requestCount }
        let now = MonotonicClock.nanoseconds()
        if ticket > 0, now - start >= deadline {
            end.store(ticket, ordering: .relaxed)
            return nil
        }
        passStarts.withLock { $0.append(now) }
        return 0
    }

    func add(_ sample: SearchLoad.Sample, _ failure: (any Error)?) {
        if failure != nil { end.store(0, ordering: .relaxed) }
        outcome.withLock { outcome in
            guard case .success(var sum) = outcome else { return }
            if let failure {
                outcome = .failure(failure)
                return
            }
            sum.queries += sample.queries
            sum.latencies.merge(sample.latencies)
            outcome = .success(sum)
        }
    }
}

/// Rates from the times at which passes ended.
enum PassTimes {
    /// Passes that are over sooner are put together: their rate would be that of the clock and the scheduler.
    static let shortestSample: UInt64 = 10_000_000

    /// - Parameters:
    ///   - ends: in nanoseconds; put into order here, since threads note them on their own.
    ///   - queries: of a pass.
    static func rates(ends: some Sequence<UInt64>, start: UInt64, queries: Int) -> [Double] {
        var rates: [Double] = []
        var (begin, passes) = (start, 0)
        for end in ends.sorted() {
            passes += 1
            guard end - begin >= shortestSample else { continue }
            rates.append(rate(passes * queries, end - begin))
            (begin, passes) = (end, 0)
        }
        guard rates.isEmpty, let last = ends.max(), last > start else { return rates }
        return [rate(passes * queries, last - start)]
    }

    /// To the tenth: more digits say nothing.
    private static func rate(_ queries: Int, _ nanoseconds: UInt64) -> Double {
        (Double(queries) / (Double(nanoseconds) * 1e-10)).rounded() / 10
    }
}

extension Hit {
    /// The row number that a benchmark gave as key.
    var row: Int32 {
        guard case .integer(let key) = primaryKey else { return -1 }
        return Int32(truncatingIfNeeded: key)
    }
}
