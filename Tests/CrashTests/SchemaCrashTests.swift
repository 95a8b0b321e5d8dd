import TestSupport
import Testing

@testable import Apus

/// The power is cut at every operation of the disk while fields are added, rows with dynamic keys written, updated and
/// deleted by filters, and expired ones dropped. A field is there for all rows or not at all, a write by a filter is
/// done wholly or not at all, and nothing that was acknowledged is lost.
@Suite struct SchemaCrashTests {
    private static let survivals: [UInt64] = [0, 1] + (0..<2).map { testSeed(7_000) + $0 }

    @Test func everyStopPointKeepsWhatWasAcknowledged() throws {
        var stop = 0
        var isComplete = false
        while !isComplete {
            stop += 1
            let run = SchemaCrashRun(stopAt: stop)
            isComplete = run.isComplete
            for seed in Self.survivals {
                let problem = run.problem(on: run.disk.crash(survival: seed))
                #expect(problem == nil, "operation \(stop) (\(run.step)), survival \(seed)")
                if problem != nil { return }
            }
        }
        #expect(stop > 100, "the script stopped the disk at \(stop) operations")
    }
}

/// What the collection must hold.
private struct SchemaCrashState: Equatable, Sendable {
    struct Row: Equatable, Sendable {
        var values: [String: Value]
        var written: UInt64
    }

    var rows: [Int64: Row] = [:]
    var added: [Field] = []
    var timeToLive: UInt64?

    mutating func write(_ keys: ClosedRange<Int64>, _ values: [String: Value], at seconds: UInt64) {
        for key in keys {
            var row = values.merging(["key": .integer(key), "v": .vector([Float(key)])]) { first, _ in first }
            for field in added where row[field.name] == nil { row[field.name] = field.defaultValue ?? .null }
            rows[key] = Row(values: row, written: seconds)
        }
    }

    func visible(at now: UInt64) -> [Int64: [String: Value]] {
        rows.filter { row in timeToLive.map { row.value.written + $0 > now } ?? true }.mapValues(\.values)
    }
}

private struct SchemaCrashStep: Sendable {
    let name: String
    var now: UInt64 = 1_000
    let run: @Sendable (Collection) throws -> Void
    let effect: @Sendable (inout SchemaCrashState) -> Void

    static let script: [SchemaCrashStep] = [
        write(0...9, [:], at: 1_000),
        SchemaCrashStep(name: "flush", run: { try $0.flush() }, effect: { _ in }),
        write(10...14, ["color": "red"], at: 1_000),
        add(Field("level", .int32, defaultValue: 7)),
        write(12...17, ["level": 3, "color": "blue"], at: 1_000),
        SchemaCrashStep(
            name: "delete by a filter", run: { try $0.delete(matching: "level == 7 and key < 4") },
            effect: { for key in Int64(0)..<4 { $0.rows[key] = nil } }),
        SchemaCrashStep(name: "flush", run: { try $0.flush() }, effect: { _ in }),
        add(Field("note", .varchar(maxLength: 9), isNullable: true)),
        SchemaCrashStep(
            name: "update by a filter",
            run: { try $0.update(matching: "color == \"blue\"", setting: ["note": "seen", "size": 1]) },
            effect: { state in
                for key in Int64(12)...17 {
                    state.rows[key]!.values.merge(["note": "seen", "size": 1]) { _, new in new }
                }
            }),
        SchemaCrashStep(
            name: "let rows expire", run: { try $0.alterProperties([CollectionProperties.timeToLive: "50"]) },
            effect: { $0.timeToLive = 50 }),
        write(20...24, [:], at: 1_040),
        SchemaCrashStep(name: "wait and compact", now: 1_060, run: { try $0.compact() }, effect: { _ in }),
        write(0...2, ["note": "new"], at: 1_070),
        add(Field("flag", .bool, defaultValue: true)),
        SchemaCrashStep(name: "compact", now: 1_070, run: { try $0.compact() }, effect: { _ in }),
    ]

