import Common
import TestSupport
import Testing

@testable import Apus

/// Filters find the rows that a plain evaluator finds, which looks at one row after the other with the three truth values
/// of SQL: in sealed columns, in growing ones, with indexes and without, and under names that mean the same.
@Suite struct FilterModelTests {
    private static let worlds = 60
    private static let filtersPerWorld = 25

    @Test func filtersFindWhatAPlainEvaluatorFinds() throws {
        let seed = testSeed(7_001)
        for world in 0..<Self.worlds {
            try check(seed: seed &+ UInt64(world))
        }
    }

    private func check(seed: UInt64) throws {
        var world = try FilterWorld(seed: seed)
        let blocks = try FilterBlocks(world.rows, schema: world.schema, seed: seed)
        for number in 0..<Self.filtersPerWorld {
            let filter = world.filter()
            guard let failure = failure(of: filter, seed: seed, world, blocks) else { continue }
            let (least, reason) = shrink(filter, reason: failure, seed: seed, world, blocks)
            Issue.record("APUS_TEST_SEED=\(seed), filter \(number): \(reason)\nshrunk from \(filter) to \(least)")
            return
        }
    }

    /// What is wrong with the answers for a filter; nil if they are right.
    private func failure(
        of plain: PlainFilter, seed: UInt64, _ world: FilterWorld, _ blocks: FilterBlocks
    ) -> String? {
        var writer = PlainFilterText(seed: seed)
        let text = writer.text(plain)
        do {
            let filter = try Filter(text, values: writer.values, schema: world.schema)
            let expected = world.rows.indices.filter { plain.holds(world.rows[$0]) == true }
            for (name, block) in blocks.all {
                let found = rows(filter.rows(in: block))
                guard found != expected else { continue }
                let row = world.rows.indices.first { found.contains($0) != expected.contains($0) }!
                return "\(text) with \(writer.values), canonical \(filter.normalized): \(name) "
                    + "\(found.contains(row) ? "finds" : "misses") row \(row): \(world.rows[row])"
            }
            return nil
        } catch {
            return "\(text) with \(writer.values): \(error)"
        }
    }

    private func rows(_ set: RowSet) -> [Int] {
        var rows: [Int] = []
        set.forEach { rows.append($0) }
        return rows
    }

    private func shrink(
        _ filter: PlainFilter, reason: String, seed: UInt64, _ world: FilterWorld, _ blocks: FilterBlocks
    ) -> (PlainFilter, String) {
        for simpler in filter.simpler {
            if let reason = failure(of: simpler, seed: seed, world, blocks) {
                return shrink(simpler, reason: reason, seed: seed, world, blocks)
            }
        }
        return (filter, reason)
    }
}

/// The same rows in all forms that filters read.
struct FilterBlocks {
    private(set) var all: [(name: String, block: ScalarBlock)] = []

    init(_ rows: [[String: PlainValue]], schema: Schema, seed: UInt64) throws {
        let columns = try schema.fields.map { field in
            field.type.isVector ? nil : try Self.column(field, rows)
        }
        all.append(("sealed", ScalarBlock(firstRow: 0, count: rows.count, columns: columns)))
        let growing: [(any ScalarValues)?] = columns.map { column in
            guard let column else { return nil }
            let growing = GrowingColumn(type: column.type, capacity: rows.count + 7)
            growing.append(column, rows: 0..<rows.count)
            return growing
        }
        all.append(("growing", ScalarBlock(firstRow: 0, count: rows.count, columns: growing)))
        var indexed = ScalarBlock(firstRow: 0, count: rows.count, columns: columns)
        indexed.indexes = try Self.indexes(columns, schema, seed: seed)
        all.append(("indexed", indexed))
    }

    private static func column(_ field: Field, _ rows: [[String: PlainValue]]) throws -> Column {
        var builder = ColumnBuilder(type: field.type, reservingRows: rows.count)
        for row in rows {
            let value = row[field.name]!.value(as: field.type)
            if value == .null { builder.appendNull() } else { builder.append(try ValueCodec.encode(value, as: field.type)) }
        }
        return builder.finish()
    }

    /// An index of some type for each field that one fits.
    private static func indexes(_ columns: [Column?], _ schema: Schema, seed: UInt64) throws -> [any ScalarIndex] {
        var random = RandomSource(seed: seed)
        var indexes: [any ScalarIndex] = []
        for (position, field) in schema.fields.enumerated() {
            guard let column = columns[position] else { continue }
            let type = ScalarIndexType.allCases.randomElement(using: &random)!
            var parameters: Parameters = type == .ngram ? ["min_gram": 1, "max_gram": 3] : [:]
            if field.type == .json {
                parameters["json_path"] = .text("\(field.name)[\"\(["x", "y"].randomElement(using: &random)!)\"]")
                parameters["json_cast_type"] = .text(ScalarCast.allCases.randomElement(using: &random)!.rawValue)
            }
            guard let definition = try? ScalarIndexDefinition(type, parameters: parameters),
                definition.misfit(with: field, isPrimaryKey: position == 0) == nil
            else { continue }
            let path = definition.path(ofFieldAt: position, named: field.name)
            indexes.append(try ScalarIndexBuilder(column, path: path, definition: definition).build())
        }
        return indexes
    }
}
