import Apus
import Common

/// The small seeded run of the regression gate. A few seconds.
struct GateRun {
    static let kernels = "scalar"

    private static let metrics: [Metric] = [.l2, .cosine]
    private static let clusteredRows = 5_000
    private static let clusteredDimension = 64
    private static let textRows = 2_000
    private static let queryCount = 200
    private static let k = 10
    private static let seed: UInt64 = 42

    private struct DataSet {
        let name: String
        let base: VectorSet
        let queries: VectorSet
    }

    let buildThreads: Int

    /// Measures everything with the kernels in use.
    func measure() throws -> GateBaseline {
        let folder = try WorkFolder(nil)
        let database = try Database.open(
            at: folder.path, options: DatabaseOptions(buildThreads: buildThreads))
        defer { try? database.close() }
        var entries: [GateEntry] = []
        for data in try [Self.clustered(), Self.texts()] {
            for metric in Self.metrics { entries += try measure(data, metric, in: database) }
        }
        return GateBaseline(kernels: Processors.kernelVariant, entries: entries)
    }

    private func measure(_ data: DataSet, _ metric: Metric, in database: Database) throws -> [GateEntry] {
        let distance = Distance(rawValue: metric.rawValue)!
        let truth = GroundTruth.exact(
            base: data.base, queries: data.queries, distance: distance, k: Self.k)
        var entries = [
            GateEntry(
                name: "\(data.name) \(metric.rawValue)",
                values: [
                    .init("base", .string(DataDigest.of(data.base))),
                    .init("queries", .string(DataDigest.of(data.queries))),
                    .init("neighbors", .string(DataDigest.of(truth.ids))),
                ])
        ]
        let build = StandardBuild(rows: data.base.count, dimension: data.base.dimension)
        for type in StandardBuild.types {
            entries += try measure(build.specification(type), type, data, truth, metric, in: database)
        }
        return entries
    }

    private func measure(
        _ index: IndexSpecification, _ type: IndexType, _ data: DataSet, _ truth: Neighbors, _ metric: Metric,
        in database: Database
    ) throws -> [GateEntry] {
        let indexed = try IndexedCollection.make(
            Self.collectionName, in: database, base: data.base, definition: IndexDefinition(index, metric: metric),
            batchRows: 1_000)
        try indexed.collection.load()
        let entries = try parseSearchGrid(Self.searches(of: type)).map { search in
            try entry(
                named: [data.name, metric.rawValue, index.description, search.description].filter { !$0.isEmpty }
                    .joined(separator: " "), data, truth, Distance(rawValue: metric.rawValue)!, search, indexed)
        }
        try database.dropCollection(Self.collectionName)
        return entries
    }

    private static let collectionName = "gate"

    /// A narrow and a wide search of each type.
    private static func searches(of type: IndexType) -> String {
        switch type {
        case .flat, .binFlat, .sparseInvertedIndex, .sparseWAND: ""
        case .ivfFlat, .ivfSQ8, .binIVFFlat: "nprobe=4,16"
        case .ivfPQ, .ivfRaBitQ: "nprobe=4,16 refine_k=4"
        case .scann: "nprobe=4,16 reorder_k=50"
        case .hnsw, .hnswSQ: "ef=16,64"
        case .hnswPQ: "ef=16,64 refine_k=4"
        case .diskANN: "search_list=16,64"
        case .autoIndex: "level=1,4"
        }
    }

    private func entry(
        named name: String, _ data: DataSet, _ truth: Neighbors, _ distance: Distance,
        _ search: ParameterList,
        _ indexed: IndexedCollection
    ) throws -> GateEntry {
        let plan = QueryPlan(
            data.queries, mode: .single, threads: 1, k: Self.k, parameters: Parameters(search),
            seed: Self.seed)
        let load = SearchLoad(
            indexed.collection, requests: plan.requests, dimension: data.base.dimension, threads: 1)
        let answers = try load.answers()
        let recalls = Recall.perQuery(
            found: plan.byQuery(answers.keys), truth: truth, base: data.base, queries: data.queries,
            distance: distance, k: Self.k)
        let found = recalls.reduce(0) { $0 + Int(($1 * Double(Self.k)).rounded()) }
        let statistics = try indexed.collection.statistics()
        let digests = statistics.segments.flatMap(\.indexes).map(\.digest)
        return GateEntry(
            name: name,
            values: [
                .init("recall", .number(Double(found) / Double(recalls.count * Self.k))),
                .init("distance_computations", .integer(Int64(answers.statistics.distanceComputations))),
                .init("nodes_expanded", .integer(Int64(answers.statistics.nodesExpanded))),
                .init("index_bytes", .integer(Int64(statistics.indexBytes))),
                .init(
                    "build_digest", digests.isEmpty ? .null : .string(digests.joined(separator: "+"))),
            ])
    }

    private static func clustered() -> DataSet {
        let model = ClusteredDistribution(dimension: clusteredDimension, seed: seed)
        return DataSet(
            name: "clustered-\(clusteredRows)x\(clusteredDimension)",
            base: model.vectors(clusteredRows, seed: seed &+ 1),
            queries: model.vectors(queryCount, seed: seed &+ 2))
    }

    private static func texts() throws -> DataSet {
        let folder = try DataSets.folder(RealTexts.name)
        return DataSet(
            name: "\(RealTexts.name)-first-\(textRows)",
            base: try VectorFile.read(folder + "/base.npy", rows: textRows),
            queries: try VectorFile.read(folder + "/queries.npy", rows: queryCount))
    }
}
