/// How the nodes of the graph lie in blocks of the file, which are read and checked as a whole.
///
/// A node is its vector (4 bytes an element), its number of links (2 bytes) and places for all the links it can have
/// (3 bytes each where that suffices for the number of nodes, else 4). As many nodes as fit share a block of one
/// sector; a node longer than a sector has a block of several. The last 4 bytes of a block are a CRC-32C of all
/// bytes before, continued from the number of the block, so that a block in the wrong place is noticed too.
struct DiskANNLayout: Sendable, Equatable {
    let dimension: Int
    let nodeCount: Int
    /// Links of a node at most.
    let degree: Int
    let linkBytes: Int
    let nodesPerBlock: Int
    let blockBytes: Int

    static let sectorBytes = ReadSlots.alignment
    private static let checksumBytes = 4
    private static let countBytes = 2

    init(dimension: Int, nodeCount: Int, degree: Int) {
        precondition(dimension > 0 && nodeCount >= 0 && degree >= 0 && degree <= UInt16.max)
        self.dimension = dimension
        self.nodeCount = nodeCount
        self.degree = degree
        linkBytes = nodeCount <= 1 << 24 ? 3 : 4
        let nodeBytes = dimension * 4 + Self.countBytes + degree * linkBytes
        blockBytes = alignedUp(nodeBytes + Self.checksumBytes, to: Self.sectorBytes)
        nodesPerBlock = (blockBytes - Self.checksumBytes) / nodeBytes
    }

    var nodeBytes: Int { dimension * 4 + Self.countBytes + degree * linkBytes }

    var blockCount: Int { (nodeCount + nodesPerBlock - 1) / nodesPerBlock }

    func block(of node: UInt32) -> Int { Int(node) / nodesPerBlock }

    /// The nodes of a block.
    func nodes(of block: Int) -> Range<UInt32> {
        UInt32(block * nodesPerBlock)..<UInt32(min((block + 1) * nodesPerBlock, nodeCount))
    }

    /// A node within the bytes of its block.
    func node(_ node: UInt32, in block: UnsafeRawPointer) -> DiskANNNode {
        let place = Int(node) % nodesPerBlock * nodeBytes
        return DiskANNNode(layout: self, base: UnsafeMutableRawPointer(mutating: block + place))
    }

    /// Writes the checksum of a block that is filled.
    func seal(_ block: UnsafeMutableRawPointer, number: Int) {
        block.storeBytes(
            of: checksum(block, number: number), toByteOffset: blockBytes - Self.checksumBytes, as: UInt32.self)
    }

    /// Whether a block is what was sealed under this number.
    func isSealed(_ block: UnsafeRawPointer, number: Int) -> Bool {
        block.load(fromByteOffset: blockBytes - Self.checksumBytes, as: UInt32.self) == checksum(block, number: number)
    }

    private func checksum(_ block: UnsafeRawPointer, number: Int) -> UInt32 {
        Checksum.crc32c(
            UnsafeRawBufferPointer(start: block, count: blockBytes - Self.checksumBytes),
            continuing: UInt32(truncatingIfNeeded: number))
    }
}

/// A node in a block. Valid as long as the bytes of the block.
struct DiskANNNode {
    let layout: DiskANNLayout
    fileprivate let base: UnsafeMutableRawPointer

    /// `layout.dimension` floats, at any address.
    var vector: UnsafeRawPointer { UnsafeRawPointer(base) }

    private var count: UnsafeMutableRawPointer { base + layout.dimension * 4 }

    /// As the bytes say, which a reader of foreign bytes checks against `layout.degree`.
    var linkCount: Int { Int(count.loadUnaligned(as: UInt16.self)) }

    /// As the bytes say, which a reader of foreign bytes checks against `layout.nodeCount`.
    @inline(__always)
    func link(_ index: Int) -> UInt32 {
        // The four bytes lie in the block also for its last link, since the checksum follows.
        let word = (count + 2 + index * layout.linkBytes).loadUnaligned(as: UInt32.self)
        return layout.linkBytes == 3 ? word & 0xFF_FFFF : word
    }

    func store(vector source: UnsafeRawPointer, links: [UInt32]) {
        precondition(links.count <= layout.degree)
        base.copyMemory(from: source, byteCount: layout.dimension * 4)
        count.storeBytes(of: UInt16(links.count), as: UInt16.self)
        for (index, link) in links.enumerated() {
            withUnsafeBytes(of: link) {
                (count + 2 + index * layout.linkBytes).copyMemory(
                    from: $0.baseAddress!, byteCount: layout.linkBytes)
            }
        }
    }
}
