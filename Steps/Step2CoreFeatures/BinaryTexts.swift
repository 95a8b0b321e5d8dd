import Apus
import Common
import Lesson

/// The signs of the embeddings as binary vectors, with the index types of bits.
struct BinaryTexts {
    let context: LessonContext
    let texts: LoadedTexts

    private static let field = "signs"
    /// Hits by bits for each neighbour that is wanted; the full vectors choose among them.
    private static let candidatesPerNeighbor = 10
    /// Of the true neighbours by cosine, those that must be among the candidates.
    private static let recallFloor = 0.9
    private static let bitRecallFloor = 0.95

    private struct Row {
        let type: IndexType
        let probes: Parameters
        let memoryBytes: Int
        let distancesPerQuery: Double
        let found: [[Hit]]
    }

    func run() throws {
        context.section("Binary vectors: the signs of the embeddings")
        let rowBytes = texts.dimension / 8
        context.say(
            "Each number becomes one bit, so a row takes \(rowBytes) bytes instead of \(texts.dimension * 4). HAMMING "
                + "counts the bits that differ.")
        let database = try Database.open(at: context.databaseFolder("binary"))
        let base = SignBits.packed(texts.base)
        let queries = SignBits.packed(texts.queries)
        let collection = try insert(base, into: database)
        var rows: [Row] = []
        for type in types {
            rows += try search(collection, type, queries, exact: rows.first)
        }
        show(rows)
        check(rows, base: base, queries: queries)
        refuse(collection)
        try database.close()
    }

    private var fieldType: DataType { .binaryVector(dimension: texts.dimension) }

    /// The exact one first.
    private var types: [IndexType] {
        [.binFlat] + IndexType.allCases.filter { $0.suits(fieldType) && $0 != .binFlat }
    }

    private func insert(_ bits: [UInt8], into database: Database) throws -> Apus.Collection {
        let collection = try database.createCollection(
            "signs", schema: Schema(fields: [Field("id", .int64), Field(Self.field, fieldType)], primaryKey: "id"),
            indexes: [Self.field: IndexDefinition(.binFlat, metric: .hamming)])
        try collection.insert([
            FieldData("id", .int64((0..<texts.base.count).map(Int64.init))),
            FieldData(Self.field, .binaryVector(bits)),
        ])
        try collection.flush()
        try collection.load()
        return collection
    }

    /// One row at the least effort that finds nearly all that `exact` found, and one at the highest.
    private func search(
        _ collection: Apus.Collection, _ type: IndexType, _ queries: [UInt8], exact: Row?
    ) throws -> [Row] {
        let definition = try IndexChoices.definition(
            type, metric: .hamming, rows: texts.base.count, dimension: texts.dimension)
        try collection.createIndex(on: Self.field, definition)
        var rows: [Row] = []
        for parameters in try ladder(definition, in: collection, queries) {
            let row = try search(collection, type, queries, parameters)
            let isEnough = exact.map { bitRecall(row, exact: $0) >= Self.bitRecallFloor } ?? true
            if isEnough { rows = rows.prefix(1) + [row] }
        }
        return rows
    }

    /// The efforts of the index in force: AUTOINDEX stands for another type where vectors are bits.
    private func ladder(
        _ definition: IndexDefinition, in collection: Apus.Collection, _ queries: [UInt8]
    ) throws -> [Parameters] {
        let first = Array(queries.prefix(texts.dimension / 8))
        let type = try collection.search(SearchRequest(queries: .dense(.binary(first)), limit: 1)).plan.indexType
        let inForce = type == definition.type ? definition : try IndexDefinition(type, metric: .hamming)
        return inForce.effortLadder(k: LessonData.k, rowCount: texts.base.count)
    }

    private func search(
        _ collection: Apus.Collection, _ type: IndexType, _ queries: [UInt8], _ parameters: Parameters
    ) throws -> Row {
        let result = try collection.search(
            SearchRequest(
                queries: .dense(.binary(queries)), limit: LessonData.k * Self.candidatesPerNeighbor,
                parameters: parameters))
        let statistics = try collection.statistics()
        return Row(
            type: type, probes: parameters, memoryBytes: statistics.vectorBytes + statistics.indexBytes,
            distancesPerQuery: Double(result.statistics.distanceComputations) / Double(texts.queries.count),
            found: result.hits)
    }

    // MARK: Recall

