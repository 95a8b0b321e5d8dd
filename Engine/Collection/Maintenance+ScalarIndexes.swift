extension Maintenance {
    /// Builds every scalar index that is asked for and that a segment lacks, and writes the manifest once for all.
    func buildScalarIndexes(of segment: SealedSegment) throws {
        let manifest = currentManifest
        let missing = manifest.scalarIndexes.filter { wanted in
            segment.contents.map { $0.scalarIndexes[wanted.number] == nil }
                ?? (segment.record.scalarIndex(wanted.number) == nil)
        }
        var built: [(entry: SegmentRecord.ScalarIndex, index: any ScalarIndex)] = []
        for wanted in missing {
            guard let column = try column(of: segment, at: wanted.field, manifest.schema) else { continue }
            let (index, entry) = try SegmentScalarIndexFiles(files: files, schema: manifest.schema)
                .build(wanted, record: segment.record, column: column)
            built.append((entry, index))
        }
        guard !built.isEmpty else { return }
        try files.fileSystem.syncFolder(files.folder)
        let numbers = Set(built.map(\.entry.number))
        try updateRecord(segment.identifier) { record in
            record.scalarIndexes.removeAll { numbers.contains($0.number) }
            record.scalarIndexes += built.map(\.entry)
        }
        try writeManifest { _ in }
        try updateSegment(segment.identifier) { segment in
            guard var contents = segment.contents else { return segment }
            for (entry, index) in built { contents.scalarIndexes[entry.number] = index }
            return segment.replacing(contents: contents)
        }
    }

    /// The values of a field, read from their file if the segment is not loaded; nil if there is none, or after noting
    /// that it is damaged.
    private func column(of segment: SealedSegment, at field: Int, _ schema: Schema) throws -> Column? {
        if field == schema.primaryKeyIndex { return segment.keys.column }
        if let contents = segment.contents { return contents.scalars[field] }
        guard field < segment.record.fieldCount else { return nil }
        return try report.attempt {
            try files.readColumn(segment.record, field: field, schema: schema)
        }
    }

    /// Asks for an index of a scalar field; one of the same field and path is replaced.
    func createScalarIndex(_ definition: ScalarIndexDefinition, field: Int, progress: BuildProgress) throws {
        try inTurn {
            try sealAll()
            let schema = currentManifest.schema
            let path = definition.path(ofFieldAt: field, named: schema.fields[field].name)
            try replaceScalarIndexes(where: { $0.path(in: schema) == path }) { manifest in
                manifest.scalarIndexes.append(
                    ScalarIndexRecord(number: manifest.nextScalarIndex, field: field, definition: definition))
                manifest.nextScalarIndex += 1
            }
            try buildIndexes(progress)
        }
    }

    /// Removes the scalar indexes that `isDropped` names. Returns how many these were.
    func dropScalarIndexes(where isDropped: (ScalarIndexRecord) -> Bool) throws -> Int {
        try inTurn {
            let count = currentManifest.scalarIndexes.count { isDropped($0) }
            if count > 0 { try replaceScalarIndexes(where: isDropped) { _ in } }
            return count
        }
    }

    /// Removes indexes and makes another change of the manifest in one step.
    private func replaceScalarIndexes(
        where isDropped: (ScalarIndexRecord) -> Bool, _ change: (inout CollectionManifest) -> Void
    ) throws {
        let numbers = Set(currentManifest.scalarIndexes.filter(isDropped).map(\.number))
        let superseded = currentManifest.segments.flatMap { record in
            record.scalarIndexes.filter { numbers.contains($0.number) }
                .map { files.scalarIndexName(record.identifier, $0.number) }
        }
        try writeManifest { manifest in
            manifest.scalarIndexes.removeAll { numbers.contains($0.number) }
            for index in manifest.segments.indices {
                manifest.segments[index].scalarIndexes.removeAll { numbers.contains($0.number) }
            }
            change(&manifest)
        }
        for record in currentManifest.segments {
            try updateSegment(record.identifier) { segment in
                let current = segment.replacing(record: record)
                guard var contents = current.contents else { return current }
                for number in numbers { contents.scalarIndexes[number] = nil }
                return current.replacing(contents: contents)
            }
        }
        remove(superseded)
    }
}
