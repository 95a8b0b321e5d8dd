/* Distances between a prepared query and compact codes of rows.
 *
 * A code counts the steps of a dimension from the lowest value that can be coded: value = low + step * code. A row is
 * one or two sections. A section holds 1, 2 or 4 codes a byte (of 8, 4 or 2 bits) in chunks of 64 bytes: byte i of a
 * chunk holds code i of each of the chunk's parts, the first part in the lowest bits. A chunk of fewer codes takes
 * only the bytes that its parts need. The 6-bit format has a section of the low 4 bits and one of the high 2 bits.
 *
 * The query holds the elements as signed bytes, in the order of the codes, in one plane, or in two where the second
 * holds what the first loses. Sums are exact integers; a distance is the same on every processor.
 */
#ifndef APUS_CODES_H
#define APUS_CODES_H

#include "CKernels.h"

#pragma clang assume_nonnull begin

enum { APUS_MOST_DIMENSION = 32768 };

enum {
    APUS_CODE_8 = 0,
    APUS_CODE_6 = 1,
    APUS_CODE_4 = 2,
    APUS_CODE_FLOAT16 = 3,  /* rows of float16 elements, a query of float32 elements as it is */
    APUS_CODE_BFLOAT16 = 4,
    APUS_CODE_FORMATS = 5,
};

/* What stands before the planes of a query of codes, which begin 64 bytes after it. */
typedef struct {
    float constant;
    uint32_t planes;            /* of the query, 1 or 2 */
    float factors[2];           /* of the products of each plane */
    uint32_t weight_planes;     /* of the weights, 1 or 2, which follow; for l2 of 4-bit codes */
    float weight_factors[2];    /* of the weighted squares of each plane */
} apus_code_query;

/* One per instruction set, like apus_kernels. A distance of codes is `constant`, plus for each plane its factor times
 * the products with the codes, and for l2 the squared length of the codes: for 4 bits weighted squares, for 8 and 6
 * bits a float32 that follows the codes of a row. */
typedef struct {
    const char *name;
    apus_distance_kernels l2[APUS_CODE_FORMATS];
    apus_distance_kernels negative_inner_product[APUS_CODE_FORMATS];
} apus_code_kernels;

/* The table for the instruction set of that name; the plain one if there is none. */
const apus_code_kernels *apus_code_kernels_named(const char *name);

/* Bytes of a row without the float of l2. */
size_t apus_code_row_bytes(size_t format, size_t dimension);

/* Bytes of one plane, a multiple of 64. */
size_t apus_code_plane_bytes(size_t format, size_t dimension);

/* Codes of a vector, 0 to `highest`, to the nearest: code = round((vector - low) * inverse_step). */
void apus_code_encode(const float *vector, const float *low, const float *inverse_step, uint8_t highest,
                      size_t dimension, uint8_t *codes);

/* Packs codes, one a byte, to a row. */
void apus_code_pack(size_t format, const uint8_t *codes, size_t dimension, uint8_t *row);

/* The codes of a row, one a byte. */
void apus_code_unpack(size_t format, const uint8_t *row, size_t dimension, uint8_t *codes);

/* Writes the signed bytes round(values * inverse_scale), which must fit, to a plane in the order of the codes. What is
 * lost is left in `values`. */
void apus_code_plane(size_t format, float *values, float scale, size_t dimension, int8_t *plane);

/* terms[i] = (query[i] - shift[i]) * step[i], where a shift of NULL is zero; gives the largest magnitude. */
float apus_code_terms(const float *query, const float *_Nullable shift, const float *step, size_t dimension,
                      float *terms);

/* Sums in an order that is the same on every processor: of (a - b)^2, and of a * b. */
float apus_code_squared_distance(const float *a, const float *b, size_t dimension);
float apus_code_inner_product(const float *a, const float *b, size_t dimension);

#pragma clang assume_nonnull end

#endif
