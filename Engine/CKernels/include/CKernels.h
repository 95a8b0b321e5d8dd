/* Distance kernels: one table of functions per instruction set, chosen once at run time.
 *
 * Smaller is closer in every kernel: "l2" is the squared Euclidean distance, "negative_inner_product"
 * is -<a, b>, "hamming" counts different bits, "jaccard" is 1 - |a and b| / |a or b| (0 for two empty rows).
 * `dimension` counts elements, 32,768 at most (bits for the bit kernels, a multiple of 8). A query has the
 * element type of the rows. Rows need no alignment. Integer and bit kernels are exact: the sum is an
 * integer, rounded to float once.
 */
#ifndef APUS_CKERNELS_H
#define APUS_CKERNELS_H

#include <stddef.h>
#include <stdint.h>

#include "blockscan.h"

#pragma clang assume_nonnull begin

/* One query against one row. */
typedef float (*_Nonnull apus_pair_kernel)(const void *query, const void *row, size_t dimension);

/* One query against `count` rows that lie `stride` bytes apart, read once each, in memory order. */
typedef void (*_Nonnull apus_rows_kernel)(const void *query, const void *rows, size_t stride, size_t count,
                                 size_t dimension, float *distances);

/* One query against the rows named by `ids`, the next rows prefetched while one is computed. */
typedef void (*_Nonnull apus_ids_kernel)(const void *query, const void *rows, size_t stride, const uint32_t *ids,
                                size_t count, size_t dimension, float *distances);

/* The three forms of one distance over one element type. They give bit-identical distances. */
typedef struct {
    apus_pair_kernel pair;
    apus_rows_kernel rows;
    apus_ids_kernel ids;
} apus_distance_kernels;

enum { APUS_FLOAT32 = 0, APUS_FLOAT16 = 1, APUS_BFLOAT16 = 2, APUS_INT8 = 3, APUS_ELEMENTS = 4 };

typedef struct {
    const char *name; /* "scalar", "avx2", "avx512", "avx512vnni", "neon" */
    apus_distance_kernels l2[APUS_ELEMENTS];
    apus_distance_kernels negative_inner_product[APUS_ELEMENTS];
    apus_distance_kernels hamming;
    apus_distance_kernels jaccard;

    /* Many queries by many rows. Queries are packed into panels of `panel_width` interleaved queries:
     * panel[j * panel_width + q] is element j of query q, missing queries are zero.
     * `tile` writes inner products (not negated): products[r * panel_width + q]. */
    size_t panel_width;
    void (*_Nonnull pack_panel)(const float *queries, size_t stride_floats, size_t count, size_t dimension, float *panel);
    void (*_Nonnull tile)(const float *panel, const float *rows, size_t stride_floats, size_t row_count, size_t dimension,
                 float *products);

    /* Positions i with values[i] <= bounds[i], ascending; returns how many. */
    size_t (*_Nonnull positions_within)(const float *values, const float *bounds, size_t count, uint32_t *positions);

    /* Index of the first NaN or infinity, or `count`. */
    size_t (*_Nonnull first_non_finite)(const float *values, size_t count);
} apus_kernels;

/* The tables that the running CPU supports, slowest first; never empty. */
size_t apus_kernels_count(void);
const apus_kernels *apus_kernels_at(size_t index);

/* Element conversions, round to nearest even. */
void apus_float16_from_float32(const float *source, uint16_t *target, size_t count);
void apus_float32_from_float16(const uint16_t *source, float *target, size_t count);
void apus_bfloat16_from_float32(const float *source, uint16_t *target, size_t count);
void apus_float32_from_bfloat16(const uint16_t *source, float *target, size_t count);

/* CRC-32C (Castagnoli), continuing from `crc` (0 at the start). */
uint32_t apus_crc32c(uint32_t crc, const void *bytes, size_t count);

static inline void apus_prefetch(const void *address) { __builtin_prefetch(address, 0, 3); }

#pragma clang assume_nonnull end

#include "fastscan.h"
#include "impacts.h"
#include "product.h"
#include "signscan.h"
#include "codes.h"
#include "listscan.h"
#include "filter.h"
#include "rowset.h"

#endif
