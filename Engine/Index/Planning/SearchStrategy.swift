/// A way to find the nearest permitted rows of one segment.
///
/// The search parameter `strategy` forces one by its name; without it the planner takes the one that costs least. All of
/// them answer with k rows wherever k are permitted.
public enum SearchStrategy: String, Sendable, Hashable, CaseIterable {
    /// Exact distances to all permitted rows.
    case scan
    /// Distances by codes to all permitted rows, the nearest of them ranked again by better distances.
    case codeScan
    /// A walk over a graph of which all rows are permitted.
    case walk
    /// A walk over all rows of a graph, nearest first, that keeps the permitted ones.
    case maskedWalk
    /// A walk from permitted row to permitted row; others are passed through without a distance.
    case bridgeWalk
    /// A wider walk over all rows of a graph, whose rows are tested when it is over.
    case postFilter
    /// The inverted lists nearest to the query.
    case lists

    /// The search parameter that forces a strategy.
    static let parameter = "strategy"
    /// The text by which the planner is asked to choose, as it does where the parameter is left out.
    static let automatic = "auto"
}

/// How many queries each strategy answered.
public struct StrategyCounts: Sendable, Hashable {
    private var counts = SIMD8<UInt32>()

    public init() {}

    public internal(set) subscript(strategy: SearchStrategy) -> Int {
        get { Int(counts[strategy.place]) }
        set { counts[strategy.place] = UInt32(truncatingIfNeeded: newValue) }
    }

    /// The strategies that answered a query, each with the number of queries.
    public var used: [(strategy: SearchStrategy, queries: Int)] {
        SearchStrategy.allCases.filter { self[$0] > 0 }.map { ($0, self[$0]) }
    }

    mutating func add(_ other: StrategyCounts) { counts &+= other.counts }
}

extension SearchStrategy {
    fileprivate var place: Int {
        switch self {
        case .scan: 0
        case .codeScan: 1
        case .walk: 2
        case .maskedWalk: 3
        case .bridgeWalk: 4
        case .postFilter: 5
        case .lists: 6
        }
    }
}

extension Parameters {
    /// The strategy that a search asks for; nil leaves it to the planner.
    var strategy: SearchStrategy? {
        guard case .text(let name)? = self[SearchStrategy.parameter] else { return nil }
        return SearchStrategy(rawValue: name)
    }
}
