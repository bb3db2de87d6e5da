/* SPDX-License-Identifier: MIT */
#include "http/access_log.h"

/*
 * Edges: A1 the producer releases `head` after it filled a record, A2 the writer acquires it before it reads one;
 *        A3 the writer releases `tail` after it read, A4 the producer acquires it before it fills the place again;
 *        A7 reopen releases `reopen`, A8 the writer acquires it before it takes what was noted until then;
 *        A5 close releases `ending` after the last note, A6 the writer acquires it and then looks once more.
 * Progress: a note is wait-free. The writer naps instead of being woken: a wake-up would be a system call per answer.
 */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdalign.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/escape.h"
#include "base/thread.h"

#define RECORDS     2048u /* of a lane: what may come while the writer naps or waits */
#define TEXT_ROOM   448   /* of a record, for all four texts */
#define LINE_ROOM   3584
#define BATCH_ROOM  4096 /* what a pipe takes in one piece */
#define NAP_NS      20000000
#define PATIENCE_MS 100

enum text { REQUEST, CLIENT, METHOD, PATH, TEXTS };
static const size_t text_max[TEXTS] = {64, 45, 16, TEXT_ROOM - 64 - 45 - 16};

struct record {
    uint64_t time_ns, duration_ns, bytes;
    const char *cache;
    uint16_t length[TEXTS];
    uint16_t code;
    char texts[TEXT_ROOM];
};

struct lane_ring {
    alignas(64) _Atomic uint32_t head; /* records that were ever noted */
    alignas(64) _Atomic uint32_t tail; /* and taken */
    alignas(64) struct record record[RECORDS];
};

static_assert(sizeof(struct lane_ring) <= OG_ACCESS_LOG_LANE_BYTES, "the formula of the memory counts on it");

struct og_access_log {
    struct og_access_options options;
    struct og_log *log;
    struct og_thread writer;
    atomic_bool reopen, ending;
    /* the writer's */
    int fd;
    bool complained, given_up; /* given up: it ends, and nobody takes what is left */
    size_t used;
    char batch[BATCH_ROOM];
    struct lane_ring ring[];
};

static void add_text(struct record *record, enum text which, const char *text, size_t *used)
{
    size_t n = strnlen(text, text_max[which]);
    memcpy(record->texts + *used, text, n);
    record->length[which] = (uint16_t)n;
    *used += n;
}

void og_access_log_note(struct og_access_log *access_log, unsigned lane, struct og_metrics_block *metrics,
                        const struct og_access *access)
{
    struct lane_ring *ring = &access_log->ring[lane];
    uint32_t head = atomic_load_explicit(&ring->head, memory_order_relaxed); /* this thread is the only writer */
    if (head - atomic_load_explicit(&ring->tail, memory_order_acquire) == RECORDS) { /* A4 pairs with A3 */
        og_count(metrics, OG_COUNT_ACCESS_LOG_DROPPED, 1);
        return;
    }
    struct record *record = &ring->record[head % RECORDS];
    struct timespec now;
    size_t used = 0;
    clock_gettime(CLOCK_REALTIME, &now);
    record->time_ns = (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
    record->duration_ns = access->duration_ns;
    record->bytes = access->bytes;
    record->cache = access->cache;
    record->code = (uint16_t)access->code;
    add_text(record, REQUEST, access->request, &used);
    add_text(record, CLIENT, access->client, &used);
    add_text(record, METHOD, access->method, &used);
    add_text(record, PATH, access->path, &used);
    atomic_store_explicit(&ring->head, head + 1, memory_order_release); /* A1 pairs with A2 */
}

static bool is_ending(struct og_access_log *access_log)
{
    return atomic_load_explicit(&access_log->ending, memory_order_acquire); /* A6 pairs with A5 */
}

static void complain(struct og_access_log *access_log)
{
    if (!access_log->complained)
        og_log_write(access_log->log, OG_LOG_WARN, "access", "lines are lost: %s", strerror(errno));
    access_log->complained = true;
}

/* At the end nobody is waited for longer than PATIENCE_MS. */
static void flush(struct og_access_log *access_log)
{
    struct pollfd ready = {.fd = access_log->fd, .events = POLLOUT};
    size_t written = 0;
    while (written < access_log->used && !access_log->given_up) {
        access_log->given_up = poll(&ready, 1, PATIENCE_MS) == 0 && is_ending(access_log);
        if (ready.revents == 0)
            continue;
        ssize_t n = write(access_log->fd, access_log->batch + written, access_log->used - written);
        if (n < 0 && errno != EINTR && errno != EAGAIN) {
            complain(access_log);
            break;
        }
        written += n > 0 ? (size_t)n : 0;
    }
    access_log->complained = access_log->complained && written < access_log->used;
    access_log->used = 0;
}

typedef size_t escape(char *out, size_t room, const char *text, size_t length);

/* `format` has a place for each escaped text, then code, bytes, seconds and cache. */
static size_t print_record(const struct record *record, enum og_log_format format, char line[LINE_ROOM])
{
    char time[OG_LOG_TIME_ROOM], text[TEXTS][TEXT_ROOM * OG_ESCAPE_GROWTH + 1];
    escape *as = format == OG_LOG_JSON ? og_escape_json : og_escape_word;
    const char *at = record->texts;
    for (unsigned i = 0; i < TEXTS; at += record->length[i++])
        as(text[i], sizeof text[i], at, record->length[i]);
    og_log_time(record->time_ns, time);
    double seconds = (double)record->duration_ns / 1e9;
    unsigned long long bytes = record->bytes;
    int n =
        format == OG_LOG_JSON
            ? snprintf(line, LINE_ROOM,
                       "{\"time\":\"%s\",\"level\":\"info\",\"part\":\"access\",\"request\":\"%s\",\"client\":\"%s\","
                       "\"method\":\"%s\",\"path\":\"%s\",\"code\":%u,\"bytes\":%llu,\"seconds\":%.6f,"
                       "\"cache\":\"%s\"}\n",
                       time, text[REQUEST], text[CLIENT], text[METHOD], text[PATH], record->code, bytes, seconds,
                       record->cache)
            : snprintf(line, LINE_ROOM,
                       "%s info access: request=%s client=%s method=%s path=%s code=%u bytes=%llu seconds=%.6f "
                       "cache=%s\n",
                       time, text[REQUEST], text[CLIENT], text[METHOD], text[PATH], record->code, bytes, seconds,
                       record->cache);
    return (size_t)n; /* all texts together are short enough, escaped too */
}
static_assert(TEXT_ROOM * OG_ESCAPE_GROWTH + 400 < LINE_ROOM && LINE_ROOM <= BATCH_ROOM, "a line fits");

static void take(struct og_access_log *access_log, struct lane_ring *ring)
{
    uint32_t tail = atomic_load_explicit(&ring->tail, memory_order_relaxed); /* this thread is the only writer */
    uint32_t head = atomic_load_explicit(&ring->head, memory_order_acquire); /* A2 pairs with A1 */
    while (tail != head) {
        if (access_log->used + LINE_ROOM > BATCH_ROOM)
            flush(access_log);
        access_log->used += print_record(&ring->record[tail % RECORDS], access_log->options.format,
                                         access_log->batch + access_log->used);
        atomic_store_explicit(&ring->tail, ++tail, memory_order_release); /* A3 pairs with A4 */
    }
}

static int open_file(const char *path)
{
    return open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY, 0640);
}

