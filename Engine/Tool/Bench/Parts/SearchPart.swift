import Apus
import Common

/// Opens and loads a collection that was built, and measures its settings.
struct SearchPart: BenchPart {
    let job: BenchJob

    /// Queries that the sweep looks at before a setting is measured with all.
    static let sweepQueries = 200

    func run(report: ([JSONValue.Member]) throws -> Void) throws {
        // Before the data are read, so that the growth is that of the collection.
        let loaded = try LoadedCollection(job)
        defer { try? loaded.database.close() }
        let measurer = SettingMeasurer(job: job, loaded: loaded, data: try job.data())
        for setting in try settings(measurer) {
            try report(measurer.members(of: setting))
        }
    }

    /// The settings of the plan; those of a sweep are found here.
    func settings(_ measurer: SettingMeasurer) throws -> [ParameterList] {
        switch job.plan.searches {
        case .grid(let settings): return settings
        case .automatic:
            let sweep = SearchSweep(
                try job.plan.definition(job.options.metric), rows: job.files.rows, k: job.options.k)
            guard !sweep.axes.isEmpty else { return [ParameterList()] }
            let sample = measurer.withQueries(Self.sweepQueries)
            let trials = try sweep.run { try sample.recall(of: sweep.list($0)).mean }
            return trials.map { sweep.list($0.values) }
        }
    }
}

/// A collection opened and loaded in a process that had done nothing before.
struct LoadedCollection {
    let database: Database
    let collection: Collection
    let openSeconds: Double
    let loadSeconds: Double
    /// Nil where the system does not tell.
    let residentBytes: Int?
    let statistics: CollectionStatistics

    init(_ job: BenchJob) throws {
        let growth = MemoryGrowth()
        let opened = try MonotonicClock.seconds { try job.openDatabase() }
        let database = opened.result
        let collection = try database.collection(CaseContext.collectionName)
        loadSeconds = try MonotonicClock.seconds { try collection.load() }.seconds
        residentBytes = growth.bytes
        openSeconds = opened.seconds
        statistics = try collection.statistics()
        self.database = database
        self.collection = collection
    }
}
