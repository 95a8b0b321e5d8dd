/* The loops of block codes, included once for each instruction set by blockscan.c, which defines
 *
 *     NAME(x)                        the name of a function of this instruction set
 *     TILE_BLOCKS, TILE_QUERIES      how many sums of 16 rows fit the registers
 *     ADD_NIBBLES(sum, codes, word)  adds the products of four elements of 16 rows, codes up to 15
 *     ADD_BYTES(sum, codes, word)    the same, codes up to 255
 *     WITHIN(a, b)                   bit i says whether a[i] <= b[i]
 */

/* MARK: sums of products */

APUS_INLINE void NAME(add_group)(i32x16 *low, i32x16 *high, const uint8_t *group, const int32_t *words,
                                 const int bits) {
    u8x64 codes;
    memcpy(&codes, group, sizeof codes);
    if (bits == 4) {
        ADD_NIBBLES(*low, codes & LOW_HALVES, words[0]);
        ADD_NIBBLES(*high, HIGH_HALVES(codes), words[1]);
    } else {
        ADD_BYTES(*low, codes, words[0]);
    }
}

APUS_INLINE void NAME(block_sums)(const uint8_t *codes, size_t groups, const int32_t *words, const int bits,
                                  i32x16 *result) {
    const size_t words_per_group = bits == 4 ? 2 : 1;
    i32x16 sums[4] = {{0}, {0}, {0}, {0}};
    size_t g = 0;
    for (; g + 2 <= groups; g += 2) {
        const uint8_t *pair = codes + g * APUS_BLOCK_GROUP_BYTES;
        __builtin_prefetch(pair + AHEAD_BYTES, 0, 2);
        __builtin_prefetch(pair + AHEAD_BYTES + APUS_BLOCK_GROUP_BYTES, 0, 2);
        NAME(add_group)(&sums[0], &sums[1], pair, words + g * words_per_group, bits);
        NAME(add_group)(&sums[2], &sums[3], pair + APUS_BLOCK_GROUP_BYTES, words + (g + 1) * words_per_group, bits);
    }
    if (g < groups) {
        __builtin_prefetch(codes + g * APUS_BLOCK_GROUP_BYTES + AHEAD_BYTES, 0, 2);
        NAME(add_group)(&sums[0], &sums[1], codes + g * APUS_BLOCK_GROUP_BYTES, words + g * words_per_group, bits);
    }
    *result = (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

/* MARK: one query */

/* By how much an estimate may be too large, in units of factor * step. */
APUS_INLINE void NAME(add_width)(f32x16 *part, const f32x16 *product, const f32x16 *residual, const f32x16 *length,
                                 const apus_block_query *query) {
    f32x16 cosine = *product * query->inverse_length / *length;
    f32x16 sine = __builtin_elementwise_sqrt(__builtin_elementwise_max(ONE_AND_SLACK - cosine * cosine, ZERO));
    *part += sine * (*residual * query->residual_weight + *length * query->length_weight);
    *part += *residual * query->residual_slack + *length * query->length_slack;
}

APUS_INLINE void NAME(scan)(const void *blocks, size_t block_count, size_t groups, const int32_t *values,
                            const apus_block_query *query, float *numbers, const int bits, const int bounded) {
    const size_t block_bytes = APUS_BLOCK_HEADER_BYTES + groups * APUS_BLOCK_GROUP_BYTES;
    for (size_t b = 0; b < block_count; b++) {
        const uint8_t *block = (const uint8_t *)blocks + b * block_bytes;
        for (size_t line = 0; line < APUS_BLOCK_HEADER_BYTES; line += APUS_LINE_BYTES)
            __builtin_prefetch(block + line + AHEAD_BYTES, 0, 2);
        i32x16 sum;
        NAME(block_sums)(block + APUS_BLOCK_HEADER_BYTES, groups, values, bits, &sum);
        f32x16 bias, step;
        memcpy(&bias, block, sizeof bias);
        memcpy(&step, block + 64, sizeof step);
        f32x16 product = __builtin_convertvector(sum - query->offset, f32x16) - query->half;
        f32x16 part = product * query->query_step;
        if (bounded) {
            u16x16 residual_units, length_units;
            memcpy(&residual_units, block + 128, sizeof residual_units);
            memcpy(&length_units, block + 160, sizeof length_units);
            f32x16 residual = __builtin_convertvector(residual_units, f32x16);
            f32x16 length = __builtin_convertvector(length_units, f32x16);
            NAME(add_width)(&part, &product, &residual, &length, query);
        }
        f32x16 number = bias + query->constant - part * step * query->factor;
        memcpy(numbers + b * APUS_BLOCK_ROWS, &number, sizeof number);
    }
}

#define DEFINE_SCAN(WHAT, BITS, BOUNDED)                                                                       \
    static void NAME(WHAT##_##BITS)(const void *blocks, size_t block_count, size_t groups, const int32_t *values, \
                                    const apus_block_query *query, float *numbers) {                           \
        NAME(scan)(blocks, block_count, groups, values, query, numbers, BITS, BOUNDED);                        \
    }

DEFINE_SCAN(estimates, 4, 0)
DEFINE_SCAN(estimates, 8, 0)
DEFINE_SCAN(lower_bounds, 4, 1)
DEFINE_SCAN(lower_bounds, 8, 1)
#undef DEFINE_SCAN

/* MARK: many queries */

/* Sums of `tile_blocks` blocks with the queries of a panel; unrolled, so they stay in registers. */
APUS_INLINE void NAME(tile_sums)(const uint8_t *blocks, size_t block_bytes, size_t groups, const int32_t *panel,
                                 const int bits, const size_t tile_blocks,
                                 i32x16 result[TILE_BLOCKS][TILE_QUERIES]) {
    i32x16 sums[TILE_BLOCKS][TILE_QUERIES];
    UNROLL for (size_t b = 0; b < tile_blocks; b++)
        UNROLL for (size_t q = 0; q < TILE_QUERIES; q++) sums[b][q] = (i32x16){0};
    blocks += APUS_BLOCK_HEADER_BYTES;
    for (size_t g = 0; g < groups; g++, blocks += APUS_BLOCK_GROUP_BYTES) {
        UNROLL for (size_t half = 0; half < (bits == 4 ? 2 : 1); half++, panel += TILE_QUERIES) {
            u8x64 codes[TILE_BLOCKS];
            UNROLL for (size_t b = 0; b < tile_blocks; b++) {
                memcpy(&codes[b], blocks + b * block_bytes, sizeof codes[b]);
                if (bits == 4) codes[b] = half == 0 ? codes[b] & LOW_HALVES : HIGH_HALVES(codes[b]);
            }
            UNROLL for (size_t q = 0; q < TILE_QUERIES; q++) {
                const int32_t word = panel[q];
                UNROLL for (size_t b = 0; b < tile_blocks; b++)
                    if (bits == 4)
                        ADD_NIBBLES(sums[b][q], codes[b], word);
                    else
                        ADD_BYTES(sums[b][q], codes[b], word);
            }
        }
    }
    UNROLL for (size_t b = 0; b < tile_blocks; b++)
        UNROLL for (size_t q = 0; q < TILE_QUERIES; q++) result[b][q] = sums[b][q];
}

/* Appends the rows of one block that are within the bounds. The first test takes the sine for one; few rows pass. */
APUS_INLINE void NAME(append_candidates)(const uint8_t *block, size_t first, const i32x16 *sums,
                                         const apus_block_query *queries, const float *bounds, size_t query_count,
                                         uint32_t *positions, size_t stride, size_t *counts) {
    f32x16 bias, step;
    u16x16 residual_units, length_units;
    memcpy(&bias, block, sizeof bias);
    memcpy(&step, block + 64, sizeof step);
    memcpy(&residual_units, block + 128, sizeof residual_units);
    memcpy(&length_units, block + 160, sizeof length_units);
    f32x16 residual = __builtin_convertvector(residual_units, f32x16);
    f32x16 length = __builtin_convertvector(length_units, f32x16);
    f32x16 residual_steps = residual * step, length_steps = length * step;
    for (size_t q = 0; q < query_count; q++) {
        const apus_block_query *query = &queries[q];
        const f32x16 bound = ZERO + bounds[q];
        f32x16 product = __builtin_convertvector(sums[q] - query->offset, f32x16) - query->half;
        f32x16 part = product * query->query_step;
        f32x16 most = part * step + residual_steps * (query->residual_weight + query->residual_slack) +
                      length_steps * (query->length_weight + query->length_slack);
        if (__builtin_expect(WITHIN(bias + query->constant - most * query->factor, bound) == 0, 1)) continue;
        NAME(add_width)(&part, &product, &residual, &length, query);
        uint32_t within = WITHIN(bias + query->constant - part * step * query->factor, bound);
        for (; within != 0; within &= within - 1)
            positions[q * stride + counts[q]++] = (uint32_t)(first + (size_t)__builtin_ctz(within));
    }
}

APUS_INLINE void NAME(tile)(const uint8_t *blocks, size_t block_bytes, size_t first, size_t groups,
                            const int32_t *panel, const apus_block_query *queries, const float *bounds,
                            size_t query_count, uint32_t *positions, size_t stride, size_t *counts, const int bits,
                            const size_t tile_blocks) {
    i32x16 sums[TILE_BLOCKS][TILE_QUERIES];
    NAME(tile_sums)(blocks, block_bytes, groups, panel, bits, tile_blocks, sums);
    for (size_t b = 0; b < tile_blocks; b++)
        NAME(append_candidates)(blocks + b * block_bytes, first + b * APUS_BLOCK_ROWS, sums[b], queries, bounds,
                                query_count, positions, stride, counts);
}

#define DEFINE_CANDIDATES(BITS)                                                                                \
    static void NAME(candidates_##BITS)(const void *blocks, size_t block_count, size_t groups,                 \
                                        const int32_t *panel, const apus_block_query *queries,                 \
                                        const float *bounds, size_t query_count, uint32_t *positions,          \
                                        size_t stride, size_t *counts) {                                       \
        const size_t block_bytes = APUS_BLOCK_HEADER_BYTES + groups * APUS_BLOCK_GROUP_BYTES;                  \
        const uint8_t *base = blocks;                                                                          \
        memset(counts, 0, query_count * sizeof *counts);                                                       \
        size_t b = 0;                                                                                          \
        for (; b + TILE_BLOCKS <= block_count; b += TILE_BLOCKS)                                               \
            NAME(tile)(base + b * block_bytes, block_bytes, b * APUS_BLOCK_ROWS, groups, panel, queries,       \
                       bounds, query_count, positions, stride, counts, BITS, TILE_BLOCKS);                     \
        for (; b < block_count; b++)                                                                           \
            NAME(tile)(base + b * block_bytes, block_bytes, b * APUS_BLOCK_ROWS, groups, panel, queries,       \
                       bounds, query_count, positions, stride, counts, BITS, 1);                               \
    }

DEFINE_CANDIDATES(4)
DEFINE_CANDIDATES(8)
#undef DEFINE_CANDIDATES

/* MARK: building */

#pragma clang fp contract(off)

/* One way to code a vector: how well its direction fits, and the step that then loses least. */
typedef struct {
    float quality;
    float step;
    float squared_length;
} NAME(fit);

/* 16 elements times `scale`, and their numbers code - most / 2; 0 behind the last element. */
APUS_INLINE void NAME(code_values)(const float *vector, size_t first, size_t dimension, float scale, float inverse_step,
                                   float most, f32x16 *elements, f32x16 *values) {
    memcpy(elements, vector + first, sizeof *elements);
    *elements *= scale;
    f32x16 code = *elements * inverse_step + (0.5f * most + 0.5f);
    code = __builtin_elementwise_min(__builtin_elementwise_max(code, ZERO), ZERO + most);
    *values = __builtin_convertvector(__builtin_convertvector(code, i32x16), f32x16) - 0.5f * most;
    for (size_t lane = dimension - first; lane < 16; lane++) (*values)[lane] = 0;
}

APUS_INLINE float NAME(total)(const f32x16 *sums) {
    float total = 0;
    for (size_t lane = 0; lane < 16; lane++) total += (*sums)[lane];
    return total;
}

static NAME(fit) NAME(try_step)(const float *vector, size_t dimension, float scale, float step, float most) {
    f32x16 products = ZERO, squares = ZERO;
    for (size_t i = 0; i < dimension; i += 16) {
        f32x16 elements, values;
        NAME(code_values)(vector, i, dimension, scale, 1 / step, most, &elements, &values);
        products += elements * values;
        squares += values * values;
    }
    float product = NAME(total)(&products), square = NAME(total)(&squares);
    return (NAME(fit)){product / square * product, product / square, square};
}

/* The work is done on the vector times a power of two, so that no square overflows or underflows.
 * Clipping the few largest elements makes the step of all others smaller: the best of a few clippings is taken. */
static apus_block_code NAME(encode)(const float *vector, size_t dimension, size_t bits, uint8_t *codes) {
    static const float clippings[] = {1, 0.88f, 0.78f, 0.69f, 0.6f, 0.5f};
    const float most = bits == 4 ? 15 : 255;
    f32x16 largest = ZERO;
    for (size_t i = 0; i < dimension; i += 16) {
        f32x16 elements;
        memcpy(&elements, vector + i, sizeof elements);
        largest = __builtin_elementwise_max(largest, __builtin_elementwise_abs(elements));
    }
    float limit = 0;
    for (size_t lane = 0; lane < 16; lane++) limit = largest[lane] > limit ? largest[lane] : limit;
    int exponent = limit > 0 ? apus_exponent(limit) : 0;
    float scale = apus_power_of_two(-exponent), size = apus_power_of_two(exponent);
    NAME(fit) best = {-1, 0, 1};
    float best_step = 1;
    for (size_t c = 0; limit > 0 && c < (bits == 4 ? sizeof clippings / sizeof *clippings : 1); c++) {
        float step = limit * scale * clippings[c] / (0.5f * most);
        NAME(fit) fit = NAME(try_step)(vector, dimension, scale, step, most);
        if (fit.quality <= best.quality) continue;
        best = fit;
        best_step = step;
    }
    f32x16 losses = ZERO;
    for (size_t i = 0; i < dimension; i += 16) {
        f32x16 elements, values;
        NAME(code_values)(vector, i, dimension, scale, 1 / best_step, most, &elements, &values);
        f32x16 loss = elements - values * best.step;
        losses += loss * loss;
        for (size_t lane = 0; lane < 16 && i + lane < dimension; lane++)
            codes[i + lane] = (uint8_t)(values[lane] + 0.5f * most);
    }
    float lost = NAME(total)(&losses);
    return (apus_block_code){best.step * size, __builtin_elementwise_sqrt(lost) * size,
                             __builtin_elementwise_sqrt(best.squared_length)};
}

/* a +- b for elements `distance` apart, all in one vector. */
#define MIX_LANES(v, distance, ...) \
    (__builtin_shufflevector(v, v, __VA_ARGS__) + (v) * apus_alternating_signs[distance])

/* The Walsh-Hadamard transform of `count` elements, a power of two, not normalised. */
APUS_INLINE void NAME(transform)(float *vector, size_t count) {
    if (count < 16) {
        for (size_t distance = 1; distance < count; distance *= 2)
            for (size_t i = 0; i < count; i++)
                if ((i & distance) == 0) {
                    float a = vector[i], b = vector[i + distance];
                    vector[i] = a + b;
                    vector[i + distance] = a - b;
                }
        return;
    }
    for (size_t i = 0; i < count; i += 16) {
        f32x16 v;
        memcpy(&v, vector + i, sizeof v);
        v = MIX_LANES(v, 0, 1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14);
        v = MIX_LANES(v, 1, 2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13);
        v = MIX_LANES(v, 2, 4, 5, 6, 7, 0, 1, 2, 3, 12, 13, 14, 15, 8, 9, 10, 11);
        v = MIX_LANES(v, 3, 8, 9, 10, 11, 12, 13, 14, 15, 0, 1, 2, 3, 4, 5, 6, 7);
        memcpy(vector + i, &v, sizeof v);
    }
    for (size_t distance = 16; distance < count; distance *= 2)
        for (size_t start = 0; start < count; start += 2 * distance)
            for (size_t i = start; i < start + distance; i += 16) {
                f32x16 a, b;
                memcpy(&a, vector + i, sizeof a);
                memcpy(&b, vector + i + distance, sizeof b);
                f32x16 sum = a + b, difference = a - b;
                memcpy(vector + i, &sum, sizeof sum);
                memcpy(vector + i + distance, &difference, sizeof difference);
            }
}

static void NAME(rotate)(float *vector, size_t dimension, const float *signs, size_t steps) {
    size_t window = 1;
    while (window * 2 <= dimension) window *= 2;
    const float norm = 1 / __builtin_elementwise_sqrt((float)window), half_norm = __builtin_elementwise_sqrt(0.5f);
    const size_t half = dimension / 2, rest = dimension - half;
    for (size_t step = 0; step < steps; step++, signs += dimension) {
        float *start = vector + (step % 2 == 0 ? 0 : dimension - window);
        for (size_t i = 0; i < dimension; i++) vector[i] *= signs[i];
        NAME(transform)(start, window);
        for (size_t i = 0; i < window; i++) start[i] *= norm;
        if (window == dimension) continue;
        for (size_t i = 0; i < half; i++) {
            float a = vector[i] * half_norm, b = vector[rest + i] * half_norm;
            vector[i] = a + b;
            vector[rest + i] = a - b;
        }
    }
}

#pragma clang fp contract(on)

#undef MIX_LANES

static const apus_block_kernels NAME(table) = {
    .panel_width = TILE_QUERIES,
    .nibbles = {NAME(estimates_4), NAME(lower_bounds_4), NAME(candidates_4)},
    .bytes = {NAME(estimates_8), NAME(lower_bounds_8), NAME(candidates_8)},
    .encode = NAME(encode),
    .rotate = NAME(rotate),
};
