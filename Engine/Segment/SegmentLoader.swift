/// Reads the files of a segment into memory.
struct SegmentLoader {
    let files: SegmentFiles
    let schema: Schema
    let definitions: [String: IndexDefinition]

    /// The keys and deletions of a segment, without its other contents.
    ///
    /// - Throws: `StorageError` naming the damaged file.
    func open(_ record: SegmentRecord) throws -> SealedSegment {
        let keys = try files.readKeys(record, schema: schema)
        return SealedSegment(
            record: record, schema: schema, keys: KeyTable(keys), rows: try files.readDeletions(record), contents: nil)
    }

    /// The segment with its contents in memory.
    ///
    /// An index whose file is missing or damaged is left out, since it can be built again from the rows; `damage` is
    /// told. Any other damage is thrown.
    func load(_ segment: SealedSegment, damage: (StorageError) -> Void) throws -> SealedSegment {
        var contents = SegmentContents(vectors: [], scalars: [], indexes: [])
        for (position, field) in schema.fields.enumerated() {
            guard let dimension = field.type.vectorDimension else {
                contents.vectors.append(nil)
                contents.indexes.append(nil)
                contents.scalars.append(
                    position == schema.primaryKeyIndex
                        ? nil : try files.readColumn(segment.record, field: position, type: field.type))
                continue
            }
            let vectors = try loadVectors(segment.record, field: position, dimension: dimension)
            contents.vectors.append(vectors)
            contents.scalars.append(nil)
            contents.indexes.append(try loadIndex(segment.record, field: position, vectors, damage: damage))
        }
        return segment.replacing(contents: contents)
    }

    private func loadVectors(
        _ record: SegmentRecord, field: Int, dimension: Int
    ) throws -> SegmentContents.Vectors {
        let metric = (definitions[schema.fields[field].name] ?? .unindexed).metric
        let prepared = try files.readVectors(record, field: field, dimension: dimension, metric: metric)
        let raw = metric == .cosine ? try files.openVectors(record, field: field, dimension: dimension) : nil
        return SegmentContents.Vectors(prepared: prepared, metric: metric, raw: raw)
    }

    private func loadIndex(
        _ record: SegmentRecord, field: Int, _ vectors: SegmentContents.Vectors, damage: (StorageError) -> Void
    ) throws -> (any VectorIndex)? {
        guard let definition = definitions[schema.fields[field].name] else { return nil }
        let files = SegmentIndexFiles(files: files)
        do {
            return try files.read(definition, record: record, field: field, rows: vectors.prepared)
        } catch let error as StorageError where error.isDamage {
            damage(error)
            return nil
        }
    }
}
