/// Turns what a caller gives into a validated batch, or says what is wrong with which field and row.
struct BatchEncoder {
    let schema: Schema
    /// The metric of each vector field, by name.
    let metrics: [String: Metric]

    /// A column for every field. With automatic keys the key column is left empty for the caller to fill.
    ///
    /// - Throws: `ApusError` with code `invalidArgument` or `notFound` naming field, row and remedy.
    func encode(_ data: [FieldData]) throws -> Batch {
        let given = try GivenFields(data, schema: schema)
        if schema.keyAssignment == .automatic, given.fields[schema.primaryKeyIndex] != nil {
            throw ApusError(
                .invalidArgument,
                "the primary key '\(schema.primaryKey.name)' is assigned automatically; leave it out")
        }
        for position in given.fields.keys.sorted() { try refuseOutput(at: position) }
        var columns = try schema.fields.indices.map { try column(at: $0, from: given) }
        for function in schema.functions { try function.write(to: &columns, schema) }
        return Batch(rowCount: given.rowCount, columns: columns)
    }

    /// The same from rows, each a value by field name. A field that a row leaves out is null or takes its default; a
    /// dynamic key is then missing.
    func encode(rows: [[String: Value]]) throws -> Batch {
        try encode(columns(of: rows))
    }

    /// Rows as columns under every name that one of them gives.
    func columns(of rows: [[String: Value]]) -> [FieldData] {
        var names: Set<String> = []
        for row in rows { names.formUnion(row.keys) }
        return names.sorted().map { name in
            let isKey = schema.isDynamic && schema.position(of: name) == nil
            return FieldData(
                name, .values(rows.map { $0[name] ?? .null }),
                valid: rows.map { row in row[name].map { isKey || $0 != .null } ?? false })
        }
    }

    /// - Throws: `ApusError` with code `invalidArgument` if a function writes the field.
    func refuseOutput(at position: Int) throws {
        guard let function = schema.function(writing: position) else { return }
        throw ApusError(
            .invalidArgument, "field '\(function.output)' is written by function '\(function.name)'; leave it out")
    }

    func column(at position: Int, from given: GivenFields) throws -> Batch.FieldColumn {
        let field = schema.fields[position]
        let isLeftEmpty =
            position == schema.primaryKeyIndex && schema.keyAssignment == .automatic
            || schema.function(writing: position) != nil
        if isLeftEmpty { return .scalar(ColumnBuilder(type: field.type).finish()) }
        let data = given.fields[position]
        if position == schema.dynamicFieldIndex, data != nil || !given.members.isEmpty {
            return .scalar(
                try DynamicFieldEncoder(schema: schema).encode(data, members: given.members, rowCount: given.rowCount))
        }
        guard let data else { return .scalar(try Column.absent(field, rowCount: given.rowCount)) }
        if field.type.vectorLayout != nil {
            return .vector(try VectorValues.checked(data, type: field.type, metric: metrics[field.name]!))
        }
        return .scalar(try ScalarColumnEncoder(field: field, valid: data.valid).encode(data.data))
    }
}

extension Column {
    /// A column for rows that do not name the field: its default or null.
    ///
    /// - Throws: `ApusError` with code `invalidArgument` if the field has neither.
    static func absent(_ field: Field, rowCount: Int) throws -> Column {
        guard let value = try field.absentValue else {
            throw ApusError(
                .invalidArgument,
                "field '\(field.name)' is missing; give it, or make it nullable or give it a default value")
        }
        var builder = ColumnBuilder(type: field.type, reservingRows: rowCount)
        for _ in 0..<rowCount { builder.append(value) }
        return builder.finish()
    }
}

extension Field {
    /// What stands for a value that is left out or null.
    enum Absent {
        case null
        /// The default, encoded.
        case value([UInt8])
    }

    /// nil if every row must bring a value, as for vectors. A default goes before null, also in a nullable field.
    var absentValue: Absent? {
        get throws {
            if let defaultValue { return .value(try ValueCodec.encode(defaultValue, as: type)) }
            return isNullable ? .null : nil
        }
    }
}

extension ColumnBuilder {
    mutating func append(_ absent: Field.Absent) {
        switch absent {
        case .null: appendNull()
        case .value(let bytes): append(bytes)
        }
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
            try Self.checkSize(builder.byteCount, field: field.name, row: row)
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

    /// - Parameter byteCount: of the values of the rows before.
    static func checkSize(_ byteCount: Int, field: String, row: Int) throws {
        guard byteCount <= Limits.writeBytes else {
            throw ApusError(
                .invalidArgument,
                "field '\(field)', row \(row): the rows before have \(byteCount) bytes; "
                    + "at most \(Limits.writeBytes) fit into one write, so split them")
        }
    }

    private func appendAbsent(to builder: inout ColumnBuilder) throws {
        guard let value = try field.absentValue else {
            throw ValueCodec.Misfit(description: "null is not permitted; make the field nullable or give a value")
        }
        builder.append(value)
    }
}
