/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "http/endpoints.h"
#include "http/process.h"
#include "scrapes.h"

struct gauge {
    const char *name, *labels, *help; /* rows of one name stand together */
    double value;
};

static const char *type_of(const char *name)
{
    static const char total[] = "_total";
    size_t n = strlen(name);
    return n >= sizeof total && strcmp(name + n - (sizeof total - 1), total) == 0 ? "counter" : "gauge";
}

static void render(const struct gauge *gauges, unsigned n, FILE *out)
{
    for (unsigned i = 0; i < n; i++) {
        const struct gauge *g = &gauges[i];
        if (i == 0 || strcmp(g->name, gauges[i - 1].name) != 0)
            fprintf(out, "# HELP %s %s\n# TYPE %s %s\n", g->name, g->help, g->name, type_of(g->name));
        fprintf(out, "%s%s %.15g\n", g->name, g->labels, g->value);
    }
}

static void render_gauges(struct og_site *site, FILE *out)
{
    struct og_engine_gauges e = og_engine_gauges(site->engine);
    struct og_process p = og_process_now();
    char build[128], reader[64];
    snprintf(build, sizeof build, "{version=\"%s\"}", site->version);
    snprintf(reader, sizeof reader, "{kind=\"%s\"}", og_reader_kind_name(e.reader));
    const char *depth = "Tasks that wait in a queue of the engine";
    const struct gauge gauges[] = {
        {"origami_build_info", build, "Which build this is", 1},
        {"origami_reader_info", reader, "How slides are read", 1},
        {"origami_slides", "", "Slides in the catalogue", (double)e.slides},
        {"origami_workers", "", "Threads that decode, rebuild and encode", (double)e.workers},
        {"origami_workers_stuck", "", "Workers that spend more than ten seconds on one step", (double)e.workers_stuck},
        {"origami_jobs_in_flight", "", "Tile requests under work or waiting for it", (double)e.jobs_in_flight},
        {"origami_queue_depth", "{queue=\"decode\"}", depth, (double)e.decode_queue},
        {"origami_queue_depth", "{queue=\"residual\"}", depth, (double)e.residual_queue},
        {"origami_queue_depth", "{queue=\"encode\"}", depth, (double)e.encode_queue},
        {"origami_cache_entries", "", "Tiles in the cache", (double)e.cache_entries},
        {"origami_cache_bytes", "", "Memory that the cache spends", (double)e.cache_bytes},
        {"origami_cache_capacity_bytes", "", "Memory that the cache may spend", (double)e.cache_capacity_bytes},
        {"origami_memory_bound_bytes", "", "The most resident memory that the process may come to use",
         (double)(site->memory_bound + e.slides * site->memory_bound_slide)},
        {"process_start_time_seconds", "", "Start of the process since the Unix epoch", p.start_time_seconds},
        {"process_cpu_seconds_total", "", "Processor time of all threads", p.cpu_seconds},
        {"process_threads", "", "Threads of the process", (double)p.threads},
        {"process_virtual_memory_bytes", "", "Address space", (double)p.virtual_bytes},
        {"process_resident_memory_bytes", "", "Resident memory", (double)p.resident_bytes},
        {"process_open_fds", "", "Open file descriptors", (double)p.open_fds},
        {"process_max_fds", "", "Limit of open file descriptors", (double)p.max_fds},
    };
    render(gauges, sizeof gauges / sizeof gauges[0], out);
}

static void render_all(void *context, FILE *out)
{
    struct og_site *site = context;
    og_metrics_render(site->metrics, out);
    render_gauges(site, out);
}

struct og_reply og_answer_metrics(const struct og_request *request)
{
    enum og_route_kind kind = request->route->kind;
    struct og_buf *buf = og_scrapes_find(request->site->scrapes, render_all, request->site);
    if (!buf)
        return og_reply_status(kind, OG_BUSY);
    return og_reply_buf(kind, "text/plain; version=0.0.4; charset=utf-8", buf, (struct og_validators){0});
}
