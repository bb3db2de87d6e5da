/* SPDX-License-Identifier: MIT */
/*
 * How long a person waits for one cold tile: time to the first byte of an L0 tile, asked of an idle daemon on a
 * connection that is kept open, against the bare codec work of that tile's own chain in one thread. Each family is
 * asked for one tile, and its chain is timed right after, so that the machine's moods meet both alike. Two more figures
 * say where the rest goes: the same tile again, from the cache, and the same tile from an engine in this process.
 */
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon.h"
#include "desk.h"
#include "random.h"
#include "report.h"
#include "slides.h"

enum { QUALITY = 90, SIDE = 12288, QUICK_SIDE = 2048, ROUNDS = 3, METRICS_BYTES = 1 << 17 };

enum measure { FIRST_BYTE, CHAIN, RATIO, CACHED, ENGINE, MEASURES };

static const char *const names[MEASURES] = {"time to the first byte", "bare codec calls of its chain, one thread",
                                            "first byte / chain", "the same tile again, from the cache",
                                            "the same tile from an engine without HTTP"};

struct sample {
    double *of[MEASURES];
    size_t count;
};

struct served {
    struct desk desk;
    int connection; /* to the daemon */
    struct og_engine *engine;
    struct og_metrics_block *block;
};

struct wait {
    struct og_waiter waiter; /* first: done finds the wait by it */
    _Atomic uint64_t done_ns;
};

static void await_idle(int connection)
{
    char text[METRICS_BYTES];
    do {
        usleep(5000);
        daemon_get(connection, "/metrics", text, sizeof text);
    } while (!strstr(text, "\norigami_jobs_in_flight 0\n"));
}

static double chain_time(struct desk *desk, uint32_t x, uint32_t y, unsigned slot)
{
    desk_put(desk, x, y);
    double before = wall_clock();
    floor_chain(desk->floor, &desk->stored, slot, desk->family);
    return wall_clock() - before;
}

static void on_done(struct og_waiter *waiter, enum og_status status, struct og_buf *buf)
{
    (void)status;
    og_buf_unref(&buf);
    atomic_store_explicit(&((struct wait *)waiter)->done_ns, og_clock_monotonic_ns(), memory_order_release);
}

static double engine_time(struct served *served, const struct og_tile_name *name)
{
    struct wait wait = {.waiter = {.done = on_done}};
    uint64_t asked = og_clock_monotonic_ns(), done;
    og_engine_submit(served->engine, name, &wait.waiter, served->block);
    while (!(done = atomic_load_explicit(&wait.done_ns, memory_order_acquire)))
        usleep(100);
    while (og_engine_gauges(served->engine).jobs_in_flight)
        usleep(1000);
    return (double)(done - asked) / 1e9;
}

static void sample_family(struct sample *sample, struct served *served, uint32_t x, uint32_t y, unsigned slot)
{
    char path[256];
    struct og_place place = og_slot_place(slot);
    const struct og_slide_facts *facts = og_slide_facts(served->desk.slide);
    struct og_tile_name name;
    x = 4 * x + place.dx;
    y = 4 * y + place.dy;
    snprintf(path, sizeof path, "/tiles/%s/%u/%u_%u.jpg", facts->id, facts->pyramid.top, x, y);
    if (og_engine_name(served->engine, facts->id, strlen(facts->id), facts->pyramid.top, x, y, &name, served->block) !=
        OG_OK)
        exit(1);
    double first = daemon_get(served->connection, path, NULL, 0);
    await_idle(served->connection);
    double chain = chain_time(&served->desk, x / 4, y / 4, slot);
    double cached = daemon_get(served->connection, path, NULL, 0);
    double engine = engine_time(served, &name);
    og_tile_name_release(&name);
    sample->of[FIRST_BYTE][sample->count] = 1e3 * first;
    sample->of[CHAIN][sample->count] = 1e3 * chain;
    sample->of[CACHED][sample->count] = 1e3 * cached;
    sample->of[ENGINE][sample->count] = 1e3 * engine;
    sample->of[RATIO][sample->count++] = first / chain;
}

/* One fresh daemon, every family once. */
static void sample_all(struct sample *sample, struct slides *slides, uint64_t seed)
{
    struct served served = {.block = slides->block};
    struct daemon daemon = daemon_start(ORIGAMID, slides->folder, "--cache 64M", NULL);
    served.connection = daemon_connect(&daemon);
    served.engine = slides_serve(slides, (struct og_engine_options){.cache_bytes = 64u << 20, .quality = QUALITY});
    desk_open(&served.desk, slides->catalogue, "slide", QUALITY);
    await_idle(served.connection);
    sample->count = 0;
    for (uint32_t y = 0; y < served.desk.grid.height; y++)
        for (uint32_t x = 0; x < served.desk.grid.width; x++)
            sample_family(sample, &served, x, y, OG_SLOT_L0 + random_below(&seed, OG_FAMILY_SLOTS - OG_SLOT_L0));
    desk_close(&served.desk);
    og_engine_destroy(&served.engine);
    close(served.connection);
    daemon_stop(&daemon, NULL, 0);
}

int main(int argc, char **argv)
{
    struct report report = report_open("first-byte", argc, argv);
    struct slides slides;
    int rounds = report_rounds(&report, ROUNDS);
    uint32_t side = report.quick ? QUICK_SIDE : SIDE;
    size_t families = (size_t)(side / 1024) * (side / 1024);
    double of_rounds[MEASURES][ROUNDS];
    struct sample sample = {0};
    for (int m = 0; m < MEASURES; m++)
        sample.of[m] = calloc(families, sizeof(double));
    slides_open(&slides);
    slides_add(&slides, "slide", side, 0);
    slides_scan(&slides);
    for (int round = 0; round < rounds; round++) {
        sample_all(&sample, &slides, (uint64_t)round);
        for (int m = 0; m < MEASURES; m++)
            of_rounds[m][round] = report_median(sample.of[m], families);
        of_rounds[RATIO][round] = of_rounds[FIRST_BYTE][round] / of_rounds[CHAIN][round];
    }
    report_title(&report, "one cold L0 tile on an idle daemon, medians of the rounds");
    for (int m = 0; m < MEASURES; m++)
        report_figure(&report, names[m], m == RATIO ? "" : "ms", of_rounds[m], (size_t)rounds);
    report_title(&report, "the last round, over its families");
    for (int m = 0; m < MEASURES; m++) {
        report_figure(&report, names[m], m == RATIO ? "" : "ms", sample.of[m], families);
        free(sample.of[m]);
    }
    slides_close(&slides);
    return 0;
}
