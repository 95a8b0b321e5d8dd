/* Distances between one query and byte codes that lie in blocks of sixteen interleaved rows.
 *
 * A block of dimension d, padded to g groups of four elements:
 *
 *     float    bias[16]
 *     float    scale[16]
 *     uint8    code[g][16][4]     element 4 * group + i of row r
 *
 * Codes carry an offset of 128: the element is scale * (code - 128). Distances are
 * (bias + term) + factor * (scale * dot) with dot = sum of (code - 128) * query, an exact integer, so that all
 * instruction sets give the same bits. NaN becomes infinity.
 */
#ifndef APUS_LIST_SCAN_H
#define APUS_LIST_SCAN_H

#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

enum { APUS_LIST_BLOCK_ROWS = 16 };

typedef struct {
    const int8_t *query; /* 4 * groups elements */
    size_t groups;
    int32_t offset; /* 128 times the sum of the query */
    float factor;
} apus_byte_query;

static inline size_t apus_byte_block_bytes(size_t groups) { return APUS_LIST_BLOCK_ROWS * (8 + 4 * groups); }

/* Writes 16 distances for each of `count` blocks. */
typedef void (*_Nonnull apus_byte_blocks_kernel)(const apus_byte_query *query, const void *blocks, size_t count,
                                                 float term, float *distances);

/* The kernel for the instruction set of that name (see `apus_kernels.name`). */
apus_byte_blocks_kernel apus_byte_blocks(const char *name);

#pragma clang assume_nonnull end

#endif
