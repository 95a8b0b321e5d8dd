/// What a check of the files and keys of a collection found.
public struct VerificationReport: Sendable, Hashable {
    public let fileCount: Int
    /// Files that are damaged or missing, and what the opening of the collection found.
    public let damage: [Damage]
    /// Live rows whose keys were compared.
    public let rowCount: Int
    /// Keys that more than one live row has.
    public let repeatedKeyCount: Int
    /// The first of them, at most `Collection.listedKeys`.
    public let repeatedKeys: [PrimaryKey]

    public var isSound: Bool { damage.isEmpty && repeatedKeyCount == 0 }
}

extension Collection {
    /// Keys that a report lists by name.
    public static let listedKeys = 20

    /// Reads every file that the manifest names, and the log, and compares them with their checksums, digests and
    /// counts; then looks for keys that several live rows have. Changes nothing.
    ///
    /// Writes and searches go on meanwhile; flush, load and compaction wait. O(bytes on disk + live rows).
    ///
    /// - Throws: `ApusError` if the disk cannot be read. Damage is reported, not thrown.
    public func verify(progress: BuildProgress = .silent) throws -> VerificationReport {
        try ApusError.translating {
            try maintenance.inTurn {
                let check = FileCheck(files: maintenance.files, manifest: maintenance.currentManifest)
                let found = DamageLog()
                for damage in maintenance.report.all { found.note(damage) }
                let fileCount = try check.run(found, progress: progress)
                let keys = KeyCheck(state)
                return VerificationReport(
                    fileCount: fileCount, damage: found.all, rowCount: keys.rowCount,
                    repeatedKeyCount: keys.repeatedCount, repeatedKeys: keys.repeated)
            }
        }
    }
}

/// Reads the files of a collection to their ends.
private struct FileCheck {
    let files: SegmentFiles
    let manifest: CollectionManifest

    /// Returns how many files were read.
    func run(_ found: DamageLog, progress: BuildProgress) throws -> Int {
        let checks = manifest.segments.flatMap(checks(of:)) + [checkManifest]
        for (number, check) in checks.enumerated() {
            _ = try found.attempt(check)
            progress.report(number + 1, checks.count)
        }
        let log = try WriteAheadLog.replay(
            files.fileSystem, folder: files.folder, after: manifest.firstLogSequence - 1
        ) { _ in }
        for damage in log.damage { found.note(Damage(damage)) }
        return checks.count + log.files.count
    }

    private func checkManifest() throws {
        _ = try CollectionManifest.read(files.fileSystem, folder: files.folder)
    }

    private func checks(of record: SegmentRecord) -> [() throws -> Void] {
        var checks: [() throws -> Void] = manifest.schema.fields.prefix(record.fieldCount).enumerated().map {
            position, field in
            guard let layout = field.type.vectorLayout else {
                return { _ = try files.readColumn(record, field: position, schema: manifest.schema) }
            }
            return {
                try files.openVectors(record, field: position, layout: layout).verifyChecksum()
            }
        }
        for entry in record.indexes {
            let definition = manifest.schema.indexDefinition(ofFieldAt: entry.field, manifest.definitions)!
            checks.append { try SegmentIndexFiles(files: files).verify(definition, entry, record: record) }
        }
        if record.hasTimes { checks.append { _ = try files.readTimes(record) } }
        for wanted in manifest.scalarIndexes where record.scalarIndex(wanted.number) != nil {
            checks.append {
                _ = try SegmentScalarIndexFiles(files: files, schema: manifest.schema).read(
                    wanted, record: record,
                    column: try files.readColumn(record, field: wanted.field, schema: manifest.schema))
            }
        }
        if record.deletions != nil { checks.append { _ = try files.readDeletions(record) } }
        return checks
    }
}

/// Counts the keys of live rows.
private struct KeyCheck {
    private(set) var rowCount = 0
    private(set) var repeatedCount = 0
    private(set) var repeated: [PrimaryKey] = []

    init(_ state: CollectionState) {
        var seen = Set<PrimaryKey>(minimumCapacity: state.liveCount)
        for segment in state.segments {
            for row in 0..<segment.rows.rowCount where segment.rows.contains(row) {
                rowCount += 1
                let key = segment.key(at: row)
                guard !seen.insert(key).inserted else { continue }
                repeatedCount += 1
                if repeated.count < Collection.listedKeys { repeated.append(key) }
            }
        }
    }
}
