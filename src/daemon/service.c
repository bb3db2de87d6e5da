/* SPDX-License-Identifier: MIT */
#include "daemon/service.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "daemon/check.h"
#include "daemon/notify.h"
#include "daemon/settings.h"
#include "daemon/signals.h"
#include "daemon/watchdog.h"
#include "engine/engine.h"
#include "engine/library.h"
#include "engine/watch.h"
#include "http/access_log.h"
#include "http/server.h"

#define LAST_LOOK_MS 1000 /* that is under way at the folder of slides */
#define LAST_WORDS_S 10   /* what may come after the drain, at most and by far */

struct og_service {
    const struct og_params *params; /* during start only */
    int log_fd;
    struct og_log *log;
    struct og_metrics *metrics;
    struct og_library *library;
    struct og_watch *watch;
    struct og_engine *engine;
    struct og_access_log *access_log;
    struct og_site site;
    struct og_server *server;
    struct og_watchdog *watchdog;
    uint64_t steps; /* the watchdog's: of the engine, when it asked last */
    unsigned ills;  /* and how often in a row the answer was bad */
    uint64_t drain_seconds;
    pthread_mutex_t farewell; /* no word to the manager after the last one */
    bool leaving;             /* under it */
};

static enum og_status start_log(struct og_service *s, struct og_error *err)
{
    s->log = og_log_new(s->log_fd, (enum og_log_level)s->params->log_level);
    if (!s->log)
        return og_error_set(err, OG_NO_MEMORY, "out of memory");
    og_log_set_format(s->log, (enum og_log_format)s->params->log_format);
    return OG_OK;
}

static bool stop_log(struct og_service *s)
{
    og_log_destroy(&s->log);
    return true;
}

static enum og_status start_metrics(struct og_service *s, struct og_error *err)
{
    s->metrics = og_metrics_new();
    return s->metrics ? OG_OK : og_error_set(err, OG_NO_MEMORY, "out of memory");
}

static bool stop_metrics(struct og_service *s)
{
    og_metrics_destroy(&s->metrics);
    return true;
}

static enum og_status start_library(struct og_service *s, struct og_error *err)
{
    return og_library_open(s->params->slides, s->log, s->metrics, &s->library, err);
}

static bool stop_library(struct og_service *s)
{
    og_library_close(&s->library);
    return true;
}

/* On the watch's thread: the folder may be slow, and signals wait for nobody. */
static void tell_reloaded(void *service)
{
    struct og_service *s = service;
    pthread_mutex_lock(&s->farewell);
    if (!s->leaving) {
        og_log_write(s->log, OG_LOG_INFO, "daemon", "reloaded");
        og_notify("READY=1");
    }
    pthread_mutex_unlock(&s->farewell);
}

static enum og_status start_watch(struct og_service *s, struct og_error *err)
{
    struct og_watch_options options = {.rescan_s = s->params->rescan, .answer = tell_reloaded, .context = s};
    return og_watch_start(&options, s->library, s->log, &s->watch, err);
}

static bool stop_watch(struct og_service *s)
{
    return og_watch_stop(&s->watch, LAST_LOOK_MS);
}

static enum og_status start_engine(struct og_service *s, struct og_error *err)
{
    struct og_engine_options options = og_settings_engine(s->params);
    return og_engine_new(&options, s->library, s->log, s->metrics, &s->engine, err);
}

static bool stop_engine(struct og_service *s)
{
    if (og_engine_gauges(s->engine).jobs_in_flight > 0) /* the server's stop gave them their time */
        return false;
    og_engine_destroy(&s->engine);
    return true;
}

static enum og_status start_access_log(struct og_service *s, struct og_error *err)
{
    if (!og_settings_keep_access_log(s->params))
        return OG_OK;
    const struct og_access_options options = {.path = og_settings_access_log_file(s->params),
                                              .fd = s->log_fd,
                                              .format = (enum og_log_format)s->params->log_format,
                                              .lanes = (unsigned)s->params->http_threads};
    return og_access_log_open(&options, s->log, &s->access_log, err);
}

static bool stop_access_log(struct og_service *s)
{
    og_access_log_close(&s->access_log);
    return true;
}

static enum og_status start_site(struct og_service *s, struct og_error *err)
{
    struct og_memory_bound memory = og_settings_memory(s->params);
    struct og_site_options options = {.engine = s->engine,
                                      .metrics = s->metrics,
                                      .version = OG_VERSION,
                                      .base_path = s->params->base_path,
                                      .cache_max_age = s->params->cache_max_age,
                                      .cache_private = s->params->cache_private,
                                      .forwarded = s->params->forwarded,
                                      .memory_bound = memory.fixed,
                                      .memory_bound_slide = memory.each_slide,
                                      .log = s->log,
                                      .access_log = s->access_log,
                                      .birth = (uint32_t)time(NULL)};
    return og_site_open(&options, &s->site, err);
}

static bool stop_site(struct og_service *s)
{
    og_site_close(&s->site);
    return true;
}

static enum og_status hold_signals(struct og_service *s, struct og_error *err)
{
    (void)s, (void)err;
    og_signals_hold();
    return OG_OK;
}

static bool let_signals_kill(struct og_service *s)
{
    (void)s;
    og_signals_let_kill();
    return true;
}

static enum og_status start_server(struct og_service *s, struct og_error *err)
{
    struct og_address address;
    enum og_status status = og_address_parse(s->params->listen, &address, err);
    if (status != OG_OK)
        return status;
    struct og_server_options options = og_settings_server(s->params, address);
    return og_server_start(&options, &s->site, s->log, &s->server, err);
}

static bool stop_server(struct og_service *s)
{
    og_server_stop(&s->server, (unsigned)s->drain_seconds * 1000);
    return true;
}

