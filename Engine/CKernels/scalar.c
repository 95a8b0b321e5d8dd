/* Kernels in plain C, for processors without any of the other instruction sets. */
#include "internal.h"

/* No fused multiply-add: this variant gives the same bits on every processor, which the regression gate relies on. */
#pragma STDC FP_CONTRACT OFF

/* Independent sums let the compiler use whatever vectors the base instruction set has. */
enum { LANES = 8, PANEL_WIDTH = 8 };

APUS_INLINE float load_float32(const void *vector, size_t index) {
    float value;
    memcpy(&value, (const char *)vector + index * sizeof value, sizeof value);
    return value;
}

APUS_INLINE uint16_t load_half(const void *vector, size_t index) {
    uint16_t value;
    memcpy(&value, (const char *)vector + index * sizeof value, sizeof value);
    return value;
}

APUS_INLINE float load_float16(const void *vector, size_t index) {
    return apus_float32_of_float16(load_half(vector, index));
}

APUS_INLINE float load_bfloat16(const void *vector, size_t index) {
    return apus_float32_of_bfloat16(load_half(vector, index));
}

APUS_INLINE float squared_difference(float a, float b) { return (a - b) * (a - b); }
APUS_INLINE float product(float a, float b) { return a * b; }

#define DEFINE_FLOAT_DISTANCE(NAME, ELEMENT, TERM, SIGN, BYTES)                                          \
    APUS_INLINE float NAME(const void *query, const void *row, size_t dimension) {                       \
        float sums[LANES] = {0};                                                                         \
        size_t i = 0;                                                                                    \
        for (; i + LANES <= dimension; i += LANES)                                                       \
            for (size_t k = 0; k < LANES; k++)                                                           \
                sums[k] += TERM(load_##ELEMENT(query, i + k), load_##ELEMENT(row, i + k));               \
        for (; i < dimension; i++)                                                                       \
            sums[i % LANES] += TERM(load_##ELEMENT(query, i), load_##ELEMENT(row, i));                   \
        for (size_t width = LANES / 2; width > 0; width /= 2)                                            \
            for (size_t k = 0; k < width; k++) sums[k] += sums[k + width];                               \
        return SIGN sums[0];                                                                             \
    }                                                                                                    \
    APUS_DEFINE_FORMS(NAME, BYTES)

DEFINE_FLOAT_DISTANCE(l2_float32, float32, squared_difference, +, APUS_BYTES_FLOAT32)
DEFINE_FLOAT_DISTANCE(l2_float16, float16, squared_difference, +, APUS_BYTES_FLOAT16)
DEFINE_FLOAT_DISTANCE(l2_bfloat16, bfloat16, squared_difference, +, APUS_BYTES_FLOAT16)
DEFINE_FLOAT_DISTANCE(inner_float32, float32, product, -, APUS_BYTES_FLOAT32)
DEFINE_FLOAT_DISTANCE(inner_float16, float16, product, -, APUS_BYTES_FLOAT16)
DEFINE_FLOAT_DISTANCE(inner_bfloat16, bfloat16, product, -, APUS_BYTES_FLOAT16)

/* 32,768 squared differences of at most 255 * 255 just fit 31 bits. */
APUS_INLINE float l2_int8(const void *query, const void *row, size_t dimension) {
    const int8_t *a = query, *b = row;
    int32_t sum = 0;
    for (size_t i = 0; i < dimension; i++) sum += (a[i] - b[i]) * (a[i] - b[i]);
    return (float)sum;
}
APUS_DEFINE_FORMS(l2_int8, APUS_BYTES_INT8)

APUS_INLINE float inner_int8(const void *query, const void *row, size_t dimension) {
    const int8_t *a = query, *b = row;
    int32_t sum = 0;
    for (size_t i = 0; i < dimension; i++) sum += a[i] * b[i];
    return (float)-sum;
}
APUS_DEFINE_FORMS(inner_int8, APUS_BYTES_INT8)

/* The next 8 bytes, or the `left` last ones followed by zeros. */
APUS_INLINE uint64_t load_word(const char *bytes, size_t left) {
    uint64_t word = 0;
    if (left >= sizeof word) {
        memcpy(&word, bytes, sizeof word);
        return word;
    }
    for (size_t i = 0; i < left; i++) word |= (uint64_t)(uint8_t)bytes[i] << (8 * i);
    return word;
}

APUS_INLINE float hamming(const void *query, const void *row, size_t dimension) {
    const char *a = query, *b = row;
    size_t bytes = APUS_BYTES_BIT(dimension);
    uint32_t different = 0;
    for (size_t i = 0; i < bytes; i += 8)
        different += (uint32_t)__builtin_popcountll(load_word(a + i, bytes - i) ^ load_word(b + i, bytes - i));
    return (float)different;
}
APUS_DEFINE_FORMS(hamming, APUS_BYTES_BIT)

APUS_INLINE float jaccard(const void *query, const void *row, size_t dimension) {
    const char *a = query, *b = row;
    size_t bytes = APUS_BYTES_BIT(dimension);
    uint32_t shared = 0, all = 0;
    for (size_t i = 0; i < bytes; i += 8) {
        uint64_t left = load_word(a + i, bytes - i), right = load_word(b + i, bytes - i);
        shared += (uint32_t)__builtin_popcountll(left & right);
        all += (uint32_t)__builtin_popcountll(left | right);
    }
    return apus_jaccard_distance(shared, all);
}
APUS_DEFINE_FORMS(jaccard, APUS_BYTES_BIT)

APUS_DEFINE_PACK_PANEL(PANEL_WIDTH)

static void tile(const float *panel, const float *rows, size_t stride_floats, size_t row_count,
                 size_t dimension, float *products) {
    for (size_t r = 0; r < row_count; r++) {
        float sums[PANEL_WIDTH] = {0};
        for (size_t j = 0; j < dimension; j++)
            for (size_t q = 0; q < PANEL_WIDTH; q++)
                sums[q] += panel[j * PANEL_WIDTH + q] * rows[r * stride_floats + j];
        memcpy(products + r * PANEL_WIDTH, sums, sizeof sums);
    }
}

static size_t positions_within(const float *values, const float *bounds, size_t count, uint32_t *positions) {
    size_t found = 0;
    for (size_t i = 0; i < count; i++) {
        positions[found] = (uint32_t)i;
        found += values[i] <= bounds[i];
    }
    return found;
}

static size_t first_non_finite(const float *values, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (!apus_is_finite(values[i])) return i;
    return count;
}

const apus_kernels apus_kernels_scalar = {.name = "scalar", APUS_TABLE_DISTANCES(), APUS_TABLE_PANEL};
