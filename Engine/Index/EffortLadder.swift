extension IndexDefinition {
    /// Search parameters of rising effort for `k` neighbours among `rowCount` rows. The last step is as good as the index
    /// can be: every list is probed, or as many candidates are kept as there are rows. One step for an exact index.
    public func effortLadder(k: Int, rowCount: Int) -> [Parameters] {
        let rows = max(rowCount, k, 1)
        switch type {
        case .flat, .binFlat, .sparseInvertedIndex, .sparseWAND: return [[:]]
        case .hnsw, .autoIndex: return Self.ladder(from: k, to: rows).map { ["ef": .integer($0)] }
        case .hnswSQ, .hnswPQ:
            return Self.ladder(from: k, to: rows).map { withRefinement(["ef": .integer($0)], candidates: $0, k: k) }
        case .diskANN: return Self.ladder(from: k, to: rows).map { ["search_list": .integer($0)] }
        case .ivfFlat, .ivfSQ8, .binIVFFlat: return probes(rows).map { ["nprobe": .integer($0)] }
        case .ivfPQ, .ivfRaBitQ:
            return candidateProbes(k: k, rows).map { probes, candidates in
                withRefinement(["nprobe": .integer(probes)], candidates: candidates, k: k)
            }
        case .scann:
            return candidateProbes(k: k, rows).map { ["nprobe": .integer($0), "reorder_k": .integer($1)] }
        }
    }

    /// Whether every search gives the exact answer.
    var isExact: Bool {
        [.flat, .binFlat, .sparseInvertedIndex, .sparseWAND].contains(type)
    }

    /// Whether the last step of the ladder gives the exact answer, not only the best that the index can.
    var lastEffortIsExact: Bool {
        switch type {
        case .flat, .binFlat, .sparseInvertedIndex, .sparseWAND, .hnsw, .autoIndex, .ivfFlat, .binIVFFlat, .diskANN:
            true
        case .hnswSQ, .hnswPQ, .ivfPQ, .ivfRaBitQ, .scann: keepsRows
        case .ivfSQ8: false
        }
    }

    /// Refined indexes re-rank a share of the candidates that rises with them.
    private func withRefinement(_ parameters: Parameters, candidates: Int, k: Int) -> Parameters {
        guard boolean("refine") else { return parameters }
        return parameters.merging(["refine_k": .number(max(1, Double(candidates) / Double(k)))]) { $1 }
    }

    private func probes(_ rows: Int) -> [Int] { Self.ladder(from: 1, to: min(integer("nlist"), rows)) }

    /// Lists to probe and candidates to re-rank, which rise together.
    private func candidateProbes(k: Int, _ rows: Int) -> [(probes: Int, candidates: Int)] {
        let probes = probes(rows)
        let candidates = Self.ladder(from: min(2 * k, rows), to: rows)
        return (0..<max(probes.count, candidates.count)).map { step in
            (probes[min(step, probes.count - 1)], candidates[min(step, candidates.count - 1)])
        }
    }

    /// Whole numbers that rise by about a third each time, from the first to the last.
    private static func ladder(from first: Int, to last: Int) -> [Int] {
        var steps: [Int] = []
        var step = min(first, last)
        while step < last {
            steps.append(step)
            step += max(1, step / 3)
        }
        return steps + [last]
    }
}
