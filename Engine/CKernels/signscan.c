#include "fastscan.h"
#include "signscan.h"

enum { ROWS = APUS_FASTSCAN_ROWS };

void apus_sign_estimates(const apus_sign_query *query, const uint16_t *sums, const void *terms, size_t stride,
                         size_t blocks, float *restrict estimates) {
#pragma clang fp contract(off)
    for (size_t b = 0; b < blocks; b++) {
        const float *offset = (const float *)((const char *)terms + b * stride);
        const float *scale = offset + ROWS, *error = scale + ROWS;
        for (size_t i = 0; i < ROWS; i++) {
            float sum = query->sum_constant + query->sum_step * (float)sums[b * ROWS + i];
            float loss = error[i] * query->distance + __builtin_fabsf(scale[i]) * query->sum_error;
            estimates[b * ROWS + i] = query->constant + offset[i] + scale[i] * sum - loss;
        }
    }
}
