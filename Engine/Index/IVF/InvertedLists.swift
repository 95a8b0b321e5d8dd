/// Which rows each list of an inverted file holds. Every row is in exactly one list, rows ascend inside a list.
///
/// Codecs keep what they know of a row at its *place*: the lists lie one after the other, each beginning at a
/// multiple of `alignment`, so that codes which are interleaved in blocks never mix two lists. Places between the
/// end of a list and the beginning of the next hold no row.
struct InvertedLists: @unchecked Sendable {
    // Sendable: the memory is written by the initialisers only.
    /// What a place without a row holds.
    static let noRow = UInt32.max

    let alignment: Int
    let rowCount: Int
    /// The first place of each list, and behind the last list the number of all places.
    let starts: [Int]
    /// Rows of each list.
    let counts: [Int]
    private let memory: MemoryBlock
    /// `counts` as they are written.
    private let countMemory: MemoryBlock

    /// - Parameter groups: the rows of each list, as a k-means assignment gave them.
    init(_ groups: GroupedRows, alignment: Int) {
        let counts = (0..<groups.groupCount).map { groups[$0].count }
        let starts = Self.starts(counts, alignment: alignment)
        let memory = MemoryBlock(byteCount: starts.last! * MemoryLayout<UInt32>.size)
        let places = memory.base.assumingMemoryBound(to: UInt32.self)
        places.initialize(repeating: Self.noRow, count: starts.last!)
        for list in counts.indices {
            for (offset, row) in groups[list].enumerated() { places[starts[list] + offset] = row }
        }
        self.init(alignment: alignment, starts: starts, counts: counts, memory: memory)
    }

    private init(alignment: Int, starts: [Int], counts: [Int], memory: MemoryBlock) {
        self.alignment = alignment
        self.starts = starts
        self.counts = counts
        self.memory = memory
        countMemory = MemoryBlock(byteCount: counts.count * MemoryLayout<UInt32>.size)
        for (list, count) in counts.enumerated() {
            countMemory.base.storeBytes(of: UInt32(count), toByteOffset: 4 * list, as: UInt32.self)
        }
        rowCount = counts.reduce(0, +)
    }

    var count: Int { counts.count }
    /// Places, those without a row included.
    var placeCount: Int { starts[count] }
    /// The row at each place.
    var rows: UnsafePointer<UInt32> { UnsafePointer(memory.base.assumingMemoryBound(to: UInt32.self)) }
    var memoryBytes: Int { memory.byteCount + 2 * count * MemoryLayout<Int>.size }

    /// The places of the rows of a list.
    @inline(__always)
    func places(_ list: Int) -> Range<Int> { starts[list]..<starts[list] + counts[list] }

    private static func starts(_ counts: [Int], alignment: Int) -> [Int] {
        precondition(alignment > 0)
        var starts = [0]
        for count in counts { starts.append(starts.last! + (count + alignment - 1) / alignment * alignment) }
        return starts
    }
}

/// On disk: a part with the rows of each list (4 bytes each), and a part with the row of each place (4 bytes each).
extension InvertedLists {
    /// The first part.
    var countBytes: UnsafeRawBufferPointer { countMemory.bytes }
    /// The second part.
    var rowBytes: UnsafeRawBufferPointer { memory.bytes }

    /// What places a part of `counts` speaks of; nil if the rows are not `rowCount` in number.
    static func placeCount(_ counts: [UInt32], alignment: Int, rowCount: Int) -> Int? {
        guard counts.reduce(0, { $0 + Int($1) }) == rowCount else { return nil }
        return starts(counts.map(Int.init), alignment: alignment).last!
    }

    /// Takes over what was read. Nil if `counts` and `places` do not fit each other or break a rule of the lists.
    ///
    /// - Parameter places: the row of each place.
    init?(counts: [UInt32], places: MemoryBlock, alignment: Int, rowCount: Int) {
        let sizes = counts.map(Int.init)
        guard let placeCount = Self.placeCount(counts, alignment: alignment, rowCount: rowCount),
            places.byteCount == placeCount * MemoryLayout<UInt32>.size
        else { return nil }
        self.init(
            alignment: alignment, starts: Self.starts(sizes, alignment: alignment), counts: sizes,
            memory: places)
        guard (try? checkInvariants()) != nil else { return nil }
    }

    /// Everything that a search relies on. O(places).
    ///
    /// - Throws: `DamagedLists` that names the first list at fault.
    func checkInvariants() throws {
        var seen = RowSet(capacity: rowCount)
        for list in 0..<count {
            var last = -1
            for place in places(list) {
                let row = Int(rows[place])
                guard row > last, row < rowCount, seen.insert(row) else { throw DamagedLists(list: list) }
                last = row
            }
            for place in places(list).upperBound..<starts[list + 1] where rows[place] != Self.noRow {
                throw DamagedLists(list: list)
            }
        }
    }
}

/// A list that holds what no list can hold.
struct DamagedLists: Error, CustomStringConvertible {
    let list: Int

    var description: String { "list \(list) holds a row that does not exist, out of order or twice" }
}
