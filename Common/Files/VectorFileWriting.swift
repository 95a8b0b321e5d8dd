extension VectorFile {
    /// Writes vectors in the format of the ending, replacing the file.
    ///
    /// - Parameter elementType: how an npy file stores the values; the other formats have one type each.
    /// - Throws: `DataError` when the format cannot hold the type, a value is NaN or infinite or does not fit
    ///   the type (whole numbers only for integer types), or the disk refuses.
    public static func write(
        _ vectors: VectorSet, to path: String, as elementType: ElementType = .float32
    ) throws(DataError) {
        let format = try VectorFormat(path: path)
        let type = format.elementType ?? elementType
        let file = try FileWriter(path: path)
        try writeHeader(to: file, format, type, rows: vectors.count, dimension: vectors.dimension)
        for row in 0..<vectors.count {
            try check(vectors.row(row), row: row, fit: type, path: path)
            if hasRowPrefix(format) { try file.append(integers: CollectionOfOne(Int32(vectors.dimension))) }
            try append(vectors.row(row), as: type, to: file)
        }
        try file.finish()
    }

    /// Writes rows of integers as ivecs, ibin or npy (int32), replacing the file.
    public static func write(_ integers: IntegerSet, to path: String) throws(DataError) {
        let format = try VectorFormat(path: path)
        guard format == .npy || format.elementType == .int32 else {
            throw DataError(.elementType, path: path, "ids are written to .ivecs, .ibin or .npy files")
        }
        let file = try FileWriter(path: path)
        try writeHeader(to: file, format, .int32, rows: integers.count, dimension: integers.width)
        for row in 0..<integers.count {
            if hasRowPrefix(format) { try file.append(integers: CollectionOfOne(Int32(integers.width))) }
            try file.append(integers: integers.row(row))
        }
        try file.finish()
    }

    private static func hasRowPrefix(_ format: VectorFormat) -> Bool {
        format == .fvecs || format == .bvecs || format == .ivecs
    }

    private static func writeHeader(
        to file: FileWriter, _ format: VectorFormat, _ type: ElementType, rows: Int, dimension: Int
    ) throws(DataError) {
        switch format {
        case .fvecs, .bvecs, .ivecs: break
        case .fbin, .u8bin, .i8bin, .ibin: try file.append(integers: [UInt32(rows), UInt32(dimension)])
        case .npy: try file.append(NumPyHeader.bytes(type: type, rows: rows, dimension: dimension))
        }
    }

    private static func append(
        _ values: ArraySlice<Float>, as type: ElementType, to file: FileWriter
    ) throws(DataError) {
        switch type {
        case .float32: try file.append(integers: values.lazy.map(\.bitPattern))
        case .float16: try file.append(integers: values.lazy.map { HalfFloat.bits($0) })
        case .float64: try file.append(integers: values.lazy.map { Double($0).bitPattern })
        case .int8: try file.append(integers: values.lazy.map { Int8($0) })
        case .uint8: try file.append(integers: values.lazy.map { UInt8($0) })
        case .int32: try file.append(integers: values.lazy.map { Int32($0) })
        case .int64: try file.append(integers: values.lazy.map { Int64($0) })
        }
    }

    private static func check(
        _ values: ArraySlice<Float>, row: Int, fit type: ElementType, path: String
    ) throws(DataError) {
        for (column, value) in values.enumerated() {
            guard value.isFinite else {
                throw DataError(
                    .finite, path: path, place: .cell(row: row, column: column), "the value is \(value)")
            }
            guard fits(value, type) else {
                throw DataError(
                    .valueRange, path: path, place: .cell(row: row, column: column),
                    "\(value) cannot be stored as \(type.rawValue)")
            }
        }
    }

    private static func fits(_ value: Float, _ type: ElementType) -> Bool {
        switch type {
        case .float32, .float64: true
        case .float16: abs(value) < 65_520
        case .int8: Int8(exactly: value) != nil
        case .uint8: UInt8(exactly: value) != nil
        case .int32: Int32(exactly: value) != nil
        case .int64: Int64(exactly: value) != nil
        }
    }
}
