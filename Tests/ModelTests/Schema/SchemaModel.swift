import Common
import TestSupport

@testable import Apus

/// A collection on a simulated disk, and a dictionary that says what it must hold.
final class SchemaModel {
    private var random: RandomSource
    private let clock = ManualClock(1_000)
    /// The latest time that the clock showed, which is the time of the collection.
    private var now: UInt64 = 1_000
    private var disk = SimulatedFileSystem()
    private var instance: Instance
    private var collection: Collection
    private var fields = SchemaModelFields.original
    private var rows: [Int64: SchemaModelRow] = [:]
    private var timeToLive: UInt64?

    init(_ random: RandomSource) throws {
        self.random = random
        let clock = clock
        instance = try Self.open(disk, clock)
        collection = try instance.database().createCollection(
            "rows", schema: Schema(fields: fields, primaryKey: "key", isDynamic: true),
            indexes: ["embedding": IndexDefinition(.flat, metric: .l2)])
        try collection.load()
    }

    private static func open(_ disk: SimulatedFileSystem, _ clock: ManualClock) throws -> Instance {
        let options = DatabaseOptions(buildThreads: 1, segmentBytes: 4_000, clock: WallClock { clock.now })
        return try Instance(folder: "model", options: options, fileSystem: disk)
    }

    // MARK: Steps

    private static let weights = [
        ("insert", 8), ("insertColumns", 4), ("upsert", 8), ("delete", 3), ("deleteMatching", 4), ("update", 5),
        ("updateMatching", 3), ("addField", 4), ("flush", 4), ("compact", 2), ("advance", 5), ("jumpBack", 2),
        ("setTimeToLive", 3), ("reopen", 2), ("cutPower", 2), ("release", 1),
    ]

    func chooseStep() -> String {
        Self.weights.flatMap { Array(repeating: $0.0, count: $0.1) }.randomElement(using: &random)!
    }

    func step(_ name: String) throws {
        switch name {
        case "insert": try insert { try $0.insert(rows: $1.map(\.given)) }
        case "insertColumns": try insert { try $0.insert(Self.columns($1)) }
        case "upsert": try upsert()
        case "delete": try delete()
        case "deleteMatching": try deleteMatching()
        case "update": try update()
        case "updateMatching": try updateMatching()
        case "addField": try addField()
        case "flush": try collection.flush()
        case "compact": try compact()
        case "advance": advance(by: UInt64.random(in: 1...40, using: &random))
        case "jumpBack": clock.now -= min(clock.now, UInt64.random(in: 1...200, using: &random))
        case "setTimeToLive": try setTimeToLive()
        case "reopen": try reopen()
        case "cutPower": try cutPower()
        default: try collection.release()
        }
        try collection.load()
    }

    private func advance(by seconds: UInt64) {
        clock.now = now + seconds
        now += seconds
        // The collection knows of a time when it is asked for something.
        _ = collection.count
    }

    private func setTimeToLive() throws {
        let seconds = UInt64.random(in: 0...60, using: &random)
        timeToLive = seconds == 0 ? nil : seconds
        try collection.alterProperties([CollectionProperties.timeToLive: "\(seconds)"])
    }

    private func compact() throws {
        try collection.compact()
        rows = visible
    }

    func reopen() throws {
        try instance.close()
        try openAgain()
    }

    private func cutPower() throws {
        let after = disk.crash(survival: UInt64.random(in: 0..<100, using: &random))
        try instance.close()
        disk = after
        try openAgain()
    }

    private func openAgain() throws {
        clock.now = max(clock.now, now)
        instance = try Self.open(disk, clock)
        collection = try instance.database().collection("rows")
        try collection.load()
    }

    // MARK: Writes

    private struct NewRow {
        let key: Int64
        /// As the caller gives it.
        let given: [String: Value]
        let stored: SchemaModelRow
    }

    private func isVisible(_ row: SchemaModelRow) -> Bool { timeToLive.map { row.written + $0 > now } ?? true }

    private var visible: [Int64: SchemaModelRow] { rows.filter { isVisible($0.value) } }

    private func randomKeys(_ count: ClosedRange<Int>) -> [Int64] {
        Set((0..<Int.random(in: count, using: &random)).map { _ in Int64.random(in: 0..<60, using: &random) }).sorted()
    }

    private func newRow(_ key: Int64) -> NewRow {
        var given: [String: Value] = ["key": .integer(key)]
        var stored = given
        for field in fields.dropFirst() {
            let mayBeAbsent = field.isNullable || field.defaultValue != nil
            let absence = mayBeAbsent ? Int.random(in: 0..<4, using: &random) : 3
            let value = absence < 2 ? nil : SchemaModelFields.value(field.type, &random)
            if absence != 0 { given[field.name] = value ?? .null }
            stored[field.name] = value ?? field.defaultValue ?? .null
        }
        let dynamic = SchemaModelFields.dynamic(&random)
        given.merge(dynamic) { first, _ in first }
        return NewRow(
            key: key, given: given, stored: SchemaModelRow(fields: stored, dynamic: dynamic, written: now))
    }

    /// Rows as columns; dynamic keys that a row lacks are not valid in it.
    private static func columns(_ rows: [NewRow]) -> [FieldData] {
        Set(rows.flatMap(\.given.keys)).sorted().map { name in
            FieldData(
                name, .values(rows.map { $0.given[name] ?? .null }),
                valid: rows.map { $0.stored.dynamic[name] != nil || $0.given[name].map { $0 != .null } ?? false })
        }
    }

