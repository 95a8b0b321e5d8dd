/// Distinct numbers in ascending order, each as its distance from the least in as few bytes as the largest needs
/// (frame of reference coding, Goldstein, Ramakrishnan and Shaft 1998).
struct SortedNumbers: Sendable {
    let order: NumberOrder
    let count: Int
    private let least: UInt64
    /// Bytes of a distance: 1, 2, 4 or 8.
    private let width: Int
    private let bytes: [UInt8]

    /// - Parameter codes: distinct and ascending.
    init(_ codes: [UInt64], order: NumberOrder) {
        self.order = order
        count = codes.count
        least = codes.first ?? 0
        width = Self.width(of: (codes.last ?? 0) - least)
        var bytes = [UInt8](repeating: 0, count: codes.count * width)
        let (least, width) = (least, width)
        bytes.withUnsafeMutableBytes { target in
            for (position, code) in codes.enumerated() {
                withUnsafeBytes(of: code - least) { distance in
                    for byte in 0..<width { target[position * width + byte] = distance[byte] }
                }
            }
        }
        self.bytes = bytes
    }

    private static func width(of distance: UInt64) -> Int {
        switch distance {
        case ...0xFF: 1
        case ...0xFFFF: 2
        case ...0xFFFF_FFFF: 4
        default: 8
        }
    }

    /// The code of the number at a position.
    subscript(position: Int) -> UInt64 {
        bytes.withUnsafeBytes { code(at: position, in: $0) }
    }

    @inline(__always)
    private func code(at position: Int, in bytes: UnsafeRawBufferPointer) -> UInt64 {
        let offset = position * width
        let distance: UInt64 =
            switch width {
            case 1: UInt64(bytes[offset])
            case 2: UInt64(bytes.loadUnaligned(fromByteOffset: offset, as: UInt16.self))
            case 4: UInt64(bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
            default: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            }
        return least &+ distance
    }
}

extension SortedNumbers: ScalarDictionary {
    var memoryBytes: Int { bytes.count }

    func positions(in range: ScalarRange) -> Range<Int>? {
        guard let codes = order.codes(in: range) else { return nil }
        return bytes.withUnsafeBytes { bytes in
            let start = partitionPoint(count) { code(at: $0, in: bytes) < codes.lowest }
            let end = partitionPoint(count) { code(at: $0, in: bytes) <= codes.highest }
            return start..<max(start, end)
        }
    }

    func candidates(like pattern: LikePattern) -> Range<Int>? { nil }

    func positions(like pattern: LikePattern) -> [Range<Int>]? { nil }

    func write(to writer: inout ByteWriter) {
        writer.append(order.rawValue)
        writer.append(UInt8(width))
        writer.append(UInt32(count))
        writer.append(least)
        writer.appendBytes(bytes)
    }

    /// - Throws: `StorageError.corrupted` if the bytes are no such numbers.
    init(from reader: inout ByteReader) throws {
        let order = try reader.uint8()
        let width = Int(try reader.uint8())
        guard let order = NumberOrder(rawValue: order), [1, 2, 4, 8].contains(width) else {
            throw reader.corrupted("the numbers of an index are of no known kind")
        }
        self.order = order
        self.width = width
        count = Int(try reader.uint32())
        least = try reader.uint64()
        bytes = Array(try reader.byteSlice(count * width))
        for position in 1..<max(count, 1) where self[position - 1] >= self[position] {
            throw reader.corrupted("number \(position) of an index is not above the one before")
        }
    }
}
