import Apus
import Common

/// Inserts the rows, seals them and builds the index, each timed.
struct BuildPart: BenchPart {
    let job: BenchJob

    func run(report: ([JSONValue.Member]) throws -> Void) throws {
        let base = try VectorFile.read(job.files.base, rows: job.files.rows)
        let definition = try job.plan.definition(job.options.metric)
        let memory = MemoryGrowth()
        let database = try job.openDatabase()
        let indexed = try IndexedCollection.make(
            CaseContext.collectionName, in: database, base: base, definition: definition,
            batchRows: job.options.batchRows)
        let peak = memory.peakBytes
        let disk = try indexed.collection.statistics().diskBytes
        try database.close()
        try report([
            .init("build_seconds", .number(indexed.build.seconds)),
            .init("build_cpu_seconds", .number(indexed.build.processorSeconds)),
            .init("insert_seconds", .number(indexed.insert.seconds)),
            .init("flush_seconds", .number(indexed.flush.seconds)),
            .init("disk_bytes", .integer(Int64(disk))),
            .init(PartMessage.buildPeakBytes, peak.map { .integer(Int64($0)) } ?? .null),
        ])
    }
}

/// By how much this process grows from now on. Nil where the system does not tell.
struct MemoryGrowth {
    private let start: Int?

    init() {
        SystemProcess.resetPeakMemory()
        start = ProcessMemory.residentBytes()
    }

    /// The largest growth so far.
    var peakBytes: Int? { difference(ProcessMemory.peakResidentBytes()) }

    /// The growth that is left.
    var bytes: Int? { difference(ProcessMemory.residentBytes()) }

    private func difference(_ now: Int?) -> Int? {
        guard let start, let now else { return nil }
        return max(0, now - start)
    }
}
