extension Maintenance {
    /// Gives back what dropped partitions take of the disk, once their rows are gone from the log and the state.
    func removeDroppedPartitions() throws {
        let partitions = writer.state.partitions
        let dropped = writer.state.sealed.filter { !partitions.contains($0.record.partition) }
        guard !dropped.isEmpty else { return }
        let identifiers = Set(dropped.map(\.identifier))
        try writeManifest { $0.segments.removeAll { identifiers.contains($0.identifier) } }
        try writer.change { $0.state.sealed.removeAll { identifiers.contains($0.identifier) } }
        for segment in dropped { remove(files.names(of: segment.record, schema: schema)) }
    }
}
