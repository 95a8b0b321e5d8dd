import Synchronization

/// The slow work on a collection's segments: sealing, indexing, merging, loading. One piece at a time; searches and
/// writes go on meanwhile.
///
/// Files are written first, then the manifest that names them, then readers are told, and only then is what became
/// superfluous removed. Numbers of files are never used twice, so after an error whichever manifest the disk kept
/// finds its files.
final class Maintenance: Sendable {
    let files: SegmentFiles
    let writer: CollectionWriter
    let report: DamageLog
    /// Threads of an index build.
    let buildThreads: Int
    private let manifest: Mutex<CollectionManifest>
    /// Whether the collection was closed.
    private let turn = Mutex(false)

    init(
        files: SegmentFiles, manifest: CollectionManifest, writer: CollectionWriter, report: DamageLog,
        buildThreads: Int
    ) {
        self.files = files
        self.writer = writer
        self.report = report
        self.buildThreads = buildThreads
        self.manifest = Mutex(manifest)
    }

    var currentManifest: CollectionManifest { manifest.withLock { $0 } }

    var schema: Schema { currentManifest.schema }

    /// Runs one piece of work when its turn comes.
    ///
    /// - Throws: `ApusError` with code `closed` after `close`: the folder may belong to another opener by then.
    func inTurn<Result>(_ body: () throws -> Result) throws -> Result {
        try turn.withLock { isClosed in
            if isClosed { throw ApusError.collectionClosed }
            return try body()
        }
    }

    /// Waits for the work in hand, refuses further work and ends the log.
    func close() throws {
        try turn.withLock { isClosed in
            isClosed = true
            try writer.close()
        }
    }

    // MARK: Sealing

    /// Seals all rows and builds the indexes that are missing.
    func flush(progress: BuildProgress) throws {
        try inTurn {
            try sealAll()
            try buildIndexes(progress)
        }
    }

    /// Seals the rows of the growing segment; afterwards every row is in a sealed segment.
    func sealAll() throws {
        let end = try freeze()
        for segment in writer.state.frozen { try seal(segment) }
        try commit(logEnd: end)
        try removeDroppedPartitions()
    }

    /// Moves the growing segment to the frozen ones and begins a new log file. Returns the first record of that file.
    private func freeze() throws -> UInt64 {
        let identifier = takeSegmentNumber()
        return try writer.change { working in
            guard !working.state.growing.isEmpty else { return working.sequence + 1 }
            try writer.log.rotate()
            working.state.frozen.append(working.state.growing)
            working.state.growing = GrowingSegment(
                identifier: identifier, schema: schema, metrics: schema.metrics(working.state.definitions))
            return working.sequence + 1
        }
    }

    /// A sealed segment holds rows of one partition, so that no search of a partition depends on what others hold.
    private func seal(_ frozen: GrowingSegment) throws {
        let partitions = writer.state.partitions
        let parts = frozen.rowsByPartition().filter { partitions.contains($0.partition) }.map {
            PartitionRows(segment: frozen, partition: $0.partition, rows: $0.rows)
        }
        let built = try build(parts.map { ($0, $0.partition, $0.live(frozen.rows)) })
        manifest.withLock { $0.segments += built.map(\.record) }
        try writer.change { working in
            let place = working.state.frozen.firstIndex { $0.identifier == frozen.identifier }!
            let current = working.state.frozen.remove(at: place).rows
            for (part, segment) in zip(parts, built) {
                let segment = segment.replacing(rows: part.live(current))
                working.state.sealed.append(working.state.inMemory(segment))
            }
        }
    }

    /// Makes the manifest durable, with the deletions that are known now; log records below `logEnd` are then
    /// contained in the segments and removed.
    private func commit(logEnd: UInt64) throws {
        let superseded = try writeDeletions()
        try writeManifest { $0.firstLogSequence = logEnd }
        remove(superseded)
        try writer.log.removeFiles(before: logEnd)
    }

    /// Writes the deletions of each segment that has more than its file lists. Returns the files that are superseded.
    private func writeDeletions() throws -> [String] {
        var superseded: [String] = []
        for segment in writer.state.sealed where segment.rows.deleted.count > segment.record.deletions?.count ?? 0 {
            let number = takeDeletionsNumber()
            let deletions = SegmentRecord.Deletions(number: number, count: segment.rows.deleted.count)
            try files.writeDeletions(segment.rows.deleted, segment: segment.identifier, number: number)
            if let old = segment.record.deletions {
                superseded.append(files.deletionsName(segment.identifier, old.number))
            }
            try updateRecord(segment.identifier) { $0.deletions = deletions }
        }
        return superseded
    }

    // MARK: Indexing

    /// Rows whose indexes may be built before the manifest names these: a large segment by itself, small ones together,
    /// since a manifest for each would cost more than the index.
    private static let indexedRowsPerManifest = 50_000

