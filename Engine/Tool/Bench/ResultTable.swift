import Common

/// Measurements as a table on a terminal.
enum ResultTable {
    private static let header = [
        "index", "search", "recall (95 % interval)", "QPS", "p50 us", "p95 us", "p99 us", "distances",
        "build s", "CPU s", "index size", "memory",
    ]

    /// Numbers of clients stand there where they differ.
    static func text(_ measurements: [Measurement]) -> String {
        let showsClients = measurements.contains { $0.clients != nil }
        var table = TextTable((showsClients ? ["clients"] : []) + header)
        for measurement in measurements {
            table.append((showsClients ? [measurement.clients.map { "\($0)" } ?? ""] : []) + row(measurement))
        }
        return table.text
    }

    private static func row(_ m: Measurement) -> [String] {
        [
            m.indexSpecification.description, m.searchParameters.description, recall(m), short(m.qps),
            short(m.latencyP50Microseconds), short(m.latencyP95Microseconds), short(m.latencyP99Microseconds),
            short(m.distanceComputations), short(m.buildSeconds), short(m.buildCPUSeconds), bytes(m.indexBytes),
            bytes(m.residentBytes),
        ]
    }

    private static func recall(_ m: Measurement) -> String {
        guard let recall = m.recall, let low = m.recallLow, let high = m.recallHigh else { return "not measured" }
        return "\(NumberText.fixed(recall, 4)) (\(NumberText.fixed(low, 4)) to \(NumberText.fixed(high, 4)))"
    }

    private static func short(_ value: Double?) -> String { value.map(NumberText.short) ?? "" }

    private static func bytes(_ value: Int?) -> String { value.map { NumberText.bytes(Double($0)) } ?? "" }
}
