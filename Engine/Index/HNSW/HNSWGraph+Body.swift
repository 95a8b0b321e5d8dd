#if _endian(big)
    #error("The formats are little endian and are read and written without swapping.")
#endif

/// The bytes of a graph are not those of a graph: what is wrong and where.
struct DamagedGraph: Error, CustomStringConvertible {
    /// From the start of the body.
    let offset: Int
    let message: String

    var description: String { "damaged graph at byte \(offset): \(message)" }
}

/// The body of a graph file, little endian, each section a multiple of four bytes:
///
///     UInt32      rows, M, entry row, duplicate groups, duplicate members, upper blocks
///     UInt8       level of each row, then zeros up to a multiple of four
///     UInt32      group representatives, group starts (one more than groups), group members
///     UInt32      level 0: 2M links for each row
///     UInt32      levels 1...: M links for each level of each row
extension HNSWGraph {
    private static let headerFields = 6

    /// What stands before the links: header, levels, and the groups of equal rows in three arrays.
    private var headPieces: [[UInt8]] {
        let header = [
            rowCount, upperWidth, Int(entryRow), duplicates.representatives.count, duplicates.members.count,
            blockBytes[1].count / (4 * upperWidth),
        ].map { UInt32($0) }
        var levels = (0..<rowCount).map { UInt8(level(of: UInt32($0))) }
        while levels.count % 4 != 0 { levels.append(0) }
        let groups = [duplicates.representatives, duplicates.starts, duplicates.members]
        return [header.withUnsafeBytes(Array.init), levels] + groups.map { $0.withUnsafeBytes(Array.init) }
    }

    /// Passes the body to `append`, piece by piece.
    func writeBody(_ append: (UnsafeRawBufferPointer) throws -> Void) rethrows {
        for piece in headPieces { try piece.withUnsafeBytes(append) }
        for block in blockBytes { try append(UnsafeRawBufferPointer(block)) }
    }

    /// A hash of the body, which depends on its pieces.
    var digest: UInt64 {
        var state: UInt64 = 0
        writeBody { state = StableHash.hash($0, start: state) }
        return state
    }

    /// The graph in a file, checked from its first byte to its last.
    ///
    /// - Throws: `StorageError` if the file is damaged, or its graph has another digest.
    convenience init(file: FileReader, digest: UInt64, rowCount: Int) throws {
        let body = MemoryBlock(byteCount: file.bodyLength)
        let bytes = UnsafeMutableRawBufferPointer(start: body.base, count: file.bodyLength)
        try file.readBody(into: bytes)
        do {
            try self.init(readingBody: UnsafeRawBufferPointer(bytes), rowCount: rowCount)
        } catch let error as DamagedGraph {
            throw StorageError.corrupted(file.path, at: FileFormat.headerSize + error.offset, error.message)
        }
        guard self.digest == digest else { throw StorageError.wrongIndex(file.path) }
    }

    /// Reads a body and checks all of it: a graph that comes back can be searched without harm.
    ///
    /// - Throws: `DamagedGraph`.
    convenience init(readingBody body: UnsafeRawBufferPointer, rowCount: Int) throws {
        var reader = BodyReader(body: body)
        try self.init(reading: &reader, linkBytes: { $0.remaining }, rowCount: rowCount)
        for block in blockBytes { block.copyMemory(from: try reader.bytes(block.count)) }
        try checkInvariants()
    }

    /// Reads a graph from three parts of an index file, which `parts` of the graph wrote, and checks all of it.
    ///
    /// - Throws: `DamagedGraph`, or `StorageError` if a part cannot be read.
    convenience init(_ parts: IndexParts, first: Int, rowCount: Int) throws {
        let head = try parts.read(first)
        let linkBytes = try parts.range(first + 1).count + parts.range(first + 2).count
        var reader = BodyReader(body: UnsafeRawBufferPointer(start: head.base, count: head.byteCount))
        try self.init(reading: &reader, linkBytes: { $0.remaining == 0 ? linkBytes : -1 }, rowCount: rowCount)
        for (index, block) in blockBytes.enumerated() {
            try parts.read(first + 1 + index, into: block)
        }
        try checkInvariants()
    }

    /// Head and links, for an index file of several parts.
    func withParts<Result>(_ body: ([UnsafeRawBufferPointer]) throws -> Result) rethrows -> Result {
        try Array(headPieces.joined()).withUnsafeBytes { head in
            try body([head] + blockBytes.map { UnsafeRawBufferPointer($0) })
        }
    }

