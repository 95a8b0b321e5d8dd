import Apus
import Common
import Lesson

/// The same queries one by one and in batches: the same answers, and where a batch pays.
struct BatchGain {
    let context: LessonContext
    let indexed: IndexedTexts

    private static let types: [IndexType] = [.flat, .ivfFlat, .hnsw]
    private static let passes = 3

    private struct Answer {
        let hits: [[Hit]]
        let distances: Int
        let seconds: Double
    }

    func run() throws {
        context.section("Batches")
        context.say(
            "\(indexed.texts.queries.count) queries, each in a request of its own and all in one request, on one "
                + "thread, at default parameters.")
        var table = TextTable(
            .left("index"), .right("one by one, queries/s"), .right("in a batch"), .right("gain"),
            .right("distances/query"))
        var checks: [(type: IndexType, single: Answer, batch: Answer)] = []
        for type in Self.types {
            _ = try indexed.build(indexed.definition(type))
            let single = try fastest { try oneByOne() }
            let batch = try fastest { try together() }
            let queries = Double(indexed.texts.queries.count)
            table.add(
                type.rawValue, NumberText.short(queries / single.seconds), NumberText.short(queries / batch.seconds),
                NumberText.fixed(single.seconds / batch.seconds, 1) + "x",
                NumberText.grouped(Double(batch.distances) / queries))
            checks.append((type, single, batch))
        }
        context.show(table)
        for (type, single, batch) in checks {
            context.check(
                "\(type.rawValue): queries with the same hits and scores in a batch",
                expected: single.hits.count, measured: zip(single.hits, batch.hits).count { $0 == $1 })
        }
    }

    private func oneByOne() throws -> Answer {
        let texts = indexed.texts
        var hits: [[Hit]] = []
        var distances = 0
        let (_, seconds) = try MonotonicClock.seconds {
            for query in 0..<texts.queries.count {
                let result = try indexed.collection.search(
                    SearchRequest(vectors: texts.queries[query], limit: LessonData.k))
                hits += result.hits
                distances += result.statistics.distanceComputations
            }
        }
        return Answer(hits: hits, distances: distances, seconds: seconds)
    }

    private func together() throws -> Answer {
        let request = SearchRequest(vectors: indexed.texts.queries.values, limit: LessonData.k)
        let (result, seconds) = try MonotonicClock.seconds { try indexed.collection.search(request) }
        return Answer(
            hits: result.hits, distances: result.statistics.distanceComputations, seconds: seconds)
    }

    private func fastest(_ search: () throws -> Answer) rethrows -> Answer {
        var best = try search()
        for _ in 1..<Self.passes {
            let next = try search()
            if next.seconds < best.seconds { best = next }
        }
        return best
    }
}
