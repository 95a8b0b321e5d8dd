/* Sums of byte impacts. One source for every instruction set: the compiler makes vectors of the loops. */
#include "impacts.h"

#include "internal.h"

#define DEFINE_IMPACT_KERNELS(suffix, attributes)                                                            \
    attributes static void add_##suffix(uint16_t *restrict sums, const uint8_t *restrict impacts,            \
                                        uint16_t weight, size_t count) {                                     \
        for (size_t i = 0; i < count; i++)                                                                   \
            sums[i] = (uint16_t)(sums[i] + (uint16_t)((uint32_t)(uint16_t)(impacts[i] << 8) * weight >> 16)); \
    }                                                                                                        \
    attributes static void maxima_##suffix(const uint16_t *restrict sums, size_t groups,                     \
                                           uint16_t *restrict maxima) {                                      \
        for (size_t g = 0; g < groups; g++) {                                                                \
            uint16_t largest = 0;                                                                            \
            for (size_t i = 0; i < APUS_IMPACT_GROUP; i++) {                                                 \
                uint16_t sum = sums[g * APUS_IMPACT_GROUP + i];                                              \
                largest = sum > largest ? sum : largest;                                                     \
            }                                                                                                \
            maxima[g] = largest;                                                                             \
        }                                                                                                    \
    }                                                                                                        \
    static const apus_impact_kernels impacts_##suffix = {.add = add_##suffix, .maxima = maxima_##suffix};

DEFINE_IMPACT_KERNELS(plain, )

#if defined(__x86_64__)
DEFINE_IMPACT_KERNELS(avx2, __attribute__((target("avx2"))))
DEFINE_IMPACT_KERNELS(avx512, __attribute__((target("avx512f,avx512bw,avx512vl"))))
#endif

const apus_impact_kernels *apus_impact_kernels_of(const char *name) {
#if defined(__x86_64__)
    if (strncmp(name, "avx512", 6) == 0) return &impacts_avx512;
    if (strcmp(name, "avx2") == 0) return &impacts_avx2;
#endif
    (void)name;
    return &impacts_plain;
}
