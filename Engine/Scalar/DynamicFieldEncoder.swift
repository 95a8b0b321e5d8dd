/// Makes the objects of the dynamic field from values under names that the schema does not know, and from objects that
/// are given for it directly.
struct DynamicFieldEncoder {
    let schema: Schema

    /// The dynamic field of each row. O(bytes).
    ///
    /// - Parameters:
    ///   - objects: JSON objects given for the field itself; rows that are not valid have none.
    ///   - members: values by name; in rows that are not valid the name is missing.
    /// - Throws: `ApusError` with code `invalidArgument` naming row, key and remedy.
    func encode(_ objects: FieldData?, members: [FieldData], rowCount: Int) throws -> Column {
        var builder = ColumnBuilder(type: .json, reservingRows: rowCount)
        for row in 0..<rowCount {
            try ScalarColumnEncoder.checkSize(builder.byteCount, field: Schema.dynamicFieldName, row: row)
            builder.append(try object(objects, members: members, row: row))
        }
        return builder.finish()
    }

    private func object(_ objects: FieldData?, members: [FieldData], row: Int) throws -> [UInt8] {
        do {
            let given = try objects.flatMap { try text(of: $0, row: row) }
            let members = members.filter { $0.valid?[row] ?? true }
            let bytes = try given.map { try merge($0, with: members, row: row) } ?? write(members, row: row)
            guard bytes.count <= Limits.jsonBytes else {
                throw ValueCodec.Misfit(
                    description: "the dynamic fields have \(bytes.count) bytes; at most \(Limits.jsonBytes) fit")
            }
            return bytes
        } catch let misfit as ValueCodec.Misfit {
            throw ApusError(
                .invalidArgument, "field '\(Schema.dynamicFieldName)', row \(row): \(misfit.description)")
        }
    }

    /// The bytes given for the field itself; nil for null.
    private func text(of objects: FieldData, row: Int) throws -> [UInt8]? {
        guard objects.valid?[row] ?? true else { return nil }
        switch objects.data.scalarValue(at: row) {
        case .json(let text)?: return try ValueCodec.json(text)
        case .null?: return nil
        default: throw ValueCodec.Misfit(description: "a JSON object was expected")
        }
    }

    private func write(_ members: [FieldData], row: Int) throws -> [UInt8] {
        var writer = JSONWriter()
        try writer.appendObject { try append(members, row: row, to: &$0) }
        return writer.bytes
    }

    private func append(_ members: [FieldData], row: Int, to writer: inout JSONWriter) throws {
        for member in members {
            writer.appendName(member.name)
            do {
                try writer.append(member.data.scalarValue(at: row)!)
            } catch let misfit as ValueCodec.Misfit {
                throw ValueCodec.Misfit(description: "key '\(member.name)': \(misfit.description)")
            }
        }
    }

    /// The object with further members; as it was given if there are none.
    private func merge(_ object: [UInt8], with members: [FieldData], row: Int) throws -> [UInt8] {
        try object.withUnsafeBytes { bytes in
            let document = JSONDocument(bytes)
            guard case .object(let range)? = document.value(at: []) else {
                throw ValueCodec.Misfit(description: "a JSON object was expected")
            }
            for member in document.members(of: range) { try check(member.name, members) }
            guard !members.isEmpty else { return object }
            var writer = JSONWriter(reservingCapacity: object.count)
            try writer.appendObject { writer in
                for member in document.members(of: range) {
                    writer.appendName(member.name)
                    writer.appendBytes(bytes[member.value])
                }
                try append(members, row: row, to: &writer)
            }
            return writer.bytes
        }
    }

    /// A key must not hide behind a field, nor be given by two ways.
    private func check(_ key: String, _ members: [FieldData]) throws {
        guard schema.position(of: key) == nil else {
            throw ValueCodec.Misfit(description: "key '\(key)' is a field; give it as one")
        }
        guard !members.contains(where: { $0.name == key }) else {
            throw ValueCodec.Misfit(description: "key '\(key)' is given twice; give it once")
        }
    }
}
