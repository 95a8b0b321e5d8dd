import Apus
import Common

/// Queries per second and latency with several threads that search at once.
struct ClientsPart: BenchPart {
    static let defaultClients = "1,2,4,8"

    let job: BenchJob

    /// - Throws: `UsageError` for anything but whole numbers parted by commas.
    static func parse(_ text: String) throws -> [Int] {
        try text.split(separator: ",", omittingEmptySubsequences: false).map { word in
            guard let clients = Int(word), (1...1_024).contains(clients) else {
                throw UsageError("--clients '\(text)' must be whole numbers from 1 to 1024 parted by commas")
            }
            return clients
        }
    }

    func run(report: ([JSONValue.Member]) throws -> Void) throws {
        let loaded = try LoadedCollection(job)
        defer { try? loaded.database.close() }
        let measurer = SettingMeasurer(job: job, loaded: loaded, data: try job.data())
        for setting in try measurer.chosenSettings() {
            for clients in try Self.parse(job.clients) {
                var measurement = try measurer.measure(setting, threads: clients)
                measurement.others += [
                    .init("case", .string(job.part.rawValue)), .init("clients", .integer(Int64(clients))),
                ]
                try report(measurement.members)
            }
        }
    }
}
