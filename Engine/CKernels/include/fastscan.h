/* Sums of table entries named by 4-bit codes, for blocks of 32 rows, with the tables in registers (Andre, Kermarrec
 * and Le Scouarnec 2015 and 2017, "Quicker ADC").
 *
 * A block holds groups of four codes a row, 64 bytes each: byte 16 * j + i of a group holds code j of row i in its low
 * four bits and code j of row 16 + i in the others. Behind the groups of a block lie 32 unsigned 16-bit biases, one a
 * row. The tables have the same order: byte 16 * j + c of a group is what code c of its code j adds.
 *
 * The sum of a row is that of its entries, plus the high 16 bits of bias * bias_factor. The caller makes the tables such
 * that no sum passes 65535. Sums are exact integers: the same on every processor.
 */
#ifndef APUS_FASTSCAN_H
#define APUS_FASTSCAN_H

#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

enum { APUS_FASTSCAN_ROWS = 32, APUS_FASTSCAN_GROUP_CODES = 4, APUS_FASTSCAN_GROUP_BYTES = 64 };

/* Blocks of one list and the tables of one query. */
typedef struct {
    const uint8_t *tables; /* groups * 64 bytes */
    const uint8_t *blocks;
    size_t stride;         /* bytes from one block to the next */
    size_t groups;
    uint32_t bias_factor;  /* at most 65535; 0 reads no bias */
} apus_fastscan;

/* One per instruction set, like apus_kernels. */
typedef struct {
    const char *name;
    /* Writes the sums of 32 rows a block. */
    void (*_Nonnull sums)(const apus_fastscan *scan, size_t blocks, uint16_t *sums);
    /* Writes the rows whose sum is at most `threshold`, ascending and counted from 0, and their sums; both have room
     * for 32 rows a block. Returns how many. A block without such a row costs no store. */
    size_t (*_Nonnull within)(const apus_fastscan *scan, size_t blocks, uint16_t threshold, uint32_t *rows,
                              uint16_t *sums);
} apus_fastscan_kernels;

/* The table for the instruction set of that name; the plain one if there is none. */
const apus_fastscan_kernels *apus_fastscan_kernels_named(const char *name);

#pragma clang assume_nonnull end

#endif
