/// The fields that a query or search returns with each entity, resolved to their places.
struct OutputFields {
    private let fields: [(name: String, position: Int)]

    /// - Parameter names: `*` stands for all fields.
    /// - Throws: `ApusError` with code `notFound` for a name that no field has.
    init(_ names: [String], schema: Schema) throws {
        var seen: Set<String> = []
        fields = try names.flatMap { $0 == "*" ? schema.fields.map(\.name) : [$0] }
            .filter { seen.insert($0).inserted }
            .map { ($0, try schema.requirePosition(of: $0)) }
    }

    var isEmpty: Bool { fields.isEmpty }

    /// The names, each once, in the order asked for.
    var names: [String] { fields.map(\.name) }

    /// The values of a row.
    func values(of segment: any Segment, row: Int) throws -> [String: Value] {
        var values: [String: Value] = [:]
        values.reserveCapacity(fields.count)
        for (name, position) in fields { values[name] = try segment.value(field: position, row: row) }
        return values
    }
}
