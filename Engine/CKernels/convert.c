/* Conversions between float32 and the two 16-bit formats. */
#include "internal.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

/* IEEE 754 binary16. Adding 0.5 lets the processor round a subnormal result to its last place; elsewhere
 * half of the last place, less one when it is even, is added before the low bits are cut. */
static uint16_t float16_of_float32(float value) {
    uint32_t bits = apus_bits_of_float(value);
    uint16_t sign = (uint16_t)(bits >> 16 & 0x8000);
    uint32_t magnitude = bits & 0x7fffffff;
    if (magnitude > 0x7f800000) return sign | 0x7e00 | (uint16_t)(magnitude >> 13 & 0x3ff);
    if (magnitude >= 0x47800000) return sign | 0x7c00;
    if (magnitude < 0x38800000)
        return sign | (uint16_t)(apus_bits_of_float(apus_float_of_bits(magnitude) + 0.5f) - 0x3f000000);
    return sign | (uint16_t)((magnitude - 0x38000000 + 0xfff + (magnitude >> 13 & 1)) >> 13);
}

static uint16_t bfloat16_of_float32(float value) {
    uint32_t bits = apus_bits_of_float(value);
    if ((bits & 0x7fffffff) > 0x7f800000) return (uint16_t)(bits >> 16 | 0x40);
    return (uint16_t)((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

#if defined(__x86_64__)
#define TARGET_F16C __attribute__((target("avx,f16c")))
enum { LANES = 8 };

TARGET_F16C static size_t narrow_float16_blocks(const float *source, uint16_t *target, size_t count) {
    size_t i = 0;
    for (; i + LANES <= count; i += LANES)
        _mm_storeu_si128((__m128i *)(target + i),
                         _mm256_cvtps_ph(_mm256_loadu_ps(source + i), _MM_FROUND_TO_NEAREST_INT));
    return i;
}

TARGET_F16C static size_t widen_float16_blocks(const uint16_t *source, float *target, size_t count) {
    size_t i = 0;
    for (; i + LANES <= count; i += LANES)
        _mm256_storeu_ps(target + i, _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)(source + i))));
    return i;
}

static int has_float16(void) { return __builtin_cpu_supports("avx") && __builtin_cpu_supports("f16c"); }
#else
static size_t narrow_float16_blocks(const float *source, uint16_t *target, size_t count) {
    (void)source, (void)target, (void)count;
    return 0;
}

static size_t widen_float16_blocks(const uint16_t *source, float *target, size_t count) {
    (void)source, (void)target, (void)count;
    return 0;
}

static int has_float16(void) { return 0; }
#endif

void apus_float16_from_float32(const float *source, uint16_t *target, size_t count) {
    size_t i = has_float16() ? narrow_float16_blocks(source, target, count) : 0;
    for (; i < count; i++) target[i] = float16_of_float32(source[i]);
}

void apus_float32_from_float16(const uint16_t *source, float *target, size_t count) {
    size_t i = has_float16() ? widen_float16_blocks(source, target, count) : 0;
    for (; i < count; i++) target[i] = apus_float32_of_float16(source[i]);
}

void apus_bfloat16_from_float32(const float *source, uint16_t *target, size_t count) {
    for (size_t i = 0; i < count; i++) target[i] = bfloat16_of_float32(source[i]);
}

void apus_float32_from_bfloat16(const uint16_t *source, float *target, size_t count) {
    for (size_t i = 0; i < count; i++) target[i] = apus_float32_of_bfloat16(source[i]);
}
