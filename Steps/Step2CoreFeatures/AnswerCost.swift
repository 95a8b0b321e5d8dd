import Apus
import Common
import Lesson

/// What the size of an answer costs, and distances as a cost that no clock is needed for.
struct AnswerCost {
    let context: LessonContext
    let indexed: IndexedTexts

    private static let limits = [1, 10, 100]
    private static let breadth = 128
    private static let passes = 3

    func run() throws {
        _ = try indexed.build(indexed.definition(.hnsw))
        try limit()
        try outputFields()
        try counters()
    }

    private func limit() throws {
        context.section("How many hits")
        var table = TextTable(
            .right("limit"), .right("distances at ef=\(Self.breadth)"), .right("queries/s"),
            .right("distances at default ef"), .right("queries/s"))
        var fixed: [Int] = []
        var adapted: [Int] = []
        for limit in Self.limits {
            let wide = try search(limit, ["ef": .integer(Self.breadth)])
            let narrow = try search(limit, [:])
            fixed.append(wide.distances)
            adapted.append(narrow.distances)
            table.add(
                "\(limit)", perQuery(wide.distances), rate(wide.seconds), perQuery(narrow.distances),
                rate(narrow.seconds))
        }
        context.show(table)
        context.say(
            "A walk keeps ef rows in view whatever is asked for, so more hits are nearly free while ef stays; ef must be "
                + "at least the limit, and there a large limit costs.")
        context.check(
            "with the same ef the work is the same: different counts", expected: 1, measured: Set(fixed).count)
        context.check(
            "with the default ef 100 hits cost more than 10: distances", atLeast: adapted[1] + 1, measured: adapted[2])
    }

    private func outputFields() throws {
        context.section("Output fields")
        var table = TextTable(.left("output fields"), .right("distances/query"), .right("microseconds/query"))
        var counts: Set<Int> = []
        var missing = 0
        for fields in [[], ["lemma"], ["lemma", "gloss"], ["lemma", "gloss", IndexedTexts.field]] {
            let (hits, distances, seconds) = try search(LessonData.k, [:], fields)
            counts.insert(distances)
            missing += hits.joined().count { Set($0.fields.keys) != Set(fields) }
            table.add(
                fields.isEmpty ? "none, the key only" : fields.joined(separator: ", "), perQuery(distances),
                NumberText.fixed(seconds / Double(indexed.texts.queries.count) * 1e6, 1))
        }
        context.show(table)
        context.say(
            "Fields are read for the winners only. Texts are in memory; a vector is the largest thing to return, and "
                + "rarely needed.")
        context.check("output fields do not change the work: different counts", expected: 1, measured: counts.count)
        context.check("hits with other fields than asked for", expected: 0, measured: missing)
    }

    private func counters() throws {
        context.section("Work without a clock")
        let first = try search(LessonData.k, [:])
        let second = try search(LessonData.k, [:])
        context.say(
            "Twice the same queries: \(first.distances) and \(second.distances) distances, "
                + "\(milliseconds(first.seconds)) and \(milliseconds(second.seconds)) ms.")
        context.check("distances of the second run", expected: first.distances, measured: second.distances)
        context.check("the hits are the same", expected: true, measured: first.hits == second.hits)
    }

    private func search(
        _ limit: Int, _ parameters: Parameters, _ fields: [String] = []
    ) throws -> (hits: [[Hit]], distances: Int, seconds: Double) {
        var best = Double.infinity
        var hits: [[Hit]] = []
        var distances = 0
        for _ in 0..<Self.passes {
            (hits, distances) = ([], 0)
            let start = MonotonicClock.nanoseconds()
            for query in 0..<indexed.texts.queries.count {
                let result = try indexed.collection.search(
                    SearchRequest(
                        vectors: indexed.texts.queries[query], limit: limit, parameters: parameters,
                        outputFields: fields))
                hits += result.hits
                distances += result.statistics.distanceComputations
            }
            best = min(best, Double(MonotonicClock.nanoseconds() - start) * 1e-9)
        }
        return (hits, distances, best)
    }

    private func perQuery(_ distances: Int) -> String {
        NumberText.grouped(Double(distances) / Double(indexed.texts.queries.count))
    }

    private func milliseconds(_ seconds: Double) -> String { NumberText.fixed(seconds * 1e3, 2) }

    private func rate(_ seconds: Double) -> String {
        NumberText.short(Double(indexed.texts.queries.count) / seconds)
    }
}
