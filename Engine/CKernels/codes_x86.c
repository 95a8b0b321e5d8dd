/* Distances of codes for AVX2 and for AVX-512 with VNNI; AVX-512 without VNNI has those of AVX2 for codes. */
#if defined(__x86_64__)
#include "codes_internal.h"

#include <immintrin.h>

/* MARK: AVX2 */

#define TARGET_AVX2 "avx2,fma,f16c,popcnt"
#pragma clang attribute push(__attribute__((target(TARGET_AVX2))), apply_to = function)

/* Up to 32 bytes; those that are missing are zero. */
APUS_INLINE __m256i load_bytes_avx2(const uint8_t *bytes, size_t count) {
    if (count >= 32) return _mm256_loadu_si256((const __m256i *)bytes);
    uint8_t padded[32] = {0};
    memcpy(padded, bytes, count);
    return _mm256_loadu_si256((const __m256i *)padded);
}

/* Widened to 16 bits, since sums of two products of a full unsigned byte would not fit. */
APUS_INLINE __m256i add_products_avx2(__m256i sum, __m256i codes, __m256i values) {
    __m256i low = _mm256_madd_epi16(_mm256_cvtepu8_epi16(_mm256_castsi256_si128(codes)),
                                    _mm256_cvtepi8_epi16(_mm256_castsi256_si128(values)));
    __m256i high = _mm256_madd_epi16(_mm256_cvtepu8_epi16(_mm256_extracti128_si256(codes, 1)),
                                     _mm256_cvtepi8_epi16(_mm256_extracti128_si256(values, 1)));
    return _mm256_add_epi32(sum, _mm256_add_epi32(low, high));
}

/* Codes of at most 63: two products fit 16 bits. */
APUS_INLINE __m256i add_small_products_avx2(__m256i sum, __m256i codes, __m256i values) {
    return _mm256_add_epi32(
        sum, _mm256_madd_epi16(_mm256_maddubs_epi16(codes, values), _mm256_set1_epi16(1)));
}

APUS_INLINE int32_t sum_avx2(__m256i sums) {
    __m128i sum = _mm_add_epi32(_mm256_castsi256_si128(sums), _mm256_extracti128_si256(sums, 1));
    sum = _mm_add_epi32(sum, _mm_shuffle_epi32(sum, 0x4e));
    sum = _mm_add_epi32(sum, _mm_shuffle_epi32(sum, 0xb1));
    return _mm_cvtsi128_si32(sum);
}

APUS_INLINE int32_t section_products_avx2(const int8_t *plane, const uint8_t *section, size_t dimension,
                                          size_t per_byte) {
    const int bits = (int)(8 / per_byte);
    const __m256i mask = _mm256_set1_epi8((char)((1 << bits) - 1));
    size_t bytes = apus_section_bytes(dimension, per_byte);
    __m256i sum = _mm256_setzero_si256();
    for (size_t start = 0; start < bytes; start += 32) {
        __m256i codes = load_bytes_avx2(section + start, bytes - start);
        const int8_t *values = plane + start / APUS_CODE_LANES * APUS_CODE_LANES * per_byte + start % APUS_CODE_LANES;
        for (size_t part = 0; part < per_byte; part++) {
            __m256i value = _mm256_loadu_si256((const __m256i *)(values + part * APUS_CODE_LANES));
            __m256i code = per_byte == 1 ? codes
                                         : _mm256_and_si256(_mm256_srli_epi16(codes, (int)part * bits), mask);
            sum = per_byte == 1 ? add_products_avx2(sum, code, value) : add_small_products_avx2(sum, code, value);
        }
    }
    return sum_avx2(sum);
}

APUS_INLINE int32_t products_8_avx2(const int8_t *plane, const void *row, size_t dimension) {
    return section_products_avx2(plane, row, dimension, 1);
}

APUS_INLINE int32_t products_6_avx2(const int8_t *plane, const void *row, size_t dimension) {
    return section_products_avx2(plane, row, dimension, 2) +
           16 * section_products_avx2(plane + apus_section_lanes(dimension, 2),
                                      (const uint8_t *)row + apus_section_bytes(dimension, 2), dimension, 4);
}