    /// Builds every index that a definition asks for and a segment lacks.
    func buildIndexes(_ progress: BuildProgress) throws {
        var unnamedRows = 0
        for segment in writer.state.sealed {
            for position in schema.fields.indices {
                guard let definition = schema.indexDefinition(ofFieldAt: position, currentManifest.definitions),
                    try buildIndex(definition, of: segment, field: position, progress)
                else { continue }
                unnamedRows += segment.record.rowCount
                if unnamedRows >= Self.indexedRowsPerManifest {
                    try writeManifest { _ in }
                    unnamedRows = 0
                }
            }
            try buildScalarIndexes(of: segment)
        }
        if unnamedRows > 0 { try writeManifest { _ in } }
    }

    /// Returns whether an index was written that the manifest does not name yet.
    func buildIndex(
        _ definition: IndexDefinition, of segment: SealedSegment, field: Int, variation: UInt64 = 0,
        _ progress: BuildProgress
    ) throws -> Bool {
        let isMissing =
            segment.contents.map { $0.indexes[field] == nil }
            ?? (IndexFactory.hasFile(definition.type) && segment.record.index(of: field) == nil)
        guard isMissing, let contents = try segment.contents ?? loaded(segment)?.contents else { return false }
        let (index, entry) = try SegmentIndexFiles(files: files).build(
            definition, record: segment.record, field: field, contents: contents, variation: variation,
            threads: buildThreads, progress: progress.report)
        if let entry {
            try updateRecord(segment.identifier) { record in
                record.indexes.removeAll { $0.field == field }
                record.indexes.append(entry)
            }
        }
        let raw = try contents.vectors[field].flatMap { vectors in
            definition.keepsRows
                ? nil : try files.openVectors(segment.record, field: field, layout: vectors.layout)
        }
        try updateSegment(segment.identifier) { segment in
            guard var contents = segment.contents else { return segment }
            contents.indexes[field] = index
            if let raw { contents.vectors[field] = contents.vectors[field]!.droppingRows(raw: raw) }
            return segment.replacing(contents: contents)
        }
        return entry != nil
    }

    /// Indexes a field anew. Rows are searched exactly until their index is built.
    func createIndex(_ definition: IndexDefinition?, field: Int, progress: BuildProgress) throws {
        try inTurn {
            try sealAll()
            let name = schema.fields[field].name
            let superseded = currentManifest.segments.flatMap { record in
                record.indexes.filter { $0.field == field }.map { _ in files.indexName(record.identifier, field) }
            }
            try writeManifest { manifest in
                manifest.definitions[name] = definition
                for index in manifest.segments.indices {
                    manifest.segments[index].indexes.removeAll { $0.field == field }
                }
            }
            remove(superseded)
            do {
                try reload()
            } catch {
                // Rows in memory are still in the form of the old metric, so none is better than those.
                try? reload(LoadedPartitions.none)
                throw error
            }
            try buildIndexes(progress)
        }
    }

    // MARK: Loading

    /// - Parameter choose: what is to be in memory afterwards, given what there is.
    func load(progress: BuildProgress, _ choose: (CollectionState) throws -> LoadedPartitions) throws {
        try inTurn {
            let wanted = try choose(writer.state)
            if wanted != writer.state.loaded { try bringIn(wanted) }
            do {
                try buildIndexes(progress)
            } catch let error as StorageError where error.code == .noSpace {
                // The rows are loaded and scanned exactly; a flush builds the index once there is space.
            }
        }
    }

    /// - Parameter choose: what is to stay in memory, given what there is.
    func release(_ choose: (CollectionState) throws -> LoadedPartitions) throws {
        try inTurn {
            try writer.change { working in
                working.state.loaded = try choose(working.state)
                working.state.sealed = working.state.sealed.map(working.state.inMemory)
            }
        }
    }

    /// Loads the segments that are to be in memory and are not. One whose files are damaged is set aside and reported.
    private func bringIn(_ wanted: LoadedPartitions) throws {
        var segments: [UInt64: SealedSegment?] = [:]
        for segment in writer.state.sealed where wanted.contains(segment.record.partition) && segment.contents == nil {
            segments[segment.identifier] = .some(try loaded(segment))
        }
        try writer.change { working in
            // Partitions may have been dropped meanwhile.
            working.state.loaded = wanted.releasing([], of: working.state.partitions)
            working.state.sealed = working.state.sealed.compactMap { segment in
                guard let loaded = segments[segment.identifier] else { return segment }
                return loaded.map { segment.replacing(contents: $0.contents) }
            }
        }
    }

    /// Brings definitions, records and the contents of the segments that are to be in memory in line with the manifest.
    /// A segment whose files are damaged is set aside and reported.
    private func reload(_ wanted: LoadedPartitions? = nil) throws {
        let manifest = currentManifest
        let wanted = wanted ?? writer.state.loaded
        var contents: [UInt64: SealedSegment] = [:]
        for record in manifest.segments {
            guard let segment = writer.state.sealed.first(where: { $0.identifier == record.identifier }) else {
                continue
            }
            let current = segment.replacing(record: record)
            contents[record.identifier] =
                wanted.contains(record.partition) ? try loaded(current) : current.replacing(contents: nil)
        }
        try writer.change { working in
            working.state.loaded = wanted
            working.state.definitions = manifest.definitions
            working.state.growing = working.state.growing.prepared(for: manifest.metrics)
            working.state.sealed = working.state.sealed.compactMap { segment in
                contents[segment.identifier].map {
                    segment.replacing(record: $0.record).replacing(contents: $0.contents)
                }
            }
        }
    }

