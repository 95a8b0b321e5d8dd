import CKernels

/// Rows of product quantisation codes, one vector after the other, with the kernel and the form of a query that go with
/// them: a `VectorSpace` over codes. A code takes 4 bits if the quantizer has up to four, 8 up to eight, else 16.
struct ProductCodes: Sendable {
    let quantizer: ProductQuantizer
    let metric: Metric
    /// Codes as rows of bytes.
    let rows: VectorRows

    /// Rows to be set.
    init(_ quantizer: ProductQuantizer, metric: Metric, capacity: Int) {
        self.init(
            quantizer, metric: metric,
            rows: VectorRows(element: .int8, dimension: Self.rowBytes(quantizer), capacity: capacity))
    }

    /// Rows that were read; `namesCentroidsOnly` must hold for them.
    init(_ quantizer: ProductQuantizer, metric: Metric, rows: VectorRows) {
        precondition(rows.strideBytes == Self.rowBytes(quantizer))
        self.quantizer = quantizer
        self.metric = metric
        self.rows = rows
    }

    /// Bytes of the codes of a row.
    static func rowBytes(_ quantizer: ProductQuantizer) -> Int {
        (quantizer.parts * storedBits(quantizer.bits) + 7) / 8
    }

    /// Bits that a code takes in a row.
    static func storedBits(_ bits: Int) -> Int { bits <= 4 ? 4 : bits <= 8 ? 8 : 16 }

    /// The kernel over such rows. Its query is what `prepare` writes.
    var kernel: DistanceKernel {
        DistanceKernel(apus_product_distances(Self.storedBits(quantizer.bits)).pointee)
    }

    /// Codes `vector` as row `row`. Different rows may be set by different threads at once.
    func set(_ row: Int, to vector: UnsafePointer<Float>) {
        withUnsafeTemporaryAllocation(of: UInt16.self, capacity: quantizer.parts) { codes in
            quantizer.encode(vector, into: codes.baseAddress!)
            pack(UnsafeBufferPointer(codes), into: rows.row(row).assumingMemoryBound(to: UInt8.self))
        }
    }

    /// The vector that the codes of a row stand for.
    func decode(_ row: Int, into vector: UnsafeMutablePointer<Float>) {
        let bytes = rows.row(row).assumingMemoryBound(to: UInt8.self)
        withUnsafeTemporaryAllocation(of: UInt16.self, capacity: quantizer.parts) { codes in
            for part in 0..<quantizer.parts { codes[part] = code(part, in: bytes) }
            quantizer.decode(codes.baseAddress!, into: vector)
        }
    }

    /// Whether every code of the first `count` rows names a centroid: what is read from a file is checked by this.
    func namesCentroidsOnly(count: Int) -> Bool {
        if quantizer.bits == Self.storedBits(quantizer.bits) { return true }
        return (0..<count).allSatisfy { row in
            let bytes = rows.row(row).assumingMemoryBound(to: UInt8.self)
            return (0..<quantizer.parts).allSatisfy { code($0, in: bytes) < quantizer.centroidCount }
        }
    }

    private func pack(_ codes: UnsafeBufferPointer<UInt16>, into bytes: UnsafeMutablePointer<UInt8>) {
        switch Self.storedBits(quantizer.bits) {
        case 4:
            for place in stride(from: 0, to: codes.count, by: 2) {
                let second = place + 1 < codes.count ? codes[place + 1] : 0
                bytes[place / 2] = UInt8(codes[place] | second << 4)
            }
        case 8: for place in codes.indices { bytes[place] = UInt8(codes[place]) }
        default:
            for place in codes.indices {
                bytes[2 * place] = UInt8(truncatingIfNeeded: codes[place])
                bytes[2 * place + 1] = UInt8(codes[place] >> 8)
            }
        }
    }

    private func code(_ part: Int, in bytes: UnsafePointer<UInt8>) -> UInt16 {
        switch Self.storedBits(quantizer.bits) {
        case 4: UInt16(bytes[part / 2] >> (part % 2 * 4) & 15)
        case 8: UInt16(bytes[part])
        default: UInt16(bytes[2 * part]) | UInt16(bytes[2 * part + 1]) << 8
        }
    }
}

/// A prepared query holds its tables of floats. CKernels/include/product.h has the layout.
extension ProductCodes: QueryPreparation {
    private static let headerBytes = 64

    var preparedBytes: Int { Self.headerBytes + quantizer.tableCount * MemoryLayout<Float>.size }

    func prepare(_ query: UnsafePointer<Float>, into prepared: UnsafeMutableRawPointer) {
        quantizer.tables(metric, query, into: Self.begin(quantizer, in: prepared))
    }

    /// Writes what stands before the tables of a prepared query.
    ///
    /// - Returns: where the tables belong.
    static func begin(_ quantizer: ProductQuantizer, in prepared: UnsafeMutableRawPointer) -> UnsafeMutablePointer<
        Float
    > {
        let header = apus_product_query(
            constant: 0, parts: UInt32(quantizer.parts), width: UInt32(quantizer.width))
        prepared.storeBytes(of: header, as: apus_product_query.self)
        return (prepared + headerBytes).bindMemory(to: Float.self, capacity: quantizer.tableCount)
    }
}

extension VectorSpace {
    /// Rows 0 ..< `count` of codes with the distance of their metric.
    init(_ codes: ProductCodes, count: Int) {
        self.init(rows: codes.rows, count: count, kernel: codes.kernel, preparation: codes)
    }
}
