/// Which hashed partitions can hold rows that a filter permits, by what it says of the partition key: those of
/// `key == value` and `key in [...]`, joined as the filter joins them. The filter still decides about each row.
enum PartitionPruning {
    /// nil if it may be any.
    static func partitions(_ filter: Filter, schema: Schema) -> Set<UInt32>? {
        schema.partitionKeyIndex.flatMap { partitions(filter.node, key: $0, schema) }
    }

    private static func partitions(_ node: FilterNode, key: Int, _ schema: Schema) -> Set<UInt32>? {
        switch node {
        case .constant(false): return []
        case .constant, .sample: return nil
        case .all(let parts):
            let known = parts.compactMap { partitions($0, key: key, schema) }
            return known.dropFirst().reduce(known.first) { $0?.intersection($1) }
        case .any(let parts):
            let each = parts.map { partitions($0, key: key, schema) }
            return each.reduce([]) { all, some in all.flatMap { all in some.map(all.union) } }
        case .leaf(let leaf):
            guard leaf.polarity == .holds, leaf.operand.isWholeField, leaf.operand.path.field == key,
                case .matches(.isIn(let values)) = leaf.condition
            else { return nil }
            let numbers = values.map { PartitionKey.partition(of: $0, schema: schema) }
            return numbers.contains(nil) ? nil : Set(numbers.compactMap { $0 })
        }
    }
}
