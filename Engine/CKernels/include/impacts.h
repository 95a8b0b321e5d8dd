#ifndef APUS_IMPACTS_H
#define APUS_IMPACTS_H

#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

enum { APUS_IMPACT_GROUP = 64 };

/* Bounds of scores as integers: a byte for each row, added up in 16 bits. */
typedef struct apus_impact_kernels {
    /* sums[i] += impacts[i] * weight / 256, rounded down */
    void (*add)(uint16_t *sums, const uint8_t *impacts, uint16_t weight, size_t count);
    /* maxima[g] is the largest of the APUS_IMPACT_GROUP sums of group g */
    void (*maxima)(const uint16_t *sums, size_t groups, uint16_t *maxima);
} apus_impact_kernels;

/* Those that belong to a table of distances. */
const apus_impact_kernels *apus_impact_kernels_of(const char *name);

#pragma clang assume_nonnull end

#endif
