/* Product quantisation (Jegou, Douze and Schmid 2011): a vector is cut into parts, and each part is coded by the number
 * of the nearest of the centroids of that part.
 *
 * Centroids lie part by part, in each part element by element: element e of centroid c of part p is
 * centroids[(p * part_dimension + e) * width + c]. `width` is a multiple of 16; the centroids from the last real one on
 * repeat it. The last part may have fewer elements than the others. Results are the same on every processor.
 */
#ifndef APUS_PRODUCT_H
#define APUS_PRODUCT_H

#include "CKernels.h"

#pragma clang assume_nonnull begin

typedef struct {
    const float *centroids;
    size_t parts;
    size_t dimension;
    size_t part_dimension;
    size_t width;
} apus_product;

/* One per instruction set, like apus_kernels. */
typedef struct {
    const char *name;
    /* The nearest centroid of each part by Euclidean distance, the lowest of equal ones. */
    void (*_Nonnull encode)(const apus_product *product, const float *vector, uint16_t *codes);
    /* tables[p * width + c]: the inner product of part p of the query and centroid c, times `factor`. */
    void (*_Nonnull inner_products)(const apus_product *product, const float *query, float factor, float *tables);
    /* tables[p * width + c]: the squared distance of part p of the query and centroid c. */
    void (*_Nonnull squared_distances)(const apus_product *product, const float *query, float *tables);
} apus_product_kernels;

/* The table for the instruction set of that name; the plain one if there is none. */
const apus_product_kernels *apus_product_kernels_named(const char *name);

/* How tables of bytes relate to the tables of floats that they were made from. */
typedef struct {
    float constant; /* the sum of the least entries of the tables */
    float step;     /* what one unit of a sum of bytes is worth, above zero */
} apus_byte_tables;

/* Tables of 16 floats as tables of 16 bytes: bytes = round((entry - least entry of its table) / step). A sum of entries is
 * constant + step * sum of bytes, to within parts * step / 2 and the rounding of floats.
 *
 * The step is the least for which every entry fits a byte and the largest sum, with `reserve` added to it in floats,
 * stays below 65536. Writes zeros to the tables from `parts` up to `padded_parts`. */
apus_byte_tables apus_product_byte_tables(const float *tables, size_t parts, size_t padded_parts, float reserve,
                                          uint8_t *bytes);

/* What stands before the float tables of a prepared query, which begin 64 bytes after it. */
typedef struct {
    float constant;
    uint32_t parts;
    uint32_t width;
} apus_product_query;

/* Distances of rows of codes to a prepared query: constant + the table entry of each code. A code takes 4 bits (the first
 * of a byte the lower), 8 or 16 bits; `dimension` of the kernels is the number of bytes of a row. */
const apus_distance_kernels *apus_product_distances(size_t bits);

#pragma clang assume_nonnull end

#endif
