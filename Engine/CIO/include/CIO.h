/* A ring of reads that the kernel works on while the caller goes on: io_uring (Axboe 2019), by its system calls.
 *
 * A ring belongs to one thread at a time. Where the kernel has no io_uring, or refuses it, opening fails.
 */
#ifndef APUS_CIO_H
#define APUS_CIO_H

#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

typedef struct apus_ring apus_ring;

/* A ring for `entries` reads at a time, at least 1 and at most 4096; NULL if the kernel refuses, with the reason
 * in `error` (an errno). */
apus_ring *_Nullable apus_ring_open(unsigned entries, int *error);

/* Gives the ring back. No read may be under way. */
void apus_ring_close(apus_ring *ring);

/* Notes a read of `count` bytes at `offset` for the next `apus_ring_submit`. At most `entries` reads may be noted or
 * under way; `buffer` stays the kernel's until the read has ended. */
void apus_ring_read(apus_ring *ring, int file, void *buffer, uint32_t count, uint64_t offset, uint64_t tag);

/* Starts what was noted and waits until `ended` reads have ended that `apus_ring_next` has not yet given. Returns 0 or
 * an errno; after EINTR call again. */
int apus_ring_submit(apus_ring *ring, unsigned ended);

/* Takes one read that has ended: its tag and the bytes read, or a negative errno. Returns 0 if there is none. */
int apus_ring_next(apus_ring *ring, uint64_t *tag, int32_t *result);

/* Opens the file behind `file` once more, for reads that pass by the page cache. Returns a descriptor, or -1 where the
 * file system has no such reads. */
int apus_open_direct(int file);

#pragma clang assume_nonnull end

#endif
