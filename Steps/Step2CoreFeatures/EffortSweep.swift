import Apus
import Common
import Lesson

/// How recall and work answer to the search parameters of three kinds of index.
struct EffortSweep {
    let context: LessonContext
    let indexed: IndexedTexts

    /// One parameter that rises while the others stay.
    private struct Sweep {
        let mark: Character
        let type: IndexType
        /// Given instead of those that the other lesson builds with.
        let build: Parameters?
        let name: String
        let values: [Int]
        let fixed: Parameters

        func parameters(_ value: Int) -> Parameters { fixed.merging([name: .integer(value)]) { $1 } }
    }

    /// The share of the lists that is probed while the candidates to rank again rise: one in so many.
    private static let probedShare = 3
    private static let doublings = [1, 2, 4, 8, 16, 32, 64]
    private static let passes = 3
    private static let graph: Parameters = ["M": 16, "efConstruction": 200]

    private var sweeps: [Sweep] {
        [
            Sweep(mark: "g", type: .hnsw, build: nil, name: "ef", values: [10, 16, 32, 64, 128, 256], fixed: [:]),
            Sweep(mark: "l", type: .ivfFlat, build: nil, name: "nprobe", values: Self.doublings, fixed: [:]),
            Sweep(
                mark: "r", type: .scann, build: nil, name: "reorder_k", values: [10, 20, 40, 80, 160, 320],
                fixed: ["nprobe": .integer(max(1, lists / Self.probedShare))]),
            Sweep(
                mark: "c", type: .hnswSQ,
                build: Self.graph.merging(["sq_type": "SQ4U", "refine": true, "refine_type": "FP32"]) { $1 },
                name: "refine_k", values: [1, 2, 4, 8], fixed: ["ef": 80]),
        ]
    }

    private var lists: Int {
        let parameters = IndexChoices.parameters(
            .scann, rows: indexed.collection.count, dimension: indexed.texts.dimension)
        guard case .integer(let lists)? = parameters["nlist"] else { return 1 }
        return lists
    }

    func run() throws {
        context.section("Effort, recall and work")
        var table = TextTable(
            .left("index"), .left("effort"), .right("recall"), .right("95 % interval"), .right("distances/query"),
            .right("queries/s"))
        var plot = TextPlot(x: "distances per query", y: "recall")
        let measured = try sweeps.map { ($0, try measure($0)) }
        for (sweep, outcomes) in measured {
            for (value, outcome) in zip(sweep.values, outcomes) {
                table.add(
                    sweep.type.rawValue, "\(sweep.name)=\(value)", NumberText.fixed(outcome.recall.mean, 3),
                    "\(NumberText.fixed(outcome.recall.low, 3)) - \(NumberText.fixed(outcome.recall.high, 3))",
                    NumberText.grouped(outcome.distancesPerQuery), NumberText.short(outcome.queriesPerSecond))
            }
            plot.add(
                "\(sweep.type.rawValue) (\(sweep.name))", mark: sweep.mark,
                outcomes.map { (x: $0.distancesPerQuery, y: $0.recall.mean) })
        }
        context.show(table)
        context.output.line()
        for line in plot.lines(indent: 4) { context.output.line(line) }
        for (sweep, outcomes) in measured { check(sweep, outcomes) }
    }

    private func measure(_ sweep: Sweep) throws -> [SearchOutcome] {
        let definition =
            try sweep.build.map {
                try IndexDefinition(sweep.type, metric: IndexedTexts.metric, parameters: $0)
            } ?? indexed.definition(sweep.type)
        _ = try indexed.build(definition)
        return try sweep.values.map {
            try indexed.texts.search(indexed.collection, parameters: sweep.parameters($0), passes: Self.passes)
        }
    }

    private func check(_ sweep: Sweep, _ outcomes: [SearchOutcome]) {
        let name = "\(sweep.type.rawValue) \(sweep.name)"
        let recalls = outcomes.map(\.recall.mean)
        let work = outcomes.map(\.distancesPerQuery)
        context.check(
            "\(name): steps with more work than the step before", expected: work.count - 1,
            measured: zip(work, work.dropFirst()).count { $0 < $1 })
        context.check(
            "\(name): steps that lose recall", expected: 0,
            measured: zip(recalls, recalls.dropFirst()).count { $1 < $0 })
        context.check(
            "\(name): recall at the highest effort", atLeast: 0.95, measured: recalls[recalls.count - 1])
        let first = recalls[1] - recalls[0]
        let last = recalls[recalls.count - 1] - recalls[recalls.count - 2]
        context.check("\(name): the last step gains less than the first", atMost: first, measured: last)
    }
}
