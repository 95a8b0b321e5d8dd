import Apus
import Common
import Lesson

/// The same vectors searched by L2, IP and COSINE: first all of length 1, then with one that is longer.
struct MetricComparison {
    let context: LessonContext
    let texts: LoadedTexts
    let database: Database

    private static let rowCount = 1_000
    private static let k = 10
    /// Scores that differ by less may change places: the metrics round differently.
    private static let rounding: Float = 2e-6
    private static let stretch: Float = 10
    /// The query whose hits are shown.
    private static let shownQuery = 19

    private var queries: Range<Int> { 0..<min(100, texts.queries.count) }

    func run() throws {
        context.section("Metrics")
        var hits: [Metric: [[Hit]]] = [:]
        for metric in Metric.dense { hits[metric] = try search(metric, stretched: nil) }
        guard let l2 = hits[.l2], let innerProduct = hits[.innerProduct], let cosine = hits[.cosine] else {
            return
        }
        showOne(l2[Self.shownQuery], innerProduct[Self.shownQuery], cosine[Self.shownQuery])
        let asInnerProduct = l2.map { list in list.map { ($0.primaryKey, 1 - $0.score / 2) } }
        let sameAsL2 = queries.count { Self.sameOrder(asInnerProduct[$0], Self.ranked(innerProduct[$0])) }
        let sameAsCosine = queries.count {
            Self.sameOrder(Self.ranked(cosine[$0]), Self.ranked(innerProduct[$0]))
        }
        context.check("queries with the same order by L2 and IP", expected: queries.count, measured: sameAsL2)
        context.check(
            "queries with the same order by COSINE and IP", expected: queries.count, measured: sameAsCosine)
        try compareLengths(innerProduct, cosine)
    }

    /// What a vector of ten times the length does to the order.
    private func compareLengths(_ innerProduct: [[Hit]], _ cosine: [[Hit]]) throws {
        let long = Int(innerProduct[0][0].primaryKey.row)
        let byProduct = try search(.innerProduct, stretched: long)
        let byCosine = try search(.cosine, stretched: long)
        let key = PrimaryKey.integer(Int64(long))
        func appearances(_ hits: [[Hit]]) -> Int { hits.count { $0.contains { $0.primaryKey == key } } }
        context.say(
            "Made \(Int(Self.stretch)) times as long, \"\(texts.texts[long].lemma)\" is among the first ten of "
                + "\(appearances(byProduct)) of \(queries.count) queries by IP, of \(appearances(byCosine)) by COSINE; "
                + "before it was \(appearances(innerProduct)).")
        context.check(
            "COSINE does not see length: appearances", expected: appearances(cosine),
            measured: appearances(byCosine))
        context.check(
            "IP does: appearances", atLeast: appearances(innerProduct) + 1, measured: appearances(byProduct))
    }

    private func search(_ metric: Metric, stretched: Int?) throws -> [[Hit]] {
        let name = "metric_\(metric.rawValue)" + (stretched == nil ? "" : "_stretched")
        let collection = try database.createCollection(
            name, schema: Glosses.schema(dimension: texts.dimension),
            indexes: [Glosses.vectorField: IndexDefinition(.flat, metric: metric)])
        let vectors = VectorSet(
            rows: (0..<Self.rowCount).map { row in
                VectorMath.normalised(texts.base.row(row)).map { row == stretched ? $0 * Self.stretch : $0 }
            })
        try collection.insert(Glosses.columns(texts.texts, vectors, rows: 0..<Self.rowCount))
        try collection.load()
        let all = queries.flatMap { VectorMath.normalised(texts.queries.row($0)) }
        let hits = try collection.search(SearchRequest(vectors: all, limit: Self.k)).hits
        try database.dropCollection(name)
        return hits
    }

    private func showOne(_ l2: [Hit], _ innerProduct: [Hit], _ cosine: [Hit]) {
        context.say(
            "The first three hits of \"\(texts.queryTexts[Self.shownQuery].lemma)\" in each metric, with their scores:"
        )
        var table = TextTable(.left("L2, smaller is closer"), .left("IP, larger is closer"), .left("COSINE"))
        for rank in 0..<3 { table.add(cell(l2[rank]), cell(innerProduct[rank]), cell(cosine[rank])) }
        context.show(table)
    }

    private func cell(_ hit: Hit) -> String {
        let lemma = TextWrap.shortened(texts.texts[Int(hit.primaryKey.row)].lemma, to: 16)
        return "\(NumberText.fixed(Double(hit.score), 4)) \(lemma)"
    }

    private static func ranked(_ hits: [Hit]) -> [(PrimaryKey, Float)] {
        hits.map { ($0.primaryKey, $0.score) }
    }

    private static func sameOrder(_ left: [(PrimaryKey, Float)], _ right: [(PrimaryKey, Float)]) -> Bool {
        left.count == right.count
            && zip(left, right).allSatisfy { $0.0 == $1.0 || abs($0.1 - $1.1) <= rounding }
    }
}
