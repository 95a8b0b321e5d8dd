extension CollectionState {
    // MARK: Which rows

    /// The partition of a row that `locate` found.
    func partition(at place: Place, row: Int) -> UInt32 {
        switch place {
        case .sealed(let index): sealed[index].record.partition
        case .frozen(let index): frozen[index].partition(ofRow: row)
        case .growing: growing.partition(ofRow: row)
        }
    }

    /// The rows that may be read through some partitions only: segments that hold none of their rows are left out.
    ///
    /// - Parameter numbers: nil for all partitions.
    func restricted(to numbers: Set<UInt32>?) -> CollectionState {
        guard let numbers else { return self }
        var state = self
        state.sealed.removeAll { !numbers.contains($0.record.partition) }
        state.frozen.removeAll { $0.partition.map { !numbers.contains($0) } ?? false }
        return state
    }

    /// How many live rows each partition has, by number. O(segments + rows that are not sealed).
    func liveCounts() -> [UInt32: Int] {
        var counts: [UInt32: Int] = [:]
        for segment in sealed { counts[segment.record.partition, default: 0] += segment.rows.count }
        for segment in frozen + [growing] {
            for (partition, rows) in segment.rowsByPartition() {
                counts[partition, default: 0] += rows.count { segment.rows.contains($0) }
            }
        }
        return counts
    }

    /// A segment as this state holds it: with its contents only if its partition is loaded.
    func inMemory(_ segment: SealedSegment) -> SealedSegment {
        loaded.contains(segment.record.partition) ? segment : segment.replacing(contents: nil)
    }

    // MARK: Naming partitions

    /// The number of the partition that a write names; that of the default one for nil.
    ///
    /// - Throws: `ApusError` with code `notFound`, or `invalidArgument` where a partition key decides.
    func partitionToWrite(_ name: String?) throws -> UInt32 {
        guard let name else { return PartitionTable.defaultNumber }
        try refuseNames()
        return try requirePartition(name)
    }

    /// - Throws: `ApusError` with code `notFound` that lists the partitions there are.
    func requirePartition(_ name: String) throws -> UInt32 {
        if let number = partitions.number(of: name) { return number }
        throw ApusError(.notFound, "partition not found[partition=\(name)]; \(knownPartitions)")
    }

    /// - Throws: `ApusError` with code `invalidArgument` if a partition key divides the rows.
    func refuseNames() throws {
        guard let position = schema.partitionKeyIndex else { return }
        throw ApusError(
            .invalidArgument,
            "not support manually specifying the partition names if partition key mode is used; "
                + "rows go by the field '\(schema.fields[position].name)', and a filter by it finds their partition")
    }

    /// The numbers of the partitions that a request reads; nil for all rows there are.
    ///
    /// - Parameter names: as the request gives them; empty for all that are loaded.
    /// - Throws: `ApusError` with code `notLoaded`, `notFound` or `invalidArgument`, naming the partition.
    func searchedPartitions(_ names: [String]) throws -> Set<UInt32>? {
        if names.isEmpty, loaded == .all { return nil }
        let all = Set(partitions.partitions.map(\.number))
        guard !names.isEmpty else { return all.filter(loaded.contains) }
        try refuseNames()
        var numbers: Set<UInt32> = []
        for name in names {
            guard let number = partitions.number(of: name) else {
                throw ApusError(.notFound, "partition name \(name) not found; \(knownPartitions)")
            }
            try requireLoaded(number)
            numbers.insert(number)
        }
        return numbers == all ? nil : numbers
    }

    /// - Throws: `ApusError` with code `notLoaded` that names the partition.
    func requireLoaded(_ number: UInt32) throws {
        guard !loaded.contains(number) else { return }
        let name = partitions.partition(numbered: number)?.name ?? "\(number)"
        throw ApusError(
            .notLoaded, "partition not loaded[partition=\(name)]; call load(partitions: [\"\(name)\"]) first")
    }

    private var knownPartitions: String {
        let names = partitions.partitions.prefix(Self.listedPartitions).map(\.name).joined(separator: ", ")
        let rest = partitions.partitions.count - Self.listedPartitions
        return "there are \(names)" + (rest > 0 ? " and \(rest) more" : "")
    }

    /// Partitions that an error lists by name.
    private static let listedPartitions = 20

    // MARK: Dropping

    /// Deletes the rows of a partition and forgets it. Returns how many rows were alive.
    mutating func dropPartition(_ number: UInt32) -> Int {
        partitions.remove(number)
        loaded = loaded.forgetting(number)
        return deleteRows(of: number)
    }

    /// After a replay: rows of partitions that the manifest knew to be dropped, or whose making was lost with a damaged
    /// part of the log, are nobody's.
    mutating func deleteRowsOfUnknownPartitions() {
        let present =
            sealed.map(\.record.partition) + growing.rowsByPartition().map(\.partition)
        for number in Set(present) where !partitions.contains(number) { _ = deleteRows(of: number) }
    }

    private mutating func deleteRows(of number: UInt32) -> Int {
        let before = liveCount
        for (index, segment) in sealed.enumerated() where segment.record.partition == number {
            sealed[index] = segment.deletingAll()
        }
        for (index, segment) in frozen.enumerated() {
            frozen[index] = segment.deleting(segment.rows(ofPartition: number))
        }
        growing = growing.deleting(growing.rows(ofPartition: number))
        return before - liveCount
    }
}

extension SealedSegment {
    fileprivate func deletingAll() -> SealedSegment {
        replacing(rows: LiveRows(rowCount: rows.rowCount, deleted: .full(capacity: rows.rowCount)))
    }
}

extension GrowingSegment {
    fileprivate func rows(ofPartition number: UInt32) -> [Int] {
        rowsByPartition().first { $0.partition == number }?.rows ?? []
    }
}
