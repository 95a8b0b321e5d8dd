/* Kernels for AVX-512 with F, BW, DQ and VL (Skylake-X and later), and integer and bit kernels that
 * also use VNNI and VPOPCNTDQ (Ice Lake and later, Zen 4). */
#if defined(__x86_64__)
#include "internal.h"

#include <immintrin.h>

#define TARGET_AVX512 "avx512f,avx512bw,avx512dq,avx512vl,avx2,fma,f16c,popcnt"

#pragma clang attribute push(__attribute__((target(TARGET_AVX512))), apply_to = function)

enum { LANES = 16, BLOCK_BYTES = 64, PANEL_VECTORS = 3, PANEL_WIDTH = PANEL_VECTORS * LANES };

/* MARK: floating-point distances */

APUS_INLINE __mmask16 first_lanes(size_t count) { return (__mmask16)((1u << count) - 1); }

APUS_INLINE __m256i load_halves(const void *vector, size_t index, __mmask16 lanes) {
    return _mm256_maskz_loadu_epi16(lanes, (const uint16_t *)vector + index);
}

APUS_INLINE __m512 load_float32(const void *vector, size_t index, __mmask16 lanes) {
    return _mm512_maskz_loadu_ps(lanes, (const float *)vector + index);
}

APUS_INLINE __m512 load_float16(const void *vector, size_t index, __mmask16 lanes) {
    return _mm512_cvtph_ps(load_halves(vector, index, lanes));
}

APUS_INLINE __m512 load_bfloat16(const void *vector, size_t index, __mmask16 lanes) {
    return _mm512_castsi512_ps(
        _mm512_slli_epi32(_mm512_cvtepu16_epi32(load_halves(vector, index, lanes)), 16));
}

APUS_INLINE __m512 add_squared_difference(__m512 sum, __m512 a, __m512 b) {
    __m512 difference = _mm512_sub_ps(a, b);
    return _mm512_fmadd_ps(difference, difference, sum);
}

APUS_INLINE __m512 add_product(__m512 sum, __m512 a, __m512 b) { return _mm512_fmadd_ps(a, b, sum); }

