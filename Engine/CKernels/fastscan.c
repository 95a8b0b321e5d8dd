#include "fastscan.h"
#include "internal.h"

#include <string.h>

/* Every instruction set below defines the inline function that sums one block,
 * `void block_NAME(const apus_fastscan *scan, const uint8_t *block, apus_row_sums_NAME *sums)`, and the two functions that
 * read its answer: `uint32_t mask_NAME(sums, threshold)`, a bit a row, and `void store_NAME(sums, uint16_t *)`. */

/* Blocks read ahead of the one that is summed. The hardware follows a stream but starts late at each list. */
enum { AHEAD_BYTES = 2048 };

#define APUS_DEFINE_FASTSCAN(NAME, TARGET)                                                                     \
    TARGET static void sums_##NAME(const apus_fastscan *scan, size_t blocks, uint16_t *sums) {                 \
        for (size_t b = 0; b < blocks; b++) {                                                                  \
            row_sums_##NAME found;                                                                             \
            block_##NAME(scan, scan->blocks + b * scan->stride, &found);                                       \
            store_##NAME(&found, sums + b * APUS_FASTSCAN_ROWS);                                               \
        }                                                                                                      \
    }                                                                                                          \
                                                                                                               \
    TARGET static size_t within_##NAME(const apus_fastscan *scan, size_t blocks, uint16_t threshold,           \
                                       uint32_t *rows, uint16_t *sums) {                                       \
        size_t count = 0;                                                                                      \
        for (size_t b = 0; b < blocks; b++) {                                                                  \
            row_sums_##NAME found;                                                                             \
            block_##NAME(scan, scan->blocks + b * scan->stride, &found);                                       \
            uint32_t mask = mask_##NAME(&found, threshold);                                                    \
            if (mask == 0) continue;                                                                           \
            uint16_t all[APUS_FASTSCAN_ROWS];                                                                  \
            store_##NAME(&found, all);                                                                         \
            for (; mask != 0; mask &= mask - 1) {                                                              \
                unsigned row = (unsigned)__builtin_ctz(mask);                                                  \
                rows[count] = (uint32_t)(b * APUS_FASTSCAN_ROWS) + row;                                        \
                sums[count++] = all[row];                                                                      \
            }                                                                                                  \
        }                                                                                                      \
        return count;                                                                                          \
    }                                                                                                          \
                                                                                                               \
    static const apus_fastscan_kernels kernels_##NAME = {#NAME, sums_##NAME, within_##NAME};

APUS_INLINE const uint8_t *biases(const apus_fastscan *scan, const uint8_t *block) {
    return block + scan->groups * APUS_FASTSCAN_GROUP_BYTES;
}

/* Plain C */

typedef struct {
    uint16_t rows[APUS_FASTSCAN_ROWS];
} row_sums_scalar;

APUS_INLINE void block_scalar(const apus_fastscan *scan, const uint8_t *block, row_sums_scalar *sums) {
    memset(sums, 0, sizeof *sums);
    for (size_t code = 0; code < scan->groups * APUS_FASTSCAN_GROUP_CODES; code++) {
        const uint8_t *table = scan->tables + code * 16, *bytes = block + code * 16;
        for (size_t i = 0; i < 16; i++) {
            sums->rows[i] += table[bytes[i] & 15];
            sums->rows[16 + i] += table[bytes[i] >> 4];
        }
    }
    if (scan->bias_factor == 0) return;
    for (size_t i = 0; i < APUS_FASTSCAN_ROWS; i++) {
        uint16_t bias;
        memcpy(&bias, biases(scan, block) + 2 * i, sizeof bias);
        sums->rows[i] += (uint16_t)(bias * scan->bias_factor >> 16);
    }
}

APUS_INLINE uint32_t mask_scalar(const row_sums_scalar *sums, uint16_t threshold) {
    uint32_t mask = 0;
    for (size_t i = 0; i < APUS_FASTSCAN_ROWS; i++) mask |= (uint32_t)(sums->rows[i] <= threshold) << i;
    return mask;
}

APUS_INLINE void store_scalar(const row_sums_scalar *sums, uint16_t *target) { memcpy(target, sums, sizeof *sums); }

APUS_DEFINE_FASTSCAN(scalar, )

#if defined(__x86_64__)
#include <immintrin.h>

