/* SPDX-License-Identifier: MIT */
/*
 * What a cold family asks of the heap once an engine has seen its load: calls and bytes on the worker, libjpeg's own
 * pools apart; and jemalloc's own count of what that thread allocated, to check the sum by.
 */
#include "support/allocations.h"
#include "report.h"
#include "slides.h"

enum { SIDE = 8192, QUICK_SIDE = 2048, WARM_ROUNDS = 12, ROUNDS = 5 };

static void build(struct og_engine *engine, struct slides *slides, uint32_t families, unsigned round)
{
    for (uint32_t i = 0; i < families * families; i++)
        slides_build(slides, engine, "dense", 4 * (i % families) + round % 4, 4 * (i / families));
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
        build(engine, &slides, families, r);
    for (unsigned r = 0; r < ROUNDS; r++) {
        struct allocations others = allocations_of_others(), libjpeg = allocations_of_libjpeg();
        uint64_t counted = allocations_counted_by_jemalloc();
        build(engine, &slides, families, r);
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
