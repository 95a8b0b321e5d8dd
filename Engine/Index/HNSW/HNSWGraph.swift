/// The links of a hierarchical navigable small world graph (Malkov and Yashunin 2018), without the vectors.
///
/// Level 0 holds every row with up to 2M links; a row of level l is on the levels 1...l too, with up to M links
/// on each. Links of one row and level lie in one block of fixed width, `HNSWGraph.noLink` from the first unused
/// place on. Exact duplicates of a row have no links: `duplicates` names them beside the row that stands for them.
///
/// A graph is written by its builder and immutable afterwards.
final class HNSWGraph: @unchecked Sendable {
    // Sendable: only the builder writes, before anyone else holds the graph.

    /// Fills the unused places of a block.
    static let noLink = UInt32.max
    /// Levels above 0 that a graph can have.
    static let maximumLevel = 31

    let rowCount: Int
    /// M: links of a row on each level above 0.
    let upperWidth: Int
    /// 2M: links of a row on level 0.
    let bottomWidth: Int
    /// Where every search begins: a row on the highest level. Rows stay unlinked in a graph of no rows.
    let entryRow: UInt32
    let topLevel: Int
    let duplicates: DuplicateGroups

    /// Number of upper blocks of the rows before a row; a row's level is the difference to the next.
    private let upperStarts: MemoryBlock
    private let bottomLinks: MemoryBlock
    private let upperLinks: MemoryBlock

    /// A graph without links over rows of the given levels.
    ///
    /// - Parameters:
    ///   - m: between 2 and 2048.
    ///   - entryRow: a row of the highest level; ignored if there are no rows.
    init(m: Int, levels: [UInt8], entryRow: UInt32, duplicates: DuplicateGroups) {
        rowCount = levels.count
        upperWidth = m
        bottomWidth = 2 * m
        self.duplicates = duplicates
        topLevel = Int(levels.max() ?? 0)
        self.entryRow = entryRow
        upperStarts = MemoryBlock(byteCount: (levels.count + 1) * 4)
        let starts = upperStarts.base.assumingMemoryBound(to: UInt32.self)
        for (row, level) in levels.enumerated() { starts[row + 1] = starts[row] + UInt32(level) }
        bottomLinks = Self.unlinked(blocks: levels.count, width: bottomWidth)
        upperLinks = Self.unlinked(blocks: Int(starts[levels.count]), width: upperWidth)
    }

    private static func unlinked(blocks: Int, width: Int) -> MemoryBlock {
        let memory = MemoryBlock(byteCount: blocks * width * 4)
        memory.base.initializeMemory(as: UInt32.self, repeating: noLink, count: blocks * width)
        return memory
    }

    var memoryBytes: Int {
        upperStarts.byteCount + bottomLinks.byteCount + upperLinks.byteCount + duplicates.memoryBytes
    }

    func level(of row: UInt32) -> Int {
        let starts = upperStarts.base.assumingMemoryBound(to: UInt32.self)
        return Int(starts[Int(row) + 1] - starts[Int(row)])
    }

    /// The blocks of one level.
    func links(level: Int) -> HNSWLinks {
        HNSWLinks(
            level: level, width: level == 0 ? bottomWidth : upperWidth,
            base: (level == 0 ? bottomLinks : upperLinks).base.assumingMemoryBound(to: UInt32.self),
            upperStarts: UnsafePointer(upperStarts.base.assumingMemoryBound(to: UInt32.self)))
    }

    /// All blocks of level 0, then all of the upper levels by row and level, for storing and loading.
    var blockBytes: [UnsafeMutableRawBufferPointer] {
        [bottomLinks, upperLinks].map { UnsafeMutableRawBufferPointer(start: $0.base, count: $0.byteCount) }
    }
}

/// Finds the block of links of a row on one level. Valid as long as its graph.
struct HNSWLinks {
    let level: Int
    /// Places in a block.
    let width: Int
    fileprivate let base: UnsafeMutablePointer<UInt32>
    fileprivate let upperStarts: UnsafePointer<UInt32>

    /// Where the block of a row begins, in links; also the place of the row in any table beside the links.
    /// The row must be on the level.
    @inline(__always)
    func offset(of row: UInt32) -> Int {
        (level == 0 ? Int(row) : Int(upperStarts[Int(row)]) + level - 1) * width
    }

    @inline(__always)
    func block(of row: UInt32) -> UnsafeMutablePointer<UInt32> { base + offset(of: row) }

    /// Links in a block.
    @inline(__always)
    func count(in block: UnsafeMutablePointer<UInt32>) -> Int {
        var count = 0
        while count < width && block[count] != HNSWGraph.noLink { count += 1 }
        return count
    }
}