/* The first bad answer may be a slow read or a job that has just begun; the log hears of the second in a row. */
static bool is_well(void *service, unsigned patience_ms)
{
    struct og_service *s = service;
    struct og_engine_gauges engine = og_engine_gauges(s->engine);
    bool works = engine.jobs_in_flight == 0 || engine.steps != s->steps || engine.hand_free;
    unsigned silent = og_server_take_pulse(s->server, patience_ms);
    s->steps = engine.steps;
    s->ills = works && silent == 0 ? 0 : s->ills + 1;
    if (s->ills == 2)
        og_log_write(s->log, OG_LOG_ERROR, "watchdog", "%u event threads do not answer, workers %s", silent,
                     works ? "are well" : "make no progress");
    return s->ills == 0;
}

/* It rests until all stands, and again when things are taken apart. */
static enum og_status start_watchdog(struct og_service *s, struct og_error *err)
{
    return og_watchdog_start(og_notify_watchdog_us(), is_well, s, &s->watchdog, err);
}

static bool stop_watchdog(struct og_service *s)
{
    og_watchdog_stop(&s->watchdog);
    return true;
}

static void warn(void *log, const char *sentence)
{
    og_log_write(log, OG_LOG_WARN, "daemon", "%s", sentence);
}

static enum og_status announce(struct og_service *s, struct og_error *err)
{
    (void)err;
    char text[OG_ADDRESS_TEXT], memory[OG_MEMORY_TEXT];
    struct og_address address = og_service_address(s);
    og_address_print(&address, text);
    unsigned long long slides = og_engine_gauges(s->engine).slides;
    og_log_write(s->log, OG_LOG_INFO, "daemon", "listening on http://%s%s/ (%llu slide%s)", text, s->site.base, slides,
                 slides == 1 ? "" : "s");
    og_memory_print(og_settings_memory(s->params), memory);
    og_log_write(s->log, OG_LOG_INFO, "daemon", "memory: %s", memory);
    og_check_machine(s->params, warn, s->log);
    og_notify("READY=1");
    og_watchdog_rest(s->watchdog, false);
    return OG_OK;
}

static bool take_leave(struct og_service *s)
{
    char state[96];
    unsigned long long us = (s->drain_seconds + LAST_WORDS_S) * 1000000;
    snprintf(state, sizeof state, "STOPPING=1\nEXTEND_TIMEOUT_USEC=%llu", us);
    pthread_mutex_lock(&s->farewell);
    s->leaving = true;
    og_notify(state);
    pthread_mutex_unlock(&s->farewell);
    og_watchdog_rest(s->watchdog, true);
    og_log_write(s->log, OG_LOG_INFO, "daemon", "stopping");
    return true;
}

static const struct {
    const char *name, *why_here;
    enum og_status (*start)(struct og_service *s, struct og_error *err);
    bool (*stop)(struct og_service *s); /* false: a thread is in there and does not come back; what it uses stays */
} steps[] = {
    {"log", "all that follow speak to it", start_log, stop_log},
    {"metrics", "all that follow count", start_metrics, stop_metrics},
    {"slides", "the engine borrows them", start_library, stop_library},
    {"watch", "keeps the slides up to date, and is over before they go", start_watch, stop_watch},
    {"engine", "the server asks it; the server's stop drains it", start_engine, stop_engine},
    {"access log", "event threads write to it until they end", start_access_log, stop_access_log},
    {"site", "what the server answers from", start_site, stop_site},
    {"watchdog", "it rests until the end of this list, and outlives the drain", start_watchdog, stop_watchdog},
    {"signals", "nothing hangs from here on, and the server's threads inherit it", hold_signals, let_signals_kill},
    {"server", "only who can answer may listen", start_server, stop_server},
    {"ready", "everybody may come now, and is told first when we go", announce, take_leave},
};
#define STEPS (sizeof steps / sizeof steps[0])

static bool stop_from(struct og_service *s, size_t started)
{
    for (; started > 0; started--)
        if (!steps[started - 1].stop(s)) {
            og_log_write(s->log, OG_LOG_ERROR, "daemon", "stopped but for a read that does not return (%s)",
                         steps[started - 1].name);
            return false;
        }
    pthread_mutex_destroy(&s->farewell);
    free(s);
    return true;
}

enum og_status og_service_start(const struct og_params *params, int log_fd, struct og_service **out,
                                struct og_error *err)
{
    struct og_service *s = calloc(1, sizeof *s);
    if (!s)
        return og_error_set(err, OG_NO_MEMORY, "out of memory");
    pthread_mutex_init(&s->farewell, NULL);
    s->params = params;
    s->log_fd = log_fd;
    s->drain_seconds = params->drain_seconds;
    for (size_t i = 0; i < STEPS; i++) {
        enum og_status status = steps[i].start(s, err);
        if (status != OG_OK) {
            stop_from(s, i);
            return og_error_prefix(err, "%s", steps[i].name);
        }
    }
    s->params = NULL;
    *out = s;
    return OG_OK;
}

struct og_address og_service_address(const struct og_service *service)
{
    return og_server_address(service->server);
}

void og_service_reload(struct og_service *service)
{
    char state[96];
    snprintf(state, sizeof state, "RELOADING=1\nMONOTONIC_USEC=%llu",
             (unsigned long long)(og_clock_monotonic_ns() / 1000));
    og_notify(state);
    if (service->access_log)
        og_access_log_reopen(service->access_log);
    og_watch_ask(service->watch);
}

bool og_service_stop(struct og_service **service)
{
    bool over = !*service || stop_from(*service, STEPS);
    *service = NULL;
    return over;
}