    /// The share of the nearest rows by bits that was found: hits at least as near as the last of the exact ones.
    private func bitRecall(_ row: Row, exact: Row) -> Double {
        let shares = zip(row.found, exact.found).map { found, exact in
            let limit = exact[LessonData.k - 1].score
            return Double(found.prefix(LessonData.k).count { $0.score <= limit }) / Double(LessonData.k)
        }
        return shares.reduce(0, +) / Double(shares.count)
    }

    /// The recall of the true neighbours by the full vectors: among the first `k` hits, or among all candidates when
    /// the full vectors rank these again.
    private func recall(_ row: Row, ranked: Bool) -> Double {
        let lists = row.found.enumerated().map { query, hits in
            ranked ? rankedAgain(hits, query) : hits.map(\.primaryKey.row)
        }
        return texts.recall(lists).mean
    }

    private func rankedAgain(_ hits: [Hit], _ query: Int) -> [Int32] {
        hits.map(\.primaryKey.row).map { row in
            (row, RealTexts.distance.between(texts.base, row: Int(row), texts.queries, query: query))
        }.sorted { ($0.1, $0.0) < ($1.1, $1.0) }.map(\.0)
    }

    private func show(_ rows: [Row]) {
        var table = TextTable(
            .left("index"), .left("effort"), .right("in memory"), .right("distances/query"),
            .right("recall, bits"), .right("vectors"), .right("ranked again"))
        for row in rows {
            table.add(
                row.type.rawValue, row.probes.isEmpty ? "all rows" : row.probes.text,
                NumberText.bytes(Double(row.memoryBytes)), NumberText.grouped(row.distancesPerQuery),
                NumberText.fixed(bitRecall(row, exact: rows[0]), 3), NumberText.fixed(recall(row, ranked: false), 3),
                NumberText.fixed(recall(row, ranked: true), 3))
        }
        context.show(table)
        context.say(
            "The recall of bits counts against the exact search by bits, the others against the true neighbours by the "
                + "full vectors. The last column takes the \(LessonData.k * Self.candidatesPerNeighbor) nearest by bits and lets the full "
                + "vectors choose \(LessonData.k) of them, as an index with refine does inside.")
    }

    private func check(_ rows: [Row], base: [UInt8], queries: [UInt8]) {
        context.check(
            "types of binary vectors that were built", expected: types.count, measured: Set(rows.map(\.type)).count)
        guard let flat = rows.first(where: { $0.type == .binFlat }) else { return }
        let wrong = flat.found.enumerated().reduce(0) { sum, list in
            sum + list.element.count { Int($0.score) != differing(base, Int($0.primaryKey.row), queries, list.offset) }
        }
        context.check("scores that are not the number of differing bits", expected: 0, measured: wrong)
        for row in rows where row.distancesPerQuery < flat.distancesPerQuery {
            context.check(
                "\(row.type.rawValue) \(row.probes.text) finds most of what BIN_FLAT finds: recall",
                atLeast: Self.bitRecallFloor, measured: bitRecall(row, exact: flat))
        }
        for row in rows where row.type == .binIVFFlat && row.distancesPerQuery >= flat.distancesPerQuery {
            context.check(
                "all lists probed, every row is found: recall", expected: 1.0, measured: bitRecall(row, exact: flat))
        }
        context.check(
            "bits find candidates, full vectors choose: recall", atLeast: Self.recallFloor,
            measured: recall(flat, ranked: true))
        context.check(
            "bits take a thirty-second of the memory: share", atMost: 0.04,
            measured: Double(flat.memoryBytes) / Double(texts.base.count * texts.dimension * 4))
    }

    private func differing(_ base: [UInt8], _ row: Int, _ queries: [UInt8], _ query: Int) -> Int {
        let bytes = texts.dimension / 8
        return SignBits.differing(
            base[row * bytes..<(row + 1) * bytes], queries[query * bytes..<(query + 1) * bytes])
    }

    private func refuse(_ collection: Apus.Collection) {
        let refusal = Refusal.of {
            try collection.createIndex(on: Self.field, IndexDefinition(.binFlat, metric: .cosine))
        }
        context.check("COSINE of bits", expected: .invalidArgument, measured: refusal.code)
        context.output.paragraph("the engine: \(refusal.message)", indent: 10, hanging: 2)
        context.check("its message names HAMMING", expected: true, measured: refusal.message.contains("HAMMING"))
    }
}
