import Synchronization

/// Which live rows their own vectors find.
public struct AuditReport: Sendable, Hashable {
    public let field: String
    /// Live rows of indexed segments: each was searched for by its own vector.
    public let searchedCount: Int
    /// Live rows of segments that are scanned exactly, where none can be missed.
    public let scannedCount: Int
    /// Rows that are not among the hits, but every hit is as near as the row itself: duplicates, or rows that are
    /// nearer to the vector than the row it belongs to, which an inner product allows.
    public let outrankedCount: Int
    /// Rows that the index misses.
    public let unreachableCount: Int
    /// The keys of the first of them, ascending, at most `Collection.listedKeys`.
    public let unreachable: [PrimaryKey]
    /// The segments that they are in, ascending.
    public let unreachableSegments: [UInt64]
}

extension Collection {
    /// Searches for every live row by its own vector, with the default parameters of the index.
    ///
    /// - Parameters:
    ///   - field: nil takes the only vector field.
    ///   - limit: hits among which the row must be.
    /// - Throws: `ApusError` with code `notLoaded` if the collection is not loaded, `notFound` or `invalidArgument`
    ///   for the field.
    public func audit(
        field: String? = nil, limit: Int = 10, threads: Int = Processors.count,
        progress: BuildProgress = .silent
    ) throws -> AuditReport {
        let state = state
        guard state.isLoaded else {
            throw ApusError(.notLoaded, "the collection is not loaded; call load() before audit")
        }
        guard (1...Limits.searchLimit).contains(limit) else {
            throw ApusError(.invalidArgument, "limit is \(limit); it must be 1 to \(Limits.searchLimit)")
        }
        let field = try SearchTarget.vectorField(field, schema)
        let audit = FindabilityAudit(
            files: maintenance.files, state: state, field: schema.position(of: field.name)!, limit: limit,
            threads: max(1, threads), records: audits)
        return try audit.run(fieldName: field.name, progress: progress)
    }
}

/// The audit of one vector field.
///
/// A row is searched for in its own segment: what that segment's index finds, the merge of all segments can only
/// outrank by rows that are as near.
private struct FindabilityAudit {
    let files: SegmentFiles
    let state: CollectionState
    let field: Int
    let limit: Int
    let threads: Int
    let records: AuditRecords

    private static let rowsPerPiece = 256

    private struct Findings {
        var unreachable: [PrimaryKey] = []
        var outrankedCount = 0
        var piecesDone = 0
        var failure: (any Error)?
    }

    func run(fieldName: String, progress: BuildProgress) throws -> AuditReport {
        let indexed = state.sealed.filter(isSearchedByIndex)
        let searchedCount = indexed.reduce(0) { $0 + $1.rows.count }
        let team = WorkerTeam(count: threads)
        var found = Findings()
        var unreachableSegments: [UInt64] = []
        for segment in indexed {
            let findings = try audit(segment, team: team, progress: progress)
            records.note(findings.unreachable.count, segment.record, field: field)
            if !findings.unreachable.isEmpty { unreachableSegments.append(segment.identifier) }
            found.unreachable += findings.unreachable
            found.outrankedCount += findings.outrankedCount
        }
        return AuditReport(
            field: fieldName, searchedCount: searchedCount, scannedCount: state.liveCount - searchedCount,
            outrankedCount: found.outrankedCount, unreachableCount: found.unreachable.count,
            unreachable: Array(found.unreachable.sorted().prefix(Collection.listedKeys)),
            unreachableSegments: unreachableSegments.sorted())
    }

    private func isSearchedByIndex(_ segment: SealedSegment) -> Bool {
        guard let index = segment.contents?.indexes[field] else { return false }
        return !index.definition.isExact
    }

    /// The rows of a segment, read for the audit where its index does without them.
    private func rows(of segment: SealedSegment, _ vectors: SegmentContents.Vectors) throws -> VectorRows {
        try vectors.prepared
            ?? files.readVectors(
                segment.record, field: field, layout: vectors.layout, metric: vectors.metric)
    }

    private func audit(
        _ segment: SealedSegment, team: WorkerTeam, progress: BuildProgress
    ) throws -> Findings {
        let contents = segment.contents!
        let index = contents.indexes[field]!
        let neighborCount = min(limit, max(1, segment.rows.count))
        let search = SelfSearch(
            index: index, rows: try rows(of: segment, contents.vectors[field]!), live: segment.rows, k: neighborCount,
            parameters: try index.definition.resolveSearch([:], k: neighborCount))
        let rowCount = segment.rows.rowCount
        let pieces = (rowCount + Self.rowsPerPiece - 1) / Self.rowsPerPiece
        let shared = Mutex(Findings())
        team.forEach(pieces, grain: 1) { range, _ in
            for piece in range {
                let start = piece * Self.rowsPerPiece
                do {
                    let outcome = try search.outcome(of: start..<min(start + Self.rowsPerPiece, rowCount))
                    let done = shared.withLock { findings in
                        findings.unreachable += outcome.unreachable.map(segment.key)
                        findings.outrankedCount += outcome.outrankedCount
                        findings.piecesDone += 1
                        return findings.piecesDone
                    }
                    progress.report(min(done * Self.rowsPerPiece, rowCount), rowCount)
                } catch {
                    shared.withLock { $0.failure = $0.failure ?? error }
                }
            }
        }
        let findings = shared.withLock { $0 }
        if let failure = findings.failure { throw failure }
        return findings
    }
}

/// Searches of rows of one segment for themselves.
private struct SelfSearch: Sendable {
    let index: any VectorIndex
    let rows: VectorRows
    let live: LiveRows
    let k: Int
    let parameters: Parameters

    func outcome(of range: Range<Int>) throws -> (unreachable: [Int], outrankedCount: Int) {
        var statistics = SearchStatistics()
        let queries = QueryBlock(
            base: rows.row(range.lowerBound), element: rows.element, count: range.count, dimension: rows.dimension)
        let found = try index.search(
            queries, k: k, parameters: parameters, permitted: live.permitted, statistics: &statistics)
        var unreachable: [Int] = []
        var outrankedCount = 0
        for (row, hits) in zip(range, found) where live.contains(row) {
            if hits.contains(where: { Int($0.row) == row }) { continue }
            if isOutranked(row, by: hits) { outrankedCount += 1 } else { unreachable.append(row) }
        }
        return (unreachable, outrankedCount)
    }

    private func isOutranked(_ row: Int, by hits: [Neighbor]) -> Bool {
        guard hits.count == k, let farthest = hits.last else { return false }
        let space = VectorSpace(metric: index.definition.metric, rows: rows, count: live.rowCount)
        let own = space.scorer(forRow: UInt32(row)).distance(to: UInt32(row))
        return farthest.distance <= own
    }
}
