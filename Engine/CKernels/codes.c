/* Codes of rows in plain C: making them, and distances for processors without any of the other instruction sets.
 * include/codes.h has the layouts. */
#include "codes_internal.h"

/* No fused multiply-add: codes and distances are the same on every processor. */
#pragma STDC FP_CONTRACT OFF

/* MARK: layout */

size_t apus_code_row_bytes(size_t format, size_t dimension) {
    switch (format) {
    case APUS_CODE_8: return APUS_BYTES_CODE_8(dimension);
    case APUS_CODE_6: return APUS_BYTES_CODE_6(dimension);
    case APUS_CODE_4: return APUS_BYTES_CODE_4(dimension);
    default: return 2 * dimension;
    }
}

size_t apus_code_plane_bytes(size_t format, size_t dimension) {
    switch (format) {
    case APUS_CODE_8: return APUS_PLANE_CODE_8(dimension);
    case APUS_CODE_6: return APUS_PLANE_CODE_6(dimension);
    case APUS_CODE_4: return APUS_PLANE_CODE_4(dimension);
    default: return 0;
    }
}

/* How many bytes the parts of the chunk that begins at element `start` have each. */
APUS_INLINE size_t part_bytes(size_t start, size_t dimension, size_t per_byte) {
    size_t rest = dimension - start;
    return rest < APUS_CODE_LANES * per_byte ? (rest + per_byte - 1) / per_byte : APUS_CODE_LANES;
}

/* Bits `shift` and above of the codes. */
static void pack_section(const uint8_t *codes, size_t shift, size_t dimension, size_t per_byte, uint8_t *section) {
    size_t bits = 8 / per_byte, mask = (1u << bits) - 1;
    memset(section, 0, apus_section_bytes(dimension, per_byte));
    for (size_t start = 0; start < dimension; start += APUS_CODE_LANES * per_byte) {
        size_t height = part_bytes(start, dimension, per_byte);
        for (size_t part = 0, i = start; part < per_byte; part++)
            for (size_t byte = 0; byte < height && i < dimension; byte++, i++)
                section[byte] |= (uint8_t)(((codes[i] >> shift) & mask) << (part * bits));
        section += height;
    }
}

static void unpack_section(const uint8_t *section, size_t shift, size_t dimension, size_t per_byte, uint8_t *codes) {
    size_t bits = 8 / per_byte, mask = (1u << bits) - 1;
    for (size_t start = 0; start < dimension; start += APUS_CODE_LANES * per_byte) {
        size_t height = part_bytes(start, dimension, per_byte);
        for (size_t part = 0, i = start; part < per_byte; part++)
            for (size_t byte = 0; byte < height && i < dimension; byte++, i++)
                codes[i] |= (uint8_t)(((section[byte] >> (part * bits)) & mask) << shift);
        section += height;
    }
}

void apus_code_pack(size_t format, const uint8_t *codes, size_t dimension, uint8_t *row) {
    if (format == APUS_CODE_8) {
        memcpy(row, codes, dimension);
        return;
    }
    pack_section(codes, 0, dimension, 2, row);
    if (format == APUS_CODE_6) pack_section(codes, 4, dimension, 4, row + apus_section_bytes(dimension, 2));
}

void apus_code_unpack(size_t format, const uint8_t *row, size_t dimension, uint8_t *codes) {
    if (format == APUS_CODE_8) {
        memcpy(codes, row, dimension);
        return;
    }
    memset(codes, 0, dimension);
    unpack_section(row, 0, dimension, 2, codes);
    if (format == APUS_CODE_6) unpack_section(row + apus_section_bytes(dimension, 2), 4, dimension, 4, codes);
}

/* MARK: coding */

/* Adding and taking away 1.5 * 2^23 rounds to the nearest integer, ties to even, below 2^22. */
APUS_INLINE float rounded(float value) { return (value + 0x1.8p23f) - 0x1.8p23f; }

void apus_code_encode(const float *vector, const float *low, const float *inverse_step, uint8_t highest,
                      size_t dimension, uint8_t *codes) {
    float most = highest;
    for (size_t i = 0; i < dimension; i++) {
        float code = (vector[i] - low[i]) * inverse_step[i];
        code = code > 0 ? code : 0;
        code = code < most ? code : most;
        codes[i] = (uint8_t)(int32_t)rounded(code);
    }
}

float apus_code_terms(const float *query, const float *shift, const float *step, size_t dimension, float *terms) {
    float largest = 0;
    for (size_t i = 0; i < dimension; i++) {
        float term = shift ? (query[i] - shift[i]) * step[i] : query[i] * step[i];
        float magnitude = __builtin_fabsf(term);
        largest = magnitude > largest ? magnitude : largest;
        terms[i] = term;
    }
    return largest;
}

#define DEFINE_SUM(NAME, TERM)                                                                            \
    float NAME(const float *a, const float *b, size_t dimension) {                                        \
        enum { SUMS = 16 };                                                                               \
        float sums[SUMS] = {0};                                                                           \
        size_t i = 0;                                                                                     \
        for (; i + SUMS <= dimension; i += SUMS)                                                          \
            for (size_t k = 0; k < SUMS; k++) sums[k] += TERM(a[i + k], b[i + k]);                        \
        for (; i < dimension; i++) sums[i % SUMS] += TERM(a[i], b[i]);                                    \
        for (size_t width = SUMS / 2; width > 0; width /= 2)                                              \
            for (size_t k = 0; k < width; k++) sums[k] += sums[k + width];                                \
        return sums[0];                                                                                   \
    }

APUS_INLINE float squared_difference(float a, float b) { return (a - b) * (a - b); }
APUS_INLINE float product(float a, float b) { return a * b; }

