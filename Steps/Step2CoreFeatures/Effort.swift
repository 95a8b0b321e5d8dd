import Apus
import Common
import Lesson

/// The search effort at which types are compared: the least that reaches a recall.
enum Effort {
    /// Candidates that are ranked again for each neighbour that is asked for.
    private static let candidatesPerNeighbor = [2, 5, 10, 20]

    /// The setting that reaches `recall` on the queries of `texts` with the fewest distances; the one that finds most if
    /// none does.
    static func least(
        for recall: Double, _ definition: IndexDefinition, _ collection: Apus.Collection, _ texts: LoadedTexts
    ) throws -> Parameters {
        var tried: [(parameters: Parameters, outcome: SearchOutcome)] = []
        for ladder in try ladders(definition, rows: collection.count) {
            for parameters in ladder {
                let outcome = try texts.search(collection, parameters: parameters)
                tried.append((parameters, outcome))
                if outcome.recall.mean >= recall { break }
            }
        }
        let reached = tried.filter { $0.outcome.recall.mean >= recall }
        let least = reached.min { $0.outcome.distancesPerQuery < $1.outcome.distancesPerQuery }
        return (least ?? tried.max { $0.outcome.recall.mean < $1.outcome.recall.mean })?.parameters ?? [:]
    }

    /// Settings of rising effort: one ladder, or one for each share of candidates that is ranked again.
    private static func ladders(_ definition: IndexDefinition, rows: Int) throws -> [[Parameters]] {
        func grid(_ values: [(name: String, value: ParameterValue)]) throws -> [[Parameters]] {
            let probes = try probeLadder(definition, rows: rows)
            return values.map { ranked in probes.map { $0.merging([ranked.name: ranked.value]) { $1 } } }
        }
        switch definition.type {
        case .scann:
            return try grid(candidatesPerNeighbor.map { ("reorder_k", .integer($0 * LessonData.k)) })
        case .ivfPQ, .ivfRaBitQ:
            return try grid(candidatesPerNeighbor.map { ("refine_k", .integer($0)) })
        default: return [definition.effortLadder(k: LessonData.k, rowCount: rows)]
        }
    }

    /// The steps of an index of lists that has no second parameter.
    private static func probeLadder(_ definition: IndexDefinition, rows: Int) throws -> [Parameters] {
        let lists = definition.parameters.filter { $0.key == "nlist" }
        return try IndexDefinition(.ivfFlat, metric: definition.metric, parameters: lists)
            .effortLadder(k: LessonData.k, rowCount: rows)
    }
}

extension LoadedTexts {
    /// Every other query, to choose settings with.
    var forChoosing: LoadedTexts { with(queries: Array(stride(from: 0, to: queries.count, by: 2))) }
    /// The queries between those, to measure settings with: a setting that was chosen with the queries it is measured
    /// with looks better than it is.
    var forMeasuring: LoadedTexts { with(queries: Array(stride(from: 1, to: queries.count, by: 2))) }
}
