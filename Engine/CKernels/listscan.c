/* Distances over blocks of byte codes; listscan.h has the layout. */
#include "listscan.h"

#include "internal.h"

/* Products and sums must round alike on every instruction set. */
#pragma clang fp contract(off)

enum { ROWS = APUS_LIST_BLOCK_ROWS, HEADER_BYTES = 2 * ROWS * (int)sizeof(float), BLOCKS_AHEAD_BYTES = 4096 };

APUS_INLINE float finish(float bias, float scale, float term, float factor, int32_t dot) {
    float distance = (bias + term) + factor * (scale * (float)dot);
    return distance < __builtin_inff() ? distance : __builtin_inff();
}

static void byte_blocks_scalar(const apus_byte_query *query, const void *blocks, size_t count, float term,
                               float *restrict distances) {
    for (size_t b = 0; b < count; b++, distances += ROWS) {
        const char *block = (const char *)blocks + b * apus_byte_block_bytes(query->groups);
        const uint8_t *codes = (const uint8_t *)block + HEADER_BYTES;
        const float *bias = (const float *)block, *scale = bias + ROWS;
        int32_t sums[ROWS] = {0};
        for (size_t g = 0; g < query->groups; g++)
            for (size_t r = 0; r < ROWS; r++)
                for (size_t i = 0; i < 4; i++)
                    sums[r] += (int32_t)codes[(g * ROWS + r) * 4 + i] * query->query[4 * g + i];
        for (size_t r = 0; r < ROWS; r++)
            distances[r] = finish(bias[r], scale[r], term, query->factor, sums[r] - query->offset);
    }
}

#if defined(__x86_64__)
#include <immintrin.h>

/* MARK: AVX2 */

#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)

/* Words: the product of unsigned and signed bytes would saturate. Two of the four elements of a row each. */
APUS_INLINE __m256i add_group_avx2(__m256i sum, const uint8_t *codes, __m256i query) {
    __m256i words = _mm256_cvtepu8_epi16(_mm_loadu_si128((const __m128i *)codes));
    return _mm256_add_epi32(sum, _mm256_madd_epi16(words, query));
}

/* The sums of eight rows, from four vectors with two halves for each of four rows. */
APUS_INLINE __m256i join_avx2(__m256i low, __m256i high) {
    return _mm256_permute4x64_epi64(_mm256_hadd_epi32(low, high), 0xd8);
}

static void byte_blocks_avx2(const apus_byte_query *query, const void *blocks, size_t count, float term,
                             float *restrict distances) {
    const __m256 infinity = _mm256_set1_ps(__builtin_inff());
    for (size_t b = 0; b < count; b++) {
        const char *block = (const char *)blocks + b * apus_byte_block_bytes(query->groups);
        const uint8_t *codes = (const uint8_t *)block + HEADER_BYTES;
        const float *bias = (const float *)block, *scale = bias + ROWS;
        __m256i sums[4] = {_mm256_setzero_si256(), _mm256_setzero_si256(), _mm256_setzero_si256(),
                           _mm256_setzero_si256()};
        for (size_t g = 0; g < query->groups; g++, codes += 4 * ROWS) {
            int32_t four;
            memcpy(&four, query->query + 4 * g, sizeof four);
            __m256i elements = _mm256_cvtepi8_epi16(_mm_set1_epi32(four));
            for (size_t v = 0; v < 4; v++) sums[v] = add_group_avx2(sums[v], codes + v * ROWS, elements);
        }
        for (size_t half = 0; half < 2; half++, distances += 8) {
            __m256i dots = _mm256_sub_epi32(join_avx2(sums[2 * half], sums[2 * half + 1]),
                                            _mm256_set1_epi32(query->offset));
            __m256 product = _mm256_mul_ps(_mm256_loadu_ps(scale + 8 * half), _mm256_cvtepi32_ps(dots));
            __m256 base = _mm256_add_ps(_mm256_loadu_ps(bias + 8 * half), _mm256_set1_ps(term));
            __m256 distance = _mm256_add_ps(base, _mm256_mul_ps(_mm256_set1_ps(query->factor), product));
            _mm256_storeu_ps(distances, _mm256_min_ps(distance, infinity));
        }
    }
}

#pragma clang attribute pop

/* MARK: AVX-512 */

#define TARGET_AVX512 "avx512f,avx512bw,avx512dq,avx512vl,avx2"

