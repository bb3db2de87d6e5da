/* SPDX-License-Identifier: MIT */
#include "engine/watch.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/thread.h"
#include "engine/library.h"
#include "slide/notice.h"

#define PART "watch"

enum { AGAIN_MS = 1000, MS_PER_S = 1000, NS_PER_MS = 1000000 };

#define ASK   UINT64_C(1)
#define STOP  (UINT64_C(1) << 32)
#define NEVER UINT64_MAX

enum word { NOTHING, CHANGE, ASKED, STOPPED };

struct og_watch {
    struct og_watch_options options;
    struct og_library *library;
    struct og_log *log;
    int bell; /* what asks and stops is written into it */
    struct og_thread thread;
    /* the thread's own */
    struct og_notice *notice;
    bool complained;
    uint64_t rescan_at_ms, watch_at_ms;
};

static uint64_t now_ms(void)
{
    return og_clock_monotonic_ns() / NS_PER_MS;
}

static uint64_t least(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* ---- words from outside ---- */

static enum word read_bell(const struct og_watch *watch)
{
    uint64_t said = 0;
    if (read(watch->bell, &said, sizeof said) != sizeof said)
        return NOTHING;
    return said >= STOP ? STOPPED : ASKED;
}

static enum word wait_for_word(struct og_watch *watch, uint64_t until_ms)
{
    struct pollfd fds[2] = {{.fd = watch->bell, .events = POLLIN},
                            {.fd = watch->notice ? og_notice_descriptor(watch->notice) : -1, .events = POLLIN}};
    uint64_t now = now_ms(), left = until_ms > now ? until_ms - now : 0;
    if (poll(fds, 2, until_ms == NEVER ? -1 : (int)least(left, INT32_MAX)) <= 0)
        return NOTHING;
    enum word word = fds[0].revents ? read_bell(watch) : NOTHING;
    if (word == NOTHING && fds[1].revents && og_notice_take(watch->notice))
        word = CHANGE;
    return word;
}

/* Changes come in bursts: one rescan for all of them. */
static enum word settle(struct og_watch *watch)
{
    uint64_t latest = now_ms() + OG_WATCH_SETTLED_MS;
    for (;;) {
        uint64_t quiet = least(now_ms() + OG_WATCH_QUIET_MS, latest);
        enum word word = wait_for_word(watch, quiet);
        if (word == STOPPED || word == ASKED)
            return word;
        if (now_ms() >= latest || (word == NOTHING && now_ms() >= quiet))
            return CHANGE;
    }
}

/* ---- what it does ---- */

static void tell(struct og_watch *watch, enum og_status status, const char *reason)
{
    if (status == OG_OK && watch->complained)
        og_log_write(watch->log, OG_LOG_INFO, PART, "changes of the folder are noticed again");
    if (status != OG_OK && status != OG_NOT_FOUND && !watch->complained) /* the library says so of a folder */
        og_log_write(watch->log, OG_LOG_WARN, PART,
                     "changes of the folder are not noticed, only found by rescans (option rescan, SIGHUP): %s",
                     reason);
    watch->complained = status != OG_OK && (watch->complained || status != OG_NOT_FOUND);
}

/* True when the folder was not watched before. */
static bool watch_folder(struct og_watch *watch)
{
    struct og_error err = {0};
    bool fresh = false;
    if (watch->options.unnoticed)
        return false;
    enum og_status status = watch->notice ? OG_OK : og_notice_new(&watch->notice, &err);
    if (status == OG_OK)
        status = og_notice_watch(watch->notice, og_library_folder(watch->library), &fresh, &err);
    tell(watch, status, err.text);
    watch->watch_at_ms = status == OG_OK ? NEVER : now_ms() + AGAIN_MS;
    return fresh;
}

/* Watches first, so that no change falls between the list and the watch. */
static void rescan(struct og_watch *watch)
{
    watch_folder(watch);
    struct og_library_changes changes = og_library_rescan(watch->library);
    uint64_t period = watch->options.rescan_s ? watch->options.rescan_s * MS_PER_S : NEVER;
    if (changes.unsettled)
        period = least(period, AGAIN_MS);
    watch->rescan_at_ms = period == NEVER ? NEVER : now_ms() + period;
}

static void *run(void *argument)
{
    struct og_watch *watch = argument;
    for (;;) {
        enum word word = wait_for_word(watch, least(watch->rescan_at_ms, watch->watch_at_ms));
        if (word == CHANGE)
            word = settle(watch);
        if (word == STOPPED)
            return NULL;
        bool due = word != NOTHING || now_ms() >= watch->rescan_at_ms;
        if (!due && now_ms() >= watch->watch_at_ms)
            due = watch_folder(watch);
        if (due)
            rescan(watch);
        if (word == ASKED && watch->options.answer)
            watch->options.answer(watch->options.context);
    }
}

/* ---- life ---- */

static void ring(struct og_watch *watch, uint64_t word)
{
    while (write(watch->bell, &word, sizeof word) < 0 && errno == EINTR)
        continue;
}

static void end(struct og_watch *watch)
{
    og_notice_destroy(&watch->notice);
    if (watch->bell >= 0)
        close(watch->bell);
    free(watch);
}

enum og_status og_watch_start(const struct og_watch_options *options, struct og_library *library, struct og_log *log,
                              struct og_watch **out, struct og_error *err)
{
    *out = NULL;
    struct og_watch *watch = calloc(1, sizeof *watch);
    if (!watch)
        return og_error_set(err, OG_NO_MEMORY, "out of memory");
    *watch = (struct og_watch){.options = *options, .library = library, .log = log, .watch_at_ms = NEVER};
    watch->bell = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    rescan(watch); /* what changed since the library was opened */
    if (watch->bell < 0 || og_thread_start(&watch->thread, "watch", 0, run, watch) != OG_OK) {
        end(watch);
        return og_error_set(err, OG_NO_MEMORY, "no descriptor or thread to watch the folder of slides");
    }
    *out = watch;
    return OG_OK;
}

void og_watch_ask(struct og_watch *watch)
{
    ring(watch, ASK);
}

bool og_watch_stop(struct og_watch **watch, unsigned patience_ms)
{
    if (!*watch)
        return true;
    ring(*watch, STOP);
    if (!og_thread_join_within(&(*watch)->thread, patience_ms))
        return false;
    end(*watch);
    *watch = NULL;
    return true;
}
