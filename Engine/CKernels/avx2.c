/* Kernels for AVX2 with FMA and F16C (Haswell and later, all Zen). */
#if defined(__x86_64__)
#include "internal.h"

#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("avx2,fma,f16c,popcnt"))), apply_to = function)

enum { LANES = 8, BLOCK_BYTES = 32, PANEL_VECTORS = 2, PANEL_WIDTH = PANEL_VECTORS * LANES };

/* MARK: floating-point distances */

/* All ones in the first `count` of 8 lanes. */
APUS_INLINE __m256i first_lanes(size_t count) {
    return _mm256_cmpgt_epi32(_mm256_set1_epi32((int)count), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}

APUS_INLINE __m128i load_last_halves(const void *vector, size_t index, size_t count) {
    uint16_t halves[LANES] = {0};
    memcpy(halves, (const uint16_t *)vector + index, count * sizeof *halves);
    return _mm_loadu_si128((const __m128i *)halves);
}

APUS_INLINE __m256 widen_float16(__m128i halves) { return _mm256_cvtph_ps(halves); }

APUS_INLINE __m256 widen_bfloat16(__m128i halves) {
    return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_cvtepu16_epi32(halves), 16));
}

APUS_INLINE __m256 load_float32(const void *vector, size_t index) {
    return _mm256_loadu_ps((const float *)vector + index);
}

APUS_INLINE __m256 load_last_float32(const void *vector, size_t index, size_t count) {
    return _mm256_maskload_ps((const float *)vector + index, first_lanes(count));
}

APUS_INLINE __m256 load_float16(const void *vector, size_t index) {
    return widen_float16(_mm_loadu_si128((const __m128i *)((const uint16_t *)vector + index)));
}

APUS_INLINE __m256 load_last_float16(const void *vector, size_t index, size_t count) {
    return widen_float16(load_last_halves(vector, index, count));
}

APUS_INLINE __m256 load_bfloat16(const void *vector, size_t index) {
    return widen_bfloat16(_mm_loadu_si128((const __m128i *)((const uint16_t *)vector + index)));
}

APUS_INLINE __m256 load_last_bfloat16(const void *vector, size_t index, size_t count) {
    return widen_bfloat16(load_last_halves(vector, index, count));
}

APUS_INLINE __m256 add_squared_difference(__m256 sum, __m256 a, __m256 b) {
    __m256 difference = _mm256_sub_ps(a, b);
    return _mm256_fmadd_ps(difference, difference, sum);
}

APUS_INLINE __m256 add_product(__m256 sum, __m256 a, __m256 b) { return _mm256_fmadd_ps(a, b, sum); }

APUS_INLINE float sum_of_lanes(__m256 value) {
    __m128 four = _mm_add_ps(_mm256_castps256_ps128(value), _mm256_extractf128_ps(value, 1));
    __m128 two = _mm_add_ps(four, _mm_movehl_ps(four, four));
    return _mm_cvtss_f32(_mm_add_ss(two, _mm_movehdup_ps(two)));
}

#define DEFINE_FLOAT_DISTANCE(NAME, ELEMENT, ADD, SIGN, BYTES)                                            \
    APUS_INLINE float NAME(const void *query, const void *row, size_t dimension) {                        \
        __m256 sums[4] = {_mm256_setzero_ps(), _mm256_setzero_ps(), _mm256_setzero_ps(),                  \
                          _mm256_setzero_ps()};                                                           \
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
        __m256 sum = _mm256_add_ps(_mm256_add_ps(sums[0], sums[1]), _mm256_add_ps(sums[2], sums[3]));     \
        return SIGN sum_of_lanes(sum);                                                                    \
    }                                                                                                     \
    APUS_DEFINE_FORMS(NAME, BYTES)

DEFINE_FLOAT_DISTANCE(l2_float32, float32, add_squared_difference, +, APUS_BYTES_FLOAT32)
DEFINE_FLOAT_DISTANCE(l2_float16, float16, add_squared_difference, +, APUS_BYTES_FLOAT16)
DEFINE_FLOAT_DISTANCE(l2_bfloat16, bfloat16, add_squared_difference, +, APUS_BYTES_FLOAT16)
DEFINE_FLOAT_DISTANCE(inner_float32, float32, add_product, -, APUS_BYTES_FLOAT32)
DEFINE_FLOAT_DISTANCE(inner_float16, float16, add_product, -, APUS_BYTES_FLOAT16)
DEFINE_FLOAT_DISTANCE(inner_bfloat16, bfloat16, add_product, -, APUS_BYTES_FLOAT16)

/* MARK: integer and bit distances */

APUS_INLINE __m256i load_block(const char *bytes) { return _mm256_loadu_si256((const __m256i *)bytes); }

