/* SPDX-License-Identifier: MIT */
#include "daemon/service.h"

#include <stdio.h>
#include <stdlib.h>

#include "daemon/notify.h"
#include "engine/engine.h"
#include "engine/library.h"
#include "engine/watch.h"
#include "http/server.h"

#define PATIENCE_MS 10000
#define MS_PER_S    UINT64_C(1000)

struct og_service {
    const struct og_params *params; /* during start only */
    int log_fd;
    struct og_log *log;
    struct og_metrics *metrics;
    struct og_library *library;
    struct og_watch *watch;
    struct og_engine *engine;
    struct og_site site;
    struct og_server *server;
};

static enum og_status start_log(struct og_service *s, struct og_error *err)
{
    s->log = og_log_new(s->log_fd, (enum og_log_level)s->params->log_level);
    return s->log ? OG_OK : og_error_set(err, OG_NO_MEMORY, "out of memory");
}

static void stop_log(struct og_service *s)
{
    og_log_destroy(&s->log);
}

static enum og_status start_metrics(struct og_service *s, struct og_error *err)
{
    s->metrics = og_metrics_new();
    return s->metrics ? OG_OK : og_error_set(err, OG_NO_MEMORY, "out of memory");
}

static void stop_metrics(struct og_service *s)
{
    og_metrics_destroy(&s->metrics);
}

static enum og_status start_library(struct og_service *s, struct og_error *err)
{
    return og_library_open(s->params->slides, s->log, s->metrics, &s->library, err);
}

static void stop_library(struct og_service *s)
{
    og_library_close(&s->library);
}

static enum og_status start_watch(struct og_service *s, struct og_error *err)
{
    struct og_watch_options options = {.rescan_s = s->params->rescan};
    return og_watch_start(&options, s->library, s->log, &s->watch, err);
}

static void stop_watch(struct og_service *s)
{
    og_watch_stop(&s->watch);
}

static struct og_engine_options engine_options(const struct og_params *params)
{
    return (struct og_engine_options){.workers = (unsigned)params->workers,
                                      .cache_bytes = params->cache_bytes,
                                      .huge_pages = params->huge_pages,
                                      .threads = {.stack_bytes = params->stack_bytes, .pinned = params->pin},
                                      .quality = (int)params->quality,
                                      .reader = (enum og_reader_kind)params->reader};
}

static struct og_server_options server_options(const struct og_params *params, struct og_address address)
{
    struct og_server_options options = og_server_defaults(address, (unsigned)params->http_threads);
    options.stack_bytes = params->stack_bytes;
    options.connections = (unsigned)params->connections;
    options.idle_ms = params->idle_seconds * MS_PER_S;
    options.answer_ms = params->answer_seconds * MS_PER_S;
    options.deadline_ms = params->deadline_seconds * MS_PER_S;
    return options;
}

struct og_memory_bound og_service_memory(const struct og_params *params)
{
    struct og_engine_options engine = engine_options(params);
    struct og_server_options server = server_options(params, (struct og_address){0});
    return og_memory_bound(&engine, &server);
}

static enum og_status start_engine(struct og_service *s, struct og_error *err)
{
    struct og_engine_options options = engine_options(s->params);
    return og_engine_new(&options, s->library, s->log, s->metrics, &s->engine, err);
}

static void stop_engine(struct og_service *s)
{
    og_engine_destroy(&s->engine);
}

static enum og_status start_site(struct og_service *s, struct og_error *err)
{
    struct og_memory_bound memory = og_service_memory(s->params);
    struct og_site_options options = {.engine = s->engine,
                                      .metrics = s->metrics,
                                      .version = OG_VERSION,
                                      .base_path = s->params->base_path,
                                      .cache_max_age = s->params->cache_max_age,
                                      .cache_private = s->params->cache_private,
                                      .forwarded = s->params->forwarded,
                                      .memory_bound = memory.fixed,
                                      .memory_bound_slide = memory.each_slide};
    return og_site_open(&options, &s->site, err);
}

static void stop_site(struct og_service *s)
{
    og_site_close(&s->site);
}

static enum og_status start_server(struct og_service *s, struct og_error *err)
{
    struct og_address address;
    enum og_status status = og_address_parse(s->params->listen, &address, err);
    if (status != OG_OK)
        return status;
    struct og_server_options options = server_options(s->params, address);
    return og_server_start(&options, &s->site, s->log, &s->server, err);
}

static void stop_server(struct og_service *s)
{
    og_server_stop(&s->server, PATIENCE_MS);
}

static enum og_status announce(struct og_service *s, struct og_error *err)
{
    (void)err;
    char text[OG_ADDRESS_TEXT];
    struct og_address address = og_service_address(s);
    og_address_print(&address, text);
    unsigned long long slides = og_engine_gauges(s->engine).slides;
    og_log_write(s->log, OG_LOG_INFO, "daemon", "listening on http://%s%s/ (%llu slide%s)", text, s->site.base, slides,
                 slides == 1 ? "" : "s");
    og_log_write(s->log, OG_LOG_INFO, "daemon", "memory: at most %llu bytes and %llu for each slide",
                 (unsigned long long)s->site.memory_bound, (unsigned long long)s->site.memory_bound_slide);
    og_notify("READY=1");
    return OG_OK;
}

static void take_leave(struct og_service *s)
{
    og_notify("STOPPING=1");
    og_log_write(s->log, OG_LOG_INFO, "daemon", "stopping");
}

static const struct {
    const char *name, *why_here;
    enum og_status (*start)(struct og_service *s, struct og_error *err);
    void (*stop)(struct og_service *s);
} steps[] = {
    {"log", "all that follow speak to it", start_log, stop_log},
    {"metrics", "all that follow count", start_metrics, stop_metrics},
    {"slides", "the engine borrows them", start_library, stop_library},
    {"watch", "keeps the slides up to date, and is over before they go", start_watch, stop_watch},
    {"engine", "the server asks it; the server's stop drains it", start_engine, stop_engine},
    {"site", "what the server answers from", start_site, stop_site},
    {"server", "only who can answer may listen", start_server, stop_server},
    {"ready", "everybody may come now, and is told first when we go", announce, take_leave},
};
#define STEPS (sizeof steps / sizeof steps[0])

static void stop_from(struct og_service *s, size_t started)
{
    while (started > 0)
        steps[--started].stop(s);
    free(s);
}

enum og_status og_service_start(const struct og_params *params, int log_fd, struct og_service **out,
                                struct og_error *err)
{
    struct og_service *s = calloc(1, sizeof *s);
    if (!s)
        return og_error_set(err, OG_NO_MEMORY, "out of memory");
    s->params = params;
    s->log_fd = log_fd;
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

void og_service_rescan(struct og_service *service)
{
    og_watch_ask(service->watch);
}

void og_service_stop(struct og_service **service)
{
    if (*service)
        stop_from(*service, STEPS);
    *service = NULL;
}
