import TestSupport

@testable import Apus

/// The body of an index file that is made of parts, to be changed by a test and read again. Its checksums are right
/// whatever it says.
struct CraftedIndexFile {
    private static let kind = FileKind("INDX", name: "index", version: 1)

    var parts: [[UInt8]]

    /// The parts of an index.
    init(_ index: any StoredIndex) throws {
        let reader = try IndexParts(file: Self.file(Self.body(index)))
        parts = try (0..<reader.count).map { part in
            let range = try reader.range(part)
            return try range.isEmpty ? [] : [UInt8](reader.file.read(range))
        }
    }

    /// A file of these parts.
    func file() throws -> FileReader {
        let blocks = parts.map { part in
            let block = MemoryBlock(byteCount: part.count)
            part.withUnsafeBytes { bytes in
                if let base = bytes.baseAddress { block.base.copyMemory(from: base, byteCount: bytes.count) }
            }
            return block
        }
        return try withExtendedLifetime(blocks) {
            var body: [UInt8] = []
            try IndexParts.write(blocks.map(\.bytes)) { body += $0 }
            return try Self.file(body)
        }
    }

    mutating func setFloat(_ value: Float, _ place: Int, of part: Int) {
        withUnsafeBytes(of: value) { parts[part].replaceSubrange(4 * place..<4 * place + 4, with: $0) }
    }

    /// What an index writes to its file.
    static func body(_ index: any StoredIndex) throws -> [UInt8] {
        var body: [UInt8] = []
        try index.write { body += $0 }
        return body
    }

    /// A file of any bytes.
    static func file(_ body: [UInt8]) throws -> FileReader {
        let disk = SimulatedFileSystem()
        let writer = try FileWriter(disk, path: "index", kind: kind)
        try writer.append(body)
        try writer.finish()
        return try FileReader.open(disk, path: "index", kind: kind)
    }
}
