/* SPDX-License-Identifier: MIT */
/*
 * What a cold family asks of the heap once an engine has seen its load: calls and bytes on the worker, libjpeg's own
 * pools apart; and jemalloc's own count of what that thread allocated, to check the sum by.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "report.h"
#include "slides.h"
#include "support/allocations.h"

enum { SIDE = 8192, QUICK_SIDE = 2048, WARM_ROUNDS = 12, ROUNDS = 5 };

static void answered(struct og_waiter *waiter, enum og_status status, struct og_buf *buf)
{
    (void)waiter, (void)status;
    og_buf_unref(&buf);
}

static void build(struct og_engine *engine, struct og_metrics_block *block, uint32_t families, unsigned round)
{
    for (uint32_t i = 0; i < families * families; i++) {
        struct og_waiter waiter = {.done = answered};
        struct og_tile_name name;
        unsigned level = 10;
        for (uint32_t side = families; side > 1; side /= 2)
            level++;
        if (og_engine_name(engine, "dense", 5, level, 4 * (i % families) + round % 4, 4 * (i / families), &name) !=
            OG_OK)
            exit(1);
        og_engine_submit(engine, &name, &waiter, block);
        while (og_engine_gauges(engine).jobs_in_flight)
            usleep(200);
        og_tile_name_release(&name);
    }
}

int main(int argc, char **argv)
{
    struct report report = report_open("allocations", argc, argv);
    struct slides slides;
    uint32_t side = report.quick ? QUICK_SIDE : SIDE, families = side / 1024;
    double ours[2][ROUNDS], codec[2][ROUNDS], exact[ROUNDS], all = (double)families * families;
    slides_open(&slides);
    slides_add(&slides, "dense", side, 0);
    slides_scan(&slides);
    struct og_engine *engine = slides_serve(&slides, (struct og_engine_options){.workers = 1, .cache_bytes = 6u << 20});
    for (unsigned r = 0; r < WARM_ROUNDS; r++)
        build(engine, slides.block, families, r);
    for (unsigned r = 0; r < ROUNDS; r++) {
        struct allocations others = allocations_of_others(), libjpeg = allocations_of_libjpeg();
        uint64_t counted = allocations_counted_by_jemalloc();
        build(engine, slides.block, families, r);
        ours[0][r] = (double)(allocations_of_others().calls - others.calls) / all;
        ours[1][r] = (double)(allocations_of_others().bytes - others.bytes) / all;
        codec[0][r] = (double)(allocations_of_libjpeg().calls - libjpeg.calls) / all;
        codec[1][r] = (double)(allocations_of_libjpeg().bytes - libjpeg.bytes) / all;
        exact[r] = (double)(allocations_counted_by_jemalloc() - counted) / all;
    }
    report_title(&report, "the heap, on the worker, per cold family");
    report_figure(&report, "ours, calls", "", ours[0], ROUNDS);
    report_figure(&report, "ours, bytes", "", ours[1], ROUNDS);
    report_figure(&report, "libjpeg's pools, calls", "", codec[0], ROUNDS);
    report_figure(&report, "libjpeg's pools, bytes", "", codec[1], ROUNDS);
    report_figure(&report, "jemalloc's count for the thread, bytes", "", exact, ROUNDS);
    og_engine_destroy(&engine);
    slides_close(&slides);
    return 0;
}