/* In the byte-shuffle kernels a register of looked-up bytes is added up as 16-bit numbers twice: as it is, where the odd
 * bytes spoil the upper half, and shifted, which leaves the odd bytes alone. The difference gives the even bytes. */

#define AVX2 __attribute__((target("avx2")))

typedef struct {
    __m256i low, high; /* rows 0 to 15 and 16 to 31 */
} row_sums_avx2;

AVX2 APUS_INLINE __m256i rows_avx2(__m256i mixed, __m256i odd) {
    __m256i even = _mm256_sub_epi16(mixed, _mm256_slli_epi16(odd, 8));
    __m128i evens = _mm_add_epi16(_mm256_castsi256_si128(even), _mm256_extracti128_si256(even, 1));
    __m128i odds = _mm_add_epi16(_mm256_castsi256_si128(odd), _mm256_extracti128_si256(odd, 1));
    return _mm256_set_m128i(_mm_unpackhi_epi16(evens, odds), _mm_unpacklo_epi16(evens, odds));
}

AVX2 APUS_INLINE void block_avx2(const apus_fastscan *scan, const uint8_t *block, row_sums_avx2 *sums) {
    const __m256i nibble = _mm256_set1_epi8(15);
    __m256i low = _mm256_setzero_si256(), low_odd = low, high = low, high_odd = low;
    for (size_t half = 0; half < scan->groups * 2; half++) {
        __m256i codes = _mm256_loadu_si256((const __m256i *)(block + half * 32));
        __m256i table = _mm256_loadu_si256((const __m256i *)(scan->tables + half * 32));
        __m256i first = _mm256_shuffle_epi8(table, _mm256_and_si256(codes, nibble));
        __m256i second = _mm256_shuffle_epi8(table, _mm256_and_si256(_mm256_srli_epi16(codes, 4), nibble));
        low = _mm256_add_epi16(low, first);
        low_odd = _mm256_add_epi16(low_odd, _mm256_srli_epi16(first, 8));
        high = _mm256_add_epi16(high, second);
        high_odd = _mm256_add_epi16(high_odd, _mm256_srli_epi16(second, 8));
    }
    sums->low = rows_avx2(low, low_odd);
    sums->high = rows_avx2(high, high_odd);
    if (scan->bias_factor == 0) return;
    const __m256i factor = _mm256_set1_epi16((short)scan->bias_factor);
    const __m256i *bias = (const __m256i *)biases(scan, block);
    sums->low = _mm256_add_epi16(sums->low, _mm256_mulhi_epu16(_mm256_loadu_si256(bias), factor));
    sums->high = _mm256_add_epi16(sums->high, _mm256_mulhi_epu16(_mm256_loadu_si256(bias + 1), factor));
}

AVX2 APUS_INLINE uint32_t mask_avx2(const row_sums_avx2 *sums, uint16_t threshold) {
    const __m256i most = _mm256_set1_epi16((short)threshold);
    __m256i low = _mm256_cmpeq_epi16(_mm256_min_epu16(sums->low, most), sums->low);
    __m256i high = _mm256_cmpeq_epi16(_mm256_min_epu16(sums->high, most), sums->high);
    /* Packing works on 128-bit lanes: quarters 0, 2 and 1, 3 come out side by side. */
    __m256i packed = _mm256_permute4x64_epi64(_mm256_packs_epi16(low, high), 0xd8);
    return (uint32_t)_mm256_movemask_epi8(packed);
}

AVX2 APUS_INLINE void store_avx2(const row_sums_avx2 *sums, uint16_t *target) {
    _mm256_storeu_si256((__m256i *)target, sums->low);
    _mm256_storeu_si256((__m256i *)(target + 16), sums->high);
}

APUS_DEFINE_FASTSCAN(avx2, AVX2)

#define AVX512 __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl")))

typedef struct {
    __m512i rows;
} row_sums_avx512;

AVX512 APUS_INLINE __m128i lanes_sum_avx512(__m512i value) {
    __m256i half = _mm256_add_epi16(_mm512_castsi512_si256(value), _mm512_extracti64x4_epi64(value, 1));
    return _mm_add_epi16(_mm256_castsi256_si128(half), _mm256_extracti128_si256(half, 1));
}

