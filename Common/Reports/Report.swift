/// What a report is made of.
public struct Report: Sendable {
    public var measurements: [Measurement]
    public var title: String
    /// The command line that made the measurements.
    public var command: String
    /// Data set name to `DataDigest`.
    public var dataDigests: [String: String]
    /// Results of cases that are no curves.
    public var cases: [CaseResult] = []
    /// Which index to take and why, a sentence or two each.
    public var advice: [String]?

    public init(
        _ measurements: [Measurement], title: String, command: String, dataDigests: [String: String] = [:]
    ) {
        self.measurements = measurements
        self.title = title
        self.command = command
        self.dataDigests = dataDigests
    }

    var content: ReportContent {
        ReportContent(measurements, title: title, command: command, dataDigests: dataDigests)
    }

    /// Every measurement as it was written, a line of JSON each, raw samples included.
    var rawLines: [String] {
        (measurements.map(\.json) + cases.map(\.json)).compactMap { try? $0.text() }
    }
}

extension Measurement {
    /// How many threads searched at once, where that was the question.
    public var clients: Int? { others.first { $0.name == "clients" }?.value.intValue }
}
