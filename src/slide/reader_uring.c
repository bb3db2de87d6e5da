/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <liburing.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "reader_way.h"

enum { ENTRIES = 8, TRIAL, READ, HINT };

#define READ_MOST ((size_t)1 << 30)

struct uring {
    struct io_uring ring;
    bool given_up;
};

/* The result of the operation that was prepared last, of which `kind` is the only one under way; false: not taken. */
static bool run(struct io_uring *ring, uint64_t kind, int *result)
{
    int taken;
    do
        taken = io_uring_submit_and_wait(ring, 1);
    while (taken == -EINTR);
    if (taken != 1)
        return false;
    for (bool done = false; !done;) {
        struct io_uring_cqe *cqe;
        if (io_uring_wait_cqe(ring, &cqe) != 0)
            continue;
        done = cqe->user_data == kind;
        *result = cqe->res;
        io_uring_cqe_seen(ring, cqe);
    }
    return true;
}

static enum og_status refuse(int error, struct og_error *err)
{
    if (error == EPERM || error == EACCES)
        return og_error_set(err, OG_UNSUPPORTED,
                            "io_uring is forbidden here, by kernel.io_uring_disabled or by a container's or a "
                            "service's filter of system calls");
    if (error == ENOSYS)
        return og_error_set(err, OG_UNSUPPORTED, "this kernel has no io_uring, or a filter of system calls hides it");
    return og_error_set(err, OG_UNSUPPORTED, "io_uring does not start: %s", strerrordesc_np(error));
}

static enum og_status try_out(struct io_uring *ring, struct og_error *err)
{
    struct io_uring_probe *probe = io_uring_get_probe_ring(ring);
    bool able = probe && io_uring_opcode_supported(probe, IORING_OP_READ) &&
                io_uring_opcode_supported(probe, IORING_OP_FADVISE);
    io_uring_free_probe(probe);
    if (!able)
        return og_error_set(err, OG_UNSUPPORTED, "this kernel's io_uring is older than Linux 5.6");
    int result;
    struct io_uring_sqe *sqe = io_uring_get_sqe(ring);
    io_uring_prep_nop(sqe);
    io_uring_sqe_set_data64(sqe, TRIAL);
    return run(ring, TRIAL, &result) && result == 0 ? OG_OK : refuse(EPERM, err);
}

static enum og_status start(void **state, struct og_error *err)
{
    struct uring *u = calloc(1, sizeof *u);
    if (!u)
        return og_error_set(err, OG_NO_MEMORY, "out of memory for a reader");
    int made = io_uring_queue_init(ENTRIES, &u->ring, 0);
    enum og_status status = made < 0 ? refuse(-made, err) : try_out(&u->ring, err);
    if (status != OG_OK && made == 0)
        io_uring_queue_exit(&u->ring);
    if (status != OG_OK)
        free(u);
    else
        *state = u;
    return status;
}

static void give_up(struct uring *u)
{
    io_uring_queue_exit(&u->ring);
    u->given_up = true;
}

static enum og_status read_range(void *state, struct og_file *file, uint64_t offset, void *to, size_t size,
                                 struct og_error *err)
{
    struct uring *u = state;
    uint8_t *at = to;
    for (size_t done = 0; done < size;) {
        if (u->given_up)
            return og_file_read(file, offset, to, size, err);
        size_t rest = size - done;
        struct io_uring_sqe *sqe = io_uring_get_sqe(&u->ring);
        io_uring_prep_read(sqe, file->fd, at + done, (unsigned)(rest < READ_MOST ? rest : READ_MOST), offset + done);
        io_uring_sqe_set_data64(sqe, READ);
        int n = 0;
        if (!run(&u->ring, READ, &n) || n == -EAGAIN) /* not now, and nobody says when */
            give_up(u);
        else if (n > 0)
            done += (size_t)n;
        else if (n == 0 || n != -EINTR)
            return og_file_fail(offset, size, -n, err);
    }
    return OG_OK;
}

static void forget_old_hints(struct io_uring *ring)
{
    struct io_uring_cqe *cqe;
    while (io_uring_peek_cqe(ring, &cqe) == 0)
        io_uring_cqe_seen(ring, cqe);
}

static void ahead(void *state, struct og_file *file, uint64_t offset, size_t size)
{
    struct uring *u = state;
    if (u->given_up) {
        og_file_ahead(file, offset, size);
        return;
    }
    forget_old_hints(&u->ring);
    struct io_uring_sqe *sqe = io_uring_get_sqe(&u->ring);
    io_uring_prep_fadvise(sqe, file->fd, offset, (off_t)size, POSIX_FADV_WILLNEED);
    io_uring_sqe_set_data64(sqe, HINT);
    if (io_uring_submit(&u->ring) != 1)
        give_up(u);
}

static void stop(void *state)
{
    struct uring *u = state;
    if (!u->given_up)
        io_uring_queue_exit(&u->ring);
    free(u);
}

const struct og_reader_way og_reader_uring = {.start = start, .read = read_range, .ahead = ahead, .stop = stop};
