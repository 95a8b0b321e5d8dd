/// Changes of the schema while writers and readers work.
extension Maintenance {
    /// Rows in memory are copied when a field is added, and writers wait meanwhile; more than this are sealed before.
    private static let copiedBytes = 64 << 20

    /// Appends a field. It is durable once the manifest is: batches without it are filled up when they are replayed, and
    /// sealed segments read it as null or default until they are merged.
    func addField(_ field: Field) throws {
        try inTurn {
            let schema = try self.schema.adding(field)
            if writer.state.growing.byteCount > Self.copiedBytes { try sealAll() }
            let size = try bytesPerRow(of: field)
            try writeManifest { manifest in
                manifest.schema = schema
                for index in manifest.segments.indices {
                    manifest.segments[index].byteCount += manifest.segments[index].rowCount * size
                }
            }
            let records = Dictionary(
                currentManifest.segments.map { ($0.identifier, $0) }, uniquingKeysWith: { first, _ in first })
            try writer.change { working in
                try working.state.extend(to: schema, records: records)
            }
        }
    }

    /// Changes properties. They are durable once the manifest is.
    func alterProperties(_ change: (inout [String: String]) -> Void) throws {
        try inTurn {
            var properties = currentManifest.properties
            change(&properties)
            try CollectionProperties.check(properties)
            try writeManifest { $0.properties = properties }
            try writer.change { working in
                working.state.timeToLiveSeconds = CollectionProperties.timeToLiveSeconds(properties)
            }
        }
    }

    /// Bytes of the field in a row that was there before.
    ///
    /// - Throws: `ApusError` if a segment would become too large, since merging writes the field into its file.
    private func bytesPerRow(of field: Field) throws -> Int {
        let size =
            switch try field.absentValue {
            case .value(let bytes)?: bytes.count + (field.type.fixedByteCount == nil ? 4 : 0)
            default: field.type.fixedByteCount ?? 4
            }
        let state = writer.state
        let rows = state.segments.map(\.rows.rowCount).max() ?? 0
        guard rows * size <= Limits.segmentBytes || field.defaultValue == nil else {
            throw ApusError(
                .invalidArgument,
                "field '\(field.name)': its default value would take \(rows * size) bytes in a segment of \(rows) rows; "
                    + "at most \(Limits.segmentBytes) fit, so give a shorter one or make the field nullable")
        }
        return size
    }
}

extension CollectionState {
    /// Puts a schema with further fields in force.
    ///
    /// - Parameter records: what the manifest says of each sealed segment since.
    fileprivate mutating func extend(to schema: Schema, records: [UInt64: SegmentRecord]) throws {
        let growing = try growing.extended(to: schema)
        let frozen = try frozen.map { try $0.extended(to: schema) }
        let sealed = try sealed.map { segment in
            try segment.extended(to: schema, record: records[segment.identifier] ?? segment.record)
        }
        self.schema = schema
        self.growing = growing
        self.frozen = frozen
        self.sealed = sealed
    }
}
