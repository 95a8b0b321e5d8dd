#include "internal.h"

enum { MOST_TABLES = 4 };

#if defined(__x86_64__)
static int supports_avx2(void) {
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("f16c");
}

static int supports_avx512(void) {
    return supports_avx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
}

static int supports_avx512vnni(void) {
    return supports_avx512() && __builtin_cpu_supports("avx512vnni") &&
           __builtin_cpu_supports("avx512vpopcntdq");
}
#endif

static size_t supported_tables(const apus_kernels **tables) {
    size_t count = 0;
    tables[count++] = &apus_kernels_scalar;
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (supports_avx2()) tables[count++] = &apus_kernels_avx2;
    if (supports_avx512()) tables[count++] = &apus_kernels_avx512;
    if (supports_avx512vnni()) tables[count++] = &apus_kernels_avx512vnni;
#elif defined(__aarch64__)
    tables[count++] = &apus_kernels_neon;
#endif
    return count;
}

size_t apus_kernels_count(void) {
    const apus_kernels *tables[MOST_TABLES];
    return supported_tables(tables);
}

const apus_kernels *apus_kernels_at(size_t index) {
    const apus_kernels *tables[MOST_TABLES];
    size_t count = supported_tables(tables);
    return tables[index < count ? index : count - 1];
}