APUS_INLINE __m256i load_last_bytes(const char *bytes, size_t count) {
    char block[BLOCK_BYTES] = {0};
    memcpy(block, bytes, count);
    return load_block(block);
}

/* Adds the contributions of 32 bytes of two vectors to two sums by ADD(sums, a, b), two blocks in turn, and
 * gives FINISH(first, second). */
#define DEFINE_BYTE_DISTANCE(NAME, ADD, FINISH, BYTES)                                                    \
    APUS_INLINE float NAME(const void *query, const void *row, size_t dimension) {                        \
        const char *a = query, *b = row;                                                                  \
        __m256i even[2] = {_mm256_setzero_si256(), _mm256_setzero_si256()};                               \
        __m256i odd[2] = {_mm256_setzero_si256(), _mm256_setzero_si256()};                                \
        size_t i = 0, bytes = BYTES(dimension);                                                           \
        for (; i + 2 * BLOCK_BYTES <= bytes; i += 2 * BLOCK_BYTES) {                                      \
            ADD(even, load_block(a + i), load_block(b + i));                                              \
            ADD(odd, load_block(a + i + BLOCK_BYTES), load_block(b + i + BLOCK_BYTES));                   \
        }                                                                                                 \
        for (; i + BLOCK_BYTES <= bytes; i += BLOCK_BYTES)                                                \
            ADD(even, load_block(a + i), load_block(b + i));                                              \
        if (i < bytes) ADD(odd, load_last_bytes(a + i, bytes - i), load_last_bytes(b + i, bytes - i));    \
        return FINISH(_mm256_add_epi32(even[0], odd[0]), _mm256_add_epi32(even[1], odd[1]));              \
    }                                                                                                     \
    APUS_DEFINE_FORMS(NAME, BYTES)

APUS_INLINE int32_t sum_of_integers(__m256i value) {
    __m128i four = _mm_add_epi32(_mm256_castsi256_si128(value), _mm256_extracti128_si256(value, 1));
    __m128i two = _mm_add_epi32(four, _mm_unpackhi_epi64(four, four));
    return _mm_cvtsi128_si32(two) + _mm_extract_epi32(two, 1);
}

/* Sums of squares reach 32,768 * 255 * 255, which just fits 31 bits. */
APUS_INLINE float finish_sum(__m256i first, __m256i second) {
    return (float)sum_of_integers(_mm256_add_epi32(first, second));
}

APUS_INLINE float finish_negative_sum(__m256i first, __m256i second) { return -finish_sum(first, second); }

APUS_INLINE float finish_jaccard(__m256i shared, __m256i all) {
    return apus_jaccard_distance((uint32_t)sum_of_integers(shared), (uint32_t)sum_of_integers(all));
}

APUS_INLINE void add_products_of_words(__m256i *sums, __m256i a, __m256i b) {
    __m256i low = _mm256_madd_epi16(_mm256_cvtepi8_epi16(_mm256_castsi256_si128(a)),
                                    _mm256_cvtepi8_epi16(_mm256_castsi256_si128(b)));
    __m256i high = _mm256_madd_epi16(_mm256_cvtepi8_epi16(_mm256_extracti128_si256(a, 1)),
                                     _mm256_cvtepi8_epi16(_mm256_extracti128_si256(b, 1)));
    sums[0] = _mm256_add_epi32(sums[0], low);
    sums[1] = _mm256_add_epi32(sums[1], high);
}

/* |a - b| of signed bytes fits an unsigned byte. */
APUS_INLINE void add_squares_of_words(__m256i *sums, __m256i a, __m256i b) {
    __m256i difference = _mm256_sub_epi8(_mm256_max_epi8(a, b), _mm256_min_epi8(a, b));
    __m256i zero = _mm256_setzero_si256();
    __m256i low = _mm256_unpacklo_epi8(difference, zero), high = _mm256_unpackhi_epi8(difference, zero);
    sums[0] = _mm256_add_epi32(sums[0], _mm256_madd_epi16(low, low));
    sums[1] = _mm256_add_epi32(sums[1], _mm256_madd_epi16(high, high));
}

/* Ones in each group of 8 bytes, counted by halves of bytes. */
APUS_INLINE __m256i count_ones(__m256i bits) {
    const __m256i ones = _mm256_broadcastsi128_si256(
        _mm_setr_epi8(0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4));
    const __m256i half = _mm256_set1_epi8(15);
    __m256i low = _mm256_shuffle_epi8(ones, _mm256_and_si256(bits, half));
    __m256i high = _mm256_shuffle_epi8(ones, _mm256_and_si256(_mm256_srli_epi16(bits, 4), half));
    return _mm256_sad_epu8(_mm256_add_epi8(low, high), _mm256_setzero_si256());
}

