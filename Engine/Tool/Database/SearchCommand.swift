import Apus
import Common

/// `apus search`: the nearest rows, with what the search did.
enum SearchCommand {
    static let command = Command(
        "search", summary: "Shows the nearest entities of a vector, of an entity, or of the rows of a file.",
        flags: [
            DatabaseFlags.folder, DatabaseFlags.database, DatabaseFlags.collection,
            CommandLineFlag(
                "row", .value(placeholder: "KEY", defaultValue: nil),
                help: "Searches by the vector of an entity."),
            CommandLineFlag(
                "vector", .value(placeholder: "NUMBERS", defaultValue: nil),
                help: "Searches by numbers parted by commas."),
            CommandLineFlag(
                "file", .value(placeholder: "FILE", defaultValue: nil),
                help: "Searches by each row of a vector file."),
            CommandLineFlag(
                "field", .value(placeholder: "NAME", defaultValue: nil),
                help: "The vector field, where there are several."),
            CommandLineFlag("limit", .value(placeholder: "N", defaultValue: "10"), help: "Hits of a query."),
            CommandLineFlag(
                "search", .value(placeholder: "PARAMETERS", defaultValue: ""), help: "Such as 'ef=64'."),
            CommandLineFlag(
                "output", .value(placeholder: "FIELDS", defaultValue: ""),
                help: "Fields that are shown, parted by commas."),
        ], run: { try run($0, console: $1) })

    private static func run(_ arguments: ParsedArguments, console: Console) throws -> ExitCode {
        let sources = ["row", "vector", "file"].filter(arguments.isPresent)
        guard sources.count == 1 else { throw UsageError("give one of --row, --vector and --file") }
        let grid = try parseSearchGrid(arguments.string("search")!)
        guard grid.count == 1 else { throw UsageError("--search takes one value for each parameter here") }
        let limit = try arguments.integer("limit", in: 1...Limits.searchLimit)!
        let output = arguments.string("output")!.split(separator: ",").map(String.init)
        return try DatabaseFlags.withDatabase(arguments) { database in
            let collection = try database.collection(arguments.string("collection")!)
            let progress = ProgressLine("loading")
            try collection.load(progress: progress.buildProgress)
            progress.finish()
            let field = try collection.schema.vectorField(named: arguments.string("field"))
            let request = SearchRequest(
                vectors: try queries(arguments, collection, field), field: field.name, limit: limit,
                parameters: Parameters(grid[0]), outputFields: output)
            let (result, seconds) = try MonotonicClock.seconds { try collection.search(request) }
            show(result, output: output, console: console)
            console.write(workText(result, seconds: seconds))
            return .success
        }
    }

    private static func queries(
        _ arguments: ParsedArguments, _ collection: Collection, _ field: Field
    ) throws -> [Float] {
        let dimension = field.type.vectorDimension!
        if let path = arguments.string("file") {
            let vectors = try VectorFile.read(path)
            guard vectors.dimension == dimension else {
                throw UsageError(
                    "\(path) has dimension \(vectors.dimension), the field '\(field.name)' \(dimension)")
            }
            return vectors.values
        }
        if let text = arguments.string("vector") {
            return try text.split(separator: ",").map { part in
                guard let number = Float(part) else {
                    throw UsageError("--vector: '\(part)' is not a number")
                }
                return number
            }
        }
        let text = arguments.string("row")!
        let key: PrimaryKey =
            if case .int64 = collection.schema.primaryKey.type, let number = Int64(text) {
                .integer(number)
            } else {
                .text(text)
            }
        guard
            case .vector(let vector)? = try collection.get(keys: [key], outputFields: [field.name])[0]?[
                field.name]
        else { throw UsageError("there is no entity with the key \(text)") }
        return vector
    }

    private static func show(_ result: SearchResult, output: [String], console: Console) {
        for (query, hits) in result.hits.enumerated() {
            if result.hits.count > 1 { console.line("query \(query)") }
            var table = TextTable(["rank", "key", "score"] + output)
            for (rank, hit) in hits.enumerated() {
                table.append(
                    ["\(rank + 1)", "\(hit.primaryKey)", NumberText.fixed(Double(hit.score), 4)]
                        + output.map { hit.fields[$0].map(\.description) ?? "" })
            }
            console.write(table.text + "\n")
        }
    }

    private static func workText(_ result: SearchResult, seconds: Double) -> String {
        let plan = result.plan
        let parameters = plan.parameters.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        let work = result.statistics
        return
            "plan: \(([plan.indexType.rawValue, plan.metric.rawValue] + parameters).joined(separator: " ")), "
            + "\(plan.segments) segments, \(plan.segmentsScanned) of them scanned exactly\n"
            + "work: \(work.distanceComputations) distances, \(work.nodesExpanded) nodes expanded, \(work.diskReads) blocks read, "
            + "\(work.liveRows) live rows, \(NumberText.short(seconds * 1_000)) ms\n"
    }
}
