/* SPDX-License-Identifier: MIT */
/*
 * How long a person waits for one cold tile: time to the first byte of an L0 tile, asked of an idle daemon on a
 * connection that is kept open, against the bare codec work of that tile's own chain in one thread. Each family is
 * asked for one tile, and its chain is timed right after, so that the machine's moods meet both alike.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon.h"
#include "desk.h"
#include "report.h"
#include "slides.h"
#include "stream.h"

enum { QUALITY = 90, SIDE = 12288, QUICK_SIDE = 2048, ROUNDS = 3, METRICS_BYTES = 1 << 17 };

struct sample {
    double *daemon_ms, *chain_ms, *ratio;
    size_t count;
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

static void sample_family(struct sample *sample, struct desk *desk, int connection, uint32_t x, uint32_t y,
                          unsigned slot)
{
    char path[64];
    struct og_place place = og_slot_place(slot);
    const struct og_slide_facts *facts = og_slide_facts(desk->slide);
    snprintf(path, sizeof path, "/tiles/%s/%u/%u_%u.jpg", facts->id, facts->pyramid.top, 4 * x + place.dx,
             4 * y + place.dy);
    double daemon_ms = 1e3 * daemon_get(connection, path, NULL, 0);
    await_idle(connection);
    double chain_ms = 1e3 * chain_time(desk, x, y, slot);
    sample->daemon_ms[sample->count] = daemon_ms;
    sample->chain_ms[sample->count] = chain_ms;
    sample->ratio[sample->count++] = daemon_ms / chain_ms;
}

/* One fresh daemon, every family once. */
static void sample_all(struct sample *sample, struct slides *slides, uint64_t seed)
{
    struct desk desk;
    struct daemon daemon = daemon_start(ORIGAMID, slides->folder, "--cache 64M", NULL);
    int connection = daemon_connect(&daemon);
    desk_open(&desk, slides->catalogue, "slide", QUALITY);
    await_idle(connection);
    sample->count = 0;
    for (uint32_t y = 0; y < desk.grid.height; y++)
        for (uint32_t x = 0; x < desk.grid.width; x++)
            sample_family(sample, &desk, connection, x, y,
                          OG_SLOT_L0 + random_below(&seed, OG_FAMILY_SLOTS - OG_SLOT_L0));
    desk_close(&desk);
    close(connection);
    daemon_stop(&daemon, NULL, 0);
}

int main(int argc, char **argv)
{
    struct report report = report_open("first-byte", argc, argv);
    struct slides slides;
    uint32_t side = report.quick ? QUICK_SIDE : SIDE;
    size_t families = (size_t)(side / 1024) * (side / 1024);
    double daemon_ms[ROUNDS], chain_ms[ROUNDS], ratio[ROUNDS];
    struct sample sample = {calloc(families, sizeof(double)), calloc(families, sizeof(double)),
                            calloc(families, sizeof(double)), 0};
    slides_open(&slides);
    slides_add(&slides, "slide", side, 0);
    slides_scan(&slides);
    for (uint64_t round = 0; round < ROUNDS; round++) {
        sample_all(&sample, &slides, round);
        ratio[round] = report_median(sample.daemon_ms, families) / report_median(sample.chain_ms, families);
        daemon_ms[round] = report_median(sample.daemon_ms, families);
        chain_ms[round] = report_median(sample.chain_ms, families);
    }
    report_title(&report, "one cold L0 tile on an idle daemon, medians of the rounds");
    report_figure(&report, "time to the first byte", "ms", daemon_ms, ROUNDS);
    report_figure(&report, "bare codec calls of its chain, one thread", "ms", chain_ms, ROUNDS);
    report_figure(&report, "first byte / chain", "", ratio, ROUNDS);
    report_title(&report, "the last round, over its families");
    report_figure(&report, "time to the first byte", "ms", sample.daemon_ms, families);
    report_figure(&report, "bare codec calls of its chain, one thread", "ms", sample.chain_ms, families);
    report_figure(&report, "first byte / chain, family by family", "", sample.ratio, families);
    slides_close(&slides);
    free(sample.daemon_ms);
    free(sample.chain_ms);
    free(sample.ratio);
    return 0;
}
