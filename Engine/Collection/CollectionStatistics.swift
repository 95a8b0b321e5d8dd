/// What a collection holds and what it takes, at one moment.
public struct CollectionStatistics: Sendable, Hashable {
    /// Entities that are alive.
    public let liveRows: Int
    /// Rows in memory and in the log only, deleted ones included.
    public let unsealedRows: Int
    public let segments: [SegmentStatistics]
    /// Live rows that indexes miss, as the last `audit` of each found; nil if there was none since the collection was
    /// opened or its indexes built.
    public let unreachableRows: Int?
    /// Bytes of the files of the collection, log included.
    public let diskBytes: Int

    /// Bytes of the vectors in memory; 0 while the collection is not loaded.
    public var vectorBytes: Int { segments.reduce(0) { $0 + $1.vectorBytes } }
    /// Bytes of the indexes in memory beside the vectors.
    public var indexBytes: Int { segments.reduce(0) { $0 + $1.indexBytes } }
    /// Bytes of keys and scalar fields in memory.
    public var scalarBytes: Int { segments.reduce(0) { $0 + $1.scalarBytes } }
}

/// One sealed segment.
public struct SegmentStatistics: Sendable, Hashable {
    public let identifier: UInt64
    /// Deleted rows included.
    public let rows: Int
    public let liveRows: Int
    /// The indexes that were built and written.
    public let indexes: [BuiltIndex]
    public let vectorBytes: Int
    public let indexBytes: Int
    public let scalarBytes: Int

    /// An index in a file.
    public struct BuiltIndex: Sendable, Hashable {
        public let field: String
        /// Sixteen hexadecimal digits: the same rows, parameters and processor kernels give the same.
        public let digest: String
    }
}

extension Collection {
    /// What the collection holds and takes now. O(segments), and a look at the size of each file.
    public func statistics() throws -> CollectionStatistics {
        let state = state
        return try ApusError.translating {
            CollectionStatistics(
                liveRows: state.liveCount,
                unsealedRows: state.growing.rowCount + state.frozen.reduce(0) { $0 + $1.rowCount },
                segments: state.sealed.map(statistics),
                unreachableRows: audits.unreachableRows(state.sealed.map(\.record)),
                diskBytes: try maintenance.files.diskBytes())
        }
    }

    private func statistics(of segment: SealedSegment) -> SegmentStatistics {
        let memory = segment.contents?.memory ?? (vectors: 0, indexes: 0, scalars: 0)
        return SegmentStatistics(
            identifier: segment.identifier, rows: segment.record.rowCount, liveRows: segment.rows.count,
            indexes: builtIndexes(of: segment),
            vectorBytes: memory.vectors, indexBytes: memory.indexes,
            scalarBytes: memory.scalars + segment.keys.memoryBytes)
    }

    private func builtIndexes(of segment: SealedSegment) -> [SegmentStatistics.BuiltIndex] {
        let manifest = maintenance.currentManifest
        func built(_ field: Int, _ digest: UInt64) -> SegmentStatistics.BuiltIndex {
            SegmentStatistics.BuiltIndex(field: manifest.schema.fields[field].name, digest: Self.digestText(digest))
        }
        return segment.record.indexes.map { built($0.field, $0.digest) }
            + manifest.scalarIndexes.compactMap { wanted in
                segment.record.scalarIndex(wanted.number).map { built(wanted.field, $0.digest) }
            }
    }

    private static func digestText(_ digest: UInt64) -> String {
        let digits = String(digest, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}

extension SegmentFiles {
    /// Bytes of all files in the folder. One that goes away meanwhile is left out.
    func diskBytes() throws -> Int {
        try fileSystem.list(folder).reduce(0) { sum, name in
            do {
                return sum + (try fileSystem.size(path(name)))
            } catch let error as StorageError where error.code == .notFound {
                return sum
            }
        }
    }
}
