import Apus
import Common

/// `apus import`: the rows of a vector file, with texts beside them, into a collection.
enum ImportCommand {
    static let command = Command(
        "import", summary: "Inserts a file of vectors into a collection, which is made when it is not there.",
        flags: [
            DatabaseFlags.folder, DatabaseFlags.database, DatabaseFlags.collection,
            CommandLineFlag(
                "file", .required(placeholder: "FILE"),
                help: "Vectors: .fbin .u8bin .i8bin .fvecs .bvecs .npy. The key of a row is its number."),
            CommandLineFlag(
                "texts", .value(placeholder: "FILE", defaultValue: nil),
                help:
                    "Texts of the rows, a line for each, columns parted by tabs; a first column of row numbers is "
                    + "left out."),
            CommandLineFlag(
                "text-fields", .value(placeholder: "NAMES", defaultValue: "text"),
                help: "Names of the columns of --texts, parted by commas."),
            CommandLineFlag(
                "metric", .value(placeholder: "METRIC", defaultValue: "COSINE"), help: "L2, IP or COSINE."),
            CommandLineFlag(
                "index", .value(placeholder: "SPEC", defaultValue: "HNSW(M=16,efConstruction=200)"),
                help: "How a new collection is indexed."),
            CommandLineFlag(
                "rows", .value(placeholder: "N", defaultValue: nil),
                help: "Only the first N rows of the file."),
            CommandLineFlag(
                "batch-rows", .value(placeholder: "N", defaultValue: "1000"), help: "Rows of an insert."),
            CommandLineFlag(
                "existing", .value(placeholder: "HOW", defaultValue: "skip"),
                help: "Rows whose keys are there already: skip or refuse."),
        ], run: { try run($0, console: $1) })

    enum ExistingRows: String, CaseIterable {
        case skip, refuse
    }

    private static func run(_ arguments: ParsedArguments, console: Console) throws -> ExitCode {
        let vectors = try VectorFile.read(
            arguments.string("file")!, rows: try arguments.integer("rows", in: 1...Int.max))
        let names = arguments.string("text-fields")!.split(separator: ",").map(String.init)
        let texts = try arguments.string("texts").map {
            try TextColumns.read($0, rows: vectors.count, names: names)
        }
        let definition = try IndexDefinition(
            parseIndexSpecification(arguments.string("index")!), metric: arguments.choice("metric")!)
        let existing = try arguments.choice("existing", of: ExistingRows.self)!
        let batchRows = try arguments.integer("batch-rows", in: 1...1_000_000)!
        return try DatabaseFlags.withDatabase(
            at: arguments.string("folder")!, named: arguments.string("database")!
        ) { database in
            let name = arguments.string("collection")!
            let collection =
                try database.hasCollection(name)
                ? try database.collection(name)
                : try create(name, in: database, dimension: vectors.dimension, texts, definition)
            let importer = RowImporter(
                collection: collection, vectors: vectors, texts: texts, batchRows: batchRows)
            let inserted = try importer.run(existing)
            let progress = ProgressLine("building indexes")
            try collection.flush(progress: progress.buildProgress)
            progress.finish()
            console.line(
                "\(name): \(inserted) rows inserted, \(vectors.count - inserted) were there, "
                    + "\(collection.count) in all")
            return .success
        }
    }

    private static func create(
        _ name: String, in database: Database, dimension: Int, _ texts: TextColumns?,
        _ definition: IndexDefinition
    ) throws -> Collection {
        var fields = [
            Field(IndexedCollection.keyField, .int64),
            Field(IndexedCollection.vectorField, .floatVector(dimension: dimension)),
        ]
        fields += (texts?.names ?? []).map { Field($0, .varchar(maxLength: Limits.varcharBytes)) }
        return try database.createCollection(
            name, schema: Schema(fields: fields, primaryKey: IndexedCollection.keyField),
            indexes: [IndexedCollection.vectorField: definition])
    }
}

/// Inserts the rows whose keys are not there yet, so that an import that was cut off can be repeated.
struct RowImporter {
    let collection: Collection
    let vectors: VectorSet
    let texts: TextColumns?
    let batchRows: Int

    /// Returns how many rows were inserted.
    func run(_ existing: ImportCommand.ExistingRows) throws -> Int {
        let progress = Progress("importing rows", total: vectors.count)
        defer { progress.finish() }
        var inserted = 0
        for start in stride(from: 0, to: vectors.count, by: batchRows) {
            let rows = Array(start..<min(start + batchRows, vectors.count))
            let isThere = collection.contains(keys: rows.map { .integer(Int64($0)) })
            let missing = zip(rows, isThere).filter { !$0.1 }.map(\.0)
            if existing == .refuse, missing.count < rows.count {
                throw UsageError(
                    "a row of \(rows[0]) to \(rows[rows.count - 1]) is in the collection already; "
                        + "--existing skip passes over such rows")
            }
            if !missing.isEmpty { try collection.insert(fields(of: missing)) }
            inserted += missing.count
            progress.advance(by: rows.count)
        }
        return inserted
    }

    private func fields(of rows: [Int]) -> [FieldData] {
        let texts = texts.map { texts in
            texts.names.indices.map { column in
                FieldData(texts.names[column], .varchar(rows.map { texts.rows[$0][column] }))
            }
        }
        return [
            FieldData(IndexedCollection.keyField, .int64(rows.map(Int64.init))),
            FieldData(IndexedCollection.vectorField, .floatVector(rows.flatMap { vectors.row($0) })),
        ] + (texts ?? [])
    }
}

/// The columns of a file of texts.
struct TextColumns {
    let names: [String]
    /// By row and column.
    let rows: [[String]]

    /// - Throws: `DataError` naming the line that does not have a text for every name, or too few lines.
    static func read(_ path: String, rows: Int, names: [String]) throws -> TextColumns {
        guard let text = SystemFile.text(path) else {
            throw DataError(.readable, path: path, "the file cannot be read")
        }
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        if lines.last?.isEmpty == true { lines.removeLast() }
        guard lines.count >= rows else {
            throw DataError(.matchingRows, path: path, "\(lines.count) lines for \(rows) rows")
        }
        let parsed = try lines.prefix(rows).enumerated().map { number, line in
            var columns = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            if columns.count == names.count + 1, columns[0] == "\(number)" { columns.removeFirst() }
            guard columns.count == names.count else {
                throw DataError(
                    .textRow, path: path, place: .line(number + 1),
                    "\(columns.count) columns for the fields \(names.joined(separator: ",")); give --text-fields"
                )
            }
            return columns
        }
        return TextColumns(names: names, rows: parsed)
    }
}
