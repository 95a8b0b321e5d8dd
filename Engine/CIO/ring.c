#if defined(__linux__)
#define _GNU_SOURCE
#endif
#include "CIO.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#if defined(__linux__)
#include <linux/io_uring.h>
#include <sys/mman.h>
#include <sys/syscall.h>

/* The two queues lie in memory that the kernel shares: the submission queue, whose tail we move and whose head the
 * kernel moves, and the completion queue, the other way round. */
struct apus_ring {
    int descriptor;
    unsigned noted;
    void *submissions, *completions;
    size_t submission_bytes, completion_bytes, entry_bytes;
    unsigned *submission_tail, *submission_mask, *submission_slots;
    unsigned *completion_head, *completion_tail, *completion_mask;
    struct io_uring_sqe *entries;
    struct io_uring_cqe *ended;
};

static void *map_queue(int descriptor, size_t bytes, off_t which) {
    void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, descriptor, which);
    return memory == MAP_FAILED ? NULL : memory;
}

static int map_queues(apus_ring *ring, const struct io_uring_params *parameters) {
    ring->submission_bytes = parameters->sq_off.array + parameters->sq_entries * sizeof(unsigned);
    ring->completion_bytes = parameters->cq_off.cqes + parameters->cq_entries * sizeof(struct io_uring_cqe);
    ring->entry_bytes = parameters->sq_entries * sizeof(struct io_uring_sqe);
    ring->submissions = map_queue(ring->descriptor, ring->submission_bytes, IORING_OFF_SQ_RING);
    ring->completions = map_queue(ring->descriptor, ring->completion_bytes, IORING_OFF_CQ_RING);
    ring->entries = map_queue(ring->descriptor, ring->entry_bytes, IORING_OFF_SQES);
    return ring->submissions && ring->completions && ring->entries;
}

static void find_fields(apus_ring *ring, const struct io_uring_params *parameters) {
    char *submissions = ring->submissions, *completions = ring->completions;
    ring->submission_tail = (unsigned *)(submissions + parameters->sq_off.tail);
    ring->submission_mask = (unsigned *)(submissions + parameters->sq_off.ring_mask);
    ring->submission_slots = (unsigned *)(submissions + parameters->sq_off.array);
    ring->completion_head = (unsigned *)(completions + parameters->cq_off.head);
    ring->completion_tail = (unsigned *)(completions + parameters->cq_off.tail);
    ring->completion_mask = (unsigned *)(completions + parameters->cq_off.ring_mask);
    ring->ended = (struct io_uring_cqe *)(completions + parameters->cq_off.cqes);
}

apus_ring *apus_ring_open(unsigned entries, int *error) {
    struct io_uring_params parameters;
    memset(&parameters, 0, sizeof parameters);
    apus_ring *ring = calloc(1, sizeof *ring);
    if (!ring) {
        *error = ENOMEM;
        return NULL;
    }
    ring->descriptor = (int)syscall(__NR_io_uring_setup, entries, &parameters);
    if (ring->descriptor < 0 || !map_queues(ring, &parameters)) {
        *error = errno;
        apus_ring_close(ring);
        return NULL;
    }
    find_fields(ring, &parameters);
    return ring;
}

void apus_ring_close(apus_ring *ring) {
    if (ring->submissions) munmap(ring->submissions, ring->submission_bytes);
    if (ring->completions) munmap(ring->completions, ring->completion_bytes);
    if (ring->entries) munmap(ring->entries, ring->entry_bytes);
    if (ring->descriptor >= 0) close(ring->descriptor);
    free(ring);
}

void apus_ring_read(apus_ring *ring, int file, void *buffer, uint32_t count, uint64_t offset, uint64_t tag) {
    unsigned tail = *ring->submission_tail, slot = tail & *ring->submission_mask;
    struct io_uring_sqe *entry = &ring->entries[slot];
    memset(entry, 0, sizeof *entry);
    entry->opcode = IORING_OP_READ;
    entry->fd = file;
    entry->addr = (uint64_t)(uintptr_t)buffer;
    entry->len = count;
    entry->off = offset;
    entry->user_data = tag;
    ring->submission_slots[slot] = slot;
    __atomic_store_n(ring->submission_tail, tail + 1, __ATOMIC_RELEASE);
    ring->noted++;
}

static unsigned ended_count(const apus_ring *ring) {
    return __atomic_load_n(ring->completion_tail, __ATOMIC_ACQUIRE) - *ring->completion_head;
}

int apus_ring_submit(apus_ring *ring, unsigned ended) {
    while (ring->noted > 0 || ended_count(ring) < ended) {
        long taken = syscall(__NR_io_uring_enter, ring->descriptor, ring->noted, ended, IORING_ENTER_GETEVENTS,
                             NULL, 0);
        if (taken < 0) return errno;
        ring->noted -= (unsigned)taken;
    }
    return 0;
}

int apus_ring_next(apus_ring *ring, uint64_t *tag, int32_t *result) {
    if (ended_count(ring) == 0) return 0;
    unsigned head = *ring->completion_head;
    const struct io_uring_cqe *entry = &ring->ended[head & *ring->completion_mask];
    *tag = entry->user_data;
    *result = entry->res;
    __atomic_store_n(ring->completion_head, head + 1, __ATOMIC_RELEASE);
    return 1;
}

int apus_open_direct(int file) {
    char path[32];
    snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    return open(path, O_RDONLY | O_DIRECT | O_CLOEXEC);
}
#else
apus_ring *apus_ring_open(unsigned entries, int *error) {
    (void)entries;
    *error = ENOSYS;
    return NULL;
}

void apus_ring_close(apus_ring *ring) { (void)ring; }

void apus_ring_read(apus_ring *ring, int file, void *buffer, uint32_t count, uint64_t offset, uint64_t tag) {
    (void)ring, (void)file, (void)buffer, (void)count, (void)offset, (void)tag;
}

int apus_ring_submit(apus_ring *ring, unsigned ended) {
    (void)ring, (void)ended;
    return ENOSYS;
}

int apus_ring_next(apus_ring *ring, uint64_t *tag, int32_t *result) {
    (void)ring, (void)tag, (void)result;
    return 0;
}

int apus_open_direct(int file) {
    (void)file;
    return -1;
}
#endif