APUS_INLINE void add_different(__m256i *sums, __m256i a, __m256i b) {
    sums[0] = _mm256_add_epi32(sums[0], count_ones(_mm256_xor_si256(a, b)));
}

APUS_INLINE void add_shared_and_all(__m256i *sums, __m256i a, __m256i b) {
    sums[0] = _mm256_add_epi32(sums[0], count_ones(_mm256_and_si256(a, b)));
    sums[1] = _mm256_add_epi32(sums[1], count_ones(_mm256_or_si256(a, b)));
}

DEFINE_BYTE_DISTANCE(l2_int8, add_squares_of_words, finish_sum, APUS_BYTES_INT8)
DEFINE_BYTE_DISTANCE(inner_int8, add_products_of_words, finish_negative_sum, APUS_BYTES_INT8)
DEFINE_BYTE_DISTANCE(hamming, add_different, finish_sum, APUS_BYTES_BIT)
DEFINE_BYTE_DISTANCE(jaccard, add_shared_and_all, finish_jaccard, APUS_BYTES_BIT)

/* MARK: many queries by many rows */

APUS_DEFINE_PACK_PANEL(PANEL_WIDTH)

/* ROWS rows by one panel: ROWS * 2 sums stay in registers over the whole dimension. */
#define DEFINE_TILE_BLOCK(ROWS)                                                                           \
    static void tile_##ROWS(const float *panel, const float *rows, size_t stride_floats,                  \
                            size_t dimension, float *products) {                                          \
        __m256 sums[ROWS][PANEL_VECTORS];                                                                 \
        for (size_t r = 0; r < ROWS; r++)                                                                 \
            for (size_t v = 0; v < PANEL_VECTORS; v++) sums[r][v] = _mm256_setzero_ps();                  \
        for (size_t j = 0; j < dimension; j++, panel += PANEL_WIDTH) {                                    \
            __m256 queries[PANEL_VECTORS];                                                                \
            for (size_t v = 0; v < PANEL_VECTORS; v++) queries[v] = _mm256_loadu_ps(panel + v * LANES);   \
            for (size_t r = 0; r < ROWS; r++) {                                                           \
                __m256 element = _mm256_broadcast_ss(rows + r * stride_floats + j);                       \
                for (size_t v = 0; v < PANEL_VECTORS; v++)                                                \
                    sums[r][v] = _mm256_fmadd_ps(element, queries[v], sums[r][v]);                        \
            }                                                                                             \
        }                                                                                                 \
        for (size_t r = 0; r < ROWS; r++)                                                                 \
            for (size_t v = 0; v < PANEL_VECTORS; v++)                                                    \
                _mm256_storeu_ps(products + r * PANEL_WIDTH + v * LANES, sums[r][v]);                     \
    }

DEFINE_TILE_BLOCK(6)
DEFINE_TILE_BLOCK(1)

static void tile(const float *panel, const float *rows, size_t stride_floats, size_t row_count,
                 size_t dimension, float *products) {
    size_t r = 0;
    for (; r + 6 <= row_count; r += 6)
        tile_6(panel, rows + r * stride_floats, stride_floats, dimension, products + r * PANEL_WIDTH);
    for (; r < row_count; r++)
        tile_1(panel, rows + r * stride_floats, stride_floats, dimension, products + r * PANEL_WIDTH);
}

/* MARK: scans over floats */

static size_t positions_within(const float *values, const float *bounds, size_t count, uint32_t *positions) {
    size_t found = 0, i = 0;
    for (; i + LANES <= count; i += LANES) {
        __m256 within = _mm256_cmp_ps(_mm256_loadu_ps(values + i), _mm256_loadu_ps(bounds + i), _CMP_LE_OQ);
        for (unsigned left = (unsigned)_mm256_movemask_ps(within); left != 0; left &= left - 1)
            positions[found++] = (uint32_t)i + (uint32_t)__builtin_ctz(left);
    }
    for (; i < count; i++)
        if (values[i] <= bounds[i]) positions[found++] = (uint32_t)i;
    return found;
}

static size_t first_non_finite(const float *values, size_t count) {
    const __m256i exponent = _mm256_set1_epi32(0x7f800000);
    size_t i = 0;
    for (; i + LANES <= count; i += LANES) {
        __m256i bits = _mm256_and_si256(load_block((const char *)(values + i)), exponent);
        int bad = _mm256_movemask_ps(_mm256_castsi256_ps(_mm256_cmpeq_epi32(bits, exponent)));
        if (bad != 0) return i + (size_t)__builtin_ctz((unsigned)bad);
    }
    for (; i < count; i++)
        if (!apus_is_finite(values[i])) return i;
    return count;
}

#pragma clang attribute pop

const apus_kernels apus_kernels_avx2 = {.name = "avx2", APUS_TABLE_DISTANCES(), APUS_TABLE_PANEL};

#endif
