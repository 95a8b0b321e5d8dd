/// Chooses how to search a graph under a filter, by what each way is expected to cost.
///
/// The expectation is that of a filter that has nothing to do with the query. A walk that meets fewer permitted rows
/// than that is dropped for a scan when it has cost `dropsAt`, so a wrong expectation costs a bounded factor.
struct GraphPlanner {
    let costs: CostModel
    let rowCount: Int
    /// Links of a row on level 0.
    let width: Int
    let breadth: HNSWBreadth
    /// Whether rows found are ranked again, so that a scan of codes is another thing than a scan.
    let refines: Bool

    /// Expansions of a walk beside those of the rows that it keeps.
    private static let approachExpansions = 8.0
    /// Links of an expansion that lead to rows not seen before.
    private static let freshLinks = 0.5
    /// Time of an expansion beside links and distances, and of a distance beside its computation.
    private static let expansion = 40.0
    private static let offer = 10.0
    /// Links of a bridge that lead to new permitted rows, beside those of the row that is expanded.
    private static let bridgedLinks = 1.15
    /// A walk over all rows that keeps some of them has two queues instead of one.
    private static let maskedFactor = 1.4

    /// - Parameter permitted: rows that may be returned; all of them if there is no filter.
    func plan(permitted: Int, forced: SearchStrategy?) -> StrategyPlan {
        guard permitted < rowCount else {
            return StrategyPlan(
                [StrategyCost(strategy: .walk, nanoseconds: walk(ef: Double(breadth.ef)))] + scans(permitted),
                forced: forced == .scan || forced == .codeScan ? forced : .walk, permittedRows: permitted,
                rows: rowCount)
        }
        return StrategyPlan(
            scans(permitted) + walks(permitted), forced: forced, permittedRows: permitted, rows: rowCount)
    }

    /// What a walk may cost before it gives way to the scan: what that costs, or somewhat more than what was expected of
    /// the walk.
    static func dropsAt(_ plan: StrategyPlan) -> Double {
        max(plan.exhaustive.nanoseconds, 1.3 * plan.nanoseconds)
    }

    /// Whether a bridge walk still costs less than the scan once it is seen that the permitted rows lie elsewhere.
    static func walksElsewhere(_ plan: StrategyPlan, _ breadth: BridgeBreadth) -> Bool {
        let wider = (Double(breadth.efElsewhere) + approachExpansions) / (Double(breadth.ef) + approachExpansions)
        return wider * plan.nanoseconds < plan.exhaustive.nanoseconds
    }

    private func scans(_ permitted: Int) -> [StrategyCost] {
        let reading = Double(rowCount) / 64 * costs.setWord
        let isDense = 2 * permitted >= rowCount
        func all(_ somewhere: Double, _ inOrder: Double) -> Double {
            isDense ? Double(rowCount) * inOrder : Double(permitted) * somewhere
        }
        let scan = StrategyCost(
            strategy: .scan, nanoseconds: reading + all(costs.finestSomewhere, costs.finestInOrder))
        guard refines else { return [scan] }
        let ranked = Double(min(breadth.refined, permitted)) * costs.finestSomewhere
        let codes = costs.preparation + reading + all(costs.walkedSomewhere, costs.walkedInOrder) + ranked
        return [scan, StrategyCost(strategy: .codeScan, nanoseconds: codes)]
    }

    private func walks(_ permitted: Int) -> [StrategyCost] {
        let share = max(Double(permitted), 1) / Double(rowCount)
        let wide = min(Double(breadth.ef) / share, Double(rowCount))
        return [
            StrategyCost(strategy: .bridgeWalk, nanoseconds: bridge(share)),
            StrategyCost(strategy: .maskedWalk, nanoseconds: Self.maskedFactor * walk(ef: wide)),
            // The less is permitted, the more often the walk must be repeated wider.
            StrategyCost(strategy: .postFilter, nanoseconds: (2 - share) * walk(ef: wide)),
        ]
    }

    /// A walk that keeps `ef` rows, and the ranking of the best of them.
    private func walk(ef: Double) -> Double {
        let distances = Self.freshLinks * Double(width) * distance
        return ends + (ef + Self.approachExpansions) * (distances + costs.linkBlock + Self.expansion)
    }

    private var distance: Double { costs.walkedSomewhere + Self.offer }

    private var ends: Double { costs.preparation + Double(breadth.refined) * costs.finestSomewhere }

    private func bridge(_ share: Double) -> Double {
        let walk = BridgeBreadth(breadth)
        let direct = Double(width) * share * Self.freshLinks
        let wanted = Double(walk.reach)
        let blocks = min(max(wanted - direct, 0) / (Self.bridgedLinks * direct), Double(width))
        let found = max(direct, min(wanted, direct * (1 + Self.bridgedLinks * blocks)))
        let expansion = found * distance + (1 + blocks) * costs.linkBlock + Self.expansion
        return ends + (Double(walk.ef) + Self.approachExpansions) * expansion
    }
}

/// How widely a bridge walk looks: a little more widely than a walk without a filter, since the rows between are not
/// weighed. Measured on text embeddings and clusters for the recall of that walk.
struct BridgeBreadth {
    /// Rows that the walk keeps.
    let ef: Int
    /// The same of a walk that finds the permitted rows elsewhere than near to the query. These lie in no order around
    /// the query that a narrow walk could follow.
    let efElsewhere: Int
    /// New permitted rows that an expansion looks for. A narrow walk has fewer expansions to find its way by.
    let reach: Int

    init(_ breadth: HNSWBreadth) {
        ef = breadth.ef + 4
        efElsewhere = ef + 12
        reach = min(20 + 240 / breadth.ef, Self.reachAtMost)
    }

    static let reachAtMost = 64
}
