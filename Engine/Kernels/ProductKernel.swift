import CKernels

/// Codes of vectors and tables of queries by product quantisation (Jégou, Douze and Schmid 2011), for one instruction set.
/// CKernels/include/product.h has the layout of centroids and tables.
struct ProductKernel: Sendable {
    /// `encode(product, vector, codes)`: the nearest centroid of each part.
    let encode: @convention(c) (UnsafePointer<apus_product>, UnsafePointer<Float>, UnsafeMutablePointer<UInt16>) -> Void
    /// `innerProducts(product, query, factor, tables)`.
    let innerProducts:
        @convention(c) (UnsafePointer<apus_product>, UnsafePointer<Float>, Float, UnsafeMutablePointer<Float>) -> Void
    /// `squaredDistances(product, query, tables)`.
    let squaredDistances:
        @convention(c) (UnsafePointer<apus_product>, UnsafePointer<Float>, UnsafeMutablePointer<Float>) -> Void

    static let best = ProductKernel(.best)

    /// The kernel for the instruction set of `kernels`.
    init(_ kernels: Kernels) {
        let table = apus_product_kernels_named(kernels.name).pointee
        encode = table.encode
        innerProducts = table.inner_products
        squaredDistances = table.squared_distances
    }
}

/// How tables of bytes relate to the tables of floats that they were made from: a sum of entries is about
/// `constant + step * sum of bytes`.
struct ByteTables: Sendable {
    let constant: Float
    /// Above zero.
    let step: Float

    /// Makes tables of 16 bytes from tables of 16 floats. A sum errs by at most half a step for each table.
    ///
    /// - Parameters:
    ///   - reserve: what the caller adds to a sum at most, in floats, so that no sum leaves 16 bits.
    ///   - bytes: room for 64 bytes for every four tables, a last group of fewer included.
    init(_ tables: UnsafePointer<Float>, parts: Int, reserve: Float, into bytes: UnsafeMutablePointer<UInt8>) {
        let padded = FastScanKernel.groups(codes: parts) * FastScanKernel.groupCodes
        let made = apus_product_byte_tables(tables, parts, padded, reserve, bytes)
        constant = made.constant
        step = made.step
    }
}