DEFINE_SUM(apus_code_squared_distance, squared_difference)
DEFINE_SUM(apus_code_inner_product, product)

static void arrange(const int8_t *values, size_t dimension, size_t per_byte, int8_t *lanes) {
    memset(lanes, 0, apus_section_lanes(dimension, per_byte));
    for (size_t start = 0; start < dimension; start += APUS_CODE_LANES * per_byte) {
        size_t height = part_bytes(start, dimension, per_byte);
        for (size_t part = 0, i = start; part < per_byte && i < dimension; part++, i += height)
            memcpy(lanes + start + part * APUS_CODE_LANES, values + i,
                   dimension - i < height ? dimension - i : height);
    }
}

void apus_code_plane(size_t format, float *values, float scale, size_t dimension, int8_t *plane) {
    int8_t bytes[APUS_MOST_DIMENSION];
    float inverse = scale > 0 ? 1 / scale : 0;
    for (size_t i = 0; i < dimension; i++) {
        float value = rounded(values[i] * inverse);
        value = value > 127 ? 127 : value < -127 ? -127 : value;
        bytes[i] = (int8_t)(int32_t)value;
        values[i] -= value * scale;
    }
    arrange(bytes, dimension, format == APUS_CODE_8 ? 1 : 2, plane);
    if (format == APUS_CODE_6) arrange(bytes, dimension, 4, plane + apus_section_lanes(dimension, 2));
}

/* MARK: distances */

APUS_INLINE int32_t section_products(const int8_t *plane, const uint8_t *section, size_t dimension,
                                     size_t per_byte) {
    size_t bits = 8 / per_byte, mask = (1u << bits) - 1, bytes = apus_section_bytes(dimension, per_byte);
    int32_t sum = 0;
    for (size_t start = 0; start < bytes; start += APUS_CODE_LANES, plane += APUS_CODE_LANES * per_byte) {
        size_t count = bytes - start < APUS_CODE_LANES ? bytes - start : APUS_CODE_LANES;
        for (size_t part = 0; part < per_byte; part++)
            for (size_t i = 0; i < count; i++)
                sum += (int32_t)((section[start + i] >> (part * bits)) & mask) * plane[part * APUS_CODE_LANES + i];
    }
    return sum;
}

APUS_INLINE int32_t products_8(const int8_t *plane, const void *row, size_t dimension) {
    return section_products(plane, row, dimension, 1);
}

APUS_INLINE int32_t products_6(const int8_t *plane, const void *row, size_t dimension) {
    return section_products(plane, row, dimension, 2) +
           16 * section_products(plane + apus_section_lanes(dimension, 2),
                                 (const uint8_t *)row + apus_section_bytes(dimension, 2), dimension, 4);
}

APUS_INLINE int32_t products_4(const int8_t *plane, const void *row, size_t dimension) {
    return section_products(plane, row, dimension, 2);
}

APUS_INLINE int32_t squares_4(const int8_t *weights, const void *row, size_t dimension) {
    const uint8_t *section = row;
    size_t bytes = apus_section_bytes(dimension, 2);
    int32_t sum = 0;
    for (size_t start = 0; start < bytes; start += APUS_CODE_LANES, weights += 2 * APUS_CODE_LANES) {
        size_t count = bytes - start < APUS_CODE_LANES ? bytes - start : APUS_CODE_LANES;
        for (size_t i = 0; i < count; i++) {
            int32_t low = section[start + i] & 15, high = section[start + i] >> 4;
            sum += low * low * weights[i] + high * high * weights[APUS_CODE_LANES + i];
        }
    }
    return sum;
}

APUS_DEFINE_CODE_DISTANCES()

APUS_INLINE float load_float16(const void *row, size_t index) {
    uint16_t half;
    memcpy(&half, (const char *)row + 2 * index, sizeof half);
    return apus_float32_of_float16(half);
}

APUS_INLINE float load_bfloat16(const void *row, size_t index) {
    uint16_t half;
    memcpy(&half, (const char *)row + 2 * index, sizeof half);
    return apus_float32_of_bfloat16(half);
}

#define DEFINE_HALF_DISTANCE(NAME, ELEMENT, TERM, SIGN)                                                   \
    APUS_INLINE float NAME(const void *query, const void *row, size_t dimension) {                        \
        enum { SUMS = 8 };                                                                                \
        float sums[SUMS] = {0};                                                                           \
        for (size_t i = 0; i < dimension; i++)                                                            \
            sums[i % SUMS] += TERM(((const float *)query)[i], load_##ELEMENT(row, i));                    \
        for (size_t width = SUMS / 2; width > 0; width /= 2)                                              \
            for (size_t k = 0; k < width; k++) sums[k] += sums[k + width];                                \
        return SIGN sums[0];                                                                              \
    }                                                                                                     \
    APUS_DEFINE_FORMS(NAME, APUS_BYTES_FLOAT16)

DEFINE_HALF_DISTANCE(l2_float16, float16, squared_difference, +)
DEFINE_HALF_DISTANCE(l2_bfloat16, bfloat16, squared_difference, +)
DEFINE_HALF_DISTANCE(inner_float16, float16, product, -)
DEFINE_HALF_DISTANCE(inner_bfloat16, bfloat16, product, -)

static const apus_code_kernels apus_code_kernels_scalar = APUS_CODE_TABLE("scalar", , );

const apus_code_kernels *apus_code_kernels_named(const char *name) {
#if defined(__x86_64__)
    if (strcmp(name, "avx512vnni") == 0) return &apus_code_kernels_avx512vnni;
    if (strcmp(name, "avx512") == 0) return &apus_code_kernels_avx512;
    if (strcmp(name, "avx2") == 0) return &apus_code_kernels_avx2;
#endif
    (void)name;
    return &apus_code_kernels_scalar;
}
