/* Kernels for 64-bit ARM with the vector instructions that every such processor has. */
#if defined(__aarch64__)
#include "internal.h"

#include <arm_neon.h>

enum { LANES = 4, BLOCK_BYTES = 16, PANEL_VECTORS = 3, PANEL_WIDTH = PANEL_VECTORS * LANES };

/* MARK: floating-point distances */

APUS_INLINE uint16x4_t load_halves(const void *vector, size_t index) {
    return vreinterpret_u16_u8(vld1_u8((const uint8_t *)vector + index * sizeof(uint16_t)));
}

APUS_INLINE uint16x4_t load_last_halves(const void *vector, size_t index, size_t count) {
    uint16_t halves[LANES] = {0};
    memcpy(halves, (const uint16_t *)vector + index, count * sizeof *halves);
    return vld1_u16(halves);
}

APUS_INLINE float32x4_t widen_float16(uint16x4_t halves) {
    return vcvt_f32_f16(vreinterpret_f16_u16(halves));
}

APUS_INLINE float32x4_t widen_bfloat16(uint16x4_t halves) {
    return vreinterpretq_f32_u32(vshll_n_u16(halves, 16));
}

APUS_INLINE float32x4_t load_float32(const void *vector, size_t index) {
    return vreinterpretq_f32_u8(vld1q_u8((const uint8_t *)vector + index * sizeof(float)));
}

APUS_INLINE float32x4_t load_last_float32(const void *vector, size_t index, size_t count) {
    float values[LANES] = {0};
    memcpy(values, (const float *)vector + index, count * sizeof *values);
    return vld1q_f32(values);
}

APUS_INLINE float32x4_t load_float16(const void *vector, size_t index) {
    return widen_float16(load_halves(vector, index));
}

APUS_INLINE float32x4_t load_last_float16(const void *vector, size_t index, size_t count) {
    return widen_float16(load_last_halves(vector, index, count));
}

APUS_INLINE float32x4_t load_bfloat16(const void *vector, size_t index) {
    return widen_bfloat16(load_halves(vector, index));
}

APUS_INLINE float32x4_t load_last_bfloat16(const void *vector, size_t index, size_t count) {
    return widen_bfloat16(load_last_halves(vector, index, count));
}

APUS_INLINE float32x4_t add_squared_difference(float32x4_t sum, float32x4_t a, float32x4_t b) {
    float32x4_t difference = vsubq_f32(a, b);
    return vfmaq_f32(sum, difference, difference);
}

APUS_INLINE float32x4_t add_product(float32x4_t sum, float32x4_t a, float32x4_t b) {
    return vfmaq_f32(sum, a, b);
}

