/// What the planner thinks of one strategy.
public struct StrategyCost: Sendable, Hashable {
    public let strategy: SearchStrategy
    /// The expected time of one query.
    public let nanoseconds: Double
}

/// The strategies that a segment could be searched by, with their expected costs, and the one that is taken.
public struct StrategyPlan: Sendable, Hashable {
    public let chosen: SearchStrategy
    /// All that could be taken, cheapest first.
    public let alternatives: [StrategyCost]
    /// Rows that may be returned, and all rows.
    public let permittedRows: Int
    public let rows: Int

    /// The share of the rows that may be returned.
    public var share: Double { rows == 0 ? 1 : Double(permittedRows) / Double(rows) }

    /// The expected time of one query by the strategy taken.
    public var nanoseconds: Double { cost(of: chosen) ?? .infinity }

    /// - Parameter forced: taken instead of the cheapest if it is among the alternatives.
    init(_ alternatives: [StrategyCost], forced: SearchStrategy?, permittedRows: Int, rows: Int) {
        precondition(!alternatives.isEmpty)
        self.alternatives = alternatives.sorted { $0.nanoseconds < $1.nanoseconds }
        self.permittedRows = permittedRows
        self.rows = rows
        chosen = alternatives.first { $0.strategy == forced }?.strategy ?? self.alternatives[0].strategy
    }

    /// A plan without a choice.
    init(only strategy: SearchStrategy, nanoseconds: Double, permittedRows: Int, rows: Int) {
        let only = StrategyCost(strategy: strategy, nanoseconds: nanoseconds)
        self.init([only], forced: nil, permittedRows: permittedRows, rows: rows)
    }

    func cost(of strategy: SearchStrategy) -> Double? {
        alternatives.first { $0.strategy == strategy }?.nanoseconds
    }

    /// The cheapest of the exhaustive strategies: what a walk that finds too little gives way to.
    var exhaustive: StrategyCost {
        alternatives.first { $0.strategy == .scan || $0.strategy == .codeScan }!
    }
}