AVX512 APUS_INLINE __m256i rows_avx512(__m512i mixed, __m512i odd) {
    __m128i evens = lanes_sum_avx512(_mm512_sub_epi16(mixed, _mm512_slli_epi16(odd, 8)));
    __m128i odds = lanes_sum_avx512(odd);
    return _mm256_set_m128i(_mm_unpackhi_epi16(evens, odds), _mm_unpacklo_epi16(evens, odds));
}

AVX512 APUS_INLINE __m512i biased_avx512(const apus_fastscan *scan, const uint8_t *block, __m512i rows) {
    if (scan->bias_factor == 0) return rows;
    const __m512i factor = _mm512_set1_epi16((short)scan->bias_factor);
    return _mm512_add_epi16(rows, _mm512_mulhi_epu16(_mm512_loadu_si512(biases(scan, block)), factor));
}

AVX512 APUS_INLINE void block_avx512(const apus_fastscan *scan, const uint8_t *block, row_sums_avx512 *sums) {
    const __m512i nibble = _mm512_set1_epi8(15);
    __m512i low = _mm512_setzero_si512(), low_odd = low, high = low, high_odd = low;
    for (size_t group = 0; group < scan->groups; group++) {
        __m512i codes = _mm512_loadu_si512(block + group * 64);
        __m512i table = _mm512_loadu_si512(scan->tables + group * 64);
        _mm_prefetch((const char *)(block + group * 64 + AHEAD_BYTES), _MM_HINT_T0);
        __m512i first = _mm512_shuffle_epi8(table, _mm512_and_si512(codes, nibble));
        __m512i second = _mm512_shuffle_epi8(table, _mm512_and_si512(_mm512_srli_epi16(codes, 4), nibble));
        low = _mm512_add_epi16(low, first);
        low_odd = _mm512_add_epi16(low_odd, _mm512_srli_epi16(first, 8));
        high = _mm512_add_epi16(high, second);
        high_odd = _mm512_add_epi16(high_odd, _mm512_srli_epi16(second, 8));
    }
    __m512i rows = _mm512_inserti64x4(
        _mm512_castsi256_si512(rows_avx512(low, low_odd)), rows_avx512(high, high_odd), 1);
    sums->rows = biased_avx512(scan, block, rows);
}

AVX512 APUS_INLINE uint32_t mask_avx512(const row_sums_avx512 *sums, uint16_t threshold) {
    return _mm512_cmple_epu16_mask(sums->rows, _mm512_set1_epi16((short)threshold));
}

AVX512 APUS_INLINE void store_avx512(const row_sums_avx512 *sums, uint16_t *target) {
    _mm512_storeu_si512(target, sums->rows);
}

APUS_DEFINE_FASTSCAN(avx512, AVX512)

/* With a shuffle over all 64 bytes the four codes of a row come to lie side by side, so that one dot product with ones
 * adds them to the 32-bit sum of the row. */

#define AVX512VBMI \
    __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512vbmi,avx512vnni")))

typedef row_sums_avx512 row_sums_avx512vnni;

AVX512VBMI APUS_INLINE void block_avx512vnni(const apus_fastscan *scan, const uint8_t *block,
                                             row_sums_avx512vnni *sums) {
    const __m512i nibble = _mm512_set1_epi8(15), ones = _mm512_set1_epi8(1);
    /* Byte 4 * i + j: where code j of row i lies, and the table that it names an entry of. */
    const __m512i tables = _mm512_set1_epi32(0x30201000);
    const __m512i places = _mm512_or_si512(
        tables, _mm512_set_epi32(0x0f0f0f0f, 0x0e0e0e0e, 0x0d0d0d0d, 0x0c0c0c0c, 0x0b0b0b0b, 0x0a0a0a0a, 0x09090909,
                                 0x08080808, 0x07070707, 0x06060606, 0x05050505, 0x04040404, 0x03030303, 0x02020202,
                                 0x01010101, 0));
    __m512i low = _mm512_setzero_si512(), high = low;
    for (size_t group = 0; group < scan->groups; group++) {
        __m512i codes = _mm512_permutexvar_epi8(places, _mm512_loadu_si512(block + group * 64));
        __m512i table = _mm512_loadu_si512(scan->tables + group * 64);
        _mm_prefetch((const char *)(block + group * 64 + AHEAD_BYTES), _MM_HINT_T0);
        /* 0xea: (codes and nibble) or tables */
        __m512i first = _mm512_ternarylogic_epi64(codes, nibble, tables, 0xea);
        __m512i second = _mm512_ternarylogic_epi64(_mm512_srli_epi16(codes, 4), nibble, tables, 0xea);
        low = _mm512_dpbusd_epi32(low, _mm512_permutexvar_epi8(first, table), ones);
        high = _mm512_dpbusd_epi32(high, _mm512_permutexvar_epi8(second, table), ones);
    }
    __m512i rows = _mm512_inserti64x4(
        _mm512_castsi256_si512(_mm512_cvtepi32_epi16(low)), _mm512_cvtepi32_epi16(high), 1);
    sums->rows = biased_avx512(scan, block, rows);
}

