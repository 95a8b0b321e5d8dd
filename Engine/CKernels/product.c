#include "internal.h"
#include "product.h"

#include <math.h>

/* Sixteen floats are worked on at a time, in as many registers as the instruction set needs. Products and sums are
 * never fused, so that all of them round alike. */
typedef float float16x __attribute__((vector_size(64), aligned(4)));
typedef int32_t int16x __attribute__((vector_size(64), aligned(4)));

APUS_INLINE const float16x *sixteen(const float *values) { return (const float16x *)values; }

APUS_INLINE size_t elements_of_part(const apus_product *product, size_t part) {
    size_t first = part * product->part_dimension, left = product->dimension - first;
    return left < product->part_dimension ? left : product->part_dimension;
}

APUS_INLINE const float *part_centroids(const apus_product *product, size_t part) {
    return product->centroids + part * product->part_dimension * product->width;
}

APUS_INLINE uint16_t lowest_of_nearest(const float16x *least, const int16x *block) {
    uint32_t best = 0;
    float distance = INFINITY;
    for (uint32_t lane = 0; lane < 16; lane++) {
        uint32_t centroid = (uint32_t)(*block)[lane] + lane;
        if ((*least)[lane] < distance || ((*least)[lane] == distance && centroid < best)) {
            distance = (*least)[lane];
            best = centroid;
        }
    }
    return (uint16_t)best;
}

APUS_INLINE void encode(const apus_product *product, const float *vector, uint16_t *codes) {
#pragma clang fp contract(off)
    for (size_t part = 0; part < product->parts; part++) {
        const float *centroids = part_centroids(product, part);
        const float *elements = vector + part * product->part_dimension;
        size_t count = elements_of_part(product, part);
        float16x least = (float16x){} + INFINITY;
        int16x block = {};
        for (size_t first = 0; first < product->width; first += 16) {
            float16x distance = {};
            for (size_t e = 0; e < count; e++) {
                float16x difference = elements[e] - *sixteen(centroids + e * product->width + first);
                distance += difference * difference;
            }
            int16x nearer = distance < least;
            least = (float16x)((nearer & (int16x)distance) | (~nearer & (int16x)least));
            block = (nearer & (int32_t)first) | (~nearer & block);
        }
        codes[part] = lowest_of_nearest(&least, &block);
    }
}

APUS_INLINE void inner_products(const apus_product *product, const float *query, float factor, float *tables) {
#pragma clang fp contract(off)
    for (size_t part = 0; part < product->parts; part++) {
        const float *centroids = part_centroids(product, part);
        const float *elements = query + part * product->part_dimension;
        size_t count = elements_of_part(product, part);
        for (size_t first = 0; first < product->width; first += 16) {
            float16x sum = {};
            for (size_t e = 0; e < count; e++)
                sum += elements[e] * factor * *sixteen(centroids + e * product->width + first);
            *(float16x *)(tables + part * product->width + first) = sum;
        }
    }
}

APUS_INLINE void squared_distances(const apus_product *product, const float *query, float *tables) {
#pragma clang fp contract(off)
    for (size_t part = 0; part < product->parts; part++) {
        const float *centroids = part_centroids(product, part);
        const float *elements = query + part * product->part_dimension;
        size_t count = elements_of_part(product, part);
        for (size_t first = 0; first < product->width; first += 16) {
            float16x sum = {};
            for (size_t e = 0; e < count; e++) {
                float16x difference = elements[e] - *sixteen(centroids + e * product->width + first);
                sum += difference * difference;
            }
            *(float16x *)(tables + part * product->width + first) = sum;
        }
    }
}

#define APUS_DEFINE_PRODUCT(NAME, TARGET)                                                                      \
    TARGET static void encode_##NAME(const apus_product *product, const float *vector, uint16_t *codes) {      \
        encode(product, vector, codes);                                                                        \
    }                                                                                                          \
    TARGET static void inner_products_##NAME(const apus_product *product, const float *query, float factor,    \
                                             float *tables) {                                                  \
        inner_products(product, query, factor, tables);                                                        \
    }                                                                                                          \
    TARGET static void squared_distances_##NAME(const apus_product *product, const float *query,               \
                                                float *tables) {                                               \
        squared_distances(product, query, tables);                                                             \
    }                                                                                                          \
    static const apus_product_kernels kernels_##NAME = {#NAME, encode_##NAME, inner_products_##NAME,           \
                                                        squared_distances_##NAME};

