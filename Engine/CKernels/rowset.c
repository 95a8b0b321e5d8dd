#include "rowset.h"

#include <string.h>

#include "internal.h"

static const uint32_t NO_LINK = UINT32_MAX;

APUS_INLINE size_t bit_of(const uint64_t *bitmap, uint32_t link) { return bitmap[link >> 6] >> (link & 63) & 1; }

/* No branch depends on a bit: which of the links are permitted cannot be foretold. */
static size_t pick_scalar(const uint64_t *bitmap, const uint32_t *links, size_t width, uint32_t *permitted) {
    size_t found = 0;
    for (size_t i = 0; i < width && links[i] != NO_LINK; i++) {
        permitted[found] = links[i];
        found += bit_of(bitmap, links[i]);
    }
    return found;
}

static size_t divide_scalar(const uint64_t *bitmap, const uint32_t *links, size_t width, uint32_t *permitted,
                            uint32_t *others, size_t *permitted_count) {
    size_t found = 0, i = 0;
    for (; i < width && links[i] != NO_LINK; i++) {
        permitted[found] = links[i];
        others[i - found] = links[i];
        found += bit_of(bitmap, links[i]);
    }
    *permitted_count = found;
    return i;
}

#if defined(__x86_64__)
#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,bmi2,popcnt"))),               \
                             apply_to = function)

/* Up to sixteen links from `i` on: which of them there are, and which of these have their bit set. */
typedef struct {
    __m512i links;
    __mmask16 valid, set;
} link_group;

APUS_INLINE link_group load_group(const uint64_t *bitmap, const uint32_t *links, size_t i, size_t width) {
    __mmask16 within = width - i >= 16 ? 0xffff : (__mmask16)((1u << (width - i)) - 1);
    __m512i ids = _mm512_mask_loadu_epi32(_mm512_set1_epi32(-1), within, links + i);
    __mmask16 valid = _mm512_cmpneq_epi32_mask(ids, _mm512_set1_epi32(-1));
    __m512i words = _mm512_mask_i32gather_epi32(_mm512_setzero_si512(), valid, _mm512_srli_epi32(ids, 5), bitmap, 4);
    __m512i bits = _mm512_sllv_epi32(_mm512_set1_epi32(1), _mm512_and_si512(ids, _mm512_set1_epi32(31)));
    return (link_group){ids, valid, _mm512_test_epi32_mask(words, bits)};
}

static size_t pick_avx512(const uint64_t *bitmap, const uint32_t *links, size_t width, uint32_t *permitted) {
    size_t found = 0;
    for (size_t i = 0; i < width; i += 16) {
        link_group group = load_group(bitmap, links, i, width);
        if (group.set) {
            _mm512_storeu_si512(permitted + found, _mm512_maskz_compress_epi32(group.set, group.links));
            found += (size_t)__builtin_popcount(group.set);
        }
        if (group.valid != 0xffff) break;
    }
    return found;
}

static size_t divide_avx512(const uint64_t *bitmap, const uint32_t *links, size_t width, uint32_t *permitted,
                            uint32_t *others, size_t *permitted_count) {
    size_t found = 0, rest = 0;
    for (size_t i = 0; i < width; i += 16) {
        link_group group = load_group(bitmap, links, i, width);
        __mmask16 other = group.valid & (__mmask16)~group.set;
        _mm512_storeu_si512(permitted + found, _mm512_maskz_compress_epi32(group.set, group.links));
        _mm512_storeu_si512(others + rest, _mm512_maskz_compress_epi32(other, group.links));
        found += (size_t)__builtin_popcount(group.set);
        rest += (size_t)__builtin_popcount(other);
        if (group.valid != 0xffff) break;
    }
    *permitted_count = found;
    return found + rest;
}

#pragma clang attribute pop
#endif

apus_links_kernels apus_links_named(const char *name) {
#if defined(__x86_64__)
    if (strncmp(name, "avx512", 6) == 0) return (apus_links_kernels){pick_avx512, divide_avx512};
#endif
    (void)name;
    return (apus_links_kernels){pick_scalar, divide_scalar};
}
