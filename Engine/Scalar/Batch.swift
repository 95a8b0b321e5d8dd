/// Validated rows of one insert or upsert: a column for every field of the schema, in its order.
struct Batch: Sendable {
    enum FieldColumn: Sendable {
        case scalar(Column)
        /// Rows x dimension, finite, of the element type of the field.
        case vector(DenseVectors)
    }

    let rowCount: Int
    var columns: [FieldColumn]
    /// Number of the partition that the rows go to; 0, the default one, where a partition key divides them.
    var partition: UInt32 = 0
    /// When the rows were written, in seconds since 1970.
    var writtenSeconds: UInt64 = 0

    /// Bytes of the rows as they would be written.
    var byteCount: Int {
        columns.reduce(0) { sum, column in
            switch column {
            case .scalar(let column): sum + column.memoryBytes
            case .vector(let values): sum + values.byteCount
            }
        }
    }

    /// The key column; a batch always has one when it reaches the log.
    func keys(_ schema: Schema) -> Column {
        guard case .scalar(let column) = columns[schema.primaryKeyIndex] else {
            preconditionFailure("the primary key is a scalar field")
        }
        return column
    }
}

extension Batch {
    /// The rows under a schema that may have got fields since, which are null or have their default.
    ///
    /// - Throws: `ApusError` if one of these fields must be given.
    func extended(to schema: Schema) throws -> Batch {
        guard columns.count < schema.fields.count else { return self }
        var batch = self
        for field in schema.fields[columns.count...] {
            batch.columns.append(.scalar(try Column.absent(field, rowCount: rowCount)))
        }
        return batch
    }
}

extension Column {
    /// Reads a column that holds primary keys.
    ///
    /// - Throws: `StorageError.corrupted` if the bytes are no such column, or a key is null.
    static func readKeys(_ type: DataType, count: Int, from reader: inout ByteReader) throws -> Column {
        let column = try read(type, count: count, from: &reader)
        guard column.nulls == nil else { throw reader.corrupted("a primary key is null") }
        return column
    }

    /// The primary key of a row of a key column.
    func key(at row: Int) -> PrimaryKey {
        switch value(at: row) {
        case .integer(let key): .integer(key)
        case .text(let key): .text(key)
        default: preconditionFailure("a key column holds integers or texts")
        }
    }
}

/// A batch as the payload of a log record.
enum BatchCodec {
    /// Calls `body` with the pieces of the payload, vectors uncopied.
    static func withPieces<Result>(
        of batch: Batch, _ body: ([UnsafeRawBufferPointer]) throws -> Result
    ) rethrows -> Result {
        var head = ByteWriter()
        head.append(UInt32(batch.rowCount))
        head.append(UInt32(batch.columns.count))
        head.append(batch.partition)
        head.append(batch.writtenSeconds)
        var vectors: [DenseVectors] = []
        for column in batch.columns {
            switch column {
            case .scalar(let column): column.write(to: &head)
            case .vector(let values): vectors.append(values)
            }
        }
        return try head.bytes.withUnsafeBytes { try withBuffers(of: vectors[...], after: [$0], body) }
    }

    /// How a log record holds a batch.
    enum Form {
        /// As many columns as the schema has fields, no partition and no time: the first form that was written.
        case columnsAlone
        /// What `withPieces` writes.
        case described
    }

    /// Fields that the schema got after the batch was written take their default or null.
    static func read(_ reader: inout ByteReader, schema: Schema, form: Form) throws -> Batch {
        let rowCount = Int(try reader.uint32())
        var batch = Batch(rowCount: rowCount, columns: [])
        var fields = schema.fields[...]
        if form == .described {
            let columnCount = Int(try reader.uint32())
            guard columnCount <= fields.count else {
                throw reader.corrupted("a batch of \(columnCount) columns cannot be; the schema has \(fields.count)")
            }
            fields = fields.prefix(columnCount)
            guard schema.primaryKeyIndex < columnCount,
                try schema.fields[columnCount...].allSatisfy({ try $0.absentValue != nil })
            else { throw reader.corrupted("a batch of \(columnCount) columns lacks fields that have no default") }
            batch.partition = try reader.uint32()
            batch.writtenSeconds = try reader.uint64()
        }
        batch.columns = try readColumns(&reader, schema, fields, rowCount: rowCount)
        try reader.expectEnd()
        return try batch.extended(to: schema)
    }

    private static func readColumns(
        _ reader: inout ByteReader, _ schema: Schema, _ fields: ArraySlice<Field>, rowCount: Int
    ) throws -> [Batch.FieldColumn] {
        var columns: [Batch.FieldColumn] = []
        for (index, field) in fields.enumerated() {
            if field.type.vectorDimension != nil {
                columns.append(.vector(.float32([])))
            } else if index == schema.primaryKeyIndex {
                columns.append(.scalar(try Column.readKeys(field.type, count: rowCount, from: &reader)))
            } else {
                columns.append(.scalar(try Column.read(field.type, count: rowCount, from: &reader)))
            }
        }
        for (index, field) in fields.enumerated() {
            guard let layout = field.type.vectorLayout else { continue }
            let bytes = try reader.byteSlice(rowCount * layout.strideBytes)
            columns[index] = .vector(bytes.withUnsafeBytes { DenseVectors($0, layout.element) })
        }
        return columns
    }

    private static func withBuffers<Result>(
        of vectors: ArraySlice<DenseVectors>, after pieces: [UnsafeRawBufferPointer],
        _ body: ([UnsafeRawBufferPointer]) throws -> Result
    ) rethrows -> Result {
        guard let first = vectors.first else { return try body(pieces) }
        return try first.withBytes {
            try withBuffers(of: vectors.dropFirst(), after: pieces + [$0], body)
        }
    }
}
