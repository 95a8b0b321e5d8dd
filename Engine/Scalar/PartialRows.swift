/// Validated values of some of the fields of rows that are there, which their keys name.
struct PartialRows: Sendable {
    /// Each once.
    let keys: [PrimaryKey]
    /// By position of the field; of the dynamic field the keys that are to be set.
    let columns: [Int: Batch.FieldColumn]
}

extension BatchEncoder {
    /// The fields that are given, the primary key among them.
    ///
    /// - Throws: `ApusError` with code `invalidArgument` or `notFound` naming field, row and remedy.
    func encodePartial(_ data: [FieldData]) throws -> PartialRows {
        let given = try GivenFields(data, schema: schema)
        guard let keyData = given.fields[schema.primaryKeyIndex] else {
            throw ApusError(
                .invalidArgument,
                "the primary key '\(schema.primaryKey.name)' is missing; give it, so that rows are found by it")
        }
        let keys = try ScalarColumnEncoder(field: schema.primaryKey, valid: keyData.valid).encode(keyData.data)
        let rows = PartialRows(keys: (0..<keys.count).map { keys.key(at: $0) }, columns: try columns(of: given))
        try PrimaryKey.refuseRepeated(rows.keys)
        return rows
    }

    /// The same from rows. All rows give the same fields; their dynamic keys may differ.
    func encodePartial(rows: [[String: Value]]) throws -> PartialRows {
        try checkAlike(rows)
        return try encodePartial(columns(of: rows))
    }

    /// Columns with the same values in every row, by position of the field.
    func encodePartial(_ values: [String: Value], rowCount: Int) throws -> [Int: Batch.FieldColumn] {
        guard values[schema.primaryKey.name] == nil else {
            throw ApusError(.invalidArgument, "the primary key '\(schema.primaryKey.name)' cannot be set; leave it out")
        }
        let data = columns(of: [values]).map { field in
            FieldData(
                field.name, .values(Array(repeating: values[field.name]!, count: rowCount)),
                valid: field.valid.map { Array(repeating: $0[0], count: rowCount) })
        }
        return try columns(of: GivenFields(data, schema: schema))
    }

    private func columns(of given: GivenFields) throws -> [Int: Batch.FieldColumn] {
        var columns: [Int: Batch.FieldColumn] = [:]
        var positions = Set(given.fields.keys)
        if let dynamic = schema.dynamicFieldIndex, !given.members.isEmpty { positions.insert(dynamic) }
        for position in positions.sorted() where position != schema.primaryKeyIndex {
            try refuseOutput(at: position)
            columns[position] = try column(at: position, from: given)
        }
        return columns
    }

    private func checkAlike(_ rows: [[String: Value]]) throws {
        func fields(_ row: [String: Value]) -> Set<String> {
            Set(row.keys.filter { !schema.isDynamic || schema.position(of: $0) != nil })
        }
        guard let first = rows.first.map(fields) else { return }
        for (number, row) in rows.enumerated() {
            guard let name = fields(row).symmetricDifference(first).sorted().first else { continue }
            throw ApusError(
                .invalidArgument,
                "rows 0 and \(number) differ in field '\(name)'; give all rows of an update the same fields")
        }
    }
}

extension PrimaryKey {
    /// - Throws: `ApusError` with code `invalidArgument` naming two rows with one key.
    static func refuseRepeated(_ keys: [PrimaryKey]) throws {
        var rows: [PrimaryKey: Int] = [:]
        rows.reserveCapacity(keys.count)
        for (row, key) in keys.enumerated() {
            if let before = rows.updateValue(row, forKey: key) {
                throw ApusError(
                    .invalidArgument, "rows \(before) and \(row) have the same key \(key); give each key once")
            }
        }
    }
}
