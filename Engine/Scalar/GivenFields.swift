/// The columns of one write, sorted into fields of the schema and keys of its dynamic field, with as many rows each.
struct GivenFields {
    /// By position in the schema.
    private(set) var fields: [Int: FieldData] = [:]
    /// Values under names that the schema does not know, in the order given; only where it is dynamic.
    private(set) var members: [FieldData] = []
    let rowCount: Int

    /// - Throws: `ApusError` with code `invalidArgument` or `notFound` naming the field and the remedy.
    init(_ data: [FieldData], schema: Schema) throws {
        let data = data.map { $0.rowAligned() }
        rowCount = try Self.commonRowCount(data, schema: schema)
        var names: Set<String> = []
        for field in data {
            guard names.insert(field.name).inserted else {
                throw ApusError(.invalidArgument, "field '\(field.name)' is given twice; give it once")
            }
            if let position = schema.position(of: field.name) {
                fields[position] = field
            } else {
                members.append(field)
            }
        }
    }

    private static func commonRowCount(_ data: [FieldData], schema: Schema) throws -> Int {
        var common: (name: String, rows: Int)?
        for field in data {
            let rows = try rowCount(of: field, schema: schema)
            if let common, common.rows != rows {
                throw ApusError(
                    .invalidArgument,
                    "field '\(field.name)' has \(rows) rows, but '\(common.name)' has \(common.rows); give each field the same number"
                )
            }
            if let valid = field.valid, valid.count != rows {
                throw ApusError(
                    .invalidArgument,
                    "field '\(field.name)' has \(rows) rows, but says of \(valid.count) whether they are valid")
            }
            common = common ?? (field.name, rows)
        }
        guard let common, common.rows > 0 else {
            throw ApusError(.invalidArgument, "there is no row to insert; give at least one")
        }
        return common.rows
    }

    private static func rowCount(of field: FieldData, schema: Schema) throws -> Int {
        if schema.isDynamic, schema.position(of: field.name) == nil {
            guard let rows = field.data.rowCount(for: .json), rows == 0 || field.data.scalarValue(at: 0) != nil else {
                throw ApusError(
                    .invalidArgument,
                    "there is no field '\(field.name)', and \(field.data.kind) cannot be dynamic; add a vector field when the collection is created"
                )
            }
            return rows
        }
        let type = schema.fields[try schema.requirePosition(of: field.name)].type
        guard let rows = field.data.rowCount(for: type) else {
            throw ApusError(
                .invalidArgument,
                "field '\(field.name)' holds values that are not whole vectors of \(type); check the dimension")
        }
        return rows
    }
}
