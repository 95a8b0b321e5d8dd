/* What the files of code distances share: the layout of rows and planes, and the distances made of exact sums. */
#ifndef APUS_CODES_INTERNAL_H
#define APUS_CODES_INTERNAL_H

#include "internal.h"

/* Codes of one part of a full chunk, and lanes of a plane for them. */
enum { APUS_CODE_LANES = 64, APUS_CODE_HEADER_BYTES = 64 };

APUS_INLINE size_t apus_section_bytes(size_t dimension, size_t per_byte) {
    size_t chunk = APUS_CODE_LANES * per_byte;
    return dimension / chunk * APUS_CODE_LANES + (dimension % chunk + per_byte - 1) / per_byte;
}

APUS_INLINE size_t apus_section_lanes(size_t dimension, size_t per_byte) {
    size_t chunk = APUS_CODE_LANES * per_byte;
    return (dimension + chunk - 1) / chunk * chunk;
}

#define APUS_BYTES_CODE_8(dimension) (dimension)
#define APUS_BYTES_CODE_6(dimension) (apus_section_bytes(dimension, 2) + apus_section_bytes(dimension, 4))
#define APUS_BYTES_CODE_4(dimension) apus_section_bytes(dimension, 2)
#define APUS_PLANE_CODE_8(dimension) apus_section_lanes(dimension, 1)
#define APUS_PLANE_CODE_6(dimension) (apus_section_lanes(dimension, 2) + apus_section_lanes(dimension, 4))
#define APUS_PLANE_CODE_4(dimension) apus_section_lanes(dimension, 2)

APUS_INLINE float apus_code_bias(const void *row, size_t bytes) {
    float bias;
    memcpy(&bias, (const char *)row + bytes, sizeof bias);
    return bias;
}

/* Sums over the planes, without fused multiply-add: the floats are the same on every processor. */
#define APUS_DEFINE_CODE_DISTANCE(NAME, FORMAT, PRODUCTS, LENGTH)                                         \
    APUS_INLINE float NAME(const void *query, const void *row, size_t dimension) {                        \
        _Pragma("STDC FP_CONTRACT OFF")                                                                   \
        const apus_code_query *head = query;                                                              \
        size_t plane = APUS_PLANE_##FORMAT(dimension);                                                    \
        const int8_t *values = (const int8_t *)query + APUS_CODE_HEADER_BYTES;                            \
        float sum = head->constant + head->factors[0] * (float)PRODUCTS(values, row, dimension);          \
        values += plane;                                                                                  \
        if (head->planes > 1) {                                                                           \
            sum += head->factors[1] * (float)PRODUCTS(values, row, dimension);                            \
            values += plane;                                                                              \
        }                                                                                                 \
        return LENGTH;                                                                                    \
    }                                                                                                     \
    APUS_DEFINE_FORMS(NAME, APUS_BYTES_##FORMAT)

/* How l2 adds the squared length of the codes to `sum`. */
#define APUS_STORED_LENGTH(FORMAT) (sum + apus_code_bias(row, APUS_BYTES_##FORMAT(dimension)))
#define APUS_WEIGHTED_LENGTH(SQUARES)                                                                     \
    (sum + head->weight_factors[0] * (float)SQUARES(values, row, dimension) +                             \
     (head->weight_planes > 1 ? head->weight_factors[1] * (float)SQUARES(values + plane, row, dimension) : 0))

/* The six distances of codes from the inline functions `int32_t products_FORMATS(plane, row, dimension)` and
 * `int32_t squares_4S(weights, row, dimension)`. */
#define APUS_DEFINE_CODE_DISTANCES(S)                                                                     \
    APUS_DEFINE_CODE_DISTANCE(inner_8##S, CODE_8, products_8##S, sum)                                       \
    APUS_DEFINE_CODE_DISTANCE(inner_6##S, CODE_6, products_6##S, sum)                                       \
    APUS_DEFINE_CODE_DISTANCE(inner_4##S, CODE_4, products_4##S, sum)                                       \
    APUS_DEFINE_CODE_DISTANCE(l2_8##S, CODE_8, products_8##S, APUS_STORED_LENGTH(CODE_8))              \
    APUS_DEFINE_CODE_DISTANCE(l2_6##S, CODE_6, products_6##S, APUS_STORED_LENGTH(CODE_6))              \
    APUS_DEFINE_CODE_DISTANCE(l2_4##S, CODE_4, products_4##S, APUS_WEIGHTED_LENGTH(squares_4##S))

#define APUS_CODE_TABLE(NAME, CODES, HALVES)                                                              \
    {                                                                                                     \
        .name = NAME,                                                                                     \
        .l2 = {APUS_FORMS(l2_8##CODES), APUS_FORMS(l2_6##CODES), APUS_FORMS(l2_4##CODES),                 \
               APUS_FORMS(l2_float16##HALVES), APUS_FORMS(l2_bfloat16##HALVES)},                          \
        .negative_inner_product = {APUS_FORMS(inner_8##CODES), APUS_FORMS(inner_6##CODES),                \
                                   APUS_FORMS(inner_4##CODES), APUS_FORMS(inner_float16##HALVES),         \
                                   APUS_FORMS(inner_bfloat16##HALVES)},                                   \
    }

#if defined(__x86_64__)
extern const apus_code_kernels apus_code_kernels_avx2;
extern const apus_code_kernels apus_code_kernels_avx512;
extern const apus_code_kernels apus_code_kernels_avx512vnni;
#endif

#endif
