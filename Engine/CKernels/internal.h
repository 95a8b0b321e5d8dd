/* What the kernel files share: the tables, element conversions and the three forms of a distance. */
#ifndef APUS_CKERNELS_INTERNAL_H
#define APUS_CKERNELS_INTERNAL_H

#include "CKernels.h"

#include <string.h>

#define APUS_INLINE static inline __attribute__((always_inline))

extern const apus_kernels apus_kernels_scalar;
#if defined(__x86_64__)
extern const apus_kernels apus_kernels_avx2;
extern const apus_kernels apus_kernels_avx512;
extern const apus_kernels apus_kernels_avx512vnni;
#elif defined(__aarch64__)
extern const apus_kernels apus_kernels_neon;
#endif

APUS_INLINE uint32_t apus_bits_of_float(float value) {
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

APUS_INLINE float apus_float_of_bits(uint32_t bits) {
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

APUS_INLINE float apus_float32_of_bfloat16(uint16_t value) {
    return apus_float_of_bits((uint32_t)value << 16);
}

/* Shifting moves the fields into place and the multiplication mends the exponent bias, subnormals included. */
APUS_INLINE float apus_float32_of_float16(uint16_t value) {
    uint32_t sign = (uint32_t)(value & 0x8000) << 16;
    uint32_t magnitude = (uint32_t)(value & 0x7fff) << 13;
    if (magnitude >= 0x7c00u << 13) {
        uint32_t quiet = magnitude > 0x7c00u << 13 ? 0x00400000u : 0;
        return apus_float_of_bits(sign | 0x7f800000u | quiet | magnitude);
    }
    return apus_float_of_bits(sign | apus_bits_of_float(apus_float_of_bits(magnitude) * 0x1p112f));
}

/* Neither NaN nor infinite. */
APUS_INLINE int apus_is_finite(float value) {
    return (apus_bits_of_float(value) & 0x7f800000u) != 0x7f800000u;
}

/* 1 - shared / all without cancellation; 0 for two empty rows. */
APUS_INLINE float apus_jaccard_distance(uint32_t shared, uint32_t all) {
    return all == 0 ? 0 : (float)(all - shared) / (float)all;
}

#define APUS_BYTES_FLOAT32(dimension) ((dimension) * 4)
#define APUS_BYTES_FLOAT16(dimension) ((dimension) * 2)
#define APUS_BYTES_INT8(dimension) (dimension)
#define APUS_BYTES_BIT(dimension) ((dimension) / 8)

/* Measured on Zen 4. Rows are asked for into the second-level cache: the first level keeps too few misses in
 * flight for random rows, and a short way ahead suffices. Of a long row only the beginning is asked for, the
 * hardware follows the rest. */
enum {
    APUS_LINE_BYTES = 64,
    APUS_PREFETCH_MOST_BYTES = 8192,
    APUS_ROWS_AHEAD_BYTES = 2048,
    APUS_IDS_AHEAD_BYTES = 8192,
    APUS_IDS_AHEAD_MOST = 32,
};

APUS_INLINE void apus_prefetch_bytes(uintptr_t address, size_t bytes) {
    size_t length = bytes < APUS_PREFETCH_MOST_BYTES ? bytes : APUS_PREFETCH_MOST_BYTES;
    for (size_t offset = 0; offset < length; offset += APUS_LINE_BYTES)
        __builtin_prefetch((const void *)(address + offset), 0, 2);
}

/* How many of `count` random rows of `bytes` to ask for before the first is computed, one at least. */
APUS_INLINE size_t apus_ids_ahead(size_t bytes, size_t count) {
    size_t ahead = APUS_IDS_AHEAD_BYTES / (bytes + 1) + 1;
    if (ahead > APUS_IDS_AHEAD_MOST) ahead = APUS_IDS_AHEAD_MOST;
    return ahead < count ? ahead : count;
}

/* Defines NAME_pair, NAME_rows and NAME_ids, the three forms of the inline function
 * `float NAME(const void *query, const void *row, size_t dimension)`. */
#define APUS_DEFINE_FORMS(NAME, BYTES)                                                                    \
    static float NAME##_pair(const void *query, const void *row, size_t dimension) {                      \
        return NAME(query, row, dimension);                                                               \
    }                                                                                                     \
                                                                                                          \
    static void NAME##_rows(const void *query, const void *rows, size_t stride, size_t count,             \
                            size_t dimension, float *restrict distances) {                                \
        for (size_t i = 0; i < count; i++) {                                                              \
            const char *row = (const char *)rows + i * stride;                                            \
            apus_prefetch_bytes((uintptr_t)row + APUS_ROWS_AHEAD_BYTES, BYTES(dimension));                \
            distances[i] = NAME(query, row, dimension);                                                   \
        }                                                                                                 \
    }                                                                                                     \
                                                                                                          \
    static void NAME##_ids(const void *query, const void *rows, size_t stride, const uint32_t *ids,       \
                           size_t count, size_t dimension, float *restrict distances) {                   \
        size_t bytes = BYTES(dimension), ahead = apus_ids_ahead(bytes, count);                            \
        for (size_t i = 0; i < ahead; i++) apus_prefetch_bytes((uintptr_t)rows + ids[i] * stride, bytes); \
        for (size_t i = 0; i < count; i++) {                                                              \
            if (i + ahead < count)                                                                        \
                apus_prefetch_bytes((uintptr_t)rows + ids[i + ahead] * stride, bytes);                    \
            distances[i] = NAME(query, (const char *)rows + ids[i] * stride, dimension);                  \
        }                                                                                                 \
    }

/* Defines pack_panel for panels of WIDTH queries. */
#define APUS_DEFINE_PACK_PANEL(WIDTH)                                                                     \
    static void pack_panel(const float *queries, size_t stride_floats, size_t count, size_t dimension,    \
                           float *panel) {                                                                \
        memset(panel, 0, dimension * WIDTH * sizeof *panel);                                              \
        for (size_t q = 0; q < count; q++)                                                                \
            for (size_t j = 0; j < dimension; j++) panel[j * WIDTH + q] = queries[q * stride_floats + j]; \
    }

#define APUS_FORMS(NAME) {NAME##_pair, NAME##_rows, NAME##_ids}

/* The distances of a table; EXACT is what the names of its integer and bit kernels end in. */
#define APUS_TABLE_DISTANCES(EXACT)                                                                       \
    .l2 = {APUS_FORMS(l2_float32), APUS_FORMS(l2_float16), APUS_FORMS(l2_bfloat16),                       \
           APUS_FORMS(l2_int8##EXACT)},                                                                   \
    .negative_inner_product = {APUS_FORMS(inner_float32), APUS_FORMS(inner_float16),                      \
                               APUS_FORMS(inner_bfloat16), APUS_FORMS(inner_int8##EXACT)},                \
    .hamming = APUS_FORMS(hamming##EXACT), .jaccard = APUS_FORMS(jaccard##EXACT)

#define APUS_TABLE_PANEL                                                                                  \
    .panel_width = PANEL_WIDTH, .pack_panel = pack_panel, .tile = tile,                                   \
    .positions_within = positions_within, .first_non_finite = first_non_finite

#endif
