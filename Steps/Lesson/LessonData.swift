import Common
import Synchronization

/// The real texts of the lessons, read once for all lessons of a run.
public final class LessonData: Sendable {
    private let scale: LessonScale
    private let loaded = Mutex<LoadedTexts?>(nil)

    /// Rows and queries of a quick run.
    private static let quickRows = 3_000
    private static let quickQueries = 100
    /// Neighbours of each query that lessons compare with.
    public static let k = 10

    public init(scale: LessonScale) { self.scale = scale }

    /// The texts with their exact neighbours: all of them, or the first of both in a quick run.
    ///
    /// - Throws: `DataError` when the data are not there or not whole.
    public func texts() throws -> LoadedTexts {
        try loaded.withLock { loaded in
            if let loaded { return loaded }
            let texts = try read()
            loaded = texts
            return texts
        }
    }

    private func read() throws -> LoadedTexts {
        switch scale {
        case .full:
            let all = try RealTexts.load()
            return LoadedTexts(
                name: all.name, base: all.base, texts: all.texts, queries: all.queries,
                queryTexts: all.queryTexts,
                truth: all.exactNeighbors(k: Self.k))
        case .quick:
            let part = try RealTexts.load(rows: Self.quickRows)
            let queries = part.queries.prefix(Self.quickQueries)
            let truth = GroundTruth.exact(
                base: part.base, queries: queries, distance: RealTexts.distance, k: Self.k)
            return LoadedTexts(
                name: part.name, base: part.base, texts: part.texts, queries: queries,
                queryTexts: Array(part.queryTexts.prefix(queries.count)), truth: truth)
        }
    }
}

/// Glosses with their embeddings, queries and the exact neighbours of these.
public struct LoadedTexts: Sendable {
    public let name: String
    public let base: VectorSet
    public let texts: [Gloss]
    public let queries: VectorSet
    public let queryTexts: [Gloss]
    /// The `LessonData.k` nearest rows of each query.
    public let truth: Neighbors

    public var dimension: Int { base.dimension }

    /// The same texts with some of the queries, of which there must be one.
    public func with(queries chosen: [Int]) -> LoadedTexts {
        let ids = chosen.flatMap { truth.ids.row($0) }
        return LoadedTexts(
            name: name, base: base, texts: texts, queries: VectorSet(rows: chosen.map { queries[$0] }),
            queryTexts: chosen.map { queryTexts[$0] },
            truth: Neighbors(ids: IntegerSet(width: truth.ids.width, ids: ids)))
    }

    /// The mean recall at `LessonData.k` of what a search found, rows given by their numbers.
    public func recall(_ found: [[Int32]]) -> RecallEstimate {
        let perQuery = Recall.perQuery(
            found: found, truth: truth, base: base, queries: queries, distance: RealTexts.distance,
            k: LessonData.k)
        return Recall.estimate(perQuery, k: LessonData.k)
    }
}
