/* Distances from sums of signed query elements (Gao and Long 2024, RaBitQ), 32 rows a block.
 *
 * Behind the sign bits of a block, which fastscan.h sums up, lie three times 32 floats: the offset of each row, the
 * scale of its sum, and what the estimate errs by for a query at distance 1 from the centroid. */
#ifndef APUS_SIGNSCAN_H
#define APUS_SIGNSCAN_H

#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

typedef struct {
    float constant;       /* of the list */
    float sum_constant;   /* a sum of signed elements is sum_constant + sum_step * sum of bytes */
    float sum_step;
    float sum_error;      /* what that errs by */
    float distance;       /* of the query from the centroid */
} apus_sign_query;

/* Writes constant + offset + scale * sum - (error * distance + |scale| * sum_error) for each row, the same on every
 * processor.
 *
 * `terms` is the first offset of the first block, and blocks are `stride` bytes apart. */
void apus_sign_estimates(const apus_sign_query *query, const uint16_t *sums, const void *terms, size_t stride,
                         size_t blocks, float *estimates);

#pragma clang assume_nonnull end

#endif
