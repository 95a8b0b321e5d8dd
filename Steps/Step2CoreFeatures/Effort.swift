import Apus
import Common
import Lesson

/// The search effort at which types are compared: the least that reaches a recall.
struct Effort {
    let parameters: Parameters
    let recall: Double

    /// Goes up the ladder of efforts of an index to the first step that reaches `recall` on the queries of `texts`; the
    /// best step if none does.
    static func least(
        for recall: Double, _ definition: IndexDefinition, _ collection: Apus.Collection, _ texts: LoadedTexts
    ) throws -> Effort {
        var best = Effort(parameters: [:], recall: -1)
        for parameters in definition.effortLadder(k: LessonData.k, rowCount: collection.count) {
            let found = try texts.search(collection, parameters: parameters).recall.mean
            if found > best.recall { best = Effort(parameters: parameters, recall: found) }
            if found >= recall { break }
        }
        return best
    }
}

extension LoadedTexts {
    /// Every other query, to choose settings with.
    var forChoosing: LoadedTexts { with(queries: Array(stride(from: 0, to: queries.count, by: 2))) }
    /// The queries between those, to measure settings with: a setting that was chosen with the queries it is measured
    /// with looks better than it is.
    var forMeasuring: LoadedTexts { with(queries: Array(stride(from: 1, to: queries.count, by: 2))) }
}
