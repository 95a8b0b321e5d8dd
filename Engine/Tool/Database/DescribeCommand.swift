import Apus
import Common

/// `apus describe`: what a folder holds.
enum DescribeCommand {
    static let command = Command(
        "describe", summary: "Shows databases, collections, schemas, indexes, sizes and damage.",
        flags: [
            DatabaseFlags.folder,
            CommandLineFlag(
                "database", .value(placeholder: "NAME", defaultValue: nil),
                help: "The database in the folder; all without it."),
            DatabaseFlags.anyCollection,
            CommandLineFlag(
                "load", .presence, help: "Loads each collection to show what it takes of memory."),
        ], run: { try run($0, console: $1) })

    private static func run(_ arguments: ParsedArguments, console: Console) throws -> ExitCode {
        let folder = arguments.string("folder")!
        guard SystemFile.exists(folder) else { throw SurroundingsError("there is no folder \(folder)") }
        let instance = try Instance(folder: folder)
        defer { try? instance.close() }
        let names = arguments.string("database").map { [$0] } ?? instance.databaseNames
        for name in names {
            let database = try instance.database(name)
            let collections = try arguments.string("collection").map { [$0] } ?? database.listCollections()
            console.line("database \(name): \(collections.count) collections")
            for name in collections {
                let collection = try database.collection(name)
                if arguments.isPresent("load") { try collection.load() }
                console.write(try description(of: collection, named: name))
            }
        }
        return .success
    }

    private static func description(of collection: Collection, named name: String) throws -> String {
        let statistics = try collection.statistics()
        var lines = ["", "collection \(name)"]
        lines.append("  rows      \(statistics.liveRows) live, \(statistics.unsealedRows) not sealed yet")
        lines.append("  fields    " + fields(of: collection.schema).joined(separator: "\n            "))
        lines += indexes(of: collection).map { "  index     \($0)" }
        lines.append("  segments  \(statistics.segments.count)")
        for segment in statistics.segments {
            let built = segment.indexes.map { ", \($0.field) built \($0.digest)" }.joined()
            lines.append(
                "    \(segment.identifier): \(segment.rows) rows, \(segment.liveRows) live\(built)")
        }
        lines.append("  disk      \(NumberText.bytes(Double(statistics.diskBytes)))")
        lines.append("  memory    \(memory(statistics, of: collection))")
        for damage in collection.damage { lines.append("  DAMAGE    \(damage)") }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func memory(_ statistics: CollectionStatistics, of collection: Collection) -> String {
        let keys = NumberText.bytes(Double(statistics.scalarBytes))
        guard collection.isLoaded else { return "\(keys) of keys; not loaded" }
        return "\(NumberText.bytes(Double(statistics.vectorBytes))) vectors, "
            + "\(NumberText.bytes(Double(statistics.indexBytes))) indexes, \(keys) keys and scalars"
    }

    private static func fields(of schema: Schema) -> [String] {
        schema.fields.enumerated().map { position, field in
            var text = "\(field.name) \(field.type)"
            if position == schema.primaryKeyIndex {
                text += schema.keyAssignment == .automatic ? ", primary key, automatic" : ", primary key"
            }
            if field.isNullable { text += ", nullable" }
            return text + (field.defaultValue.map { ", default \($0)" } ?? "")
        }
    }

    private static func indexes(of collection: Collection) -> [String] {
        collection.schema.vectorFields.map { field in
            guard let definition = collection.indexDefinitions[field.name] else {
                return "\(field.name): none, scanned exactly by COSINE"
            }
            return "\(field.name): \(definition.text) \(definition.metric.rawValue)"
        }
            + collection.schema.fields.flatMap { field in
                (collection.scalarIndexDefinitions[field.name] ?? []).map { "\(field.name): \($0.text)" }
            }
    }
}
