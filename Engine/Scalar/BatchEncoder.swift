/// Turns what a caller gives into a validated batch, or says what is wrong with which field and row.
struct BatchEncoder {
    let schema: Schema
    /// The metric of each vector field, by name.
    let metrics: [String: Metric]

    /// A column for every field. With automatic keys the key column is left empty for the caller to fill.
    ///
    /// - Throws: `ApusError` with code `invalidArgument` or `notFound` naming field, row and remedy.
    func encode(_ data: [FieldData]) throws -> Batch {
        let given = try fieldsByPosition(data)
        let rowCount = try commonRowCount(data)
        let columns = try schema.fields.enumerated().map { position, field in
            if position == schema.primaryKeyIndex, schema.keyAssignment == .automatic {
                return Batch.FieldColumn.scalar(ColumnBuilder(type: field.type).finish())
            }
            return try column(for: field, from: given[position], rowCount: rowCount)
        }
        return Batch(rowCount: rowCount, columns: columns)
    }

    /// The same from rows, each a value by field name.
    func encode(rows: [[String: Value]]) throws -> Batch {
        var names: Set<String> = []
        for row in rows { names.formUnion(row.keys) }
        return try encode(
            names.sorted().map { name in
                FieldData(
                    name, .values(rows.map { $0[name] ?? .null }),
                    valid: rows.map { row in row[name].map { $0 != .null } ?? false })
            })
    }

    private func fieldsByPosition(_ data: [FieldData]) throws -> [Int: FieldData] {
        var given: [Int: FieldData] = [:]
        for field in data {
            let position = try schema.requirePosition(of: field.name)
            guard given.updateValue(field, forKey: position) == nil else {
                throw ApusError(.invalidArgument, "field '\(field.name)' is given twice; give it once")
            }
        }
        if schema.keyAssignment == .automatic, given[schema.primaryKeyIndex] != nil {
            throw ApusError(
                .invalidArgument,
                "the primary key '\(schema.primaryKey.name)' is assigned automatically; leave it out")
        }
        return given
    }

    private func commonRowCount(_ data: [FieldData]) throws -> Int {
        var common: (name: String, rows: Int)?
        for field in data {
            let type = schema.fields[try schema.requirePosition(of: field.name)].type
            guard let rows = field.data.rowCount(for: type) else {
                throw ApusError(
                    .invalidArgument,
                    "field '\(field.name)' holds values that are not whole vectors of \(type); check the dimension")
            }
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

    private func column(for field: Field, from given: FieldData?, rowCount: Int) throws -> Batch.FieldColumn {
        guard let given else { return .scalar(try Column.absent(field, rowCount: rowCount)) }
        if field.type.vectorLayout != nil {
            return .vector(try VectorValues.checked(given, type: field.type, metric: metrics[field.name]!))
        }
        return .scalar(try ScalarColumnEncoder(field: field, valid: given.valid).encode(given.data))
    }
}

extension Column {
    /// A column for rows that do not name the field: its default or null.
    ///
    /// - Throws: `ApusError` with code `invalidArgument` if the field has neither.
    static func absent(_ field: Field, rowCount: Int) throws -> Column {
        guard !field.type.isVector, field.isNullable || field.defaultValue != nil else {
            throw ApusError(
                .invalidArgument,
                "field '\(field.name)' is missing; give it, or make it nullable or give it a default value")
        }
        return try ScalarColumnEncoder(field: field, valid: nil)
            .encode(.values(Array(repeating: .null, count: rowCount)))
    }
}

/// Encodes the values of one scalar field.
struct ScalarColumnEncoder {
    let field: Field
    let valid: [Bool]?

    func encode(_ data: ColumnData) throws -> Column {
        switch (data, field.type) {
        case (.int64(let values), .int64): return try fixed(values)
        case (.int32(let values), .int32): return try fixed(values)
        case (.int16(let values), .int16): return try fixed(values)
        case (.int8(let values), .int8): return try fixed(values)
        case (.bool(let values), .bool): return try each(values) { [$0 ? 1 : 0] }
        case (.float(let values), .float): return try each(values) { try Self.bytes(ValueCodec.finite($0)) }
        case (.double(let values), .double): return try each(values) { try Self.bytes(ValueCodec.finite($0)) }
        case (.varchar(let values), .varchar(let maxLength)):
            return try each(values) { try ValueCodec.text($0, maxLength: maxLength) }
        case (.sparseFloatVector(let vectors), .sparseFloatVector): return try each(vectors, \.bytes)
        case (.json(let values), .json): return try each(values, ValueCodec.json)
        case (.values(let values), let type):
            return try each(values) { value in
                value == .null ? nil : try ValueCodec.encode(value, as: type)
            }
        default:
            throw ApusError(
                .invalidArgument, "field '\(field.name)' is of type \(field.type), but \(data.kind) were given")
        }
    }

    /// Integers without nulls are copied as a block.
    private func fixed<Integer: FixedWidthInteger & SendableMetatype>(_ values: [Integer]) throws -> Column {
        guard valid == nil else { return try each(values, Self.bytes) }
        return Column(
            type: field.type, count: values.count, nulls: nil, bytes: values.withUnsafeBytes(Array.init), offsets: [])
    }

    private static func bytes<Number>(_ value: Number) -> [UInt8] {
        withUnsafeBytes(of: value) { Array($0) }
    }

    /// Encodes value by value; `encode` returns nil for null.
    private func each<Element>(_ values: [Element], _ encode: (Element) throws -> [UInt8]?) throws -> Column {
        var builder = ColumnBuilder(type: field.type, reservingRows: values.count)
        for (row, value) in values.enumerated() {
            guard builder.byteCount <= Limits.writeBytes else {
                throw ApusError(
                    .invalidArgument,
                    "field '\(field.name)', row \(row): the rows before have \(builder.byteCount) bytes; "
                        + "at most \(Limits.writeBytes) fit into one write, so split them")
            }
            do {
                if valid?[row] ?? true, let bytes = try encode(value) {
                    builder.append(bytes)
                } else {
                    try appendAbsent(to: &builder)
                }
            } catch let misfit as ValueCodec.Misfit {
                throw ApusError(.invalidArgument, "field '\(field.name)', row \(row): \(misfit.description)")
            }
        }
        return builder.finish()
    }

    private func appendAbsent(to builder: inout ColumnBuilder) throws {
        if let value = field.defaultValue {
            builder.append(try ValueCodec.encode(value, as: field.type))
        } else if field.isNullable {
            builder.appendNull()
        } else {
            throw ValueCodec.Misfit(description: "null is not permitted; make the field nullable or give a value")
        }
    }
}
