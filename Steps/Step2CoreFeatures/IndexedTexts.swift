import Apus
import Common
import Lesson

/// The embeddings of the real texts in a collection of their own, which is indexed one way after the other.
final class IndexedTexts {
    let texts: LoadedTexts
    let collection: Apus.Collection
    private let database: Database
    /// Bytes of the collection's files without an index.
    private let bytesWithoutIndex: Int

    static let field = Glosses.vectorField
    static let metric = Metric.innerProduct
    private static let batchRows = 2_000

    /// Inserts the first `rows` of the texts, searched exactly to begin with.
    init(
        _ texts: LoadedTexts, rows: Int? = nil, folder: String, options: DatabaseOptions = DatabaseOptions()
    ) throws {
        self.texts = texts
        database = try Database.open(at: folder, options: options)
        collection = try database.createCollection(
            "glosses", schema: Glosses.schema(dimension: texts.dimension),
            indexes: [Self.field: IndexDefinition(.flat, metric: Self.metric)])
        for rows in Glosses.batches(of: rows ?? texts.base.count, size: Self.batchRows) {
            try collection.insert(Glosses.columns(texts, rows: rows))
        }
        try collection.flush()
        try collection.load()
        bytesWithoutIndex = try collection.statistics().diskBytes
    }

    func close() throws { try database.close() }

    /// The index types that suit the field, in the engine's order.
    var suitableTypes: [IndexType] {
        IndexType.allCases.filter { $0.suits(.floatVector(dimension: texts.dimension)) }
    }

    func definition(_ type: IndexType) throws -> IndexDefinition {
        try IndexChoices.definition(
            type, metric: Self.metric, rows: collection.count, dimension: texts.dimension)
    }

    /// Bytes of the full rows.
    var rowBytes: Int { collection.count * texts.dimension * MemoryLayout<Float>.stride }

    /// What an index took to build, and takes now.
    struct Build {
        let seconds: Double
        let processorSeconds: Double
        /// Of vectors and index together.
        let memoryBytes: Int
        /// Of the index in files.
        let fileBytes: Int
    }

    /// Replaces the index of the field.
    func build(_ definition: IndexDefinition) throws -> Build {
        let progress = Progress("building \(definition.type.rawValue)", total: collection.count)
        defer { progress.finish() }
        let processorStart = ProcessorTime.processSeconds()
        let (_, seconds) = try MonotonicClock.seconds {
            try collection.createIndex(on: Self.field, definition, progress: progress.asBuildProgress)
        }
        let processorSeconds = ProcessorTime.processSeconds() - processorStart
        let statistics = try collection.statistics()
        return Build(
            seconds: seconds, processorSeconds: processorSeconds,
            memoryBytes: statistics.vectorBytes + statistics.indexBytes,
            fileBytes: max(0, statistics.diskBytes - bytesWithoutIndex))
    }

    /// The digests of the index that is in force, of each segment.
    func digests() throws -> [String] {
        try collection.statistics().segments.flatMap { $0.indexes.map(\.digest) }
    }
}
