extension Maintenance {
    /// Builds the index of a field anew in some segments, with other random choices for each variation. Their rows are
    /// scanned exactly meanwhile.
    func rebuildIndex(
        ofFieldAt field: Int, segments: Set<UInt64>, variation: UInt64, progress: BuildProgress
    ) throws {
        try inTurn {
            let manifest = currentManifest
            guard let definition = writer.state.schema.indexDefinition(ofFieldAt: field, manifest.definitions) else {
                return
            }
            for identifier in segments.sorted() {
                guard let unindexed = try dropIndex(ofFieldAt: field, of: identifier) else { continue }
                _ = try buildIndex(definition, of: unindexed, field: field, variation: variation, progress)
                try writeManifest { _ in }
            }
        }
    }

    /// The segment without the index, its rows in memory, which its readers have from now on too; nil if it is gone or
    /// damaged.
    private func dropIndex(ofFieldAt field: Int, of identifier: UInt64) throws -> SealedSegment? {
        guard writer.state.sealed.contains(where: { $0.identifier == identifier }) else { return nil }
        try updateRecord(identifier) { $0.indexes.removeAll { $0.field == field } }
        try writeManifest { _ in }
        guard let segment = writer.state.sealed.first(where: { $0.identifier == identifier }),
            let contents = try loaded(segment)?.contents
        else { return nil }
        try updateSegment(identifier) { $0.contents == nil ? $0 : $0.replacing(contents: contents) }
        return segment.replacing(contents: contents)
    }
}
