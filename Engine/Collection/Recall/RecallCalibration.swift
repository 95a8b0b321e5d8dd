/// Finds the least effort at which an index reaches a recall.
///
/// Queries are rows of the segment, each held back from the answer to itself: the search and the exact answer both treat
/// it as if it were not there. Steps of the effort ladder are tried from the lowest on by `RecallTest`; the first that is
/// proved to reach the target is taken. The error probability is divided among the steps, so the chance that any of them
/// is accepted wrongly is at most 1 - `confidence`.
struct RecallCalibration {
    static let confidence = 0.95
    private static let queriesPerPiece = 100

    let index: any VectorIndex
    let rows: VectorRows
    let live: LiveRows
    let k: Int
    let target: Double
    let threads: Int

    /// What was found: the step, or nil if none reaches the target.
    struct Outcome {
        let step: Int?
        let recalls: [Double]
    }

    /// - Throws: `StorageError` if the index reads from a disk and cannot.
    func run() throws -> Outcome {
        let definition = index.definition
        let ladder = definition.effortLadder(k: k, rowCount: live.rowCount)
        var sample = HeldBackRows(
            rows: rows, live: live, metric: definition.metric, k: k, team: WorkerTeam(count: threads))
        let errorProbability = (1 - Self.confidence) / Double(ladder.count)
        var last: [Double] = []
        guard sample.count > 0 else { return Outcome(step: ladder.count - 1, recalls: []) }
        for step in try firstPlausibleStep(ladder, &sample)..<ladder.count {
            if step == ladder.count - 1, definition.lastEffortIsExact { return Outcome(step: step, recalls: []) }
            var test = RecallTest(target: target, errorProbability: errorProbability)
            while test.verdict == .open, test.recalls.count < sample.count {
                let end = min(test.recalls.count + Self.queriesPerPiece, sample.count)
                for recall in try sample.recalls(test.recalls.count..<end, index: index, parameters: ladder[step]) {
                    test.add(recall)
                }
            }
            if test.verdict == .reached || isPerfect(test) { return Outcome(step: step, recalls: test.recalls) }
            last = test.recalls
        }
        return Outcome(step: nil, recalls: last)
    }

    /// A first look by few queries passes over steps that are clearly too low; it accepts none.
    private func firstPlausibleStep(_ ladder: [Parameters], _ sample: inout HeldBackRows) throws -> Int {
        let range = 0..<min(Self.queriesPerPiece, sample.count)
        var low = 0
        var high = ladder.count - 1
        while low < high {
            let middle = (low + high) / 2
            let recalls = try sample.recalls(range, index: index, parameters: ladder[middle])
            let mean = recalls.reduce(0, +) / Double(max(recalls.count, 1))
            if mean < target { low = middle + 1 } else { high = middle }
        }
        return max(0, low - 1)
    }

    /// Few rows can prove little; where all of them were searched for and found everything, nothing is left to prove.
    private func isPerfect(_ test: RecallTest) -> Bool {
        test.recalls.count == live.count && test.recalls.allSatisfy { $0 == 1 }
    }
}
