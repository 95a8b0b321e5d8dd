import Apus
import Common
import Lesson

/// The calls of a collection, one after the other, each with its effect.
struct Operations {
    let context: LessonContext
    let rows: LessonRows
    let collection: Apus.Collection

    private static let byColumns = 0..<1_000
    private static let byRows = 1_000..<1_010

    private var texts: LoadedTexts { rows.texts }

    func insert() throws {
        context.section("Insert")
        let (first, seconds) = try MonotonicClock.seconds {
            try collection.insert(rows.columns(Self.byColumns))
        }
        context.say(
            "\(first.rowCount) rows by columns in \(NumberText.short(seconds * 1_000)) ms, durable when the call "
                + "returned; it was write number \(first.sequence).")
        let second = try collection.insert(rows: Self.byRows.map(rows.entity))
        context.check("rows inserted one by one", expected: Self.byRows.count, measured: second.rowCount)
        context.check("rows in the collection", expected: Self.byRows.upperBound, measured: collection.count)
    }

    func getAndSearch() throws {
        context.section("Get and search")
        try collection.load()
        let entity = try collection.get(keys: [1])[0] ?? [:]
        var table = TextTable(.left("field of entity 1"), .left("value"))
        for field in collection.schema.fields {
            table.add(field.name, TextWrap.shortened("\(entity[field.name] ?? .null)", to: 65))
        }
        context.show(table)
        context.check(
            "a field left out has its default", expected: "\"en\"", measured: "\(entity["language"] ?? .null)"
        )
        let without = Self.byColumns.first { rows.example($0) == nil } ?? 0
        let empty = try collection.get(keys: [.integer(Int64(without))], outputFields: ["example"])[0]
        context.check(
            "a field without a value is null", expected: "null", measured: "\(empty?["example"] ?? "nothing")"
        )
        try findEachByItsVector()
    }

    private func findEachByItsVector() throws {
        let some = stride(from: 0, to: Self.byRows.upperBound, by: 10).map { $0 }
        let found = try some.count { row in
            let request = SearchRequest(
                vectors: texts.base[row], limit: 1, parameters: ["ef": 100], outputFields: ["lemma"])
            let hit = try collection.search(request).hits[0][0]
            return hit.primaryKey == .integer(Int64(row))
                && hit.fields["lemma"] == .text(texts.texts[row].lemma)
        }
        context.check("rows that are found by their own vector", expected: some.count, measured: found)
    }

    func replaceAndDelete() throws {
        context.section("Upsert and delete")
        let before = collection.count
        var entity = rows.entity(5)
        entity["language"] = "de"
        try collection.upsert(rows: [entity])
        let replaced = try collection.get(keys: [5], outputFields: ["language"])[0]
        context.check(
            "an upsert replaces: the new value", expected: "\"de\"",
            measured: "\(replaced?["language"] ?? .null)")
        context.check("and the number of rows stays", expected: before, measured: collection.count)
        let gone = try collection.delete(keys: [6, 7, 999_999])
        context.check(
            "rows deleted, of two keys that are there and one that is not", expected: 2,
            measured: gone.rowCount)
        context.check("rows left", expected: before - 2, measured: collection.count)
        let got = try collection.get(keys: [6])[0]
        context.check(
            "a deleted entity got by key", expected: "nothing", measured: got == nil ? "nothing" : "an entity"
        )
        let hits = try collection.search(SearchRequest(vectors: texts.base[6], limit: 10)).hits[0]
        context.check(
            "a deleted entity among the hits of its own vector", expected: 0,
            measured: hits.count { $0.primaryKey == 6 })
    }

    func sealAndMeasure() throws {
        context.section("Flush and statistics")
        let before = try collection.statistics()
        try collection.flush()
        let after = try collection.statistics()
        var table = TextTable(.left(""), .right("before flush"), .right("after flush"))
        table.add("rows", "\(before.liveRows)", "\(after.liveRows)")
        table.add("rows in memory and log only", "\(before.unsealedRows)", "\(after.unsealedRows)")
        table.add("sealed segments", "\(before.segments.count)", "\(after.segments.count)")
        table.add("on disk", Self.bytes(before.diskBytes), Self.bytes(after.diskBytes))
        table.add(
            "vectors of segments in memory", Self.bytes(before.vectorBytes), Self.bytes(after.vectorBytes))
        table.add("indexes in memory", Self.bytes(before.indexBytes), Self.bytes(after.indexBytes))
        context.show(table)
        context.check("rows that are not sealed after flush", expected: 0, measured: after.unsealedRows)
        context.check(
            "statistics count what count says", expected: collection.count, measured: after.liveRows)
        let result = try collection.search(SearchRequest(vectors: texts.queries[0], limit: 10))
        context.say(
            "A search now uses \(result.plan.indexType.rawValue) by \(result.plan.metric.rawValue): "
                + "\(result.statistics.distanceComputations) distances for \(result.statistics.liveRows) rows."
        )
    }

    private static func bytes(_ count: Int) -> String { NumberText.bytes(Double(count)) }
}