#define DEFINE_FLOAT_DISTANCE(NAME, ELEMENT, ADD, SIGN, BYTES)                                            \
    APUS_INLINE float NAME(const void *query, const void *row, size_t dimension) {                        \
        const __mmask16 all = 0xffff;                                                                     \
        __m512 sums[4] = {_mm512_setzero_ps(), _mm512_setzero_ps(), _mm512_setzero_ps(),                  \
                          _mm512_setzero_ps()};                                                           \
        size_t i = 0;                                                                                     \
        for (; i + 4 * LANES <= dimension; i += 4 * LANES)                                                \
            for (size_t k = 0; k < 4; k++)                                                                \
                sums[k] = ADD(sums[k], load_##ELEMENT(query, i + k * LANES, all),                         \
                              load_##ELEMENT(row, i + k * LANES, all));                                   \
        for (; i + LANES <= dimension; i += LANES)                                                        \
            sums[0] = ADD(sums[0], load_##ELEMENT(query, i, all), load_##ELEMENT(row, i, all));           \
        if (i < dimension) {                                                                              \
            __mmask16 lanes = first_lanes(dimension - i);                                                 \
            sums[1] = ADD(sums[1], load_##ELEMENT(query, i, lanes), load_##ELEMENT(row, i, lanes));       \
        }                                                                                                 \
        __m512 sum = _mm512_add_ps(_mm512_add_ps(sums[0], sums[1]), _mm512_add_ps(sums[2], sums[3]));     \
        return SIGN _mm512_reduce_add_ps(sum);                                                            \
    }                                                                                                     \
    APUS_DEFINE_FORMS(NAME, BYTES)

DEFINE_FLOAT_DISTANCE(l2_float32, float32, add_squared_difference, +, APUS_BYTES_FLOAT32)
DEFINE_FLOAT_DISTANCE(l2_float16, float16, add_squared_difference, +, APUS_BYTES_FLOAT16)
DEFINE_FLOAT_DISTANCE(l2_bfloat16, bfloat16, add_squared_difference, +, APUS_BYTES_FLOAT16)
DEFINE_FLOAT_DISTANCE(inner_float32, float32, add_product, -, APUS_BYTES_FLOAT32)
DEFINE_FLOAT_DISTANCE(inner_float16, float16, add_product, -, APUS_BYTES_FLOAT16)
DEFINE_FLOAT_DISTANCE(inner_bfloat16, bfloat16, add_product, -, APUS_BYTES_FLOAT16)

/* MARK: integer and bit distances */

/* Adds the contributions of 64 bytes of two vectors to two sums by ADD(sums, a, b), two blocks in turn, and
 * gives FINISH(first, second). */
#define DEFINE_BYTE_DISTANCE(NAME, ADD, FINISH, BYTES)                                                    \
    APUS_INLINE float NAME(const void *query, const void *row, size_t dimension) {                        \
        const char *a = query, *b = row;                                                                  \
        __m512i even[2] = {_mm512_setzero_si512(), _mm512_setzero_si512()};                               \
        __m512i odd[2] = {_mm512_setzero_si512(), _mm512_setzero_si512()};                                \
        size_t i = 0, bytes = BYTES(dimension);                                                           \
        for (; i + 2 * BLOCK_BYTES <= bytes; i += 2 * BLOCK_BYTES) {                                      \
            ADD(even, _mm512_loadu_si512(a + i), _mm512_loadu_si512(b + i));                              \
            ADD(odd, _mm512_loadu_si512(a + i + BLOCK_BYTES), _mm512_loadu_si512(b + i + BLOCK_BYTES));   \
        }                                                                                                 \
        for (; i < bytes; i += BLOCK_BYTES) {                                                             \
            __mmask64 mask = bytes - i < BLOCK_BYTES ? (1ull << (bytes - i)) - 1 : ~0ull;                 \
            ADD(even, _mm512_maskz_loadu_epi8(mask, a + i), _mm512_maskz_loadu_epi8(mask, b + i));        \
        }                                                                                                 \
        return FINISH(_mm512_add_epi32(even[0], odd[0]), _mm512_add_epi32(even[1], odd[1]));              \
    }                                                                                                     \
    APUS_DEFINE_FORMS(NAME, BYTES)

/* Sums of squares reach 32,768 * 255 * 255, which just fits 31 bits. */
APUS_INLINE float finish_sum(__m512i first, __m512i second) {
    return (float)_mm512_reduce_add_epi32(_mm512_add_epi32(first, second));
}

APUS_INLINE float finish_negative_sum(__m512i first, __m512i second) { return -finish_sum(first, second); }

/* The second sum is what the offset of unsigned queries added to the first. */
APUS_INLINE float finish_inner_offset(__m512i first, __m512i second) {
    return (float)_mm512_reduce_add_epi32(_mm512_sub_epi32(second, first));
}

APUS_INLINE float finish_jaccard(__m512i shared, __m512i all) {
    return apus_jaccard_distance((uint32_t)_mm512_reduce_add_epi32(shared),
                                 (uint32_t)_mm512_reduce_add_epi32(all));
}

APUS_INLINE void add_products_of_words(__m512i *sums, __m512i a, __m512i b) {
    __m512i low = _mm512_madd_epi16(_mm512_cvtepi8_epi16(_mm512_castsi512_si256(a)),
                                    _mm512_cvtepi8_epi16(_mm512_castsi512_si256(b)));
    __m512i high = _mm512_madd_epi16(_mm512_cvtepi8_epi16(_mm512_extracti64x4_epi64(a, 1)),
                                     _mm512_cvtepi8_epi16(_mm512_extracti64x4_epi64(b, 1)));
    sums[0] = _mm512_add_epi32(sums[0], low);
    sums[1] = _mm512_add_epi32(sums[1], high);
}

/* |a - b| of signed bytes; it fits an unsigned byte. */
APUS_INLINE __m512i absolute_difference(__m512i a, __m512i b) {
    return _mm512_sub_epi8(_mm512_max_epi8(a, b), _mm512_min_epi8(a, b));
}

APUS_INLINE void add_squares_of_words(__m512i *sums, __m512i a, __m512i b) {
    __m512i difference = absolute_difference(a, b), zero = _mm512_setzero_si512();
    __m512i low = _mm512_unpacklo_epi8(difference, zero), high = _mm512_unpackhi_epi8(difference, zero);
    sums[0] = _mm512_add_epi32(sums[0], _mm512_madd_epi16(low, low));
    sums[1] = _mm512_add_epi32(sums[1], _mm512_madd_epi16(high, high));
}

/* Ones in each group of 8 bytes, counted by halves of bytes. */
APUS_INLINE __m512i count_ones(__m512i bits) {
    const __m512i ones = _mm512_broadcast_i32x4(
        _mm_setr_epi8(0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4));
    const __m512i half = _mm512_set1_epi8(15);
    __m512i low = _mm512_shuffle_epi8(ones, _mm512_and_si512(bits, half));
    __m512i high = _mm512_shuffle_epi8(ones, _mm512_and_si512(_mm512_srli_epi16(bits, 4), half));
    return _mm512_sad_epu8(_mm512_add_epi8(low, high), _mm512_setzero_si512());
}

APUS_INLINE void add_different(__m512i *sums, __m512i a, __m512i b) {
    sums[0] = _mm512_add_epi32(sums[0], count_ones(_mm512_xor_si512(a, b)));
}

APUS_INLINE void add_shared_and_all(__m512i *sums, __m512i a, __m512i b) {
    sums[0] = _mm512_add_epi32(sums[0], count_ones(_mm512_and_si512(a, b)));
    sums[1] = _mm512_add_epi32(sums[1], count_ones(_mm512_or_si512(a, b)));
}

DEFINE_BYTE_DISTANCE(l2_int8, add_squares_of_words, finish_sum, APUS_BYTES_INT8)
DEFINE_BYTE_DISTANCE(inner_int8, add_products_of_words, finish_negative_sum, APUS_BYTES_INT8)
DEFINE_BYTE_DISTANCE(hamming, add_different, finish_sum, APUS_BYTES_BIT)
DEFINE_BYTE_DISTANCE(jaccard, add_shared_and_all, finish_jaccard, APUS_BYTES_BIT)

/* MARK: many queries by many rows */

APUS_DEFINE_PACK_PANEL(PANEL_WIDTH)

/* ROWS rows by one panel: ROWS * 3 sums stay in registers over the whole dimension. */
#define DEFINE_TILE_BLOCK(ROWS)                                                                           \
    static void tile_##ROWS(const float *panel, const float *rows, size_t stride_floats,                  \
                            size_t dimension, float *products) {                                          \
        __m512 sums[ROWS][PANEL_VECTORS];                                                                 \
        for (size_t r = 0; r < ROWS; r++)                                                                 \
            for (size_t v = 0; v < PANEL_VECTORS; v++) sums[r][v] = _mm512_setzero_ps();                  \
        for (size_t j = 0; j < dimension; j++, panel += PANEL_WIDTH) {                                    \
            __m512 queries[PANEL_VECTORS];                                                                \
            for (size_t v = 0; v < PANEL_VECTORS; v++) queries[v] = _mm512_loadu_ps(panel + v * LANES);   \
            for (size_t r = 0; r < ROWS; r++) {                                                           \
                __m512 element = _mm512_set1_ps(rows[r * stride_floats + j]);                             \
                for (size_t v = 0; v < PANEL_VECTORS; v++)                                                \
                    sums[r][v] = _mm512_fmadd_ps(element, queries[v], sums[r][v]);                        \
            }                                                                                             \
        }                                                                                                 \
        for (size_t r = 0; r < ROWS; r++)                                                                 \
            for (size_t v = 0; v < PANEL_VECTORS; v++)                                                    \
                _mm512_storeu_ps(products + r * PANEL_WIDTH + v * LANES, sums[r][v]);                     \
    }

DEFINE_TILE_BLOCK(8)
DEFINE_TILE_BLOCK(4)
DEFINE_TILE_BLOCK(1)

static void tile(const float *panel, const float *rows, size_t stride_floats, size_t row_count,
                 size_t dimension, float *products) {
    size_t r = 0;
    for (; r + 8 <= row_count; r += 8)
        tile_8(panel, rows + r * stride_floats, stride_floats, dimension, products + r * PANEL_WIDTH);
    for (; r + 4 <= row_count; r += 4)
        tile_4(panel, rows + r * stride_floats, stride_floats, dimension, products + r * PANEL_WIDTH);
    for (; r < row_count; r++)
        tile_1(panel, rows + r * stride_floats, stride_floats, dimension, products + r * PANEL_WIDTH);
}

/* MARK: scans over floats */

/* Whole vectors are stored: at most i positions were found before value i, so they end inside `count`.
 * (Compressing straight to memory is slow on Zen 4.) */
static size_t positions_within(const float *values, const float *bounds, size_t count, uint32_t *positions) {
    __m512i lane = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    size_t found = 0, i = 0;
    for (; i + LANES <= count; i += LANES) {
        __mmask16 within =
            _mm512_cmp_ps_mask(_mm512_loadu_ps(values + i), _mm512_loadu_ps(bounds + i), _CMP_LE_OQ);
        if (within == 0) continue;
        __m512i position = _mm512_add_epi32(lane, _mm512_set1_epi32((int)i));
        _mm512_storeu_si512(positions + found, _mm512_maskz_compress_epi32(within, position));
        found += (size_t)__builtin_popcount(within);
    }
    for (; i < count; i++)
        if (values[i] <= bounds[i]) positions[found++] = (uint32_t)i;
    return found;
}

static size_t first_non_finite(const float *values, size_t count) {
    const __m512i exponent = _mm512_set1_epi32(0x7f800000);
    for (size_t i = 0; i < count; i += LANES) {
        __mmask16 lanes = count - i < LANES ? first_lanes(count - i) : 0xffff;
        __m512i bits = _mm512_maskz_loadu_epi32(lanes, values + i);
        __mmask16 bad = _mm512_cmpeq_epi32_mask(_mm512_and_si512(bits, exponent), exponent);
        if (bad != 0) return i + (size_t)__builtin_ctz(bad);
    }
    return count;
}

const apus_kernels apus_kernels_avx512 = {.name = "avx512", APUS_TABLE_DISTANCES(), APUS_TABLE_PANEL};

#pragma clang attribute pop

/* MARK: VNNI and VPOPCNTDQ */

#pragma clang attribute push(__attribute__((target(TARGET_AVX512 ",avx512vnni,avx512vpopcntdq"))), apply_to = function)

/* The instruction multiplies unsigned by signed bytes, so the query gets 128 added to each element, and
 * 128 times the row is summed beside it. */
APUS_INLINE void add_products_vnni(__m512i *sums, __m512i a, __m512i b) {
    const __m512i offset = _mm512_set1_epi8((char)0x80);
    sums[0] = _mm512_dpbusd_epi32(sums[0], _mm512_xor_si512(a, offset), b);
    sums[1] = _mm512_dpbusd_epi32(sums[1], offset, b);
}

APUS_INLINE void add_squares_vnni(__m512i *sums, __m512i a, __m512i b) {
    __m512i difference = absolute_difference(a, b), zero = _mm512_setzero_si512();
    __m512i low = _mm512_unpacklo_epi8(difference, zero), high = _mm512_unpackhi_epi8(difference, zero);
    sums[0] = _mm512_dpwssd_epi32(sums[0], low, low);
    sums[1] = _mm512_dpwssd_epi32(sums[1], high, high);
}

APUS_INLINE void add_different_popcnt(__m512i *sums, __m512i a, __m512i b) {
    sums[0] = _mm512_add_epi32(sums[0], _mm512_popcnt_epi64(_mm512_xor_si512(a, b)));
}

APUS_INLINE void add_shared_and_all_popcnt(__m512i *sums, __m512i a, __m512i b) {
    sums[0] = _mm512_add_epi32(sums[0], _mm512_popcnt_epi64(_mm512_and_si512(a, b)));
    sums[1] = _mm512_add_epi32(sums[1], _mm512_popcnt_epi64(_mm512_or_si512(a, b)));
}

DEFINE_BYTE_DISTANCE(l2_int8_vnni, add_squares_vnni, finish_sum, APUS_BYTES_INT8)
DEFINE_BYTE_DISTANCE(inner_int8_vnni, add_products_vnni, finish_inner_offset, APUS_BYTES_INT8)
DEFINE_BYTE_DISTANCE(hamming_vnni, add_different_popcnt, finish_sum, APUS_BYTES_BIT)
DEFINE_BYTE_DISTANCE(jaccard_vnni, add_shared_and_all_popcnt, finish_jaccard, APUS_BYTES_BIT)

#pragma clang attribute pop

const apus_kernels apus_kernels_avx512vnni = {
    .name = "avx512vnni", APUS_TABLE_DISTANCES(_vnni), APUS_TABLE_PANEL};

#endif
