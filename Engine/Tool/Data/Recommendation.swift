import Apus
import Common

/// Chooses among measured settings, and says why.
struct Recommendation {
    /// A measured setting, with what it comes to for all rows.
    struct Candidate {
        let name: String
        let isExact: Bool
        let recall: Double
        let recallLow: Double
        let queriesPerSecond: Double
        /// Of vectors and index for all rows.
        let bytes: Double
    }

    let candidates: [Candidate]
    let target: Double
    /// Bytes that vectors and index may take; nil if nobody knows.
    let memory: Int?
    let sampleRows: Int
    let totalRows: Int

    /// The recall that is aimed at where nobody says.
    static let usualTarget = 0.95
    /// An exact scan of this share of an index's rate is preferred: it needs no index and misses nothing.
    private static let exactShare = 0.5

    init(_ candidates: [Candidate], target: Double, memory: Int?, sampleRows: Int, totalRows: Int) {
        self.candidates = candidates
        self.target = target
        self.memory = memory
        self.sampleRows = sampleRows
        self.totalRows = totalRows
    }

    /// The chosen setting; nil if not even the vectors fit.
    var choice: Candidate? {
        let fitting = candidates.filter { $0.bytes <= memory.map(Double.init) ?? .infinity }
        let exact = fitting.first(where: \.isExact)
        let approximate = fitting.filter { !$0.isExact }
        // Better one whose whole interval reaches the target than one that may just have been lucky.
        let reaching = [\Candidate.recallLow, \Candidate.recall].lazy.map { value in
            approximate.filter { $0[keyPath: value] >= target }
        }
        guard
            let fastest = reaching.first(where: { !$0.isEmpty })?.max(by: {
                $0.queriesPerSecond < $1.queriesPerSecond
            })
        else { return exact }
        if let exact, exact.queriesPerSecond >= Self.exactShare * fastest.queriesPerSecond { return exact }
        return fastest
    }

    var text: String { lines.joined(separator: "\n") + "\n" }

    /// The choice and its reasons, a sentence or two to a line.
    var lines: [String] {
        guard let choice else {
            let need = NumberText.bytes(candidates.map(\.bytes).min() ?? 0)
            return [
                "No index fits: the smallest needs \(need), and \(memoryText) may be used. Use fewer rows, or a machine "
                    + "with more memory."
            ]
        }
        var lines = ["Take \(choice.name).", reason(for: choice)]
        lines.append(
            "It would take \(NumberText.bytes(choice.bytes)) of memory for all \(totalRows) rows; "
                + "\(memoryText) may be used.")
        if !choice.isExact, choice.recallLow < target {
            lines.append(
                "The interval of its recall begins at \(NumberText.fixed(choice.recallLow, 4)), below the target: "
                    + "measure with more queries, or take the next larger search parameter.")
        }
        if sampleRows < totalRows {
            lines.append(
                "These figures rest on a sample of \(sampleRows) of \(totalRows) rows: recall at the same "
                    + "parameters falls somewhat with more rows, and the rate of an exact scan is scaled by their "
                    + "number. Confirm by 'apus bench' on all rows.")
        }
        return lines
    }

    private func reason(for choice: Candidate) -> String {
        let exact = candidates.first(where: \.isExact)
        let rate = NumberText.short(choice.queriesPerSecond)
        if choice.isExact {
            let reached = candidates.contains { !$0.isExact && $0.recall >= target }
            return reached
                ? "An exact scan answers about \(rate) queries a second on one thread, at least half of what the "
                    + "fastest index reaches, misses nothing and needs no build."
                : "No index that fits reached recall \(target); an exact scan does, at about \(rate) queries a second "
                    + "on one thread."
        }
        let comparison = exact.map {
            " An exact scan would answer about \(NumberText.short($0.queriesPerSecond))."
        }
        return
            "It reached recall \(NumberText.fixed(choice.recall, 4)) (wanted: \(target)), the fastest of the settings "
            + "that do, at \(rate) queries a second on one thread.\(comparison ?? "")"
    }

    private var memoryText: String { memory.map { NumberText.bytes(Double($0)) } ?? "an unknown amount" }
}

extension Recommendation {
    /// Which of several indexes that were measured on all rows of one data set to take on this machine; nil where there is
    /// no choice.
    static func lines(for measurements: [Measurement]) -> [String]? {
        let settings = measurements.filter { $0.clients == nil }
        let candidates = settings.compactMap { Candidate($0, scale: 1) }
        guard let rows = settings.first?.rows, !candidates.isEmpty,
            Set(settings.map(\.index)).count > 1, Set(settings.map(\.dataset)).count == 1
        else { return nil }
        return Recommendation(
            candidates, target: usualTarget, memory: MachineMemory.availableBytes, sampleRows: rows, totalRows: rows
        ).lines
    }
}

extension Recommendation.Candidate {
    /// A setting that was measured; nil for one that was not.
    ///
    /// - Parameter scale: all rows for each row that was measured.
    init?(_ measurement: Measurement, scale: Double) {
        guard let recall = measurement.recall, let qps = measurement.qps else { return nil }
        isExact = measurement.index == IndexType.flat.rawValue
        name = [measurement.indexSpecification.description, measurement.searchParameters.description]
            .filter { !$0.isEmpty }.joined(separator: " with ")
        self.recall = recall
        recallLow = measurement.recallLow ?? 0
        queriesPerSecond = qps / (isExact ? scale : 1)
        bytes = scale * Double((measurement.vectorBytes ?? 0) + (measurement.indexBytes ?? 0))
    }
}
