import CKernels

/// Vectors as short codes with a proof of what they lose: 4 or 8 bits an element, 16 vectors interleaved in a block.
///
/// A vector x is centred and rotated (`BlockFrame`) and coded as c = step * (code - most / 2) with a step of its own,
/// chosen by least squares, so that what is lost, e, stands at a right angle to c. The block keeps the step, |e|, |c|
/// and what x adds to a distance by itself; `BlockQuery` says how a query turns these into an estimate and into a
/// bound below which the distance cannot lie. The idea of a bound from the length of what is lost is that of the
/// triangle inequality in exact search (Fukunaga and Narendra 1975); codes with a step for each vector after a random
/// rotation are those of Gao and Long 2024, "RaBitQ".
///
/// Places are positions in the codes. A place may stay empty, so that lists can begin at multiples of `blockRows`; its
/// estimates and bounds are infinite. A vector whose code cannot be bounded (of a length beyond about 1e18, or so short
/// that its elements are hardly numbers) has estimates and bounds of minus infinity: it is always looked at.
struct BlockCodes: Sendable {
    /// Vectors of a block.
    static let blockRows = Int(APUS_BLOCK_ROWS)

    let frame: BlockFrame
    /// 4 or 8.
    let bits: Int
    /// Places in force, empty ones included.
    let places: Int
    /// Groups of 64 bytes of a block.
    let groups: Int

    private let memory: MemoryBlock
    private let scan: apus_block_scan

    /// Codes that were made before and lie in `memory`.
    init(frame: BlockFrame, bits: Int, places: Int, memory: MemoryBlock) {
        precondition(memory.byteCount >= Self.bytes(dimension: frame.dimension, bits: bits, places: places))
        self.frame = frame
        self.bits = bits
        self.places = places
        self.memory = memory
        groups = Self.groups(dimension: frame.dimension, bits: bits)
        scan = BlockKernels.best.scan(bits: bits)
    }

    /// Codes still to be written by `encode`.
    init(frame: BlockFrame, bits: Int, places: Int) {
        let memory = MemoryBlock(byteCount: Self.bytes(dimension: frame.dimension, bits: bits, places: places))
        self.init(frame: frame, bits: bits, places: places, memory: memory)
    }

    /// Writes `blocks`: the codes of the vectors that `vector(place)` names, nil for an empty place. Threads may write
    /// different blocks at once, before anybody reads. What is written does not depend on the instruction set but for
    /// the last bits of the terms of a vector.
    func encode(_ blocks: Range<Int>, vector: (_ place: Int) -> UnsafePointer<Float>?) {
        let encoder = BlockEncoder(frame: frame, bits: bits)
        for block in blocks {
            for row in 0..<Self.blockRows {
                let place = block * Self.blockRows + row
                encoder.encode(place < places ? vector(place) : nil, row: row, of: self.block(block))
            }
        }
    }

    static func bytes(dimension: Int, bits: Int, places: Int) -> Int {
        let blocks = (places + blockRows - 1) / blockRows
        return blocks * (Int(APUS_BLOCK_HEADER_BYTES) + groups(dimension: dimension, bits: bits) * 64)
    }

    private static func groups(dimension: Int, bits: Int) -> Int {
        precondition(bits == 4 || bits == 8, "codes have 4 or 8 bits")
        let elements = 32 / bits
        return (dimension + elements - 1) / elements
    }

    var blockCount: Int { (places + Self.blockRows - 1) / Self.blockRows }
    var blockBytes: Int { Int(APUS_BLOCK_HEADER_BYTES) + groups * Int(APUS_BLOCK_GROUP_BYTES) }
    var memoryBytes: Int { memory.byteCount }
    /// The bytes of the codes, for a file.
    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: memory.base, count: memory.byteCount) }

    func block(_ block: Int) -> UnsafeMutableRawPointer { memory.base + block * blockBytes }

    /// Writes about how far the vectors of `blocks` are from the query, `blockRows` numbers a block.
    func estimates(of blocks: Range<Int>, to query: BlockQuery, into estimates: UnsafeMutablePointer<Float>) {
        scan.estimates(block(blocks.lowerBound), blocks.count, groups, query.words, query.terms, estimates)
    }

    /// Writes numbers that are not above the distances that the float32 kernels compute for the vectors of `blocks`
    /// and the query, `blockRows` numbers a block. None is NaN.
    func lowerBounds(of blocks: Range<Int>, to query: BlockQuery, into bounds: UnsafeMutablePointer<Float>) {
        scan.lower_bounds(block(blocks.lowerBound), blocks.count, groups, query.words, query.terms, bounds)
    }

    /// For each query of a panel the places in `blocks` whose lower bound is at most its bound, counted from the
    /// first of `blocks`, ascending.
    func candidates(of blocks: Range<Int>, panel: BlockPanel, bounds: UnsafePointer<Float>, into found: BlockCandidates)
    {
        precondition(blocks.count * Self.blockRows <= found.capacity)
        scan.candidates(
            block(blocks.lowerBound), blocks.count, groups, panel.words, panel.terms, bounds, panel.count,
            found.places, found.capacity, found.counts)
    }
}
