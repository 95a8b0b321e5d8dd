/// The parts of the index file (docs/format.md). All but the blocks are read when the index is opened; the header holds
/// their checksums, so that opening need not read the blocks, which are checked one by one when a search reads them.
enum DiskANNFile {
    enum Part: Int, CaseIterable {
        case header, rows, duplicates, upper, quantizer, codes
        /// Zeros, so that the blocks begin at a multiple of their sectors in the file.
        case padding
        case blocks

        /// Parts that stay in memory, which the header vouches for.
        static let resident: [Part] = [.rows, .duplicates, .upper, .quantizer, .codes]
    }

    /// Numbers of 4 bytes that the header begins with.
    static let headerFields = 5
    /// The numbers, a checksum of each resident part, the digest of the blocks, and a checksum of these.
    private static let headerBytes = headerFields * 4 + Part.resident.count * 4 + 8 + 4

    // MARK: Writing

    static func digest(_ navigator: DiskANNNavigator, blocks: UnsafeRawBufferPointer) -> UInt64 {
        digest(ofHeader: header(navigator, residentParts(navigator), blocks))
    }

    static func write(
        _ navigator: DiskANNNavigator, blocks: UnsafeRawBufferPointer,
        _ append: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        var parts = residentParts(navigator)
        parts.insert(header(navigator, parts, blocks), at: 0)
        parts.append(padding(behind: parts))
        try withBytes(of: parts[...]) { try IndexParts.write($0 + [blocks], append) }
    }

    private static func header(
        _ navigator: DiskANNNavigator, _ resident: [[UInt8]], _ blocks: UnsafeRawBufferPointer
    ) -> [UInt8] {
        let layout = navigator.layout
        var writer = ByteWriter()
        for number in [
            layout.dimension, layout.degree, layout.nodeCount, navigator.rowCount, navigator.upper.rowCount,
        ] { writer.append(UInt32(number)) }
        for part in resident { writer.append(part.withUnsafeBytes { Checksum.crc32c($0) }) }
        writer.append(IndexParts.digest(of: [blocks]))
        return writer.sealed(size: headerBytes)
    }

    private static func residentParts(_ navigator: DiskANNNavigator) -> [[UInt8]] {
        var (rows, duplicates, upper) = (ByteWriter(), ByteWriter(), ByteWriter())
        rows.appendValues(navigator.rows)
        let groups = navigator.duplicates
        duplicates.append(UInt32(groups.representatives.count))
        for values in [groups.representatives, groups.starts, groups.members] { duplicates.appendValues(values) }
        navigator.upper.writeBody { upper.appendBytes($0) }
        return [rows.bytes, duplicates.bytes, upper.bytes] + navigator.codes.withParts { $0.map { Array($0) } }
    }

    private static func padding(behind parts: [[UInt8]]) -> [UInt8] {
        var offset = 8 + Part.allCases.count * 8
        for part in parts { offset = alignedUp(offset, to: IndexParts.alignment) + part.count }
        let start = FileFormat.headerSize + alignedUp(offset, to: IndexParts.alignment)
        return [UInt8](repeating: 0, count: alignedUp(start, to: ReadSlots.alignment) - start)
    }

    private static func withBytes(
        of parts: ArraySlice<[UInt8]>, _ bytes: [UnsafeRawBufferPointer] = [],
        _ body: ([UnsafeRawBufferPointer]) throws -> Void
    ) throws {
        guard let first = parts.first else { return try body(bytes) }
        try first.withUnsafeBytes { try withBytes(of: parts.dropFirst(), bytes + [$0], body) }
    }

    private static func digest(ofHeader header: [UInt8]) -> UInt64 {
        header.withUnsafeBytes { StableHash.hash($0) }
    }

    // MARK: Reading

    /// Opens an index without reading its blocks.
    ///
    /// - Throws: `StorageError` if what is read is damaged or not the index that is meant.
    static func open(
        _ definition: IndexDefinition, file: FileReader, digest: UInt64, rowCount: Int
    ) throws -> DiskANNIndex {
        let parts = try IndexParts(file: file)
        let header = try Header(parts, digest: digest, rowCount: rowCount)
        let navigator = try navigator(parts, header, definition)
        let blocks = try parts.range(Part.blocks.rawValue)
        let first = FileFormat.headerSize + blocks.lowerBound
        guard blocks.count == header.layout.blockCount * header.layout.blockBytes, first % ReadSlots.alignment == 0
        else { throw parts.corrupted("the blocks of the index are not where they should be") }
        return DiskANNIndex(
            definition: definition, navigator: navigator,
            blocks: DiskANNBlocks(file: file, firstOffset: first, layout: header.layout), digest: digest)
    }

    /// Reads the file to its end.
    ///
    /// - Throws: `StorageError` if it is damaged or not the index that is meant.
    static func verify(_ definition: IndexDefinition, file: FileReader, digest: UInt64, rowCount: Int) throws {
        try file.verifyChecksum()
        _ = try open(definition, file: file, digest: digest, rowCount: rowCount)
    }