enum og_status og_access_log_check(const char *path, struct og_error *err)
{
    char folder[PATH_MAX];
    const char *slash = strrchr(path, '/');
    int fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd >= 0) {
        close(fd);
        return OG_OK;
    }
    if (errno != ENOENT)
        return og_error_set(err, OG_IO, "cannot write %s: %s", path, strerror(errno));
    snprintf(folder, sizeof folder, "%.*s", slash ? (int)(slash + 1 - path) : 1, slash ? path : ".");
    if (faccessat(AT_FDCWD, folder, W_OK | X_OK, AT_EACCESS) == 0)
        return OG_OK;
    return og_error_set(err, OG_IO, "cannot make %s: its folder: %s", path, strerror(errno));
}

static void open_again(struct og_access_log *access_log)
{
    int fd = open_file(access_log->options.path);
    if (fd < 0) {
        og_log_write(access_log->log, OG_LOG_ERROR, "access", "cannot open %s again: %s", access_log->options.path,
                     strerror(errno));
        return;
    }
    close(access_log->fd);
    access_log->fd = fd;
}

static void *write_lines(void *argument)
{
    struct og_access_log *access_log = argument;
    for (;;) {
        bool last_look = is_ending(access_log);
        bool reopen = atomic_exchange_explicit(&access_log->reopen, false, memory_order_acquire); /* A8 pairs with A7 */
        for (unsigned lane = 0; lane < access_log->options.lanes; lane++)
            take(access_log, &access_log->ring[lane]);
        flush(access_log);
        if (reopen && access_log->options.path)
            open_again(access_log);
        if (last_look)
            return NULL;
        nanosleep(&(struct timespec){.tv_nsec = NAP_NS}, NULL);
    }
}

static void release(struct og_access_log *access_log)
{
    if (access_log->options.path && access_log->fd >= 0)
        close(access_log->fd);
    free(access_log);
}

enum og_status og_access_log_open(const struct og_access_options *options, struct og_log *log,
                                  struct og_access_log **out, struct og_error *err)
{
    size_t size = sizeof(struct og_access_log) + options->lanes * sizeof(struct lane_ring);
    struct og_access_log *access_log = aligned_alloc(alignof(struct og_access_log), size);
    if (!access_log)
        return og_error_set(err, OG_NO_MEMORY, "no memory for the access log");
    memset(access_log, 0, sizeof *access_log);
    access_log->options = *options;
    access_log->log = log;
    for (unsigned lane = 0; lane < options->lanes; lane++) {
        atomic_init(&access_log->ring[lane].head, 0);
        atomic_init(&access_log->ring[lane].tail, 0);
    }
    access_log->fd = options->path ? open_file(options->path) : options->fd;
    enum og_status status = OG_OK;
    if (access_log->fd < 0)
        status = og_error_set(err, OG_IO, "cannot write %s: %s", options->path, strerror(errno));
    else if (og_thread_start(&access_log->writer, "access", 0, write_lines, access_log) != OG_OK)
        status = og_error_set(err, OG_NO_MEMORY, "the system gives no thread for the access log");
    if (status != OG_OK)
        release(access_log);
    else
        *out = access_log;
    return status;
}

void og_access_log_reopen(struct og_access_log *access_log)
{
    atomic_store_explicit(&access_log->reopen, true, memory_order_release); /* A7 pairs with A8 */
}

void og_access_log_close(struct og_access_log **owned)
{
    struct og_access_log *access_log = *owned;
    *owned = NULL;
    if (!access_log)
        return;
    atomic_store_explicit(&access_log->ending, true, memory_order_release); /* A5 pairs with A6 */
    og_thread_join(&access_log->writer);
    release(access_log);
}
