/// Brings a collection back from its folder: the segments that the manifest names, then the log.
struct Recovery {
    let fileSystem: any FileSystem
    let folder: String
    let damage: DamageLog

    /// What came back.
    struct Recovered {
        let manifest: CollectionManifest
        let working: CollectionWriter.Working
        let log: WriteAheadLog
        let replayedRecords: Int
        /// Bytes at the end of the log that no acknowledged write had filled.
        let cutBytes: Int

        /// The latest time that anything of this knows.
        var latestSeconds: UInt64 {
            working.state.segments.reduce(manifest.latestSeconds) { max($0, $1.times.latest) }
        }
    }

    /// - Throws: `StorageError` if the manifest or the disk cannot be read. Other damage is noted and left out.
    func recover() throws -> Recovered {
        let manifest = try CollectionManifest.read(fileSystem, folder: folder)
        try removeLeftovers(manifest)
        let loader = SegmentLoader(
            files: SegmentFiles(fileSystem: fileSystem, folder: folder), schema: manifest.schema,
            definitions: manifest.definitions, scalarIndexes: manifest.scalarIndexes)
        let sealed = try manifest.segments.compactMap { record in
            try damage.attempt { try loader.open(record, damage: damage.note) }
        }
        // The number lies above any that the manifest may hand out, and is never written to a file.
        let growing = GrowingSegment(
            identifier: UInt64.max, schema: manifest.schema, metrics: manifest.metrics)
        var state = CollectionState(
            schema: manifest.schema, partitions: manifest.partitions, sealed: sealed, growing: growing,
            definitions: manifest.definitions,
            timeToLiveSeconds: CollectionProperties.timeToLiveSeconds(manifest.properties))
        var nextAutomaticKey = manifest.nextAutomaticKey
        let replay = try replay(manifest, into: &state, &nextAutomaticKey)
        state.deleteRowsOfUnknownPartitions()
        let log = try WriteAheadLog(fileSystem, folder: folder, continuing: replay)
        let working = CollectionWriter.Working(
            state: state, nextAutomaticKey: nextAutomaticKey, sequence: replay.lastSequence)
        return Recovered(
            manifest: manifest, working: working, log: log, replayedRecords: replay.recordCount,
            cutBytes: replay.cuts.reduce(0) { $0 + $1.bytes.count })
    }

    private func replay(
        _ manifest: CollectionManifest, into state: inout CollectionState, _ nextAutomaticKey: inout Int64
    ) throws -> LogReplay {
        let replay = try WriteAheadLog.replay(
            fileSystem, folder: folder, after: manifest.firstLogSequence - 1
        ) { record in
            var reader = record.reader
            _ = try damage.attempt {
                try state.replay(record.kind, payload: &reader, schema: manifest.schema)
            }
        }
        for lost in replay.damage { damage.note(Damage(lost)) }
        if !replay.hasBeginning, replay.damage.isEmpty { damage.note(Self.missingLog(manifest, folder: folder)) }
        if manifest.schema.keyAssignment == .automatic {
            nextAutomaticKey = max(nextAutomaticKey, state.growing.largestAutomaticKey + 1)
        }
        return replay
    }

    private static func missingLog(_ manifest: CollectionManifest, folder: String) -> StorageError {
        .corrupted(
            FilePath.join(folder, LogFormat.fileName(first: manifest.firstLogSequence)), at: nil,
            "the log of the writes since the last flush is missing, and with it their rows; restore it from a backup")
    }

    /// Removes what an interrupted seal, build or merge left: files of segments that the manifest does not name.
    private func removeLeftovers(_ manifest: CollectionManifest) throws {
        try AtomicFile.removeLeftover(fileSystem, folder: folder, name: CollectionManifest.fileName)
        let files = SegmentFiles(fileSystem: fileSystem, folder: folder)
        let named = Set(manifest.segments.flatMap { files.names(of: $0, schema: manifest.schema) })
        for name in try fileSystem.list(folder) where SegmentFiles.isName(name) && !named.contains(name) {
            try fileSystem.remove(files.path(name))
        }
    }
}

extension GrowingSegment {
    /// The largest key that the engine may have assigned to a row; 0 if there is none. Keys that counting up from one
    /// never reaches are passed over: damage must not use up the numbers.
    var largestAutomaticKey: Int64 {
        (0..<rows.rowCount).reduce(0) { largest, row in
            let number =
                switch key(at: row) {
                case .integer(let key): key
                case .text(let key): Int64(key) ?? 0
                }
            return number < Int64.max / 2 ? max(largest, number) : largest
        }
    }
}