    // MARK: Merging

    /// Merges segments that have deleted rows or are small, and gives the space of deleted rows back.
    func compact(progress: BuildProgress) throws {
        try inTurn {
            try sealAll()
            for group in CompactionPlan.groups(writer.visibleState.sealed) { try merge(group) }
            try buildIndexes(progress)
        }
    }

    private func merge(_ group: [SealedSegment]) throws {
        let source = MergedRows(segments: try group.compactMap(verified))
        let merged =
            try source.rowCount == 0
            ? nil
            : build([(source, group[0].record.partition, LiveRows(rowCount: source.rowCount))])[0]
        let identifiers = Set(source.segments.map(\.identifier))
        try writeManifest { manifest in
            manifest.segments.removeAll { identifiers.contains($0.identifier) }
            if let merged { manifest.segments.append(merged.record) }
        }
        try writer.change { working in
            let current = Dictionary(uniqueKeysWithValues: working.state.sealed.map { ($0.identifier, $0.rows) })
            let deleted = source.rowsDeletedSince { current[$0]! }
            working.state.sealed.removeAll { identifiers.contains($0.identifier) }
            guard let merged else { return }
            working.state.sealed.append(working.state.inMemory(merged.deleting(deleted)))
        }
        for segment in source.segments { remove(files.names(of: segment.record, schema: schema)) }
    }

    /// A segment whose contents may be copied: damage must not get a new checksum. Nil after noting that it is damaged.
    private func verified(_ segment: SealedSegment) throws -> SealedSegment? {
        guard let contents = segment.contents else { return try loaded(segment) }
        return try report.attempt { try contents.verifyFiles() }.map { segment }
    }

    /// A segment with its contents; nil after noting that its files are damaged.
    func loaded(_ segment: SealedSegment) throws -> SealedSegment? {
        try report.attempt { try loader.load(segment, damage: report.note) }
    }

    /// Writes new segments, whose files become durable with the manifest that names them. After an error none of them is left to hold space.
    private func build<Source: SegmentSource>(
        _ parts: [(source: Source, partition: UInt32, rows: LiveRows)]
    ) throws -> [SealedSegment] {
        let identifiers = parts.map { _ in takeSegmentNumber() }
        do {
            let builder = builder
            return try zip(parts, identifiers).map { part, identifier in
                try builder.build(part.source, partition: part.partition, identifier: identifier, rows: part.rows)
            }
        } catch {
            for identifier in identifiers { remove(files.builtNames(identifier, schema: schema)) }
            throw error
        }
    }

    // MARK: Parts

    private var builder: SegmentBuilder {
        SegmentBuilder(files: files, schema: schema, metrics: currentManifest.metrics)
    }

    private var loader: SegmentLoader {
        let manifest = currentManifest
        return SegmentLoader(
            files: files, schema: manifest.schema, definitions: manifest.definitions,
            scalarIndexes: manifest.scalarIndexes)
    }

    private func takeSegmentNumber() -> UInt64 {
        manifest.withLock { manifest in
            defer { manifest.nextSegment += 1 }
            return manifest.nextSegment
        }
    }

    private func takeDeletionsNumber() -> UInt64 {
        manifest.withLock { manifest in
            defer { manifest.nextDeletions += 1 }
            return manifest.nextDeletions
        }
    }

    /// Changes the manifest, on the disk first. Segments and deletions show the effect of writes that readers see, also
    /// of those that did not wait for a sync, so these are made durable before; so are the names of files.
    func writeManifest(_ change: (inout CollectionManifest) -> Void) throws {
        let partitions = writer.state.partitions
        try writer.log.sync(through: writer.log.lastSequence)
        try files.fileSystem.syncFolder(files.folder)
        var next = currentManifest
        next.partitions = partitions
        change(&next)
        next.nextAutomaticKey = writer.nextAutomaticKey
        next.latestSeconds = writer.clock.now
        try next.write(files.fileSystem, folder: files.folder)
        manifest.withLock { $0 = next }
    }

    /// Changes what the manifest will say of a segment, and what its readers hold.
    func updateRecord(_ identifier: UInt64, _ change: (inout SegmentRecord) -> Void) throws {
        let record = manifest.withLock { manifest in
            let place = manifest.segments.firstIndex { $0.identifier == identifier }!
            change(&manifest.segments[place])
            return manifest.segments[place]
        }
        try updateSegment(identifier) { $0.replacing(record: record) }
    }

    func updateSegment(_ identifier: UInt64, _ change: (SealedSegment) -> SealedSegment) throws {
        try writer.change { working in
            guard let place = working.state.sealed.firstIndex(where: { $0.identifier == identifier }) else { return }
            working.state.sealed[place] = change(working.state.sealed[place])
        }
    }

    /// Removes files that no manifest names. What cannot be removed now is removed at the next opening.
    func remove(_ names: [String]) {
        for name in names { try? files.fileSystem.remove(files.path(name)) }
    }
}
