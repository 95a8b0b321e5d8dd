/// Which segments a compaction merges.
enum CompactionPlan {
    /// Groups of neighbouring segments whose live rows fit one segment. A group of one is rewritten only if it has
    /// deleted rows; order is kept, so equal distances keep their order too.
    static func groups(_ segments: [SealedSegment]) -> [[SealedSegment]] {
        var groups: [[SealedSegment]] = []
        var bytes = 0
        var rows = 0
        for segment in segments {
            let liveBytes = segment.record.byteCount / max(segment.rows.rowCount, 1) * segment.rows.count
            if groups.isEmpty || bytes + liveBytes > Limits.segmentBytes
                || rows + segment.rows.count > Limits.segmentRows
            {
                groups.append([])
                bytes = 0
                rows = 0
            }
            groups[groups.count - 1].append(segment)
            bytes += liveBytes
            rows += segment.rows.count
        }
        return groups.filter { $0.count > 1 || $0[0].rows.deleted.count > 0 }
    }
}
