/* SPDX-License-Identifier: MIT */
#include "tool/digest.h"

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/thread.h"

enum { PIECE = 1 << 20 };

struct og_digest {
    const char *path;
    struct og_thread thread;
    atomic_bool give_up; /* relaxed: it only saves time */
    /* the thread's until it is joined */
    GChecksum *sum;
    uint64_t size;
    struct og_error error;
};

static int add_file(struct og_digest *d, int fd, uint8_t *piece)
{
    ssize_t n;
    while ((n = read(fd, piece, PIECE)) != 0) {
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return errno;
        g_checksum_update(d->sum, piece, n);
        d->size += (uint64_t)n;
        if (atomic_load_explicit(&d->give_up, memory_order_relaxed))
            return ECANCELED;
    }
    return 0;
}

static void *run(void *argument)
{
    struct og_digest *d = argument;
    uint8_t *piece = malloc(PIECE);
    int fd = open(d->path, O_RDONLY | O_CLOEXEC);
    int error = !piece ? ENOMEM : fd < 0 ? errno : add_file(d, fd, piece);
    if (error)
        og_error_set(&d->error, OG_IO, "%s: cannot read for its digest: %s", d->path, g_strerror(error));
    if (fd >= 0)
        close(fd);
    free(piece);
    return NULL;
}

static void release(struct og_digest **digest)
{
    g_checksum_free((*digest)->sum);
    free(*digest);
    *digest = NULL;
}

enum og_status og_digest_start(const char *path, struct og_digest **out, struct og_error *err)
{
    struct og_digest *d = *out = calloc(1, sizeof *d);
    if (!d)
        return og_error_set(err, OG_NO_MEMORY, "%s: out of memory", path);
    d->path = path;
    d->sum = g_checksum_new(G_CHECKSUM_SHA256);
    if (og_thread_start(&d->thread, "digest", 0, run, d) == OG_OK)
        return OG_OK;
    release(out);
    return og_error_set(err, OG_NO_MEMORY, "%s: no thread for its digest", path);
}

enum og_status og_digest_finish(struct og_digest **digest, bool give_up, char *text, size_t text_size, uint64_t *size,
                                struct og_error *err)
{
    struct og_digest *d = *digest;
    atomic_store_explicit(&d->give_up, give_up, memory_order_relaxed);
    og_thread_join(&d->thread);
    enum og_status status = give_up ? OG_OK : d->error.status;
    if (status != OG_OK) {
        *err = d->error;
    } else if (!give_up) {
        snprintf(text, text_size, "sha256:%s", g_checksum_get_string(d->sum));
        *size = d->size;
    }
    release(digest);
    return status;
}
