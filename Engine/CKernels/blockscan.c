/* Block codes for every instruction set; the loops are in blockscan_loops.h. */
#include "internal.h"

#include "blockscan.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

typedef float f32x16 __attribute__((vector_size(64)));
typedef int32_t i32x16 __attribute__((vector_size(64)));
typedef uint16_t u16x16 __attribute__((vector_size(32)));
typedef uint8_t u8x16 __attribute__((vector_size(16)));
typedef uint8_t u8x64 __attribute__((vector_size(64)));

/* How far ahead a scan asks for codes. */
enum { AHEAD_BYTES = 4096 };

#define ZERO ((f32x16){0})
/* 16 roundings cover those of the squared cosine. */
#define ONE_AND_SLACK (1 + 16 * 0x1p-24f)
#define UNROLL _Pragma("clang loop unroll(full)")
#define LOW_HALVES 15
#define HIGH_HALVES(codes) ((codes) >> 4)

static const f32x16 apus_alternating_signs[4] = {
    {1, -1, 1, -1, 1, -1, 1, -1, 1, -1, 1, -1, 1, -1, 1, -1},
    {1, 1, -1, -1, 1, 1, -1, -1, 1, 1, -1, -1, 1, 1, -1, -1},
    {1, 1, 1, 1, -1, -1, -1, -1, 1, 1, 1, 1, -1, -1, -1, -1},
    {1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1, -1, -1, -1},
};

/* Of a positive number; at least that of the smallest normal one. */
APUS_INLINE int apus_exponent(float value) {
    int exponent = (int)(apus_bits_of_float(value) >> 23) - 127;
    return exponent < -126 ? -126 : exponent > 126 ? 126 : exponent;
}

APUS_INLINE float apus_power_of_two(int exponent) { return apus_float_of_bits((uint32_t)(exponent + 127) << 23); }

/* MARK: any processor */

/* Element j of each of 16 rows. */
#define ELEMENTS(codes, j)                                                                                         \
    __builtin_convertvector(__builtin_shufflevector(codes, codes, j, j + 4, j + 8, j + 12, j + 16, j + 20, j + 24, \
                                                    j + 28, j + 32, j + 36, j + 40, j + 44, j + 48, j + 52, j + 56, \
                                                    j + 60),                                                       \
                            i32x16)

#define ADD_ELEMENTS(sum, codes, word)                                                               \
    do {                                                                                             \
        u8x64 added = (codes);                                                                       \
        int32_t four = (word);                                                                       \
        sum += ELEMENTS(added, 0) * (int8_t)four + ELEMENTS(added, 1) * (int8_t)(four >> 8) +        \
               ELEMENTS(added, 2) * (int8_t)(four >> 16) + ELEMENTS(added, 3) * (int8_t)(four >> 24); \
    } while (0)

APUS_INLINE uint32_t lanes_within(const f32x16 *a, const f32x16 *b) {
    uint32_t lanes = 0;
    for (size_t i = 0; i < 16; i++) lanes |= (uint32_t)((*a)[i] <= (*b)[i]) << i;
    return lanes;
}

#define NAME(x) x##_any
#define TILE_BLOCKS 1
#define TILE_QUERIES 4
#define ADD_NIBBLES ADD_ELEMENTS
#define ADD_BYTES ADD_ELEMENTS
#define WITHIN(a, b) ({ f32x16 left = (a), right = (b); lanes_within(&left, &right); })
#include "blockscan_loops.h"
#undef NAME
#undef TILE_BLOCKS
#undef TILE_QUERIES
#undef ADD_NIBBLES
#undef ADD_BYTES
#undef WITHIN

#if defined(__x86_64__)

/* MARK: AVX2 */

#pragma clang attribute push(__attribute__((target("avx2,fma,f16c,popcnt"))), apply_to = function)

APUS_INLINE void add_nibbles_avx2(i32x16 *sum, const u8x64 *codes, int32_t word) {
    const __m256i ones = _mm256_set1_epi16(1), query = _mm256_set1_epi32(word);
    for (size_t half = 0; half < 2; half++) {
        __m256i *part = (__m256i *)sum + half;
        __m256i products = _mm256_maddubs_epi16(_mm256_loadu_si256((const __m256i *)codes + half), query);
        *part = _mm256_add_epi32(*part, _mm256_madd_epi16(products, ones));
    }
}

/* Sums of two products of bytes exceed 16 bits, so the halves of the codes are multiplied one after the other. */
APUS_INLINE void add_bytes_avx2(i32x16 *sum, const u8x64 *codes, int32_t word) {
    const __m256i low = _mm256_set1_epi8(15), sixteen = _mm256_set1_epi16(16), ones = _mm256_set1_epi16(1);
    const __m256i query = _mm256_set1_epi32(word);
    for (size_t half = 0; half < 2; half++) {
        __m256i *part = (__m256i *)sum + half, code = _mm256_loadu_si256((const __m256i *)codes + half);
        __m256i below = _mm256_maddubs_epi16(_mm256_and_si256(code, low), query);
        __m256i above = _mm256_maddubs_epi16(_mm256_and_si256(_mm256_srli_epi16(code, 4), low), query);
        *part = _mm256_add_epi32(*part, _mm256_madd_epi16(below, ones));
        *part = _mm256_add_epi32(*part, _mm256_madd_epi16(above, sixteen));
    }
}

