/* CRC-32C. The running value is the inverted checksum; polynomials are bit-reflected. */
#include "internal.h"

#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_acle.h>
#if defined(__linux__)
#include <sys/auxv.h>
#endif
#endif

/* The polynomial times each half of a byte. */
static const uint32_t half_byte_remainders[16] = {
    0x00000000, 0x105ec76f, 0x20bd8ede, 0x30e349b1, 0x417b1dbc, 0x5125dad3, 0x61c69362, 0x7198540d,
    0x82f63b78, 0x92a8fc17, 0xa24bb5a6, 0xb21572c9, 0xc38d26c4, 0xd3d3e1ab, 0xe330a81a, 0xf36e6f75,
};

static uint32_t update_by_table(uint32_t crc, const uint8_t *bytes, size_t count) {
    for (size_t i = 0; i < count; i++) {
        crc ^= bytes[i];
        crc = (crc >> 4) ^ half_byte_remainders[crc & 15];
        crc = (crc >> 4) ^ half_byte_remainders[crc & 15];
    }
    return crc;
}

APUS_INLINE uint64_t load_word(const uint8_t *bytes) {
    uint64_t word;
    memcpy(&word, bytes, sizeof word);
    return word;
}

#if defined(__x86_64__)
#define TARGET_CRC __attribute__((target("sse4.2,pclmul")))

/* Three streams of `bytes` each hide the latency of the instruction. `two_streams` and `one_stream` are
 * x^(8n - 33) modulo the polynomial for n = 2 * bytes and n = bytes: multiplied by them, a checksum moves over
 * the streams behind it (the last 33 powers come from the product's bit offset and the final instruction). */
typedef struct {
    size_t bytes;
    uint32_t two_streams, one_stream;
} stream_plan;

static const stream_plan long_streams = {4096, 0x54a86326, 0x82f89c77};
static const stream_plan short_streams = {256, 0xdd7e3b0c, 0xb9e02b86};

TARGET_CRC static __m128i moved_over(uint64_t crc, uint32_t factor) {
    return _mm_clmulepi64_si128(_mm_cvtsi64_si128((long long)crc), _mm_cvtsi32_si128((int)factor), 0);
}

TARGET_CRC static uint32_t update_by_streams(uint32_t crc, const uint8_t *bytes, stream_plan plan) {
    uint64_t first = crc, second = 0, third = 0;
    for (size_t i = 0; i < plan.bytes; i += 8) {
        first = _mm_crc32_u64(first, load_word(bytes + i));
        second = _mm_crc32_u64(second, load_word(bytes + plan.bytes + i));
        third = _mm_crc32_u64(third, load_word(bytes + 2 * plan.bytes + i));
    }
    __m128i moved = _mm_xor_si128(moved_over(first, plan.two_streams), moved_over(second, plan.one_stream));
    return (uint32_t)(_mm_crc32_u64(0, (uint64_t)_mm_cvtsi128_si64(moved)) ^ third);
}

TARGET_CRC static uint32_t update_by_instruction(uint32_t crc, const uint8_t *bytes, size_t count) {
    for (; count >= 3 * long_streams.bytes; count -= 3 * long_streams.bytes) {
        crc = update_by_streams(crc, bytes, long_streams);
        bytes += 3 * long_streams.bytes;
    }
    for (; count >= 3 * short_streams.bytes; count -= 3 * short_streams.bytes) {
        crc = update_by_streams(crc, bytes, short_streams);
        bytes += 3 * short_streams.bytes;
    }
    for (; count >= 8; count -= 8, bytes += 8) crc = (uint32_t)_mm_crc32_u64(crc, load_word(bytes));
    for (; count > 0; count--, bytes++) crc = _mm_crc32_u8(crc, *bytes);
    return crc;
}

static int has_instruction(void) {
    return __builtin_cpu_supports("sse4.2") && __builtin_cpu_supports("pclmul");
}
#elif defined(__aarch64__)
#define TARGET_CRC __attribute__((target("crc")))

TARGET_CRC static uint32_t update_by_instruction(uint32_t crc, const uint8_t *bytes, size_t count) {
    for (; count >= 8; count -= 8, bytes += 8) crc = __crc32cd(crc, load_word(bytes));
    for (; count > 0; count--, bytes++) crc = __crc32cb(crc, *bytes);
    return crc;
}

static int has_instruction(void) {
#if defined(__linux__)
    return (getauxval(AT_HWCAP) & HWCAP_CRC32) != 0;
#else
    return 1;
#endif
}
#else
static uint32_t update_by_instruction(uint32_t crc, const uint8_t *bytes, size_t count) {
    return update_by_table(crc, bytes, count);
}

static int has_instruction(void) { return 0; }
#endif

uint32_t apus_crc32c(uint32_t crc, const void *bytes, size_t count) {
    return ~(has_instruction() ? update_by_instruction : update_by_table)(~crc, bytes, count);
}
