import Apus
import Common

/// A measurement with what the contract does not ask for, but a reader may want to know.
struct BenchResult {
    let measurement: Measurement
    /// Queries per second of each repetition.
    let samples: [Double]
    let indexed: IndexedCollection
    let plan: SearchPlan
    let options: BenchOptions

    /// The members of the contract, then more.
    var json: JSONValue {
        guard case .object(let members) = measurement.json else {
            preconditionFailure("a measurement is an object")
        }
        return .object(
            members + [
                .init("metric", .string(options.metric.rawValue)),
                .init("qps_samples", .array(samples.map { .number($0) })),
                .init("build_threads", .integer(Int64(options.buildThreads))),
                .init("insert_seconds", .number(indexed.insert.seconds)),
                .init("flush_seconds", .number(indexed.flush.seconds)),
                .init("load_seconds", .number(indexed.load.seconds)),
                .init("segments", .integer(Int64(plan.segments))),
                .init("vector_bytes", .integer(Int64(indexed.statistics.vectorBytes))),
                .init("kernels", .string(Processors.kernelVariant)),
            ])
    }

    static let tableHeader = [
        "index", "search", "recall (95 % interval)", "QPS", "p50 us", "p95 us", "p99 us", "distances",
        "build s", "CPU s", "index size",
    ]

    /// A row under `tableHeader`.
    var tableRow: [String] {
        let m = measurement
        return [
            m.indexSpecification.description, m.searchParameters.description,
            "\(fixed(m.recall, 4)) (\(fixed(m.recallLow, 4)) to \(fixed(m.recallHigh, 4)))", short(m.qps),
            short(m.latencyP50Microseconds), short(m.latencyP95Microseconds), short(m.latencyP99Microseconds),
            short(m.distanceComputations), short(m.buildSeconds), short(m.buildCPUSeconds),
            m.indexBytes.map { NumberText.bytes(Double($0)) } ?? "",
        ]
    }

    private func fixed(_ value: Double?, _ decimals: Int) -> String {
        value.map { NumberText.fixed($0, decimals) } ?? ""
    }

    private func short(_ value: Double?) -> String { value.map(NumberText.short) ?? "" }
}