APUS_INLINE uint32_t lanes_within_avx2(const f32x16 *a, const f32x16 *b) {
    const float *left = (const float *)a, *right = (const float *)b;
    __m256 low = _mm256_cmp_ps(_mm256_loadu_ps(left), _mm256_loadu_ps(right), _CMP_LE_OQ);
    __m256 high = _mm256_cmp_ps(_mm256_loadu_ps(left + 8), _mm256_loadu_ps(right + 8), _CMP_LE_OQ);
    return (uint32_t)_mm256_movemask_ps(low) | (uint32_t)_mm256_movemask_ps(high) << 8;
}

#define NAME(x) x##_avx2
#define TILE_BLOCKS 1
#define TILE_QUERIES 4
#define ADD_NIBBLES(sum, codes, word) ({ u8x64 added = (codes); add_nibbles_avx2(&(sum), &added, word); })
#define ADD_BYTES(sum, codes, word) ({ u8x64 added = (codes); add_bytes_avx2(&(sum), &added, word); })
#define WITHIN(a, b) ({ f32x16 left = (a), right = (b); lanes_within_avx2(&left, &right); })
#include "blockscan_loops.h"
#undef NAME
#undef TILE_BLOCKS
#undef TILE_QUERIES
#undef ADD_NIBBLES
#undef ADD_BYTES
#undef WITHIN
#pragma clang attribute pop

/* MARK: AVX-512 */

#define TARGET_AVX512 "avx512f,avx512bw,avx512dq,avx512vl,avx2,fma,f16c,popcnt"
#pragma clang attribute push(__attribute__((target(TARGET_AVX512))), apply_to = function)

APUS_INLINE __m512i add_nibbles_avx512(__m512i sum, __m512i codes, int32_t word) {
    __m512i products = _mm512_maddubs_epi16(codes, _mm512_set1_epi32(word));
    return _mm512_add_epi32(sum, _mm512_madd_epi16(products, _mm512_set1_epi16(1)));
}

APUS_INLINE __m512i add_bytes_avx512(__m512i sum, __m512i codes, int32_t word) {
    const __m512i low = _mm512_set1_epi8(15), query = _mm512_set1_epi32(word);
    __m512i below = _mm512_maddubs_epi16(_mm512_and_si512(codes, low), query);
    __m512i above = _mm512_maddubs_epi16(_mm512_and_si512(_mm512_srli_epi16(codes, 4), low), query);
    sum = _mm512_add_epi32(sum, _mm512_madd_epi16(below, _mm512_set1_epi16(1)));
    return _mm512_add_epi32(sum, _mm512_madd_epi16(above, _mm512_set1_epi16(16)));
}

#define NAME(x) x##_avx512
#define TILE_BLOCKS 2
#define TILE_QUERIES 12
#define ADD_NIBBLES(sum, codes, word) (sum = (i32x16)add_nibbles_avx512((__m512i)(sum), (__m512i)(codes), word))
#define ADD_BYTES(sum, codes, word) (sum = (i32x16)add_bytes_avx512((__m512i)(sum), (__m512i)(codes), word))
#define WITHIN(a, b) _mm512_cmp_ps_mask((__m512)(a), (__m512)(b), _CMP_LE_OQ)
#include "blockscan_loops.h"
#undef NAME
#undef ADD_NIBBLES
#undef ADD_BYTES
#pragma clang attribute pop

/* MARK: AVX-512 with VNNI */

#pragma clang attribute push(__attribute__((target(TARGET_AVX512 ",avx512vnni"))), apply_to = function)

#define NAME(x) x##_avx512vnni
#define ADD_NIBBLES(sum, codes, word) \
    (sum = (i32x16)_mm512_dpbusd_epi32((__m512i)(sum), (__m512i)(codes), _mm512_set1_epi32(word)))
#define ADD_BYTES ADD_NIBBLES
#include "blockscan_loops.h"
#undef NAME
#undef TILE_BLOCKS
#undef TILE_QUERIES
#undef ADD_NIBBLES
#undef ADD_BYTES
#undef WITHIN
#pragma clang attribute pop

#endif

/* MARK: the tables */

const apus_block_kernels *apus_block_kernels_named(const char *name) {
#if defined(__x86_64__)
    if (strcmp(name, "avx512vnni") == 0) return &table_avx512vnni;
    if (strcmp(name, "avx512") == 0) return &table_avx512;
    if (strcmp(name, "avx2") == 0) return &table_avx2;
#endif
    (void)name;
    return &table_any;
}

void apus_block_store_codes(const uint8_t *codes, size_t dimension, size_t bits, size_t row, void *block) {
    uint8_t *groups = (uint8_t *)block + APUS_BLOCK_HEADER_BYTES + row * 4;
    for (size_t i = 0; i < dimension; i++) {
        if (bits == 8) {
            groups[i / 4 * APUS_BLOCK_GROUP_BYTES + i % 4] = codes[i];
        } else {
            uint8_t *byte = groups + i / 8 * APUS_BLOCK_GROUP_BYTES + i % 4;
            *byte = i % 8 < 4 ? (uint8_t)((*byte & 0xf0) | codes[i]) : (uint8_t)((*byte & 0x0f) | codes[i] << 4);
        }
    }
}