#define DEFINE_FLOAT_DISTANCE(NAME, ELEMENT, ADD, SIGN, BYTES)                                            \
    APUS_INLINE float NAME(const void *query, const void *row, size_t dimension) {                        \
        float32x4_t sums[4] = {vdupq_n_f32(0), vdupq_n_f32(0), vdupq_n_f32(0), vdupq_n_f32(0)};           \
        size_t i = 0;                                                                                     \
        for (; i + 4 * LANES <= dimension; i += 4 * LANES)                                                \
            for (size_t k = 0; k < 4; k++)                                                                \
                sums[k] = ADD(sums[k], load_##ELEMENT(query, i + k * LANES),                              \
                              load_##ELEMENT(row, i + k * LANES));                                        \
        for (; i + LANES <= dimension; i += LANES)                                                        \
            sums[0] = ADD(sums[0], load_##ELEMENT(query, i), load_##ELEMENT(row, i));                     \
        if (i < dimension)                                                                                \
            sums[1] = ADD(sums[1], load_last_##ELEMENT(query, i, dimension - i),                          \
                          load_last_##ELEMENT(row, i, dimension - i));                                    \
        return SIGN vaddvq_f32(vaddq_f32(vaddq_f32(sums[0], sums[1]), vaddq_f32(sums[2], sums[3])));      \
    }                                                                                                     \
    APUS_DEFINE_FORMS(NAME, BYTES)

DEFINE_FLOAT_DISTANCE(l2_float32, float32, add_squared_difference, +, APUS_BYTES_FLOAT32)
DEFINE_FLOAT_DISTANCE(l2_float16, float16, add_squared_difference, +, APUS_BYTES_FLOAT16)
DEFINE_FLOAT_DISTANCE(l2_bfloat16, bfloat16, add_squared_difference, +, APUS_BYTES_FLOAT16)
DEFINE_FLOAT_DISTANCE(inner_float32, float32, add_product, -, APUS_BYTES_FLOAT32)
DEFINE_FLOAT_DISTANCE(inner_float16, float16, add_product, -, APUS_BYTES_FLOAT16)
DEFINE_FLOAT_DISTANCE(inner_bfloat16, bfloat16, add_product, -, APUS_BYTES_FLOAT16)

/* MARK: integer and bit distances */

APUS_INLINE uint8x16_t load_last_bytes(const uint8_t *bytes, size_t count) {
    uint8_t block[BLOCK_BYTES] = {0};
    memcpy(block, bytes, count);
    return vld1q_u8(block);
}

/* Adds the contributions of 16 bytes of two vectors to two sums by ADD(sums, a, b) and gives
 * FINISH(first sum, second sum). */
#define DEFINE_BYTE_DISTANCE(NAME, ADD, FINISH, BYTES)                                                    \
    APUS_INLINE float NAME(const void *query, const void *row, size_t dimension) {                        \
        const uint8_t *a = query, *b = row;                                                               \
        uint32x4_t sums[2] = {vdupq_n_u32(0), vdupq_n_u32(0)};                                            \
        size_t i = 0, bytes = BYTES(dimension);                                                           \
        for (; i + BLOCK_BYTES <= bytes; i += BLOCK_BYTES) ADD(sums, vld1q_u8(a + i), vld1q_u8(b + i));   \
        if (i < bytes) ADD(sums, load_last_bytes(a + i, bytes - i), load_last_bytes(b + i, bytes - i));   \
        return FINISH(vaddvq_u32(sums[0]), vaddvq_u32(sums[1]));                                          \
    }                                                                                                     \
    APUS_DEFINE_FORMS(NAME, BYTES)

/* Sums of squares reach 32,768 * 255 * 255, which just fits 31 bits; sums of products may be negative. */
APUS_INLINE float finish_sum(uint32_t first, uint32_t second) { return (float)(int32_t)(first + second); }

APUS_INLINE float finish_negative_sum(uint32_t first, uint32_t second) { return -finish_sum(first, second); }

APUS_INLINE uint32x4_t add_pairs_signed(uint32x4_t sum, int16x8_t values) {
    return vreinterpretq_u32_s32(vpadalq_s16(vreinterpretq_s32_u32(sum), values));
}

APUS_INLINE void add_products_of_words(uint32x4_t *sums, uint8x16_t left, uint8x16_t right) {
    int8x16_t a = vreinterpretq_s8_u8(left), b = vreinterpretq_s8_u8(right);
    sums[0] = add_pairs_signed(sums[0], vmull_s8(vget_low_s8(a), vget_low_s8(b)));
    sums[1] = add_pairs_signed(sums[1], vmull_high_s8(a, b));
}

/* |a - b| of signed bytes fits an unsigned byte. */
APUS_INLINE void add_squares_of_words(uint32x4_t *sums, uint8x16_t left, uint8x16_t right) {
    uint8x16_t difference =
        vreinterpretq_u8_s8(vabdq_s8(vreinterpretq_s8_u8(left), vreinterpretq_s8_u8(right)));
    uint8x8_t low = vget_low_u8(difference);
    sums[0] = vpadalq_u16(sums[0], vmull_u8(low, low));
    sums[1] = vpadalq_u16(sums[1], vmull_high_u8(difference, difference));
}

APUS_INLINE uint32x4_t add_ones(uint32x4_t sum, uint8x16_t bits) {
    return vpadalq_u16(sum, vpaddlq_u8(vcntq_u8(bits)));
}

APUS_INLINE void add_different(uint32x4_t *sums, uint8x16_t a, uint8x16_t b) {
    sums[0] = add_ones(sums[0], veorq_u8(a, b));
}

APUS_INLINE void add_shared_and_all(uint32x4_t *sums, uint8x16_t a, uint8x16_t b) {
    sums[0] = add_ones(sums[0], vandq_u8(a, b));
    sums[1] = add_ones(sums[1], vorrq_u8(a, b));
}

DEFINE_BYTE_DISTANCE(l2_int8, add_squares_of_words, finish_sum, APUS_BYTES_INT8)
DEFINE_BYTE_DISTANCE(inner_int8, add_products_of_words, finish_negative_sum, APUS_BYTES_INT8)
DEFINE_BYTE_DISTANCE(hamming, add_different, finish_sum, APUS_BYTES_BIT)
DEFINE_BYTE_DISTANCE(jaccard, add_shared_and_all, apus_jaccard_distance, APUS_BYTES_BIT)

/* MARK: many queries by many rows */

APUS_DEFINE_PACK_PANEL(PANEL_WIDTH)

/* ROWS rows by one panel: ROWS * 3 sums stay in registers over the whole dimension. */
#define DEFINE_TILE_BLOCK(ROWS)                                                                           \
    static void tile_##ROWS(const float *panel, const float *rows, size_t stride_floats,                  \
                            size_t dimension, float *products) {                                          \
        float32x4_t sums[ROWS][PANEL_VECTORS];                                                            \
        for (size_t r = 0; r < ROWS; r++)                                                                 \
            for (size_t v = 0; v < PANEL_VECTORS; v++) sums[r][v] = vdupq_n_f32(0);                       \
        for (size_t j = 0; j < dimension; j++, panel += PANEL_WIDTH) {                                    \
            float32x4_t queries[PANEL_VECTORS];                                                           \
            for (size_t v = 0; v < PANEL_VECTORS; v++) queries[v] = vld1q_f32(panel + v * LANES);         \
            for (size_t r = 0; r < ROWS; r++)                                                             \
                for (size_t v = 0; v < PANEL_VECTORS; v++)                                                \
                    sums[r][v] = vfmaq_n_f32(sums[r][v], queries[v], rows[r * stride_floats + j]);        \
        }                                                                                                 \
        for (size_t r = 0; r < ROWS; r++)                                                                 \
            for (size_t v = 0; v < PANEL_VECTORS; v++)                                                    \
                vst1q_f32(products + r * PANEL_WIDTH + v * LANES, sums[r][v]);                            \
    }

DEFINE_TILE_BLOCK(8)
DEFINE_TILE_BLOCK(1)

static void tile(const float *panel, const float *rows, size_t stride_floats, size_t row_count,
                 size_t dimension, float *products) {
    size_t r = 0;
    for (; r + 8 <= row_count; r += 8)
        tile_8(panel, rows + r * stride_floats, stride_floats, dimension, products + r * PANEL_WIDTH);
    for (; r < row_count; r++)
        tile_1(panel, rows + r * stride_floats, stride_floats, dimension, products + r * PANEL_WIDTH);
}

/* MARK: scans over floats */

static size_t positions_within(const float *values, const float *bounds, size_t count, uint32_t *positions) {
    size_t found = 0, i = 0;
    for (; i + LANES <= count; i += LANES) {
        uint32x4_t within = vcleq_f32(vld1q_f32(values + i), vld1q_f32(bounds + i));
        if (vmaxvq_u32(within) == 0) continue;
        for (size_t k = i; k < i + LANES; k++)
            if (values[k] <= bounds[k]) positions[found++] = (uint32_t)k;
    }
    for (; i < count; i++)
        if (values[i] <= bounds[i]) positions[found++] = (uint32_t)i;
    return found;
}

static size_t first_non_finite(const float *values, size_t count) {
    const uint32x4_t exponent = vdupq_n_u32(0x7f800000);
    size_t i = 0;
    for (; i + LANES <= count; i += LANES) {
        uint32x4_t bits = vandq_u32(vreinterpretq_u32_f32(vld1q_f32(values + i)), exponent);
        if (vmaxvq_u32(vceqq_u32(bits, exponent)) != 0) break;
    }
    for (; i < count; i++)
        if (!apus_is_finite(values[i])) return i;
    return count;
}

const apus_kernels apus_kernels_neon = {.name = "neon", APUS_TABLE_DISTANCES(), APUS_TABLE_PANEL};

#endif