APUS_INLINE int32_t products_4_avx2(const int8_t *plane, const void *row, size_t dimension) {
    return section_products_avx2(plane, row, dimension, 2);
}

APUS_INLINE int32_t squares_4_avx2(const int8_t *weights, const void *row, size_t dimension) {
    const __m256i mask = _mm256_set1_epi8(15);
    const __m256i squares = _mm256_broadcastsi128_si256(_mm_setr_epi8(
        0, 1, 4, 9, 16, 25, 36, 49, 64, 81, 100, 121, (char)144, (char)169, (char)196, (char)225));
    size_t bytes = apus_section_bytes(dimension, 2);
    __m256i sum = _mm256_setzero_si256();
    for (size_t start = 0; start < bytes; start += 32) {
        __m256i codes = load_bytes_avx2((const uint8_t *)row + start, bytes - start);
        const int8_t *weight = weights + start / APUS_CODE_LANES * APUS_CODE_LANES * 2 + start % APUS_CODE_LANES;
        __m256i low = _mm256_shuffle_epi8(squares, _mm256_and_si256(codes, mask));
        __m256i high = _mm256_shuffle_epi8(squares, _mm256_and_si256(_mm256_srli_epi16(codes, 4), mask));
        sum = add_products_avx2(sum, low, _mm256_loadu_si256((const __m256i *)weight));
        sum = add_products_avx2(sum, high, _mm256_loadu_si256((const __m256i *)(weight + APUS_CODE_LANES)));
    }
    return sum_avx2(sum);
}

APUS_DEFINE_CODE_DISTANCES(_avx2)

APUS_INLINE __m256 load_float16_avx2(const uint16_t *row) {
    return _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)row));
}

APUS_INLINE __m256 load_bfloat16_avx2(const uint16_t *row) {
    return _mm256_castsi256_ps(
        _mm256_slli_epi32(_mm256_cvtepu16_epi32(_mm_loadu_si128((const __m128i *)row)), 16));
}

APUS_INLINE __m256 add_squares_avx2(__m256 sum, __m256 a, __m256 b) {
    __m256 difference = _mm256_sub_ps(a, b);
    return _mm256_fmadd_ps(difference, difference, sum);
}

APUS_INLINE __m256 add_inner_avx2(__m256 sum, __m256 a, __m256 b) { return _mm256_fmadd_ps(a, b, sum); }

