import Apus
import Common

/// The queries of a benchmark as requests, in an order that a seed decides.
struct QueryPlan {
    let requests: [SearchRequest]
    /// The queries of each request.
    private let members: [[Int]]

    init(
        _ queries: VectorSet, mode: BenchOptions.Mode, threads: Int, k: Int, parameters: Parameters,
        seed: UInt64
    ) {
        var random = RandomSource(seed: seed, stream: 0)
        let order = (0..<queries.count).shuffled(using: &random)
        let size: Int =
            switch mode {
            case .single: 1
            // All at once as far as the limit of a search allows, a share for each thread.
            case .batch: min(Limits.queriesPerSearch, (order.count + threads - 1) / threads)
            }
        members = stride(from: 0, to: order.count, by: size).map {
            Array(order[$0..<min($0 + size, order.count)])
        }
        requests = members.map { members in
            SearchRequest(
                vectors: members.flatMap { queries.row($0) }, limit: k, parameters: parameters)
        }
    }

    /// The query of a request that holds just one.
    func query(ofRequest request: Int) -> Int { members[request][0] }

    /// The answers by query, in the order of the query set.
    func byQuery(_ answers: [[[Int32]]]) -> [[Int32]] {
        var found = [[Int32]](repeating: [], count: members.reduce(0) { $0 + $1.count })
        for (members, lists) in zip(members, answers) {
            for (query, list) in zip(members, lists) { found[query] = list }
        }
        return found
    }
}
