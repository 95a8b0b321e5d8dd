/// Reads the files of a segment into memory.
struct SegmentLoader {
    let files: SegmentFiles
    let schema: Schema
    let definitions: [String: IndexDefinition]
    let scalarIndexes: [ScalarIndexRecord]

    /// The keys, deletions and writing times of a segment, without its other contents.
    ///
    /// If the file of the times is missing or damaged, `damage` is told and the rows never expire.
    ///
    /// - Throws: `StorageError` naming any other damaged file.
    func open(_ record: SegmentRecord, damage: (StorageError) -> Void) throws -> SealedSegment {
        let keys = try files.readKeys(record, schema: schema)
        return SealedSegment(
            record: record, schema: schema, keys: KeyTable(keys), rows: try files.readDeletions(record),
            times: try readTimes(record, damage: damage), contents: nil)
    }

    private func readTimes(_ record: SegmentRecord, damage: (StorageError) -> Void) throws -> WriteTimes {
        do {
            return try files.readTimes(record)
        } catch let error as StorageError where error.isDamage {
            damage(error)
            return WriteTimes(rowCount: record.rowCount, seconds: WriteTimes.unknown)
        }
    }

    /// The segment with its contents in memory.
    ///
    /// An index whose file is missing or damaged is left out, since it can be built again from the rows; `damage` is
    /// told. Any other damage is thrown.
    func load(_ segment: SealedSegment, damage: (StorageError) -> Void) throws -> SealedSegment {
        var contents = SegmentContents(vectors: [], scalars: [], indexes: [])
        for (position, field) in schema.fields.enumerated() {
            guard let layout = field.type.vectorLayout else {
                contents.vectors.append(nil)
                contents.indexes.append(try loadSparseIndex(segment.record, field: position, damage: damage))
                contents.scalars.append(
                    position == schema.primaryKeyIndex
                        ? nil : try files.readColumn(segment.record, field: position, schema: schema))
                continue
            }
            let (vectors, index) = try loadVectors(
                segment.record, field: position, layout: layout, damage: damage)
            contents.vectors.append(vectors)
            contents.scalars.append(nil)
            contents.indexes.append(index)
        }
        try contents.indexTerms(schema)
        contents.scalarIndexes = try loadScalarIndexes(segment, contents, damage: damage)
        return segment.replacing(contents: contents)
    }

    private func loadScalarIndexes(
        _ segment: SealedSegment, _ contents: SegmentContents, damage: (StorageError) -> Void
    ) throws -> [UInt64: any ScalarIndex] {
        var indexes: [UInt64: any ScalarIndex] = [:]
        for wanted in scalarIndexes {
            let isKey = wanted.field == schema.primaryKeyIndex
            guard let column = isKey ? segment.keys.column : contents.scalars[wanted.field] else { continue }
            do {
                indexes[wanted.number] = try SegmentScalarIndexFiles(files: files, schema: schema)
                    .read(wanted, record: segment.record, column: column)
            } catch let error as StorageError where error.isDamage {
                damage(error)
            }
        }
        return indexes
    }

    /// The rows of a field and its index. Rows that the index can do without are left in their file, unless the index
    /// is missing: they are scanned then.
    private func loadVectors(
        _ record: SegmentRecord, field: Int, layout: VectorLayout, damage: (StorageError) -> Void
    ) throws -> (SegmentContents.Vectors, (any VectorIndex)?) {
        let definition = schema.indexDefinition(ofFieldAt: field, definitions)
        let metric = schema.metric(ofFieldAt: field, definitions)
        func rows() throws -> VectorRows {
            try files.readVectors(record, field: field, layout: layout, metric: metric)
        }
        func raw() throws -> FileReader { try files.openVectors(record, field: field, layout: layout) }
        if let definition, !definition.keepsRows {
            if let index = try loadIndex(definition, record, field: field, rows: nil, damage: damage) {
                let vectors = SegmentContents.Vectors(
                    layout: layout, metric: metric, prepared: nil, raw: try raw())
                return (vectors, index)
            }
        }
        let prepared = try rows()
        let vectors = SegmentContents.Vectors(
            layout: layout, metric: metric, prepared: prepared, raw: layout.isPrepared(for: metric) ? nil : try raw())
        guard let definition, definition.keepsRows else { return (vectors, nil) }
        return (vectors, try loadIndex(definition, record, field: field, rows: prepared, damage: damage))
    }

    private func loadSparseIndex(
        _ record: SegmentRecord, field: Int, damage: (StorageError) -> Void
    ) throws -> (any VectorIndex)? {
        guard let definition = schema.indexDefinition(ofFieldAt: field, definitions) else { return nil }
        return try loadIndex(definition, record, field: field, rows: nil, damage: damage)
    }

    private func loadIndex(
        _ definition: IndexDefinition, _ record: SegmentRecord, field: Int, rows: VectorRows?,
        damage: (StorageError) -> Void
    ) throws -> (any VectorIndex)? {
        do {
            return try SegmentIndexFiles(files: files).read(definition, record: record, field: field, rows: rows)
        } catch let error as StorageError where error.isDamage {
            damage(error)
            return nil
        }
    }
}