    private func insert(_ write: (Collection, [NewRow]) throws -> WriteResult) throws {
        let present = visible
        let new = randomKeys(1...6).filter { present[$0] == nil }.map(newRow)
        guard !new.isEmpty else { return }
        _ = try write(collection, new)
        for row in new { rows[row.key] = row.stored }
    }

    private func upsert() throws {
        let new = randomKeys(1...6).map(newRow)
        try collection.upsert(rows: new.map(\.given))
        for row in new { rows[row.key] = row.stored }
    }

    private func delete() throws {
        let keys = randomKeys(1...8)
        let present = visible
        let expected = keys.filter { present[$0] != nil }
        let result = try collection.delete(keys: keys.map { .integer($0) })
        try expect(result.rowCount == expected.count, "\(result.rowCount) rows were deleted, not \(expected.count)")
        for key in expected { rows[key] = nil }
    }

    private func deleteMatching() throws {
        let filter = SchemaModelFilter.random(fields, &random)
        let expected = visible.filter { filter.matches($0.value) }.keys.sorted()
        let result = try collection.delete(matching: filter.expression)
        try expect(
            result.keys.sorted() == expected.map { .integer($0) } && result.rowCount == expected.count,
            "'\(filter.expression)' deleted \(result.keys), not \(expected)")
        for key in expected { rows[key] = nil }
    }

    /// Some fields and dynamic keys of some entities.
    private func randomChange() -> (fields: [String: Value], dynamic: [String: Value]) {
        var changed: [String: Value] = [:]
        for field in fields.dropFirst() where Int.random(in: 0..<3, using: &random) == 0 {
            changed[field.name] = SchemaModelFields.value(field.type, &random)
        }
        return (changed, SchemaModelFields.dynamic(&random))
    }

    private func apply(_ change: (fields: [String: Value], dynamic: [String: Value]), to key: Int64) {
        rows[key]!.fields.merge(change.fields) { _, new in new }
        rows[key]!.dynamic.merge(change.dynamic) { _, new in new }
        rows[key]!.written = now
    }

    private func update() throws {
        let keys = randomKeys(1...6).filter(visible.keys.contains)
        guard !keys.isEmpty else { return }
        let change = randomChange()
        let result = try collection.update(
            rows: keys.map { key in
                change.fields.merging(change.dynamic) { first, _ in first }.merging(["key": .integer(key)]) { $1 }
            })
        try expect(result.rowCount == keys.count, "\(result.rowCount) rows were updated, not \(keys.count)")
        for key in keys { apply(change, to: key) }
    }

    private func updateMatching() throws {
        let filter = SchemaModelFilter.random(fields, &random)
        let expected = visible.filter { filter.matches($0.value) }.keys.sorted()
        let change = randomChange()
        guard !change.fields.isEmpty || !change.dynamic.isEmpty else { return }
        let result = try collection.update(
            matching: filter.expression, setting: change.fields.merging(change.dynamic) { first, _ in first })
        try expect(
            result.keys.sorted() == expected.map { .integer($0) },
            "'\(filter.expression)' updated \(result.keys), not \(expected)")
        for key in expected { apply(change, to: key) }
    }

    private func addField() throws {
        guard fields.count < 12 else { return }
        let field = SchemaModelFields.added(fields.count, &random)
        try collection.addField(field)
        fields.append(field)
        for key in rows.keys { rows[key]!.fields[field.name] = field.defaultValue ?? .null }
    }

    // MARK: Checks

    private func expect(_ holds: Bool, _ problem: @autoclosure () -> String) throws {
        if !holds { throw ModelMismatch(problem()) }
    }

    /// Compares everything in every way there is to read it.
    func check() throws {
        let visible = visible
        try expect(collection.count == visible.count, "\(collection.count) rows are counted, not \(visible.count)")
        let keys = [Int64](0..<60)
        for (key, found) in zip(keys, try collection.get(keys: keys.map { .integer($0) })) {
            try compare(found, visible[key], key)
        }
        let names = ["color", "size", "é\"", "tags"]
        for (key, found) in zip(keys, try collection.get(keys: keys.map { .integer($0) }, outputFields: names)) {
            try expect(found == visible[key]?.dynamic, "key \(key) has \(found as Any), not \(visible[key] as Any)")
        }
        let hits = try collection.search(SearchRequest(vectors: [1, 2, 3], limit: 100)).hits[0]
        try expect(
            hits.map(\.primaryKey).sorted() == visible.keys.sorted().map { .integer($0) }, "a search finds \(hits)")
        let filter = SchemaModelFilter.random(fields, &random)
        let result = try collection.query(QueryRequest(filter: filter.expression, outputFields: ["key"]))
        let expected = visible.filter { filter.matches($0.value) }.keys.sorted()
        try expect(
            result.rows == expected.map { ["key": .integer($0)] },
            "'\(filter.expression)' finds \(result.rows), not \(expected)")
    }

    private func compare(_ found: [String: Value]?, _ expected: SchemaModelRow?, _ key: Int64) throws {
        var found = found
        guard let object = found?.removeValue(forKey: Schema.dynamicFieldName) else {
            return try expect(expected == nil, "key \(key) is missing")
        }
        try expect(found == expected?.fields, "key \(key) is \(found as Any), not \(expected as Any)")
        guard case .json(let text) = object, case .object(let members) = try JSONValue(parsing: text) else {
            throw ModelMismatch("key \(key) has no object but \(object)")
        }
        try expect(
            Set(members.map(\.name)) == expected.map { Set($0.dynamic.keys) },
            "key \(key) has \(object), not \(expected as Any)")
    }
}
