/// One partition of a collection.
public struct PartitionDescription: Sendable, Hashable {
    public let name: String
    /// Number that no other partition of the collection ever has.
    public let number: UInt32
    /// When it was made, in seconds since 1970; 0 if that is not known.
    public let createdSeconds: UInt64
    public let isLoaded: Bool
    /// Entities that are alive.
    public let liveRows: Int
}

/// Partitions divide the entities of a collection so that searches, loading and dropping may concern a part of them.
/// Rows of different partitions never share a sealed segment: what one partition holds changes neither the results nor
/// the recall of another. A key is unique in the whole collection, so upserting an entity into another partition moves
/// it there.
///
/// Where a field is the partition key, rows are divided by it into `Schema.partitionCount` partitions, and calls that
/// name partitions are refused.
extension Collection {
    /// Makes a partition, durably. Returns false if there is one of the name.
    ///
    /// - Throws: `ApusError` with code `invalidArgument` for a name that cannot be, more than
    ///   `Limits.partitionsPerCollection` partitions, or a collection with a partition key.
    @discardableResult
    public func createPartition(_ name: String) throws -> Bool {
        try PartitionName.check(name)
        try state.refuseNames()
        return try ApusError.translating { try writer.createPartition(name) }
    }

    /// Removes a partition with all its rows, durably. Returns false if there is none of the name.
    ///
    /// The rows are gone for everybody at once; then the call waits for sealing or building under way, to give their
    /// space back. After an error of that second part the space is given back by the next `flush`.
    ///
    /// - Throws: `ApusError` with code `invalidArgument` for the default partition, one that is loaded, or a collection
    ///   with a partition key.
    @discardableResult
    public func dropPartition(_ name: String) throws -> Bool {
        try state.refuseNames()
        guard name != PartitionTable.defaultName else {
            throw ApusError(.invalidArgument, "default partition cannot be deleted; delete its rows instead")
        }
        return try ApusError.translating {
            guard try writer.dropPartition(name) else { return false }
            try maintenance.inTurn { try maintenance.removeDroppedPartitions() }
            return true
        }
    }

    public func hasPartition(_ name: String) throws -> Bool {
        try writer.requireOpen()
        return state.partitions.number(of: name) != nil
    }

    /// The names of the partitions, the default one first, then as they were made.
    public func listPartitions() throws -> [String] {
        try writer.requireOpen()
        return state.partitions.partitions.map(\.name)
    }

    /// The partitions with what they hold, in the order of `listPartitions`. O(segments + rows that are not sealed).
    public func describePartitions() throws -> [PartitionDescription] {
        try writer.requireOpen()
        let state = state
        let counts = state.liveCounts()
        return state.partitions.partitions.map {
            PartitionDescription(
                name: $0.name, number: $0.number, createdSeconds: $0.createdSeconds,
                isLoaded: state.loaded.contains($0.number), liveRows: counts[$0.number] ?? 0)
        }
    }

    // MARK: Loading

    /// Brings partitions into memory, beside those that are there. While only some are loaded, a search that names no
    /// partition searches these.
    ///
    /// - Throws: `ApusError` with code `notFound` that names a partition which is not there.
    public func load(partitions names: [String], progress: BuildProgress = .silent) throws {
        try ApusError.translating {
            try maintenance.load(progress: progress) { state in
                let numbers = try state.numbers(of: names)
                return numbers.isEmpty ? state.loaded : state.loaded.loading(numbers)
            }
        }
    }

    /// Gives the memory of partitions back. Searches that name them are refused; those that name none search the rest,
    /// and are refused when nothing is left.
    ///
    /// - Throws: `ApusError` with code `notFound` that names a partition which is not there.
    public func release(partitions names: [String]) throws {
        try ApusError.translating {
            try maintenance.release { state in
                state.loaded.releasing(try state.numbers(of: names), of: state.partitions)
            }
        }
    }

    /// Whether a partition is in memory.
    ///
    /// - Throws: `ApusError` with code `notFound` if there is no such partition.
    public func isLoaded(partition name: String) throws -> Bool {
        try writer.requireOpen()
        let state = state
        return state.loaded.contains(try state.requirePartition(name))
    }
}

extension CollectionState {
    /// The numbers of partitions that are loaded or released by name.
    fileprivate func numbers(of names: [String]) throws -> Set<UInt32> {
        try refuseNames()
        return Set(try names.map(requirePartition))
    }
}
