/// The parts that the files of all inverted files begin with: a header, the centroids and the lists. Behind them are
/// the parts of the codec.
///
///     0   UInt32   dimension, element type of the centroids, lists, alignment of the lists
///     1   the centroids, one after the other
///     2   UInt32   rows of each list
///     3   UInt32   the row at each place, FFFFFFFF where there is none
struct IVFFile {
    /// Parts before those of the codec.
    static let partCount = 4

    let dimension: Int
    let coarse: CoarseQuantizer
    let lists: InvertedLists

    /// Reads and checks the parts.
    ///
    /// - Throws: `StorageError.corrupted`.
    ///
    /// - Parameters:
    ///   - rows: those of the index, if its definition keeps them.
    ///   - alignment: that of the codec.
    init(
        _ parts: IndexParts, definition: IndexDefinition, rows: VectorRows?, count: Int, alignment: Int
    ) throws {
        var header = try parts.byteReader(0)
        let numbers = try header.integers(4, as: UInt32.self)
        try header.expectEnd()
        let wanted: VectorElement = definition.type == .binIVFFlat ? .bit : .float32
        guard numbers[1] == UInt32(wanted.rawValue) else { throw parts.corrupted("the centroids are of another type") }
        guard wanted.dimensions.contains(Int(numbers[0])), wanted != .bit || numbers[0] % 8 == 0,
            rows == nil || rows!.dimension == Int(numbers[0])
        else { throw parts.corrupted("the dimension of the index is \(numbers[0])") }
        guard (1...Self.mostLists).contains(numbers[2]), numbers[3] == UInt32(alignment) else {
            throw parts.corrupted("\(numbers[2]) lists aligned to \(numbers[3]) cannot be")
        }
        dimension = Int(numbers[0])
        let listCount = Int(numbers[2])
        coarse = CoarseQuantizer(
            try Self.centroids(parts, wanted, dimension: dimension, count: listCount), count: listCount,
            metric: definition.metric)
        var sizes = try parts.byteReader(2)
        let counts = try sizes.integers(listCount, as: UInt32.self)
        try sizes.expectEnd()
        let lists = InvertedLists(
            counts: counts, places: try parts.read(3), alignment: alignment, rowCount: count)
        guard let lists else { throw parts.corrupted("the lists do not hold every row of the segment once") }
        self.lists = lists
    }

    private static let mostLists: UInt32 = 65_536

    private static func centroids(
        _ parts: IndexParts, _ element: VectorElement, dimension: Int, count: Int
    ) throws -> VectorRows {
        let memory = try parts.read(1, expectedBytes: count * element.bytes(forDimension: dimension))
        return VectorRows(memory, element: element, dimension: dimension)
    }

    static func header(_ coarse: CoarseQuantizer, _ lists: InvertedLists) -> MemoryBlock {
        let numbers = [
            coarse.centroids.dimension, Int(coarse.centroids.element.rawValue), lists.count, lists.alignment,
        ].map { UInt32($0) }
        let memory = MemoryBlock(byteCount: numbers.count * 4)
        numbers.withUnsafeBytes { memory.base.copyMemory(from: $0.baseAddress!, byteCount: $0.count) }
        return memory
    }
}

extension VectorElement {
    /// Dimensions that a stored vector can have.
    fileprivate var dimensions: ClosedRange<Int> { self == .bit ? 8...262_144 : 1...32_768 }
}

extension RowListCodec {
    /// Reads the codec of lists that were read before, from part `first` on.
    init(_ parts: IndexParts, first: Int, metric: Metric, dimension: Int, lists: InvertedLists) throws {
        let bytes = lists.placeCount * VectorElement.bit.bytes(forDimension: dimension)
        let memory = try parts.read(first, expectedBytes: bytes)
        self.init(
            VectorRows(memory, element: .bit, dimension: dimension), kernel: Kernels.best.distance(metric, .bit))
    }
}