#pragma clang attribute push(__attribute__((target(TARGET_AVX512))), apply_to = function)

APUS_INLINE void store_avx512(const apus_byte_query *query, const float *header, __m512i sum, float term,
                              float *distances) {
    __m512i dots = _mm512_sub_epi32(sum, _mm512_set1_epi32(query->offset));
    __m512 product = _mm512_mul_ps(_mm512_loadu_ps(header + ROWS), _mm512_cvtepi32_ps(dots));
    __m512 base = _mm512_add_ps(_mm512_loadu_ps(header), _mm512_set1_ps(term));
    __m512 distance = _mm512_add_ps(base, _mm512_mul_ps(_mm512_set1_ps(query->factor), product));
    _mm512_storeu_ps(distances, _mm512_min_ps(distance, _mm512_set1_ps(__builtin_inff())));
}

static void byte_blocks_avx512(const apus_byte_query *query, const void *blocks, size_t count, float term,
                               float *restrict distances) {
    const __m512i low = _mm512_set1_epi16(0xff);
    for (size_t b = 0; b < count; b++) {
        const char *block = (const char *)blocks + b * apus_byte_block_bytes(query->groups);
        const char *codes = block + HEADER_BYTES;
        __m512i even = _mm512_setzero_si512(), odd = even;
        for (size_t g = 0; g < query->groups; g++, codes += 4 * ROWS) {
            int32_t four;
            memcpy(&four, query->query + 4 * g, sizeof four);
            __m512i bytes = _mm512_loadu_si512(codes), elements = _mm512_set1_epi32(four);
            __m512i even_query = _mm512_srai_epi16(_mm512_slli_epi16(elements, 8), 8);
            even = _mm512_add_epi32(even, _mm512_madd_epi16(_mm512_and_si512(bytes, low), even_query));
            odd = _mm512_add_epi32(odd, _mm512_madd_epi16(_mm512_srli_epi16(bytes, 8),
                                                          _mm512_srai_epi16(elements, 8)));
        }
        store_avx512(query, (const float *)block, _mm512_add_epi32(even, odd), term, distances + b * ROWS);
    }
}

#pragma clang attribute pop

#pragma clang attribute push(__attribute__((target(TARGET_AVX512 ",avx512vnni"))), apply_to = function)

APUS_INLINE __m512i add_group_vnni(__m512i sum, const char *codes, const int8_t *query) {
    int32_t four;
    memcpy(&four, query, sizeof four);
    return _mm512_dpbusd_epi32(sum, _mm512_loadu_si512(codes), _mm512_set1_epi32(four));
}

static void byte_blocks_vnni(const apus_byte_query *query, const void *blocks, size_t count, float term,
                             float *restrict distances) {
    for (size_t b = 0; b < count; b++) {
        const char *block = (const char *)blocks + b * apus_byte_block_bytes(query->groups);
        const char *codes = block + HEADER_BYTES;
        __m512i sums[4] = {_mm512_setzero_si512(), _mm512_setzero_si512(), _mm512_setzero_si512(),
                           _mm512_setzero_si512()};
        size_t g = 0;
        for (; g + 4 <= query->groups; g += 4)
            for (size_t v = 0; v < 4; v++) {
                const char *line = codes + (g + v) * 4 * ROWS;
                __builtin_prefetch(line + BLOCKS_AHEAD_BYTES, 0, 2);
                sums[v] = add_group_vnni(sums[v], line, query->query + 4 * (g + v));
            }
        for (; g < query->groups; g++)
            sums[0] = add_group_vnni(sums[0], codes + g * 4 * ROWS, query->query + 4 * g);
        __m512i sum = _mm512_add_epi32(_mm512_add_epi32(sums[0], sums[1]), _mm512_add_epi32(sums[2], sums[3]));
        store_avx512(query, (const float *)block, sum, term, distances + b * ROWS);
    }
}

#pragma clang attribute pop
#endif

apus_byte_blocks_kernel apus_byte_blocks(const char *name) {
#if defined(__x86_64__)
    if (strcmp(name, "avx512vnni") == 0) return byte_blocks_vnni;
    if (strcmp(name, "avx512") == 0) return byte_blocks_avx512;
    if (strcmp(name, "avx2") == 0) return byte_blocks_avx2;
#endif
    (void)name;
    return byte_blocks_scalar;
}