    /// Reads the head; the links are left to the caller.
    private convenience init(
        reading reader: inout BodyReader, linkBytes: (BodyReader) -> Int, rowCount: Int
    ) throws {
        let header = try reader.integers(Self.headerFields)
        guard header[0] == rowCount else {
            throw reader.damage("the graph is of \(header[0]) rows, the segment of \(rowCount)")
        }
        guard (2...2048).contains(header[1]) else { throw reader.damage("M is \(header[1])") }
        let levels = try reader.levels(rowCount)
        let duplicates = try reader.duplicates(
            groups: Int(header[3]), members: Int(header[4]), rowCount: rowCount)
        guard levels.reduce(0, { $0 + Int($1) }) == header[5] else {
            throw reader.damage("the levels do not add up to \(header[5]) upper blocks")
        }
        let expected = (2 * rowCount + Int(header[5])) * Int(header[1]) * 4
        let found = linkBytes(reader)
        guard found == expected else { throw reader.damage("\(found) bytes of links instead of \(expected)") }
        self.init(m: Int(header[1]), levels: levels, entryRow: header[2], duplicates: duplicates)
    }

    /// Everything that a search relies on.
    ///
    /// - Throws: `DamagedGraph` that names the first row at fault.
    func checkInvariants() throws {
        var isMember = RowSet(capacity: rowCount)
        for row in duplicates.members { isMember.insert(Int(row)) }
        guard rowCount > 0 else { return }
        guard entryRow < rowCount, level(of: entryRow) == topLevel, !isMember.contains(Int(entryRow)) else {
            throw DamagedGraph(offset: 8, message: "row \(entryRow) cannot be the entry")
        }
        for row in 0..<UInt32(rowCount) {
            for level in 0...level(of: row) {
                guard isValid(links(level: level), row: row, isMember: isMember) else {
                    throw DamagedGraph(offset: 0, message: "bad links of row \(row) on level \(level)")
                }
            }
        }
    }

    private func isValid(_ links: HNSWLinks, row: UInt32, isMember: borrowing RowSet) -> Bool {
        let block = links.block(of: row)
        let count = links.count(in: block)
        guard count == 0 || !isMember.contains(Int(row)) else { return false }
        for index in 0..<count {
            let target = block[index]
            guard target < rowCount, target != row, level(of: target) >= links.level,
                !isMember.contains(Int(target))
            else { return false }
        }
        return (count..<links.width).allSatisfy { block[$0] == Self.noLink }
    }
}

/// Takes sections off the front of a body.
private struct BodyReader {
    let body: UnsafeRawBufferPointer
    var offset = 0

    init(body: UnsafeRawBufferPointer) { self.body = body }

    var remaining: Int { body.count - offset }

    func damage(_ message: String) -> DamagedGraph { DamagedGraph(offset: offset, message: message) }

    mutating func bytes(_ count: Int) throws -> UnsafeRawBufferPointer {
        guard count <= remaining else {
            throw damage("\(count) bytes are expected, \(remaining) are left")
        }
        defer { offset += count }
        return UnsafeRawBufferPointer(rebasing: body[offset..<offset + count])
    }

    mutating func integers(_ count: Int) throws -> [UInt32] {
        let bytes = try bytes(count * 4)
        return (0..<count).map { bytes.loadUnaligned(fromByteOffset: $0 * 4, as: UInt32.self) }
    }

    mutating func levels(_ rowCount: Int) throws -> [UInt8] {
        let levels = Array(try bytes(rowCount))
        let padding = try bytes((4 - rowCount % 4) % 4)
        guard levels.allSatisfy({ $0 <= HNSWGraph.maximumLevel }), padding.allSatisfy({ $0 == 0 }) else {
            throw damage("a level is above \(HNSWGraph.maximumLevel)")
        }
        return levels
    }

    mutating func duplicates(groups: Int, members: Int, rowCount: Int) throws -> DuplicateGroups {
        let representatives = try integers(groups)
        let starts = try integers(groups + 1)
        let restored = DuplicateGroups(
            representatives: representatives, starts: starts, members: try integers(members),
            rowCount: rowCount)
        guard let restored else { throw damage("the groups of equal rows are not groups") }
        return restored
    }
}