    private static func write(
        _ keys: ClosedRange<Int64>, _ values: [String: Value], at now: UInt64
    ) -> SchemaCrashStep {
        SchemaCrashStep(
            name: "write \(keys)", now: now,
            run: { collection in
                try collection.upsert(
                    rows: keys.map { key in
                        values.merging(["key": .integer(key), "v": .vector([Float(key)])]) { first, _ in first }
                    })
            }, effect: { $0.write(keys, values, at: now) })
    }

    private static func add(_ field: Field) -> SchemaCrashStep {
        SchemaCrashStep(
            name: "add \(field.name)", now: 1_000, run: { try $0.addField(field) },
            effect: { state in
                state.added.append(field)
                for key in state.rows.keys { state.rows[key]!.values[field.name] = field.defaultValue ?? .null }
            })
    }
}

/// The script up to the operation at which the power is cut.
private struct SchemaCrashRun {
    let disk = SimulatedFileSystem()
    private let clock = ManualClock(1_000)
    private(set) var isComplete = false
    private(set) var step = "open"
    private var acknowledged = SchemaCrashState()
    private var next = SchemaCrashState()
    private var isCreated = false

    init(stopAt stop: Int) {
        disk.stopAfter(operations: stop)
        do {
            let database = try open(disk)
            let collection = try database.createCollection(
                "rows",
                schema: Schema(
                    fields: [Field("key", .int64), Field("v", .floatVector(dimension: 1))], primaryKey: "key",
                    isDynamic: true),
                indexes: ["v": IndexDefinition(.flat, metric: .l2)])
            isCreated = true
            try collection.load()
            for step in SchemaCrashStep.script {
                self.step = step.name
                clock.now = max(clock.now, step.now)
                step.effect(&next)
                try step.run(collection)
                acknowledged = next
            }
            isComplete = true
        } catch {
            step += ": \(error)"
        }
    }

    private func open(_ disk: SimulatedFileSystem) throws -> Database {
        let clock = clock
        let options = DatabaseOptions(buildThreads: 1, clock: WallClock { clock.now })
        return try Instance(folder: "data", options: options, fileSystem: disk).database()
    }

    /// What is wrong with a disk as it was found after the power cut; nil if all is well.
    func problem(on disk: SimulatedFileSystem) -> String? {
        do {
            let database = try open(disk)
            guard try database.hasCollection("rows") else { return isCreated ? "the collection is gone" : nil }
            let collection = try database.collection("rows")
            try collection.load()
            guard let found = try match(collection) else { return "found \(try Self.rows(collection)), not \(next)" }
            try goOn(collection, from: found)
            try database.close()
            return nil
        } catch {
            return "\(error)"
        }
    }

    /// Which of the two permitted states the collection is in.
    private func match(_ collection: Collection) throws -> SchemaCrashState? {
        guard collection.damage.isEmpty else { return nil }
        let rows = try Self.rows(collection)
        let names = collection.schema.fields.map(\.name)
        return [acknowledged, next].first { state in
            rows == state.visible(at: clock.now) && collection.count == rows.count
                && names == ["key", "v", Schema.dynamicFieldName] + state.added.map(\.name)
        }
    }

    private static func rows(_ collection: Collection) throws -> [Int64: [String: Value]] {
        let names = collection.schema.fields.map(\.name).filter { $0 != Schema.dynamicFieldName } + ["color", "size"]
        let keys = [Int64](0..<30)
        var rows: [Int64: [String: Value]] = [:]
        for (key, row) in zip(keys, try collection.get(keys: keys.map { .integer($0) }, outputFields: names)) {
            rows[key] = row
        }
        return rows
    }

    /// The collection must take further fields and rows, and merge its segments.
    private func goOn(_ collection: Collection, from found: SchemaCrashState) throws {
        var expected = found
        try collection.addField(Field("last", .int64, defaultValue: 1))
        expected.added.append(Field("last", .int64, defaultValue: 1))
        for key in expected.rows.keys { expected.rows[key]!.values["last"] = 1 }
        try collection.upsert(rows: [["key": 29, "v": .vector([29])]])
        expected.write(29...29, [:], at: clock.now)
        try collection.compact()
        let rows = try Self.rows(collection)
        guard rows == expected.visible(at: clock.now) else {
            throw CrashMismatch("after going on: \(expected.visible(at: clock.now)) became \(rows)")
        }
    }
}
