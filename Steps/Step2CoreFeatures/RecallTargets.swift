import Apus
import Common
import Lesson

/// A recall asked for instead of a parameter, and what came of it on queries that are not in the collection.
struct RecallTargets {
    let context: LessonContext
    let indexed: IndexedTexts

    private static let types: [IndexType] = [.hnsw, .ivfFlat]
    private static let targets = [0.8, 0.9, 0.95, 0.99]
    /// What a promise may be off by: the measured queries are a sample, too.
    private static let allowance = 0.02

    private struct Kept {
        let target: Double
        let promise: CalibratedRecall
        let seconds: Double
        let outcome: SearchOutcome
    }

    func run() throws {
        context.section("A recall instead of a parameter")
        context.say(
            "The first search for a target holds rows back until its test is sure, and later ones keep what was "
                + "found. \"measured\" is the recall of queries that are not in the collection, a sample that "
                + "spreads as well.")
        for type in Self.types {
            _ = try indexed.build(indexed.definition(type))
            let kept = try Self.targets.compactMap(ask)
            show(type, kept)
            check(type, kept)
        }
        try askTheImpossible()
    }

    /// The first search for a target calibrates; the measured ones find the contract made.
    private func ask(_ target: Double) throws -> Kept? {
        let request = SearchRequest(
            vectors: indexed.texts.queries[0], limit: LessonData.k, parameters: ["targetRecall": .number(target)])
        let (first, seconds) = try MonotonicClock.seconds { try indexed.collection.search(request) }
        let outcome = try indexed.texts.search(
            indexed.collection, parameters: ["targetRecall": .number(target)])
        return first.plan.recall.map {
            Kept(target: target, promise: $0, seconds: seconds, outcome: outcome)
        }
    }

    private func show(_ type: IndexType, _ kept: [Kept]) {
        var table = TextTable(
            .right("target"), .left("chosen"), .right("held back"), .left("calibrated (interval)"),
            .right("measured"), .right("distances/query"), .right("first"))
        for one in kept {
            let interval = one.promise.interval
            table.add(
                NumberText.fixed(one.target, 3), one.outcome.plan.name, "\(one.promise.queryCount)",
                "\(NumberText.fixed(one.promise.mean, 3)) (\(NumberText.fixed(interval.lowerBound, 3)) - "
                    + "\(NumberText.fixed(interval.upperBound, 3)))",
                NumberText.fixed(one.outcome.recall.mean, 3), NumberText.grouped(one.outcome.distancesPerQuery),
                NumberText.duration(one.seconds))
        }
        context.show(table)
    }

    private func check(_ type: IndexType, _ kept: [Kept]) {
        let name = type.rawValue
        context.check("\(name): targets that got a setting", expected: Self.targets.count, measured: kept.count)
        for one in kept {
            context.check(
                "\(name) \(one.target): recall of other queries, upper end of its interval",
                atLeast: one.target - Self.allowance, measured: one.outcome.recall.high)
        }
        context.check(
            "\(name): targets whose calibration proves them", expected: kept.count,
            measured: kept.count { $0.promise.interval.lowerBound >= $0.target })
        let work = kept.map(\.outcome.distancesPerQuery)
        context.check(
            "\(name): targets that cost less than the one before", expected: 0,
            measured: zip(work, work.dropFirst()).count { $1 < $0 })
    }

    /// Coarse codes that nothing ranks again cannot reach every recall.
    private func askTheImpossible() throws {
        let products: Parameters = ["nlist": 16, "m": .integer(indexed.texts.dimension / 24)]
        _ = try indexed.build(IndexDefinition(.ivfPQ, metric: IndexedTexts.metric, parameters: products))
        let refusal = Refusal.of {
            _ = try indexed.collection.search(
                SearchRequest(
                    vectors: indexed.texts.queries[0], limit: LessonData.k, parameters: ["targetRecall": 0.99]))
        }
        context.check("IVF_PQ of 24 numbers a byte, asked for 0.99", expected: .invalidArgument, measured: refusal.code)
        context.output.paragraph("the engine: \(refusal.message)", indent: 10, hanging: 2)
        context.check("its message names the remedy", expected: true, measured: refusal.message.contains("refine"))
    }
}
