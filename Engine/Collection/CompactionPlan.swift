/// Which segments a compaction merges.
enum CompactionPlan {
    /// Groups of segments of one partition whose live rows fit one segment: partitions as they come first, the segments
    /// of each in their order.
    static func groups(_ segments: [SealedSegment]) -> [[SealedSegment]] {
        var order: [UInt32] = []
        var byPartition: [UInt32: [SealedSegment]] = [:]
        for segment in segments {
            if byPartition[segment.record.partition] == nil { order.append(segment.record.partition) }
            byPartition[segment.record.partition, default: []].append(segment)
        }
        return order.flatMap { groups(ofOnePartition: byPartition[$0]!) }
    }

    /// Groups of neighbouring segments. A group of one is rewritten only if it has deleted rows; order is kept, so equal
    /// distances keep their order too.
    private static func groups(ofOnePartition segments: [SealedSegment]) -> [[SealedSegment]] {
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
