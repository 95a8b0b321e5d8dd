import Synchronization
import Testing

@testable import Apus

@Suite struct WorkerTeamTests {
    @Test(arguments: [1, 2, 3, 8])
    func everyItemIsDoneOnce(workers: Int) {
        let team = WorkerTeam(count: workers)
        for items in [0, 1, 2, 63, 1000] {
            for grain in [1, 7, 2000] {
                let sum = Atomic<Int>(0)
                team.forEach(items, grain: grain) { range, worker in
                    precondition(worker < team.count && range.count <= max(grain, items))
                    for item in range { sum.wrappingAdd(item + 1, ordering: .relaxed) }
                }
                #expect(sum.load(ordering: .relaxed) == items * (items + 1) / 2)
            }
        }
    }

    @Test func manyShortPhasesFollowEachOther() {
        let team = WorkerTeam(count: 3)
        let calls = Atomic<Int>(0)
        for _ in 0..<2000 { team.run { _ in calls.wrappingAdd(1, ordering: .relaxed) } }
        #expect(calls.load(ordering: .relaxed) == 2000 * team.count)
    }
}
