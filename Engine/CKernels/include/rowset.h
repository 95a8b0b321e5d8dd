/* Picks links out of a block by a bitmap: one instruction for sixteen of them where the processor has it.
 *
 * A block ends at its first link of all ones, or at `width`. All links lie within the bitmap.
 */
#ifndef APUS_ROWSET_H
#define APUS_ROWSET_H

#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

/* Room that the outputs have behind `width`: whole registers are stored. */
enum { APUS_LINKS_SLACK = 16 };

/* Copies the links whose bit is set to `permitted` in their order; returns how many there are. */
typedef size_t (*_Nonnull apus_links_pick_kernel)(const uint64_t *bitmap, const uint32_t *links, size_t width,
                                         uint32_t *permitted);

/* The same, the other links copied to `others`; returns how many links there are of both kinds. */
typedef size_t (*_Nonnull apus_links_divide_kernel)(const uint64_t *bitmap, const uint32_t *links, size_t width,
                                           uint32_t *permitted, uint32_t *others, size_t *permitted_count);

typedef struct {
    apus_links_pick_kernel pick;
    apus_links_divide_kernel divide;
} apus_links_kernels;

/* The kernels that belong to the table of distances of that name. */
apus_links_kernels apus_links_named(const char *name);

#pragma clang assume_nonnull end

#endif
