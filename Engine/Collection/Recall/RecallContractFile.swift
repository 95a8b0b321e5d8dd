/// The file of the recall contracts. docs/format.md has the layout.
struct RecallContractFile {
    let files: SegmentFiles

    func write(_ contracts: [RecallContract]) throws {
        var writer = ByteWriter()
        writer.appendCount(contracts.count)
        for contract in contracts.sorted(by: { $0.terms < $1.terms }) {
            for number in [
                contract.terms.segment, UInt64(contract.terms.field), UInt64(contract.terms.k),
                UInt64(contract.terms.targetMillionths), contract.indexDigest, UInt64(contract.deletedCount),
            ] { writer.append(number) }
            writer.append(contract.step != nil)
            if let step = contract.step { writer.append(UInt32(step)) }
            let estimate = contract.estimate
            for number in [
                estimate.mean, estimate.interval.lowerBound, estimate.interval.upperBound, estimate.confidence,
            ] { writer.append(number) }
            writer.append(UInt64(estimate.queryCount))
        }
        try AtomicFile.replace(
            files.fileSystem, folder: files.folder, name: RecallContracts.fileName, kind: RecallContracts.kind,
            body: writer.bytes)
    }

    /// The contracts of the file; none if there is no file.
    ///
    /// - Throws: `StorageError` if it is damaged.
    func read() throws -> [RecallContract] {
        guard try files.fileSystem.exists(files.path(RecallContracts.fileName)) else { return [] }
        var reader = try AtomicFile.read(
            files.fileSystem, folder: files.folder, name: RecallContracts.fileName, kind: RecallContracts.kind)
        let contracts = try (0..<reader.count(minimumBytesEach: 89)).map { _ in try Self.contract(from: &reader) }
        try reader.expectEnd()
        return contracts
    }

    private static func contract(from reader: inout ByteReader) throws -> RecallContract {
        let numbers: [UInt64] = try reader.integers(6)
        let step = try reader.bool() ? Int(try reader.uint32()) : nil
        let estimate = try (0..<4).map { _ in try reader.double() }
        let queryCount = try reader.uint64()
        guard [numbers[1], numbers[2], numbers[3], numbers[5], queryCount].allSatisfy({ $0 < 1 << 32 }),
            estimate.allSatisfy({ (0...1).contains($0) }), estimate[1] <= estimate[2]
        else { throw reader.corrupted("a recall contract has a number out of range") }
        let terms = RecallContract.Terms(
            segment: numbers[0], field: Int(numbers[1]), k: Int(numbers[2]), targetMillionths: Int(numbers[3]))
        return RecallContract(
            terms: terms, indexDigest: numbers[4], deletedCount: Int(numbers[5]), step: step,
            estimate: CalibratedRecall(
                target: terms.target, mean: estimate[0], interval: estimate[1]...estimate[2],
                confidence: estimate[3], queryCount: Int(queryCount)))
    }
}
