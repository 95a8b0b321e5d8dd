/// Partitions are made and dropped by records of the log, so that they are ordered among the writes of rows: a row is
/// either in a partition that there is, or gone.
extension CollectionWriter {
    /// Returns false if there is a partition of the name.
    func createPartition(_ name: String) throws -> Bool {
        try write(.everyWrite) { working in
            let table = working.state.partitions
            guard table.number(of: name) == nil else { return false }
            guard table.partitions.count < Limits.partitionsPerCollection else {
                throw ApusError(
                    .invalidArgument,
                    "partition number (\(table.partitions.count + 1)) exceeds max configuration "
                        + "(\(Limits.partitionsPerCollection)); drop one that is not needed, or use a partition key")
            }
            guard table.nextNumber < PartitionTable.largestNumber else {
                throw ApusError(.invalidArgument, "the collection has made all partitions that it can number")
            }
            let partition = PartitionTable.Partition(
                name: name, number: table.nextNumber, createdSeconds: clock.now)
            var payload = ByteWriter()
            partition.write(to: &payload)
            try append(.createPartition, payload.bytes, &working)
            working.state.partitions.add(partition)
            return true
        }
    }

    /// Deletes all rows of a partition and forgets it. Returns false if there is none of the name.
    func dropPartition(_ name: String) throws -> Bool {
        try write(.everyWrite) { working in
            guard let number = working.state.partitions.number(of: name) else { return false }
            guard !working.state.loaded.contains(number) else {
                throw ApusError(
                    .invalidArgument,
                    "partition cannot be dropped, partition is loaded, please release it first[partition=\(name)]")
            }
            var payload = ByteWriter()
            payload.append(number)
            try append(.dropPartition, payload.bytes, &working)
            _ = working.state.dropPartition(number)
            return true
        }
    }

    private func append(_ kind: LogRecordKind, _ payload: [UInt8], _ working: inout Working) throws {
        working.sequence = try payload.withUnsafeBytes { try log.append(kind: kind.rawValue, [$0], .deferred) }
    }
}

extension CollectionState {
    /// Those of the keys that live entities of a partition have; of any partition for nil.
    func keys(_ keys: [PrimaryKey], inPartition name: String?) throws -> [PrimaryKey] {
        var number: UInt32?
        if let name {
            try refuseNames()
            number = try requirePartition(name)
        }
        return keys.filter { key in
            guard let (place, row) = locate(key) else { return false }
            return number.map { $0 == partition(at: place, row: row) } ?? true
        }
    }
}
