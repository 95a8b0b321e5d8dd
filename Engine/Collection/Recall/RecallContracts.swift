import Synchronization

/// The contracts of one collection, kept in a file beside its manifest. They can be made again at any time, so a file
/// that is lost or cannot be written costs a calibration and nothing else.
final class RecallContracts: Sendable {
    static let fileName = "RECALL"
    static let kind = FileKind("RECL", name: "recall contracts", version: 1)

    /// A place of an effort ladder and what is known of its recall.
    struct Effort {
        let parameters: Parameters
        let estimate: CalibratedRecall
    }

    private let files: SegmentFiles
    private let schema: Schema
    private let threads: Int
    private let contracts: Mutex<[RecallContract.Terms: RecallContract]>
    /// One calibration at a time, so that two searches do not do the same work.
    private let turn = Mutex(())

    init(files: SegmentFiles, schema: Schema, threads: Int, damage: DamageLog) throws {
        self.files = files
        self.schema = schema
        self.threads = threads
        let read = try damage.attempt { try RecallContractFile(files: files).read() } ?? []
        contracts = Mutex(Dictionary(read.map { ($0.terms, $0) }, uniquingKeysWith: { $1 }))
    }

    /// The least effort that reaches a recall on every sealed segment. Calibrates those that were not yet.
    ///
    /// - Throws: `ApusError` with code `invalidArgument` if an index cannot reach it.
    func effort(field: Int, definition: IndexDefinition, k: Int, target: Double, state: CollectionState) throws
        -> Effort
    {
        var parameters: Parameters = [:]
        var estimates: [CalibratedRecall] = []
        for segment in state.sealed where !definition.isExact {
            guard let index = segment.contents?.indexes[field], segment.rows.count > 0 else { continue }
            let terms = RecallContract.Terms(segment: segment.identifier, field: field, k: k, target: target)
            let contract = try contract(terms, segment: segment, index: index)
            guard let step = contract.step else { throw unreachable(contract, definition: definition) }
            parameters.raise(to: definition.effortLadder(k: k, rowCount: segment.rows.rowCount)[step])
            estimates.append(contract.estimate)
        }
        let weakest = estimates.min { $0.interval.lowerBound < $1.interval.lowerBound }
        return Effort(parameters: parameters, estimate: weakest ?? .exact(target: target))
    }

    /// Calibrates the segments of `state` for whatever was asked for before, after segments were merged.
    func renew(_ state: CollectionState) throws {
        let asked = Set(contracts.withLock { $0.keys.map { [$0.field, $0.k, $0.targetMillionths] } })
        forget(except: Set(state.sealed.map(\.identifier)))
        for request in asked.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
            guard let definition = schema.indexDefinition(ofFieldAt: request[0], state.definitions) else { continue }
            _ = try effort(
                field: request[0], definition: definition, k: request[1], target: Double(request[2]) / 1e6,
                state: state)
        }
    }

    private func contract(
        _ terms: RecallContract.Terms, segment: SealedSegment, index: any VectorIndex
    ) throws -> RecallContract {
        if let known = known(terms, segment) { return known }
        return try turn.withLock { _ in
            if let known = known(terms, segment) { return known }
            let made = try calibrate(terms, segment: segment, index: index)
            keep(made)
            return made
        }
    }

    private func known(_ terms: RecallContract.Terms, _ segment: SealedSegment) -> RecallContract? {
        contracts.withLock { $0[terms] }.flatMap { $0.holds(for: segment) ? $0 : nil }
    }

    private func calibrate(
        _ terms: RecallContract.Terms, segment: SealedSegment, index: any VectorIndex
    ) throws -> RecallContract {
        let vectors = segment.contents!.vectors[terms.field]!
        let rows =
            try vectors.prepared
            ?? files.readVectors(
                segment.record, field: terms.field, layout: vectors.layout, metric: vectors.metric)
        let outcome = try RecallCalibration(
            index: index, rows: rows, live: segment.rows, k: terms.k, target: terms.target, threads: threads
        ).run()
        return RecallContract(
            terms: terms, indexDigest: segment.record.index(of: terms.field)?.digest ?? 0,
            deletedCount: segment.rows.deleted.count, step: outcome.step,
            estimate: CalibratedRecall(target: terms.target, recalls: outcome.recalls))
    }

    /// A contract that cannot be written is in force all the same, until the collection is closed.
    private func keep(_ contract: RecallContract) {
        let all = contracts.withLock { contracts in
            contracts[contract.terms] = contract
            return Array(contracts.values)
        }
        try? RecallContractFile(files: files).write(all)
    }

    /// Forgets contracts of segments that are gone.
    private func forget(except segments: Set<UInt64>) {
        contracts.withLock { $0 = $0.filter { segments.contains($0.key.segment) } }
    }

    private func unreachable(_ contract: RecallContract, definition: IndexDefinition) -> ApusError {
        let terms = contract.terms
        return ApusError(
            .invalidArgument,
            "index \(definition.type.rawValue) of field '\(schema.fields[terms.field].name)' finds "
                + "\((contract.estimate.mean * 1000).rounded() / 10) % of the \(terms.k) nearest rows at most, which does not prove a recall of "
                + "\(terms.target); build it with refine, or use another index type")
    }
}

extension CalibratedRecall {
    /// - Parameter recalls: empty where the search is exact.
    init(target: Double, recalls: [Double]) {
        self.init(
            target: target, mean: recalls.isEmpty ? 1 : recalls.reduce(0, +) / Double(recalls.count),
            interval: recalls.isEmpty
                ? 1...1 : RecallTest.interval(of: recalls, errorProbability: 1 - RecallCalibration.confidence),
            confidence: RecallCalibration.confidence, queryCount: recalls.count)
    }

    static func exact(target: Double) -> CalibratedRecall { CalibratedRecall(target: target, recalls: []) }
}

extension Parameters {
    /// Takes over the parameters that are larger than those there.
    fileprivate mutating func raise(to others: Parameters) {
        merge(others) { own, other in
            switch (own, other) {
            case (.integer(let left), .integer(let right)): .integer(Swift.max(left, right))
            case (.number(let left), .number(let right)): .number(Swift.max(left, right))
            default: other
            }
        }
    }
}
