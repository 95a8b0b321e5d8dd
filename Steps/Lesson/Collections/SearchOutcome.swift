import Apus
import Common

/// What searching for the queries of the real texts came to.
public struct SearchOutcome: Sendable {
    public let recall: RecallEstimate
    /// Of the fastest pass over the queries.
    public let seconds: Double
    public let queriesPerSecond: Double
    public let distancesPerQuery: Double
    /// Of the last query.
    public let plan: SearchPlan
}

extension LoadedTexts {
    /// Searches for the `LessonData.k` neighbours of every query, one query at a time on this thread.
    ///
    /// - Parameters:
    ///   - parameters: of the search.
    ///   - passes: how often; the fastest pass is taken, since other programs can only slow one down.
    public func search(
        _ collection: Apus.Collection, parameters: Parameters = [:], passes: Int = 1
    ) throws -> SearchOutcome {
        precondition(passes > 0 && queries.count > 0, "a search needs queries and a pass over them")
        var best = Double.infinity
        var last: (found: [[Int32]], work: Int, plan: SearchPlan)?
        for _ in 0..<passes {
            let (pass, seconds) = try MonotonicClock.seconds { try searchOnce(collection, parameters) }
            best = min(best, seconds)
            last = pass
        }
        let count = Double(queries.count)
        return SearchOutcome(
            recall: recall(last!.found), seconds: best, queriesPerSecond: count / best,
            distancesPerQuery: Double(last!.work) / count, plan: last!.plan)
    }

    private func searchOnce(
        _ collection: Apus.Collection, _ parameters: Parameters
    ) throws -> (found: [[Int32]], work: Int, plan: SearchPlan) {
        var found: [[Int32]] = []
        var work = 0
        var plan: SearchPlan?
        for query in 0..<queries.count {
            let result = try collection.search(
                SearchRequest(vectors: queries[query], limit: LessonData.k, parameters: parameters))
            found.append(result.hits[0].map(\.primaryKey.row))
            work += result.statistics.distanceComputations
            plan = result.plan
        }
        return (found, work, plan!)
    }
}

extension SearchPlan {
    /// The index type and the parameters in force: "HNSW ef=16".
    public var name: String { parameters.isEmpty ? indexType.rawValue : "\(indexType.rawValue) \(parameters.text)" }
}

extension Parameters {
    /// In the order of their names: "M=16, efConstruction=200".
    public var text: String { sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ", ") }
}
