import Synchronization

/// What a repair did.
public struct RepairReport: Sendable, Hashable {
    public let before: AuditReport
    /// The same as `before` where nothing was to repair.
    public let after: AuditReport
    /// The segments whose index was built anew, ascending.
    public let rebuiltSegments: [UInt64]
}

extension Collection {
    /// Searches for every live row by its own vector, and builds the index of those segments anew where rows are not
    /// found. Their rows are scanned exactly meanwhile, so no search misses them from then on.
    ///
    /// The first build heals what was damaged in memory or on the disk. Where rows are missed by the index as it was
    /// built, two more are tried with other random choices; the report tells what is left.
    ///
    /// - Parameters: as for `audit`.
    public func repair(
        field: String? = nil, limit: Int = 10, threads: Int = Processors.count, progress: BuildProgress = .silent
    ) throws -> RepairReport {
        let before = try audit(field: field, limit: limit, threads: threads, progress: progress)
        var after = before
        var rebuilt: Set<UInt64> = []
        for attempt in 0..<UInt64(Self.repairAttempts) where after.unreachableCount > 0 {
            let segments = Set(after.unreachableSegments)
            try ApusError.translating {
                try maintenance.rebuildIndex(
                    ofFieldAt: schema.requirePosition(of: after.field), segments: segments, variation: attempt,
                    progress: progress)
            }
            rebuilt.formUnion(segments)
            after = try audit(field: field, limit: limit, threads: threads, progress: progress)
        }
        return RepairReport(before: before, after: after, rebuiltSegments: rebuilt.sorted())
    }

    private static let repairAttempts = 3
}

/// The numbers of the last audits, as long as the indexes are there that they are about.
final class AuditRecords: Sendable {
    private struct Subject: Hashable {
        let segment: UInt64
        let index: SegmentRecord.Index
    }

    private let unreachableCounts = Mutex<[Subject: Int]>([:])

    /// Notes how many rows of a segment its index misses.
    func note(_ count: Int, _ record: SegmentRecord, field: Int) {
        guard let index = record.index(of: field) else { return }
        unreachableCounts.withLock { $0[Subject(segment: record.identifier, index: index)] = count }
    }

    /// Rows that the indexes of these segments miss; nil if none of them was audited.
    func unreachableRows(_ records: [SegmentRecord]) -> Int? {
        let counts = unreachableCounts.withLock { counts in
            records.flatMap { record in
                record.indexes.compactMap { counts[Subject(segment: record.identifier, index: $0)] }
            }
        }
        return counts.isEmpty ? nil : counts.reduce(0, +)
    }
}
