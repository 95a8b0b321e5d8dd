/* Comparisons of columns of numbers with constants, as bitmaps.
 *
 * Each kernel reads 64 * words values of one type, one after the other, and writes bit i % 64 of word i / 64 for
 * value i. Values need no alignment. All instruction sets give the same bits; a NaN compares as false.
 */
#ifndef APUS_FILTER_H
#define APUS_FILTER_H

#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

enum {
    APUS_FILTER_INT8 = 0,
    APUS_FILTER_INT16 = 1,
    APUS_FILTER_INT32 = 2,
    APUS_FILTER_INT64 = 3,
    APUS_FILTER_FLOAT = 4,
    APUS_FILTER_DOUBLE = 5,
    APUS_FILTER_TYPES = 6,
};

/* Which values lie in low ... high, both included; constants have the type of the values. */
typedef void (*_Nonnull apus_filter_range_kernel)(const void *values, size_t words, const void *low,
                                                  const void *high, uint64_t *bits);

/* Which values equal one of `count` constants of their type. Time grows with the count. */
typedef void (*_Nonnull apus_filter_set_kernel)(const void *values, size_t words, const void *constants,
                                                size_t count, uint64_t *bits);

typedef struct {
    apus_filter_range_kernel range[APUS_FILTER_TYPES];
    apus_filter_set_kernel set[APUS_FILTER_TYPES];
} apus_filter_kernels;

/* The kernels for the instruction set of that name (see `apus_kernels.name`). */
const apus_filter_kernels *apus_filter_kernels_named(const char *name);

#pragma clang assume_nonnull end

#endif
