/* Comparisons to bitmaps; filter.h has the contract. The loops are written once, over vectors of 64 values, which the
 * compiler divides into registers of the instruction set that a function is compiled for. */
#include "filter.h"

#include "internal.h"

typedef _Bool apus_bits64 __attribute__((ext_vector_type(64)));

/* The comparisons of one word. A macro, as functions compiled for different instruction sets share none. */
#define APUS_WORD_OF(CONDITION) __builtin_convertvector(CONDITION, apus_bits64)

#define APUS_DEFINE_FILTERS(SET, NAME, TYPE)                                                                   \
    typedef TYPE NAME##_values##SET __attribute__((ext_vector_type(64)));                                      \
                                                                                                               \
    static void NAME##_range##SET(const void *values, size_t words, const void *low, const void *high,         \
                                  uint64_t *bits) {                                                            \
        TYPE least, most;                                                                                      \
        memcpy(&least, low, sizeof least);                                                                     \
        memcpy(&most, high, sizeof most);                                                                      \
        for (size_t i = 0; i < words; i++) {                                                                   \
            NAME##_values##SET block;                                                                          \
            memcpy(&block, (const char *)values + i * sizeof block, sizeof block);                             \
            apus_bits64 found = APUS_WORD_OF((block >= least) & (block <= most));                              \
            memcpy(bits + i, &found, sizeof *bits);                                                            \
        }                                                                                                      \
    }                                                                                                          \
                                                                                                               \
    static void NAME##_set##SET(const void *values, size_t words, const void *constants, size_t count,         \
                                uint64_t *bits) {                                                              \
        for (size_t i = 0; i < words; i++) {                                                                   \
            NAME##_values##SET block;                                                                          \
            memcpy(&block, (const char *)values + i * sizeof block, sizeof block);                             \
            uint64_t word = 0;                                                                                 \
            for (size_t c = 0; c < count; c++) {                                                               \
                TYPE constant;                                                                                 \
                uint64_t equal;                                                                                \
                memcpy(&constant, (const char *)constants + c * sizeof constant, sizeof constant);             \
                apus_bits64 found = APUS_WORD_OF(block == constant);                                           \
                memcpy(&equal, &found, sizeof equal);                                                          \
                word |= equal;                                                                                 \
            }                                                                                                  \
            bits[i] = word;                                                                                    \
        }                                                                                                      \
    }

#define APUS_DEFINE_ALL_FILTERS(SET)                                                                           \
    APUS_DEFINE_FILTERS(SET, int8, int8_t)                                                                     \
    APUS_DEFINE_FILTERS(SET, int16, int16_t)                                                                   \
    APUS_DEFINE_FILTERS(SET, int32, int32_t)                                                                   \
    APUS_DEFINE_FILTERS(SET, int64, int64_t)                                                                   \
    APUS_DEFINE_FILTERS(SET, float, float)                                                                     \
    APUS_DEFINE_FILTERS(SET, double, double)                                                                   \
                                                                                                               \
    static const apus_filter_kernels filters##SET = {                                                          \
        .range = {int8_range##SET, int16_range##SET, int32_range##SET, int64_range##SET, float_range##SET,     \
                  double_range##SET},                                                                          \
        .set = {int8_set##SET, int16_set##SET, int32_set##SET, int64_set##SET, float_set##SET,                 \
                double_set##SET},                                                                              \
    };

APUS_DEFINE_ALL_FILTERS(_scalar)

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)
APUS_DEFINE_ALL_FILTERS(_avx2)
#pragma clang attribute pop

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl"))), apply_to = function)
APUS_DEFINE_ALL_FILTERS(_avx512)
#pragma clang attribute pop
#endif

const apus_filter_kernels *apus_filter_kernels_named(const char *name) {
#if defined(__x86_64__)
    if (strncmp(name, "avx512", 6) == 0) return &filters_avx512;
    if (strcmp(name, "avx2") == 0) return &filters_avx2;
#endif
    (void)name;
    return &filters_scalar;
}
