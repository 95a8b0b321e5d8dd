/// Which hashed partition a row belongs to: a hash of the encoded value of its partition key, modulo their number.
///
/// Part of the format: segments hold the rows of one partition, and a filter by the key looks into that one alone.
enum PartitionKey {
    static func partition(of key: UnsafeRawBufferPointer, partitionCount: Int) -> UInt32 {
        UInt32(StableHash.hash(key) % UInt64(partitionCount))
    }

    /// nil if the value can be none of the field.
    static func partition(of value: Value, schema: Schema) -> UInt32? {
        guard let position = schema.partitionKeyIndex,
            let bytes = try? ValueCodec.encode(value, as: schema.fields[position].type)
        else { return nil }
        return bytes.withUnsafeBytes { partition(of: $0, partitionCount: schema.partitionCount) }
    }
}

/// The partition of each row of a batch.
enum RowPartitions {
    case same(UInt32)
    case each([UInt32])

    init(_ batch: Batch, schema: Schema) {
        guard let position = schema.partitionKeyIndex, case .scalar(let keys) = batch.columns[position] else {
            self = .same(batch.partition)
            return
        }
        self = .each(
            (0..<batch.rowCount).map { row in
                keys.withBytes(at: row) { PartitionKey.partition(of: $0, partitionCount: schema.partitionCount) }
            })
    }

    subscript(row: Int) -> UInt32 {
        switch self {
        case .same(let partition): partition
        case .each(let partitions): partitions[row]
        }
    }

    /// The partition of all rows; nil if they are of several.
    var common: UInt32? {
        switch self {
        case .same(let partition): partition
        case .each(let partitions):
            partitions.first.flatMap { first in partitions.allSatisfy { $0 == first } ? first : nil }
        }
    }
}
