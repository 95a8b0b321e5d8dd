/// Leaves out the hashed partitions that cannot hold a row which a filter matches: where the filter pins the partition key
/// to constants, only the partitions of these are left.
enum PartitionPruning {
    /// - Parameter partitions: numbers of those that are asked for; nil for all.
    static func pruned(_ partitions: Set<UInt32>?, by filter: Filter?, schema: Schema) -> Set<UInt32>? {
        guard let filter, schema.partitionKeyIndex != nil, let possible = possible(filter.node, schema) else {
            return partitions
        }
        return partitions?.intersection(possible) ?? possible
    }

    /// The partitions that can hold matching rows; nil if that is not known.
    private static func possible(_ node: FilterNode, _ schema: Schema) -> Set<UInt32>? {
        switch node {
        case .constant(let holds): return holds ? nil : []
        case .sample: return nil
        case .leaf(let leaf): return possible(leaf, schema)
        case .all(let parts):
            let known = parts.compactMap { possible($0, schema) }
            return known.dropFirst().reduce(known.first) { $0?.intersection($1) }
        case .any(let parts):
            let known = parts.map { possible($0, schema) }
            return known.reduce([]) { sum, part in sum.flatMap { sum in part.map(sum.union) } }
        }
    }

    private static func possible(_ leaf: FilterLeaf, _ schema: Schema) -> Set<UInt32>? {
        guard leaf.polarity == .holds, leaf.operand.isWholeField,
            leaf.operand.path.field == schema.partitionKeyIndex, case .matches(.isIn(let values)) = leaf.condition
        else { return nil }
        var partitions: Set<UInt32> = []
        for value in values {
            // A value that the field cannot hold is in no partition; to say nothing of it is right as well.
            guard let partition = PartitionKey.partition(of: value, schema: schema) else { return nil }
            partitions.insert(partition)
        }
        return partitions
    }
}
