/// The rows of a collection at one moment. A value: a search holds the state that was in force when it began, and
/// no lock.
struct CollectionState: Sendable {
    /// Rises with every change of the working state, so that a newer state is never replaced by an older one.
    var version: UInt64 = 0
    var schema: Schema
    var partitions: PartitionTable
    /// What is in memory.
    var loaded = LoadedPartitions.none
    var sealed: [SealedSegment]
    /// Segments that take no more rows and are being sealed, oldest first.
    var frozen: [GrowingSegment] = []
    var growing: GrowingSegment
    var definitions: [String: IndexDefinition]
    /// How long a row is there after it was written; nil for ever.
    var timeToLiveSeconds: UInt64?

    /// Whether any partition is in memory.
    var isLoaded: Bool { loaded != .none }

    /// Where a row is.
    enum Place: Hashable {
        case sealed(Int)
        case frozen(Int)
        case growing
    }

    /// All segments with rows.
    var segments: [any Segment] {
        var segments: [any Segment] = sealed
        segments += frozen
        if !growing.isEmpty { segments.append(growing) }
        return segments
    }

    var liveCount: Int { segments.reduce(0) { $0 + $1.rows.count } }

    /// Where the live row with a key is; nil if there is none.
    func locate(_ key: PrimaryKey) -> (place: Place, row: Int)? {
        if let row = growing.row(of: key) { return (.growing, row) }
        for (index, segment) in frozen.enumerated() {
            if let row = segment.row(of: key) { return (.frozen(index), row) }
        }
        let hash = KeyFilter.hash(key)
        for index in sealed.indices where sealed[index].keys.filter.mayContain(hash) {
            if let row = sealed[index].row(of: key) { return (.sealed(index), row) }
        }
        return nil
    }

    func segment(at place: Place) -> any Segment {
        switch place {
        case .sealed(let index): sealed[index]
        case .frozen(let index): frozen[index]
        case .growing: growing
        }
    }

    /// Deletes the live rows of the keys that are there; returns how many were.
    mutating func delete(_ keys: some Sequence<PrimaryKey>) -> Int {
        var rows: [Place: Set<Int>] = [:]
        for key in keys {
            if let found = locate(key) { rows[found.place, default: []].insert(found.row) }
        }
        for (place, rows) in rows {
            switch place {
            case .sealed(let index): sealed[index] = sealed[index].deleting(Array(rows))
            case .frozen(let index): frozen[index] = frozen[index].deleting(Array(rows))
            case .growing: growing = growing.deleting(Array(rows))
            }
        }
        return rows.values.reduce(0) { $0 + $1.count }
    }

    mutating func append(_ batch: Batch) {
        growing = growing.appending(batch)
    }
}