AVX512VBMI APUS_INLINE uint32_t mask_avx512vnni(const row_sums_avx512vnni *sums, uint16_t threshold) {
    return mask_avx512(sums, threshold);
}

AVX512VBMI APUS_INLINE void store_avx512vnni(const row_sums_avx512vnni *sums, uint16_t *target) {
    store_avx512(sums, target);
}

APUS_DEFINE_FASTSCAN(avx512vnni, AVX512VBMI)

#elif defined(__aarch64__)
#include <arm_neon.h>

typedef struct {
    uint16x8_t rows[4];
} row_sums_neon;

APUS_INLINE void block_neon(const apus_fastscan *scan, const uint8_t *block, row_sums_neon *sums) {
    for (size_t i = 0; i < 4; i++) sums->rows[i] = vdupq_n_u16(0);
    for (size_t code = 0; code < scan->groups * APUS_FASTSCAN_GROUP_CODES; code++) {
        uint8x16_t codes = vld1q_u8(block + code * 16), table = vld1q_u8(scan->tables + code * 16);
        uint8x16_t first = vqtbl1q_u8(table, vandq_u8(codes, vdupq_n_u8(15)));
        uint8x16_t second = vqtbl1q_u8(table, vshrq_n_u8(codes, 4));
        sums->rows[0] = vaddw_u8(sums->rows[0], vget_low_u8(first));
        sums->rows[1] = vaddw_high_u8(sums->rows[1], first);
        sums->rows[2] = vaddw_u8(sums->rows[2], vget_low_u8(second));
        sums->rows[3] = vaddw_high_u8(sums->rows[3], second);
    }
    if (scan->bias_factor == 0) return;
    const uint16x4_t factor = vdup_n_u16((uint16_t)scan->bias_factor);
    for (size_t i = 0; i < 4; i++) {
        uint16x8_t bias = vreinterpretq_u16_u8(vld1q_u8(biases(scan, block) + 16 * i));
        uint16x4_t first = vshrn_n_u32(vmull_u16(vget_low_u16(bias), factor), 16);
        uint16x4_t second = vshrn_n_u32(vmull_u16(vget_high_u16(bias), factor), 16);
        sums->rows[i] = vaddq_u16(sums->rows[i], vcombine_u16(first, second));
    }
}

APUS_INLINE uint32_t mask_neon(const row_sums_neon *sums, uint16_t threshold) {
    static const uint16_t bits[8] = {1, 2, 4, 8, 16, 32, 64, 128};
    const uint16x8_t bit = vld1q_u16(bits), most = vdupq_n_u16(threshold);
    uint32_t mask = 0;
    for (size_t i = 0; i < 4; i++)
        mask |= (uint32_t)vaddvq_u16(vandq_u16(vcleq_u16(sums->rows[i], most), bit)) << (8 * i);
    return mask;
}

APUS_INLINE void store_neon(const row_sums_neon *sums, uint16_t *target) {
    for (size_t i = 0; i < 4; i++) vst1q_u16(target + 8 * i, sums->rows[i]);
}

APUS_DEFINE_FASTSCAN(neon, )
#endif

const apus_fastscan_kernels *apus_fastscan_kernels_named(const char *name) {
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (strcmp(name, "avx2") == 0) return &kernels_avx2;
    if (strcmp(name, "avx512") == 0) return &kernels_avx512;
    /* That table of distances does not need the shuffle over 64 bytes. */
    if (strcmp(name, "avx512vnni") == 0)
        return __builtin_cpu_supports("avx512vbmi") ? &kernels_avx512vnni : &kernels_avx512;
#elif defined(__aarch64__)
    if (strcmp(name, "neon") == 0) return &kernels_neon;
#endif
    return &kernels_scalar;
}
