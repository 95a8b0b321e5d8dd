import CKernels

/// Codes of vectors by product quantisation (Jégou, Douze and Schmid 2011): a vector is cut into `parts` parts, and each
/// is coded in `bits` bits by the number of the nearest of the 2^bits centroids of that part.
///
/// The distance of a query to a coded vector is a sum of table entries, one a part. `ProductTrainer` finds the centroids.
/// Codes and tables are the same on every instruction set.
struct ProductQuantizer: Sendable {
    /// Bits of a code that are built.
    static let bitsRange = 1...12

    let dimension: Int
    /// Elements of a part; the last may have fewer.
    let partDimension: Int
    let parts: Int
    let bits: Int
    private let centroids: MemoryBlock
    private let kernel: ProductKernel

    /// - Parameter partDimension: elements of a part; the last part has what remains.
    init(dimension: Int, partDimension: Int, bits: Int, kernel: ProductKernel = .best) {
        precondition(partDimension > 0 && partDimension <= dimension && Self.bitsRange.contains(bits))
        self.dimension = dimension
        self.partDimension = partDimension
        self.bits = bits
        self.kernel = kernel
        parts = (dimension + partDimension - 1) / partDimension
        centroids = MemoryBlock(
            byteCount: parts * partDimension * Self.width(bits: bits) * MemoryLayout<Float>.size)
    }

    /// Centroids of a part.
    var centroidCount: Int { 1 << bits }
    /// Entries of the table of a part: `centroidCount`, 16 at least.
    var width: Int { Self.width(bits: bits) }
    /// Floats of the tables of a query.
    var tableCount: Int { parts * width }
    var memoryBytes: Int { centroids.byteCount }

    private static func width(bits: Int) -> Int { max(1 << bits, 16) }

    /// The elements of a vector that a part covers.
    func elements(of part: Int) -> Range<Int> {
        part * partDimension..<min((part + 1) * partDimension, dimension)
    }

    /// Sets a centroid; the last one is repeated up to `width`. Called by who makes the quantizer, before it is used.
    func setCentroid(_ centroid: Int, of part: Int, to values: UnsafePointer<Float>) {
        let end = centroid == centroidCount - 1 ? width : centroid + 1
        for offset in 0..<elements(of: part).count {
            for place in centroid..<end { centroidElements(offset, part)[place] = values[offset] }
        }
    }

    /// Codes a vector: one number a part. O(dimension x centroids).
    func encode(_ vector: UnsafePointer<Float>, into codes: UnsafeMutablePointer<UInt16>) {
        withProduct { kernel.encode($0, vector, codes) }
    }

    /// The vector that codes stand for.
    ///
    /// - Parameter codes: all below `centroidCount`.
    func decode(_ codes: UnsafePointer<UInt16>, into vector: UnsafeMutablePointer<Float>) {
        for part in 0..<parts {
            for (offset, place) in elements(of: part).enumerated() {
                vector[place] = centroidElements(offset, part)[Int(codes[part])]
            }
        }
    }

    /// Writes the tables of a query, `width` entries a part: inner products of its parts and the centroids.
    ///
    /// - Parameter factor: what the products are multiplied by.
    func innerProducts(
        _ query: UnsafePointer<Float>, factor: Float, into tables: UnsafeMutablePointer<Float>
    ) {
        withProduct { kernel.innerProducts($0, query, factor, tables) }
    }

    /// Writes the tables of a query, `width` entries a part: squared distances of its parts and the centroids.
    func squaredDistances(_ query: UnsafePointer<Float>, into tables: UnsafeMutablePointer<Float>) {
        withProduct { kernel.squaredDistances($0, query, tables) }
    }

    /// Writes the tables whose entries add up to the distance of a metric.
    func tables(_ metric: Metric, _ query: UnsafePointer<Float>, into tables: UnsafeMutablePointer<Float>) {
        if metric == .l2 {
            squaredDistances(query, into: tables)
        } else {
            innerProducts(query, factor: -1, into: tables)
        }
    }

    /// One element of all centroids of a part, side by side.
    private func centroidElements(_ offset: Int, _ part: Int) -> UnsafeMutablePointer<Float> {
        centroids.base.assumingMemoryBound(to: Float.self) + (part * partDimension + offset) * width
    }

    private func withProduct(_ body: (UnsafePointer<apus_product>) -> Void) {
        let product = apus_product(
            centroids: UnsafePointer(centroidElements(0, 0)), parts: parts, dimension: dimension,
            part_dimension: partDimension, width: width)
        withUnsafePointer(to: product, body)
    }
}

/// On disk: a part of the file with the centroids as they lie in memory. The definition says how many there are.
extension ProductQuantizer {
    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: centroids.base, count: centroids.byteCount) }

    /// Copies centroids that were read; nil if they are not as many as there must be, or not finite.
    init?(dimension: Int, partDimension: Int, bits: Int, centroids: MemoryBlock) {
        self.init(dimension: dimension, partDimension: partDimension, bits: bits)
        guard centroids.byteCount == self.centroids.byteCount else { return nil }
        let values = UnsafeBufferPointer(
            start: UnsafePointer(centroids.base.assumingMemoryBound(to: Float.self)),
            count: tableCount * partDimension)
        guard Kernels.best.firstNonFinite(values) == values.count else { return nil }
        self.centroids.base.copyMemory(from: centroids.base, byteCount: centroids.byteCount)
    }
}