APUS_DEFINE_PRODUCT(scalar, )
#if defined(__x86_64__)
APUS_DEFINE_PRODUCT(avx2, __attribute__((target("avx2,fma"))))
APUS_DEFINE_PRODUCT(avx512, __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl"))))
#endif

const apus_product_kernels *apus_product_kernels_named(const char *name) {
#if defined(__x86_64__)
    if (strcmp(name, "avx2") == 0) return &kernels_avx2;
    if (strncmp(name, "avx512", 6) == 0) return &kernels_avx512;
#endif
    return &kernels_scalar;
}

/* Tables of bytes */

APUS_INLINE void range_of_table(const float *table, float *least, float *most) {
    *least = table[0];
    *most = table[0];
    for (size_t c = 1; c < 16; c++) {
        *least = table[c] < *least ? table[c] : *least;
        *most = table[c] > *most ? table[c] : *most;
    }
}

apus_byte_tables apus_product_byte_tables(const float *tables, size_t parts, size_t padded_parts, float reserve,
                                          uint8_t *bytes) {
    float constant = 0, widest = 0, largest_sum = reserve;
    for (size_t part = 0; part < parts; part++) {
        float least, most;
        range_of_table(tables + part * 16, &least, &most);
        constant += least;
        largest_sum += most - least;
        widest = most - least > widest ? most - least : widest;
    }
    /* Each entry is rounded up by half a unit at most, what is reserved by one. */
    float units = 65534.0f - (float)parts * 0.5f;
    float step = widest / 255 > largest_sum / units ? widest / 255 : largest_sum / units;
    if (!(step > 1e-30f)) step = 1e-30f;
    float inverse = 1 / step;
    for (size_t part = 0; part < parts; part++) {
        float least, most;
        range_of_table(tables + part * 16, &least, &most);
        for (size_t c = 0; c < 16; c++) {
            /* Compared as a float: entries that are no numbers, of a query too far away, have no integer. */
            float units_of_entry = (tables[part * 16 + c] - least) * inverse + 0.5f;
            bytes[part * 16 + c] = (uint8_t)(units_of_entry < 255 ? units_of_entry : 255);
        }
    }
    memset(bytes + parts * 16, 0, (padded_parts - parts) * 16);
    return (apus_byte_tables){constant, step};
}

/* Rows of codes */

APUS_INLINE const float *tables_of(const apus_product_query *query) {
    return (const float *)((const char *)query + 64);
}

APUS_INLINE size_t code_of_4_bits(const uint8_t *row, size_t part) { return row[part / 2] >> (part % 2 * 4) & 15; }
APUS_INLINE size_t code_of_8_bits(const uint8_t *row, size_t part) { return row[part]; }
APUS_INLINE size_t code_of_16_bits(const uint8_t *row, size_t part) {
    return row[2 * part] | (size_t)row[2 * part + 1] << 8;
}

/* Four sums at a time, for the processor to work on side by side. */
#define APUS_DEFINE_CODE_DISTANCE(BITS)                                                                        \
    APUS_INLINE float distance_##BITS(const void *prepared, const void *codes, size_t dimension) {             \
        (void)dimension;                                                                                       \
        const apus_product_query *query = prepared;                                                            \
        const float *tables = tables_of(query);                                                                \
        size_t parts = query->parts, width = query->width, part = 0;                                           \
        float sums[4] = {query->constant, 0, 0, 0};                                                            \
        for (; part + 4 <= parts; part += 4, tables += 4 * width) {                                            \
            sums[0] += tables[code_of_##BITS##_bits(codes, part)];                                             \
            sums[1] += tables[width + code_of_##BITS##_bits(codes, part + 1)];                                 \
            sums[2] += tables[2 * width + code_of_##BITS##_bits(codes, part + 2)];                             \
            sums[3] += tables[3 * width + code_of_##BITS##_bits(codes, part + 3)];                             \
        }                                                                                                      \
        for (; part < parts; part++, tables += width) sums[0] += tables[code_of_##BITS##_bits(codes, part)];   \
        return (sums[0] + sums[1]) + (sums[2] + sums[3]);                                                      \
    }                                                                                                          \
    APUS_DEFINE_FORMS(distance_##BITS, APUS_BYTES_INT8)                                                        \
    static const apus_distance_kernels distances_##BITS = APUS_FORMS(distance_##BITS);

APUS_DEFINE_CODE_DISTANCE(4)
APUS_DEFINE_CODE_DISTANCE(8)
APUS_DEFINE_CODE_DISTANCE(16)

const apus_distance_kernels *apus_product_distances(size_t bits) {
    return bits == 4 ? &distances_4 : bits == 8 ? &distances_8 : &distances_16;
}
