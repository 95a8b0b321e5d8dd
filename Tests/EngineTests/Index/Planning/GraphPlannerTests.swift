import Testing

@testable import Apus

/// The choice of a strategy, with costs that are given and not measured.
@Suite struct GraphPlannerTests {
    private let costs = CostModel(
        walkedSomewhere: 10, walkedInOrder: 6, finestSomewhere: 60, finestInOrder: 40, linkBlock: 25, setWord: 0.5,
        preparation: 500)

    private func planner(rows: Int, refines: Bool = true) -> GraphPlanner {
        GraphPlanner(
            costs: costs, rowCount: rows, width: 48, breadth: HNSWBreadth(ef: 48, k: 10, refined: 48),
            refines: refines)
    }

    @Test func fewRowsAreScannedAndManyAreWalked() {
        let planner = planner(rows: 1_000_000)
        #expect(planner.plan(permitted: 30, forced: nil).chosen == .scan)
        #expect(planner.plan(permitted: 3_000, forced: nil).chosen == .codeScan)
        #expect(planner.plan(permitted: 100_000, forced: nil).chosen == .bridgeWalk)
        #expect(planner.plan(permitted: 1_000_000, forced: nil).chosen == .walk)
    }

    @Test func costsDecide() {
        var slowLinks = self.costs
        slowLinks.linkBlock = 100_000
        let planner = GraphPlanner(
            costs: slowLinks, rowCount: 100_000, width: 48, breadth: HNSWBreadth(ef: 48, k: 10, refined: 48),
            refines: true)
        #expect(planner.plan(permitted: 10_000, forced: nil).chosen == .codeScan)
    }

    @Test func aScanOfCodesNeedsRowsToRankBy() {
        let plan = planner(rows: 100_000, refines: false).plan(permitted: 2_000, forced: nil)
        #expect(plan.cost(of: .codeScan) == nil)
        #expect(plan.exhaustive.strategy == .scan)
        #expect(planner(rows: 100_000, refines: false).plan(permitted: 2_000, forced: .codeScan) == plan)
    }

    @Test func theSameInputsGiveTheSamePlan() {
        for permitted in [1, 50, 999, 20_000, 99_999, 100_000] {
            let plans = (0..<3).map { _ in planner(rows: 100_000).plan(permitted: permitted, forced: nil) }
            #expect(Set(plans).count == 1)
            #expect(plans[0].alternatives.map(\.nanoseconds) == plans[0].alternatives.map(\.nanoseconds).sorted())
            #expect(plans[0].alternatives.allSatisfy { $0.nanoseconds.isFinite && $0.nanoseconds > 0 })
        }
    }

    @Test(arguments: [SearchStrategy.scan, .codeScan, .maskedWalk, .bridgeWalk, .postFilter])
    func everyAlternativeCanBeForced(strategy: SearchStrategy) {
        #expect(planner(rows: 100_000).plan(permitted: 5_000, forced: strategy).chosen == strategy)
    }

    /// More permitted rows never make a scan cheaper or a walk dearer.
    @Test func costsRiseAndFallWithTheShare() {
        let plans = [100, 1_000, 10_000, 49_000].map { planner(rows: 100_000).plan(permitted: $0, forced: nil) }
        for (less, more) in zip(plans, plans.dropFirst()) {
            for scan in [SearchStrategy.scan, .codeScan] { #expect(less.cost(of: scan)! <= more.cost(of: scan)!) }
            for walk in [SearchStrategy.maskedWalk, .postFilter] {
                #expect(less.cost(of: walk)! >= more.cost(of: walk)!)
            }
        }
    }
}
