import Apus
import Common

/// A case that is measured for each index: mixed, churn or clients.
struct IndexCases {
    private let bench: BenchRun
    private let part: BenchJob.Part
    private let rounds: Int
    private let clients: String

    init(_ bench: BenchRun, _ part: BenchJob.Part, _ arguments: ParsedArguments) throws {
        self.bench = bench
        self.part = part
        rounds = try arguments.integer("rounds", in: 1...1_000)!
        clients = arguments.string("clients")!
        _ = try ClientsPart.parse(clients)
    }

    /// - Parameters:
    ///   - report: takes the results of a case.
    ///   - measured: takes those that are searches with their curves.
    /// - Returns: whether nothing failed.
    func run(report: (CaseResult) throws -> Void, measured: (Measurement) throws -> Void) throws -> Bool {
        try bench.forEachPlan { plan, folder in
            var job = bench.job(part, plan, folder: folder)
            job.rounds = rounds
            job.clients = clients
            if part == .clients {
                return try bench.search(job, try bench.build(plan, folder: folder), report: measured)
            }
            if part == .churn { _ = try bench.build(plan, folder: folder) }
            try PartRunner(program: bench.program).run(job) { json in
                try report(CaseResult(json: JSONValue.object(identity(plan) + json.members + origin)))
            }
            return true
        } failed: { plan, reason in
            if part == .clients { return try measured(bench.failed(plan, ParameterList(), reason: reason)) }
            let failure: [JSONValue.Member] = [
                .init("failed", .bool(true)), .init("qps", .null), .init("recall", .null),
                .init("reason", .string(reason)),
            ]
            try report(CaseResult(json: .object(identity(plan) + failure + origin)))
        }
    }

    private func identity(_ plan: BenchPlan) -> [JSONValue.Member] {
        [
            .init("case", .string(part.rawValue)), .init("dataset", .string(bench.data.name)),
            .init("index", .string(plan.specification.type)), .init("index_params", plan.specification.parameters.json),
        ]
    }

    private var origin: [JSONValue.Member] {
        let options = bench.options
        let commit = Repository.commit(of: SystemProcess.programPath) ?? Repository.commit()
        return [
            .init("metric", .string(options.metric.rawValue)), .init("k", .integer(Int64(options.k))),
            .init("threads", .integer(Int64(options.threads))),
            .init("build_threads", .integer(Int64(options.buildThreads))),
            .init("rows", .integer(Int64(bench.data.base.count))),
            .init("dimension", .integer(Int64(bench.data.base.dimension))),
            .init("commit", commit.map { .string($0) } ?? .null),
            .init("machine", .string(Machine.current.description)),
            .init("seed", .integer(Int64(bitPattern: options.seed))), .init("measured_at", .string(CalendarTime.now())),
            .init("schema_version", .integer(Int64(Measurement.currentSchemaVersion))),
        ]
    }
}

extension JSONValue {
    fileprivate var members: [Member] {
        guard case .object(let members) = self else { return [] }
        return members
    }
}
