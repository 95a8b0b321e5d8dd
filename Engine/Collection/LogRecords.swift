/// What the records of a collection's log say.
enum LogRecordKind: UInt8 {
    /// A batch of rows with keys that were not there, without partition and time. Read, no longer written.
    case oldInsert = 1
    /// The same of rows that replace those with the same keys.
    case oldUpsert = 2
    /// Keys whose rows are deleted.
    case delete = 3
    /// A batch of rows with keys that were not there.
    case insert = 4
    /// A batch of rows that replace those with the same keys.
    case upsert = 5
    /// A partition that was made.
    case createPartition = 6
    /// A partition that goes with all its rows.
    case dropPartition = 7
}

/// The payload of a deletion: a key column.
enum DeletionCodec {
    static func payload(_ keys: [PrimaryKey], type: DataType) throws -> [UInt8] {
        var builder = ColumnBuilder(type: type, reservingRows: keys.count)
        for key in keys { builder.append(try ValueCodec.encode(key.value, as: type)) }
        var writer = ByteWriter()
        writer.append(UInt32(keys.count))
        builder.finish().write(to: &writer)
        return writer.bytes
    }

    static func read(_ reader: inout ByteReader, type: DataType) throws -> [PrimaryKey] {
        let count = Int(try reader.uint32())
        let column = try Column.readKeys(type, count: count, from: &reader)
        try reader.expectEnd()
        return (0..<count).map { column.key(at: $0) }
    }
}

extension CollectionState {
    /// Applies a record of the log. Rows that a segment holds already are replaced by the same rows, so a log may be
    /// replayed from any record before the first that no segment contains.
    ///
    /// - Throws: `StorageError.corrupted` if the payload is none of its kind.
    mutating func replay(_ kind: UInt8, payload: inout ByteReader, schema: Schema) throws {
        switch LogRecordKind(rawValue: kind) {
        case .oldInsert, .oldUpsert: try replace(by: BatchCodec.read(&payload, schema: schema, form: .columnsAlone))
        case .insert, .upsert: try replace(by: BatchCodec.read(&payload, schema: schema, form: .described))
        case .delete:
            _ = delete(try DeletionCodec.read(&payload, type: schema.primaryKey.type))
        case .createPartition:
            let partition = try PartitionTable.Partition.read(from: &payload)
            try payload.expectEnd()
            partitions.add(partition)
        case .dropPartition:
            let number = try payload.uint32()
            try payload.expectEnd()
            guard number != PartitionTable.defaultNumber, schema.partitionKeyIndex == nil else {
                throw payload.corrupted("partition \(number) cannot be dropped")
            }
            _ = dropPartition(number)
        case nil: throw payload.corrupted("there is no log record of kind \(kind)")
        }
    }

    private mutating func replace(by batch: Batch) {
        _ = delete(batch.allKeys(schema))
        append(batch)
    }
}

extension Batch {
    func allKeys(_ schema: Schema) -> [PrimaryKey] {
        let column = keys(schema)
        return (0..<column.count).map { column.key(at: $0) }
    }
}
