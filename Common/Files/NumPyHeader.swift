/// The header of a NumPy file: a magic, a version, a length and a Python dictionary as text.
///
/// `{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }` is the shape of that dictionary.
enum NumPyHeader {
    private static let magic: [UInt8] = [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59]
    private static let alignment = 64

    /// The element types by NumPy's names, with little endian marked for those that have an order.
    static func name(of type: ElementType) -> String {
        switch type {
        case .float32: "<f4"
        case .float16: "<f2"
        case .float64: "<f8"
        case .int8: "|i1"
        case .uint8: "|u1"
        case .int32: "<i4"
        case .int64: "<i8"
        }
    }

    /// The bytes of a version 1.0 header, padded so that the values start at a multiple of 64.
    static func bytes(type: ElementType, rows: Int, dimension: Int) -> [UInt8] {
        let dictionary =
            "{'descr': '\(name(of: type))', 'fortran_order': False, 'shape': (\(rows), \(dimension)), }"
        let fixed = magic.count + 4
        let unpadded = fixed + dictionary.utf8.count + 1
        let total = (unpadded + alignment - 1) / alignment * alignment
        let length = total - fixed
        let padding = [UInt8](repeating: UInt8(ascii: " "), count: total - unpadded)
        return magic + [1, 0, UInt8(length & 255), UInt8(length >> 8)] + Array(dictionary.utf8) + padding + [
            10
        ]
    }

    /// The dictionary's text and the offset behind it.
    static func text(of file: FileReader) throws(DataError) -> (text: String, end: Int) {
        guard file.size >= 10 else {
            throw DataError(.truncated, path: file.path, "\(file.size) bytes cannot hold a NumPy header")
        }
        let first = try file.bytes(at: 0, count: 10)
        guard Array(first.prefix(magic.count)) == magic else {
            throw DataError(
                .header, path: file.path, place: .offset(0), "the file does not start as NumPy files do")
        }
        let isFirstVersion = first[6] == 1
        guard isFirstVersion || first[6] == 2 || first[6] == 3 else {
            throw DataError(.header, path: file.path, place: .offset(6), "unknown NumPy version \(first[6])")
        }
        let lengthBytes = isFirstVersion ? 2 : 4
        let length = try file.bytes(at: 8, count: lengthBytes).reversed().reduce(0) { $0 << 8 | Int($1) }
        let start = 8 + lengthBytes
        guard length <= 65_536 && start + length <= file.size else {
            throw DataError(
                .truncated, path: file.path, place: .offset(8),
                "the header of \(length) bytes is not all there")
        }
        return (String(decoding: try file.bytes(at: start, count: length), as: UTF8.self), start + length)
    }

    /// The text behind `'key':` up to the comma that ends it; a comma inside parentheses does not.
    static func value(of key: String, in text: String) -> String? {
        let characters = Array(text.utf8)
        let quoted = ["'\(key)'", "\"\(key)\""].map { Array($0.utf8) }
        for start in characters.indices {
            guard let match = quoted.first(where: { characters[start...].starts(with: $0) }) else { continue }
            var rest = characters[(start + match.count)...].drop { $0 == UInt8(ascii: " ") }
            guard rest.popFirst() == UInt8(ascii: ":") else { continue }
            rest = rest.drop { $0 == UInt8(ascii: " ") }
            let closing: UInt8 = rest.first == UInt8(ascii: "(") ? UInt8(ascii: ")") : UInt8(ascii: ",")
            let end = rest.firstIndex { $0 == closing || $0 == UInt8(ascii: "}") } ?? rest.endIndex
            return String(
                decoding: rest[rest.startIndex..<end].filter { !" ()'\"".utf8.contains($0) }, as: UTF8.self)
        }
        return nil
    }
}

extension VectorFileLayout {
    init(numPyHeaderOf file: FileReader) throws(DataError) {
        let (text, start) = try NumPyHeader.text(of: file)
        let type = try VectorFileLayout.elementType(in: text, path: file.path)
        guard NumPyHeader.value(of: "fortran_order", in: text) == "False" else {
            throw DataError(
                .arrayOrder, path: file.path, place: .offset(10),
                "the array is in Fortran order; save numpy.ascontiguousarray(array) instead")
        }
        let shape = try VectorFileLayout.shape(in: text, path: file.path)
        self.init(
            format: .npy, elementType: type, rows: shape.rows, dimension: shape.dimension, start: start,
            rowPrefixBytes: 0)
        try checkSize(of: file)
    }

    private static func elementType(in text: String, path: String) throws(DataError) -> ElementType {
        let name = NumPyHeader.value(of: "descr", in: text) ?? ""
        if let type = ElementType.allCases.first(where: {
            NumPyHeader.name(of: $0).dropFirst() == name.dropFirst()
                && (name.first != ">" || $0.byteCount == 1)
        }), "<|=>".contains(name.first ?? " ") {
            return type
        }
        if name.first == ">" {
            throw DataError(
                .byteOrder, path: path, place: .offset(10),
                "'\(name)' is big endian; save array.astype(array.dtype.newbyteorder('<')) instead")
        }
        let known = ElementType.allCases.map(\.rawValue).joined(separator: ", ")
        throw DataError(.elementType, path: path, place: .offset(10), "'\(name)' is none of \(known)")
    }

    private static func shape(in text: String, path: String) throws(DataError) -> (rows: Int, dimension: Int) {
        let parts = (NumPyHeader.value(of: "shape", in: text) ?? "").split(separator: ",").map { Int($0) }
        guard parts.count == 2, let rows = parts[0], let dimension = parts[1], rows >= 0, rows < 1 << 40
        else {
            throw DataError(
                .header, path: path, place: .offset(10), "the array must have two axes, rows and dimension")
        }
        try check(dimension: dimension, path: path, offset: 10)
        return (rows, dimension)
    }
}
