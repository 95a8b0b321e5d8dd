/// The partitions of a collection: their names, and the numbers by which rows and segments know them.
///
/// Numbers are given once, so rows of a partition that was dropped never come back in another one of the same name.
struct PartitionTable: Sendable, Equatable {
    struct Partition: Sendable, Equatable {
        let name: String
        let number: UInt32
        /// When it was made, in seconds since 1970; 0 where that was not written down.
        let createdSeconds: UInt64
    }

    static let defaultName = "_default"
    /// The number of the default partition.
    static let defaultNumber: UInt32 = 0

    /// By ascending number: the default partition first, then as they were made.
    private(set) var partitions: [Partition]
    private(set) var nextNumber: UInt32
    private var numbers: [String: UInt32]

    /// The partitions of a new collection: the default one, or the hashed ones of a partition key.
    init(schema: Schema, createdSeconds: UInt64) {
        let names =
            schema.partitionKeyIndex == nil
            ? [Self.defaultName] : (0..<schema.partitionCount).map { "\(Self.defaultName)_\($0)" }
        self.init(
            names.enumerated().map {
                Partition(name: $1, number: UInt32($0), createdSeconds: createdSeconds)
            }, nextNumber: UInt32(names.count))
    }

    private init(_ partitions: [Partition], nextNumber: UInt32) {
        self.partitions = partitions
        self.nextNumber = nextNumber
        numbers = Dictionary(partitions.map { ($0.name, $0.number) }, uniquingKeysWith: { first, _ in first })
    }

    func number(of name: String) -> UInt32? { numbers[name] }

    /// O(log partitions).
    func partition(numbered number: UInt32) -> Partition? {
        var low = 0
        var high = partitions.count
        while low < high {
            let middle = (low + high) / 2
            if partitions[middle].number < number { low = middle + 1 } else { high = middle }
        }
        return low < partitions.count && partitions[low].number == number ? partitions[low] : nil
    }

    func contains(_ number: UInt32) -> Bool { partition(numbered: number) != nil }

    /// Adds a partition. One whose number was given before is passed over: it is there, or was dropped since.
    mutating func add(_ partition: Partition) {
        guard partition.number >= nextNumber, numbers[partition.name] == nil else { return }
        partitions.append(partition)
        numbers[partition.name] = partition.number
        nextNumber = partition.number + 1
    }

    mutating func remove(_ number: UInt32) {
        guard let partition = partition(numbered: number) else { return }
        partitions.removeAll { $0.number == number }
        numbers[partition.name] = nil
    }

    // MARK: Bytes

    /// Numbers below this may be read from files, so that counting on never overflows.
    static let largestNumber = UInt32.max / 2

    func write(to writer: inout ByteWriter) {
        writer.append(nextNumber)
        writer.appendCount(partitions.count)
        for partition in partitions { partition.write(to: &writer) }
    }

    /// - Throws: `StorageError.corrupted` unless the bytes are partitions that the schema can have.
    static func read(from reader: inout ByteReader, schema: Schema) throws -> PartitionTable {
        let nextNumber = try reader.uint32()
        let partitions = try (0..<reader.count(minimumBytesEach: 13)).map { _ in try Partition.read(from: &reader) }
        let table = PartitionTable(partitions, nextNumber: nextNumber)
        guard zip(partitions, partitions.dropFirst()).allSatisfy({ $0.number < $1.number }),
            partitions.last?.number ?? 0 < nextNumber, nextNumber <= largestNumber,
            table.numbers.count == partitions.count, partitions.count <= Limits.partitionsPerCollection
        else { throw reader.corrupted("the partitions do not ascend by number, or one is named twice") }
        let fixed = PartitionTable(schema: schema, createdSeconds: 0)
        guard schema.partitionKeyIndex == nil || table.numbers == fixed.numbers,
            fixed.partitions[0].name == partitions.first?.name, partitions[0].number == defaultNumber
        else { throw reader.corrupted("the partitions are not those of the schema") }
        return table
    }
}

extension PartitionTable.Partition {
    func write(to writer: inout ByteWriter) {
        writer.append(number)
        writer.append(createdSeconds)
        writer.append(name)
    }

    static func read(from reader: inout ByteReader) throws -> PartitionTable.Partition {
        let number = try reader.uint32()
        let createdSeconds = try reader.uint64()
        guard number < PartitionTable.largestNumber else {
            throw reader.corrupted("\(number) is no number of a partition")
        }
        return PartitionTable.Partition(name: try reader.string(), number: number, createdSeconds: createdSeconds)
    }
}

/// Names of partitions.
enum PartitionName {
    /// A name starts with a letter, a digit or an underscore, goes on with these and hyphens, and fits `Limits`.
    static func check(_ name: String) throws {
        let refused = "Invalid partition name: \(name.prefix(Limits.nameBytes))."
        guard let first = name.utf8.first else {
            throw ApusError(.invalidArgument, "Partition name should not be empty; give it one")
        }
        guard name.utf8.count <= Limits.nameBytes else {
            throw ApusError(
                .invalidArgument,
                "\(refused) The length of a partition name must be less than \(Limits.nameBytes + 1) bytes.")
        }
        guard isLetterOrDigit(first) || first == UInt8(ascii: "_") else {
            throw ApusError(
                .invalidArgument,
                "\(refused) The first character of a partition name must be an underscore or letter.")
        }
        let isMade = name.utf8.allSatisfy {
            isLetterOrDigit($0) || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-")
        }
        guard isMade else {
            throw ApusError(
                .invalidArgument,
                "\(refused) Partition name can only contain numbers, letters, underscores and hyphens.")
        }
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
    }
}
