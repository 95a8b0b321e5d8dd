/* Scans of block codes: 16 rows of 4-bit or 8-bit codes interleaved, so that one instruction adds to the sums of
 * 16 rows. One table of functions per instruction set. Engine/Vectors/Quantization/BlockCodes.swift says what the
 * numbers mean and why the bounds hold.
 *
 * A block is a header and `groups` groups of 64 bytes:
 *
 *     float    bias[16], step[16]
 *     uint16_t residual[16], length[16]
 *     uint8_t  groups[groups][64]
 *
 * Byte 4 * r + j of a group belongs to row r: with 8 bits it is the code of element 4 * g + j, with 4 bits its low
 * half is the code of element 8 * g + j and its high half that of element 8 * g + 4 + j. Code c stands for the
 * value step * (c - most / 2), where most is 15 or 255. Codes behind the last element meet zeros of the query.
 */
#ifndef APUS_BLOCKSCAN_H
#define APUS_BLOCKSCAN_H

#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

enum { APUS_BLOCK_ROWS = 16, APUS_BLOCK_HEADER_BYTES = 192, APUS_BLOCK_GROUP_BYTES = 64 };

/* What a query adds to a scan. With n = sum of products of codes and query values - offset - half, the estimate of
 * a row is
 *
 *     bias + constant - factor * step * n * query_step
 *
 * and its lower bound is smaller by factor * step * (sine * (residual * residual_weight + length * length_weight) +
 * residual * residual_slack + length * length_slack), where sine belongs to the cosine
 * n * inverse_length / length. */
typedef struct {
    float query_step;
    float half;
    float constant;
    float factor;
    float inverse_length;
    float residual_weight;
    float length_weight;
    float residual_slack;
    float length_slack;
    int32_t offset;
} apus_block_query;

/* `values` holds four query values a word, as many words as the groups have elements / 4. Writes one number for
 * each row of the blocks. */
typedef void (*_Nonnull apus_block_rows_kernel)(const void *blocks, size_t block_count, size_t groups,
                                                const int32_t *values, const apus_block_query *query,
                                                float *numbers);

/* Up to `panel_width` queries at once: panel[w * panel_width + q] is word w of query q. The positions of the rows
 * whose lower bound is at most bounds[q] are appended, ascending, to positions + q * stride, and counts[q] becomes
 * how many these are; there is room for all rows. A row may be named although its bound is a little larger. */
typedef void (*_Nonnull apus_block_panel_kernel)(const void *blocks, size_t block_count, size_t groups,
                                                 const int32_t *panel, const apus_block_query *queries,
                                                 const float *bounds, size_t query_count, uint32_t *positions,
                                                 size_t stride, size_t *counts);

typedef struct {
    apus_block_rows_kernel estimates;
    apus_block_rows_kernel lower_bounds;
    apus_block_panel_kernel candidates;
} apus_block_scan;

/* The code of one vector: its elements are about step * (code - most / 2). `length` is the norm of the numbers
 * code - most / 2, `residual` the norm of what the code loses, both as computed in float32. */
typedef struct {
    float step;
    float residual;
    float length;
} apus_block_code;

typedef struct {
    const char *name;
    /* Queries of a panel. */
    size_t panel_width;
    /* With 4 and with 8 bits. */
    apus_block_scan nibbles;
    apus_block_scan bytes;

    /* Chooses the step of `vector`, padded with zeros to a multiple of 16 floats, and writes a byte for each of its
     * `dimension` elements to `codes`. The same on every instruction set. */
    apus_block_code (*_Nonnull encode)(const float *vector, size_t dimension, size_t bits, uint8_t *codes);

    /* Applies `steps` steps of a random rotation, each with its own `dimension` signs, 1 or -1. The same on every
     * instruction set. */
    void (*_Nonnull rotate)(float *vector, size_t dimension, const float *signs, size_t steps);
} apus_block_kernels;

/* The table that belongs to the table of distance kernels of this name. */
const apus_block_kernels *apus_block_kernels_named(const char *name);

/* Writes the codes of one row of a block; `codes` holds a byte for each element. */
void apus_block_store_codes(const uint8_t *codes, size_t dimension, size_t bits, size_t row, void *block);

#pragma clang assume_nonnull end

#endif