    private struct Header {
        let layout: DiskANNLayout
        let rowCount: Int
        let upperCount: Int
        let checksums: [UInt32]

        init(_ parts: IndexParts, digest: UInt64, rowCount: Int) throws {
            guard parts.count == Part.allCases.count, try parts.range(0).count == headerBytes else {
                throw parts.corrupted("the parts of the index are not those of \(IndexType.diskANN.rawValue)")
            }
            let bytes = try parts.file.read(parts.range(0))
            guard isSealed(bytes) else { throw parts.corrupted("the checksum of the header of the index is wrong") }
            guard DiskANNFile.digest(ofHeader: bytes) == digest else { throw StorageError.wrongIndex(parts.file.path) }
            var reader = try parts.byteReader(0)
            let numbers = try reader.integers(headerFields, as: UInt32.self).map { Int($0) }
            checksums = try reader.integers(Part.resident.count)
            guard (1...32_768).contains(numbers[0]), (4...2048).contains(numbers[1]), numbers[3] == rowCount,
                numbers[2] <= rowCount, numbers[4] <= numbers[2], (numbers[4] > 0) == (rowCount > 0)
            else { throw reader.corrupted("the sizes of the index cannot be") }
            layout = DiskANNLayout(dimension: numbers[0], nodeCount: numbers[2], degree: numbers[1])
            self.rowCount = rowCount
            upperCount = numbers[4]
        }
    }

    private static func navigator(
        _ parts: IndexParts, _ header: Header, _ definition: IndexDefinition
    ) throws -> DiskANNNavigator {
        for (place, part) in Part.resident.enumerated() { try check(part, checksum: header.checksums[place], parts) }
        let duplicates = try duplicates(header, parts)
        let codes = try CodedRows(
            DiskANNBudget(definition).codes(rowCount: header.rowCount, dimension: header.layout.dimension),
            definition.metric, parts, first: Part.quantizer.rawValue,
            count: header.layout.nodeCount)
        guard codes.rows.dimension == header.layout.dimension else {
            throw parts.corrupted("the codes of the index are of dimension \(codes.rows.dimension)")
        }
        return DiskANNNavigator(
            layout: header.layout, rowCount: header.rowCount, rows: try rows(header, duplicates, parts),
            upper: try upper(header, parts), duplicates: duplicates, codes: codes)
    }

    private static func check(_ part: Part, checksum: UInt32, _ parts: IndexParts) throws {
        let range = try parts.range(part.rawValue)
        guard try parts.file.checksum(of: range) == checksum else {
            throw StorageError.corrupted(
                parts.file.path, at: FileFormat.headerSize + range.lowerBound,
                "the checksum of part \(part.rawValue) of the index is wrong; drop the index and build it again")
        }
    }

    /// The rows of the nodes: each row once, but for the members of duplicate groups.
    private static func rows(
        _ header: Header, _ duplicates: DuplicateGroups, _ parts: IndexParts
    ) throws -> [UInt32] {
        var seen = RowSet(capacity: header.rowCount)
        for row in duplicates.members { seen.insert(Int(row)) }
        let rows = try integers(.rows, parts)
        guard rows.count == header.layout.nodeCount, rows.count + duplicates.members.count == header.rowCount,
            rows.allSatisfy({ $0 < header.rowCount && seen.insert(Int($0)) })
        else { throw parts.corrupted("the nodes of the index are not its rows") }
        return rows
    }

    private static func duplicates(_ header: Header, _ parts: IndexParts) throws -> DuplicateGroups {
        let values = try integers(.duplicates, parts)
        let groups = values.first.map { Int($0) } ?? 0
        guard values.count >= 2 + 2 * groups else { throw parts.corrupted("the groups of equal rows are cut off") }
        let restored = DuplicateGroups(
            representatives: Array(values[1..<1 + groups]), starts: Array(values[(1 + groups)...][..<(2 + 2 * groups)]),
            members: Array(values[(2 + 2 * groups)...]), rowCount: header.rowCount)
        guard let restored else { throw parts.corrupted("the groups of equal rows are not groups") }
        return restored
    }

    private static func upper(_ header: Header, _ parts: IndexParts) throws -> HNSWGraph {
        let memory = try parts.read(Part.upper.rawValue)
        do {
            let graph = try withExtendedLifetime(memory) {
                try HNSWGraph(
                    readingBody: UnsafeRawBufferPointer(start: memory.base, count: memory.byteCount),
                    rowCount: header.upperCount)
            }
            guard graph.duplicates.isEmpty else { throw DamagedGraph(offset: 0, message: "it has duplicates") }
            return graph
        } catch let error as DamagedGraph {
            throw parts.corrupted("the upper levels of the index are damaged: \(error.message)")
        }
    }

    private static func integers(_ part: Part, _ parts: IndexParts) throws -> [UInt32] {
        var reader = try parts.byteReader(part.rawValue)
        return try reader.integers(reader.remaining / 4)
    }
}
