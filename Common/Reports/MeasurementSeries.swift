/// All settings of one index, searched in one way: one line of a plot.
struct MeasurementSeries {
    let label: String
    /// The type alone where that tells it from the others, for places with little room.
    var shortLabel: String
    /// The index alone, whose build is the same for every way of searching.
    let indexLabel: String
    /// In ascending order of recall; those without recall first.
    let measurements: [Measurement]

    /// The recalls for which reports name the best setting.
    static let recallLevels = [0.90, 0.95, 0.99]

    /// Measurements that can stand in a plot of recall against rate.
    var plotted: [Measurement] {
        measurements.filter { $0.recall != nil && ($0.qps ?? 0) > 0 }
    }

    /// The settings that no other of the series beats in both recall and rate, in ascending order of recall.
    var pareto: [Measurement] { front(of: plotted) { $0.qps! } }

    /// The settings that no other beats in both recall and a value of which more is better.
    func front(of measurements: [Measurement], _ value: (Measurement) -> Double) -> [Measurement] {
        var best = -Double.infinity
        var front: [Measurement] = []
        for measurement in measurements.sorted(by: { ($0.recall!, value($0)) > ($1.recall!, value($1)) })
        where value(measurement) > best {
            best = value(measurement)
            front.append(measurement)
        }
        return front.reversed()
    }

    /// The fastest setting that reaches a recall.
    func best(atRecall level: Double) -> Measurement? {
        plotted.filter { $0.recall! >= level }.max { $0.qps! < $1.qps! }
    }

    /// The fastest setting at the middle recall level, or the one that finds most where none reaches that.
    var typical: Measurement? {
        best(atRecall: MeasurementSeries.recallLevels[1]) ?? plotted.last
    }

    /// The series of one data set, in the order in which they first appear.
    ///
    /// Labels name the mode and the threads only where these differ between measurements.
    static func group(_ measurements: [Measurement]) -> [MeasurementSeries] {
        let showsMode = Set(measurements.map(\.mode)).count > 1
        let showsThreads = Set(measurements.map(\.threads)).count > 1
        func label(_ measurement: Measurement) -> String {
            measurement.indexSpecification.description + (showsMode ? ", \(measurement.mode)" : "")
                + (showsThreads ? ", \(measurement.threads) threads" : "")
        }
        var order: [String] = []
        var groups: [String: [Measurement]] = [:]
        for measurement in measurements {
            let name = label(measurement)
            if groups[name] == nil { order.append(name) }
            groups[name, default: []].append(measurement)
        }
        var series = order.map { name in
            let members = groups[name] ?? []
            return MeasurementSeries(
                label: name, shortLabel: members[0].index, indexLabel: members[0].indexSpecification.description,
                measurements: members.sorted {
                    ($0.recall ?? -1, -($0.qps ?? 0)) < ($1.recall ?? -1, -($1.qps ?? 0))
                })
        }
        shorten(&series)
        return series
    }

    /// Series of one type get what tells them apart: the parameters that they do not share, mode and threads.
    private static func shorten(_ series: inout [MeasurementSeries]) {
        for type in Set(series.map(\.shortLabel)) {
            let same = series.indices.filter { series[$0].shortLabel == type }
            guard same.count > 1 else { continue }
            let lists = same.map { series[$0].measurements[0].indexParameters.entries }
            let shared = lists.reduce(Set(lists[0])) { $0.intersection($1) }
            for (number, entries) in zip(same, lists) {
                let own = ParameterList(entries.filter { !shared.contains($0) })
                let rest = series[number].label.dropFirst(series[number].indexLabel.count)
                series[number].shortLabel = (own.isEmpty ? type : "\(type) \(own)") + rest
            }
        }
    }
}

/// The measurements of a report, data set by data set, and where they come from.
struct ReportContent {
    struct DataSetPart {
        let name: String
        let measurements: [Measurement]
        let series: [MeasurementSeries]
        /// Settings that were measured with several numbers of clients.
        let clients: [Measurement]
    }

    let title: String
    let command: String
    /// Data set name to digest.
    let dataDigests: [String: String]
    let parts: [DataSetPart]
    let measurements: [Measurement]

    init(_ measurements: [Measurement], title: String, command: String, dataDigests: [String: String]) {
        self.title = title
        self.command = command
        self.dataDigests = dataDigests
        self.measurements = measurements
        parts = ReportContent.distinct(measurements.map(\.dataset)).map { name in
            let own = measurements.filter { $0.dataset == name }
            // Numbers of clients are a matter of their own: their threads would make a series of each.
            return DataSetPart(
                name: name, measurements: own, series: MeasurementSeries.group(own.filter { $0.clients == nil }),
                clients: own.filter { $0.clients != nil })
        }
    }

    /// What every number depends on, as label and text.
    var origin: [(label: String, text: String)] {
        let commits = ReportContent.distinct(measurements.map { $0.commit ?? "unknown" })
        let digests = parts.map { "\($0.name): \(dataDigests[$0.name] ?? "not recorded")" }
        return [
            ("Command", command),
            ("Commit", commits.joined(separator: ", ")),
            ("Machine", ReportContent.distinct(measurements.map(\.machine)).joined(separator: "; ")),
            ("Seed", ReportContent.distinct(measurements.map { "\($0.seed)" }).joined(separator: ", ")),
            ("Data digest", digests.joined(separator: ", ")),
        ]
    }

    /// The size of a data set in words.
    static func shape(of part: DataSetPart) -> String {
        let shapes = distinct(
            part.measurements.map {
                "\(NumberText.grouped(Double($0.rows))) rows of dimension \($0.dimension)"
            })
        let neighbors = distinct(part.measurements.map { "k = \($0.k)" })
        let modes = distinct(
            part.measurements.map { "\($0.mode), \($0.threads) search thread\($0.threads == 1 ? "" : "s")" })
        return [shapes, neighbors, modes].map { $0.joined(separator: " and ") }.joined(separator: "; ")
    }

    static func distinct(_ texts: [String]) -> [String] {
        var seen = Set<String>()
        return texts.filter { seen.insert($0).inserted }
    }
}
