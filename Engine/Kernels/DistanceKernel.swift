import CKernels

/// One distance over one element type, compiled for one instruction set; smaller is closer.
///
/// The forms give bit-identical distances for the same row. `dimension` counts elements (bits for binary
/// vectors, a multiple of 8), at most 32,768. The query has the element type of the rows; neither needs alignment.
struct DistanceKernel: Sendable {
    /// `pair(query, row, dimension)`: one query against one row.
    let pair: apus_pair_kernel
    /// `rows(query, rows, strideBytes, count, dimension, distances)`: one query against `count` rows that lie
    /// `strideBytes` apart, each read once. Fastest on thousands of rows a call.
    let rows: apus_rows_kernel
    /// `ids(query, rows, strideBytes, ids, count, dimension, distances)`: one query against the rows named by
    /// `ids`. Asks memory for the rows ahead while it computes, so pass all ids at once.
    let ids: apus_ids_kernel

    init(_ kernels: apus_distance_kernels) {
        pair = kernels.pair
        rows = kernels.rows
        ids = kernels.ids
    }
}