#define DEFINE_HALF_DISTANCE_AVX2(NAME, ELEMENT, ADD, SIGN)                                               \
    APUS_INLINE float NAME##_avx2(const void *query, const void *row, size_t dimension) {                 \
        const float *q = query;                                                                           \
        const uint16_t *r = row;                                                                          \
        __m256 even = _mm256_setzero_ps(), odd = _mm256_setzero_ps();                                     \
        size_t i = 0;                                                                                     \
        for (; i + 16 <= dimension; i += 16) {                                                            \
            even = ADD(even, _mm256_loadu_ps(q + i), load_##ELEMENT##_avx2(r + i));                       \
            odd = ADD(odd, _mm256_loadu_ps(q + i + 8), load_##ELEMENT##_avx2(r + i + 8));                 \
        }                                                                                                 \
        for (; i < dimension; i += 8) {                                                                   \
            float values[8] = {0};                                                                        \
            uint16_t halves[8] = {0};                                                                     \
            size_t count = dimension - i < 8 ? dimension - i : 8;                                         \
            memcpy(values, q + i, count * sizeof *values);                                                \
            memcpy(halves, r + i, count * sizeof *halves);                                                \
            even = ADD(even, _mm256_loadu_ps(values), load_##ELEMENT##_avx2(halves));                     \
        }                                                                                                 \
        float sums[8];                                                                                    \
        _mm256_storeu_ps(sums, _mm256_add_ps(even, odd));                                                 \
        for (size_t width = 4; width > 0; width /= 2)                                                     \
            for (size_t k = 0; k < width; k++) sums[k] += sums[k + width];                                \
        return SIGN sums[0];                                                                              \
    }                                                                                                     \
    APUS_DEFINE_FORMS(NAME##_avx2, APUS_BYTES_FLOAT16)

DEFINE_HALF_DISTANCE_AVX2(l2_float16, float16, add_squares_avx2, +)
DEFINE_HALF_DISTANCE_AVX2(l2_bfloat16, bfloat16, add_squares_avx2, +)
DEFINE_HALF_DISTANCE_AVX2(inner_float16, float16, add_inner_avx2, -)
DEFINE_HALF_DISTANCE_AVX2(inner_bfloat16, bfloat16, add_inner_avx2, -)

const apus_code_kernels apus_code_kernels_avx2 = APUS_CODE_TABLE("avx2", _avx2, _avx2);

#pragma clang attribute pop

/* MARK: AVX-512 */

#define TARGET_AVX512 "avx512f,avx512bw,avx512dq,avx512vl,avx2,fma,f16c,popcnt"
#pragma clang attribute push(__attribute__((target(TARGET_AVX512))), apply_to = function)

APUS_INLINE __m512 add_squares_avx512(__m512 sum, __m512 a, __m512 b) {
    __m512 difference = _mm512_sub_ps(a, b);
    return _mm512_fmadd_ps(difference, difference, sum);
}

APUS_INLINE __m512 add_inner_avx512(__m512 sum, __m512 a, __m512 b) { return _mm512_fmadd_ps(a, b, sum); }

APUS_INLINE __m512 float16_avx512(__m256i halves) { return _mm512_cvtph_ps(halves); }

APUS_INLINE __m512 bfloat16_avx512(__m256i halves) {
    return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(halves), 16));
}

#define DEFINE_HALF_DISTANCE_AVX512(NAME, ELEMENT, ADD, SIGN)                                             \
    APUS_INLINE float NAME##_avx512(const void *query, const void *row, size_t dimension) {               \
        const float *q = query;                                                                           \
        const uint16_t *r = row;                                                                          \
        __m512 sums[2] = {_mm512_setzero_ps(), _mm512_setzero_ps()};                                      \
        size_t i = 0;                                                                                     \
        for (; i + 32 <= dimension; i += 32)                                                              \
            for (size_t k = 0; k < 2; k++)                                                                \
                sums[k] = ADD(sums[k], _mm512_loadu_ps(q + i + 16 * k),                                   \
                              ELEMENT##_avx512(_mm256_loadu_si256((const __m256i *)(r + i + 16 * k))));   \
        for (; i < dimension; i += 16) {                                                                  \
            __mmask16 lanes = dimension - i < 16 ? (__mmask16)((1u << (dimension - i)) - 1) : 0xffff;     \
            sums[0] = ADD(sums[0], _mm512_maskz_loadu_ps(lanes, q + i),                                   \
                          ELEMENT##_avx512(_mm256_maskz_loadu_epi16(lanes, r + i)));                      \
        }                                                                                                 \
        return SIGN _mm512_reduce_add_ps(_mm512_add_ps(sums[0], sums[1]));                                \
    }                                                                                                     \
    APUS_DEFINE_FORMS(NAME##_avx512, APUS_BYTES_FLOAT16)

DEFINE_HALF_DISTANCE_AVX512(l2_float16, float16, add_squares_avx512, +)
DEFINE_HALF_DISTANCE_AVX512(l2_bfloat16, bfloat16, add_squares_avx512, +)
DEFINE_HALF_DISTANCE_AVX512(inner_float16, float16, add_inner_avx512, -)
DEFINE_HALF_DISTANCE_AVX512(inner_bfloat16, bfloat16, add_inner_avx512, -)

const apus_code_kernels apus_code_kernels_avx512 = APUS_CODE_TABLE("avx512", _avx2, _avx512);

#pragma clang attribute pop

/* MARK: AVX-512 with VNNI */

#pragma clang attribute push(__attribute__((target(TARGET_AVX512 ",avx512vnni"))), apply_to = function)

APUS_INLINE __m512i load_bytes_avx512(const uint8_t *bytes, size_t count) {
    if (count >= APUS_CODE_LANES) return _mm512_loadu_si512(bytes);
    return _mm512_maskz_loadu_epi8((1ull << count) - 1, bytes);
}

APUS_INLINE int32_t section_products_vnni(const int8_t *plane, const uint8_t *section, size_t dimension,
                                          size_t per_byte) {
    const unsigned bits = (unsigned)(8 / per_byte);
    const __m512i mask = _mm512_set1_epi8((char)((1 << bits) - 1));
    size_t bytes = apus_section_bytes(dimension, per_byte);
    __m512i sums[4] = {_mm512_setzero_si512(), _mm512_setzero_si512(), _mm512_setzero_si512(),
                       _mm512_setzero_si512()};
    for (size_t start = 0; start < bytes; start += APUS_CODE_LANES, plane += APUS_CODE_LANES * per_byte) {
        __m512i codes = load_bytes_avx512(section + start, bytes - start);
        for (size_t part = 0; part < per_byte; part++) {
            __m512i code = per_byte == 1 ? codes
                                         : _mm512_and_si512(_mm512_srli_epi16(codes, (unsigned)part * bits), mask);
            sums[part] = _mm512_dpbusd_epi32(sums[part], code, _mm512_loadu_si512(plane + part * APUS_CODE_LANES));
        }
    }
    for (size_t part = 1; part < per_byte; part++) sums[0] = _mm512_add_epi32(sums[0], sums[part]);
    return _mm512_reduce_add_epi32(sums[0]);
}

APUS_INLINE int32_t products_8_vnni(const int8_t *plane, const void *row, size_t dimension) {
    return section_products_vnni(plane, row, dimension, 1);
}

APUS_INLINE int32_t products_6_vnni(const int8_t *plane, const void *row, size_t dimension) {
    return section_products_vnni(plane, row, dimension, 2) +
           16 * section_products_vnni(plane + apus_section_lanes(dimension, 2),
                                      (const uint8_t *)row + apus_section_bytes(dimension, 2), dimension, 4);
}

APUS_INLINE int32_t products_4_vnni(const int8_t *plane, const void *row, size_t dimension) {
    return section_products_vnni(plane, row, dimension, 2);
}

APUS_INLINE int32_t squares_4_vnni(const int8_t *weights, const void *row, size_t dimension) {
    const __m512i mask = _mm512_set1_epi8(15);
    const __m512i squares = _mm512_broadcast_i32x4(_mm_setr_epi8(
        0, 1, 4, 9, 16, 25, 36, 49, 64, 81, 100, 121, (char)144, (char)169, (char)196, (char)225));
    size_t bytes = apus_section_bytes(dimension, 2);
    __m512i low = _mm512_setzero_si512(), high = _mm512_setzero_si512();
    for (size_t start = 0; start < bytes; start += APUS_CODE_LANES, weights += 2 * APUS_CODE_LANES) {
        __m512i codes = load_bytes_avx512((const uint8_t *)row + start, bytes - start);
        low = _mm512_dpbusd_epi32(low, _mm512_shuffle_epi8(squares, _mm512_and_si512(codes, mask)),
                                  _mm512_loadu_si512(weights));
        high = _mm512_dpbusd_epi32(
            high, _mm512_shuffle_epi8(squares, _mm512_and_si512(_mm512_srli_epi16(codes, 4), mask)),
            _mm512_loadu_si512(weights + APUS_CODE_LANES));
    }
    return _mm512_reduce_add_epi32(_mm512_add_epi32(low, high));
}

APUS_DEFINE_CODE_DISTANCES(_vnni)

const apus_code_kernels apus_code_kernels_avx512vnni = APUS_CODE_TABLE("avx512vnni", _vnni, _avx512);

#pragma clang attribute pop

#endif
