/* SPDX-License-Identifier: MIT */
#include "support/served.h"

#include <fcntl.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <turbojpeg.h>

static void must(enum og_status status, const struct og_error *err)
{
    if (status == OG_OK)
        return;
    fprintf(stderr, "%s\n", err->text);
    abort();
}

void served_open(struct served *s, const char *folder, struct og_engine_options options)
{
    struct og_error err = {0};
    s->log_fd = open("/dev/null", O_WRONLY | O_CLOEXEC);
    s->log = og_log_new(s->log_fd, OG_LOG_DEBUG);
    s->metrics = og_metrics_new();
    s->block = og_metrics_take(s->metrics);
    must(og_library_open(folder, s->log, s->metrics, &s->library, &err), &err);
    must(og_engine_new(&options, s->library, s->log, s->metrics, &s->engine, &err), &err);
}

void served_close(struct served *s)
{
    og_engine_destroy(&s->engine);
    og_library_close(&s->library);
    og_metrics_destroy(&s->metrics);
    og_log_destroy(&s->log);
    close(s->log_fd);
}

struct asked {
    struct og_waiter waiter; /* first: done gets its address */
    sem_t answered;
    enum og_status status;
    struct og_buf *buf;
};

static void done(struct og_waiter *waiter, enum og_status status, struct og_buf *buf)
{
    struct asked *asked = (struct asked *)waiter;
    asked->status = status;
    asked->buf = buf;
    sem_post(&asked->answered);
}

enum og_status served_ask(struct served *s, struct og_metrics_block *block, const char *id, uint32_t level, uint32_t x,
                          uint32_t y, struct og_buf **out)
{
    struct og_tile_name name;
    *out = NULL;
    enum og_status status = og_engine_name(s->engine, id, strlen(id), level, x, y, &name, block);
    if (status != OG_OK)
        return status;
    *out = og_engine_find(s->engine, &name, block);
    if (!*out) {
        struct asked asked = {.waiter.done = done};
        sem_init(&asked.answered, 0, 0);
        og_engine_submit(s->engine, &name, &asked.waiter, block);
        while (sem_wait(&asked.answered) != 0)
            continue;
        sem_destroy(&asked.answered);
        status = asked.status;
        *out = asked.buf;
    }
    og_tile_name_release(&name);
    return status;
}

bool jpeg_pixels(const struct og_buf *buf, int components, uint8_t **pixels, int *width, int *height)
{
    tjhandle handle = tjInitDecompress();
    int subsampling, colourspace;
    bool good = tjDecompressHeader3(handle, buf->data, buf->size, width, height, &subsampling, &colourspace) == 0;
    *pixels = good ? malloc((size_t)*width * *height * components) : NULL;
    good = good && tjDecompress2(handle, buf->data, buf->size, *pixels, *width, 0, *height,
                                 components == 1 ? TJPF_GRAY : TJPF_RGB, TJFLAG_ACCURATEDCT) == 0;
    tjDestroy(handle);
    if (!good) {
        free(*pixels);
        *pixels = NULL;
    }
    return good;
}
