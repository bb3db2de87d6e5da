/* SPDX-License-Identifier: MIT */
/*
 * What more workers give: cold tiles per second with one worker per core against one worker, beside what bare codec
 * calls reach in as many threads against one. Cores share caches, memory and clock; the bare calls say how much of
 * the loss is theirs.
 */
#include <stdatomic.h>
#include <stdlib.h>

#include "base/thread.h"
#include "desk.h"
#include "load.h"
#include "random.h"
#include "report.h"
#include "slides.h"

enum { QUALITY = 90, SIDE = 16384, QUICK_SIDE = 2048, ROUNDS = 9, PUT = 8, CACHE_BYTES = 6 << 20 };

struct hand {
    struct og_thread thread;
    struct desk desk[PUT]; /* families that are read and rebuilt already */
    uint64_t seed, chains;
    double seconds;
};

static void *call_codecs(void *argument)
{
    struct hand *hand = argument;
    double start = wall_clock(), now = start;
    for (hand->chains = 0; now < start + hand->seconds; hand->chains++) {
        struct desk *desk = &hand->desk[random_below(&hand->seed, PUT)];
        floor_chain(desk->floor, &desk->stored, OG_SLOT_L1 + random_below(&hand->seed, OG_FAMILY_SLOTS - OG_SLOT_L1),
                    desk->family);
        now = wall_clock();
    }
    hand->seconds = now - start;
    return NULL;
}

/* Chains per second of bare calls. */
static double bare(struct hand *hands, unsigned threads, double seconds)
{
    double sum = 0;
    for (unsigned i = 0; i < threads; i++) {
        hands[i].seconds = seconds;
        hands[i].seed = i;
        if (og_thread_start(&hands[i].thread, "hand", i, call_codecs, &hands[i]) != OG_OK)
            exit(1);
    }
    for (unsigned i = 0; i < threads; i++) {
        og_thread_join(&hands[i].thread);
        sum += (double)hands[i].chains / hands[i].seconds;
    }
    return sum;
}

static double engine(struct slides *slides, const struct og_pyramid *pyramid, unsigned workers, double seconds)
{
    struct og_engine *engine = slides_serve(
        slides, (struct og_engine_options){.workers = workers, .cache_bytes = CACHE_BYTES, .quality = QUALITY});
    struct stream stream;
    stream_open(&stream, STREAM_COLD, pyramid, 1);
    struct load_plan plan = {
        .stream = &stream, .slide = "slide", .in_flight = 8 * workers, .warm = seconds / 4, .seconds = seconds};
    struct load_result result = load_run(engine, slides->block, &plan);
    og_engine_destroy(&engine);
    return result.per_second;
}

static struct hand *put_families(struct slides *slides, unsigned threads)
{
    struct hand *hands = calloc(threads, sizeof *hands);
    uint64_t seed = 1;
    for (unsigned i = 0; i < threads; i++)
        for (unsigned k = 0; k < PUT; k++) {
            struct desk *desk = &hands[i].desk[k];
            desk_open(desk, slides->catalogue, "slide", QUALITY);
            desk_put(desk, random_below(&seed, desk->grid.width), random_below(&seed, desk->grid.height));
        }
    return hands;
}

int main(int argc, char **argv)
{
    struct report report = report_open("scaling", argc, argv);
    struct slides slides;
    unsigned workers = og_thread_cores();
    double seconds = report.quick ? 0.05 : 1.5;
    double alone[ROUNDS], together[ROUNDS], share[ROUNDS], bare_alone[ROUNDS], bare_together[ROUNDS],
        bare_share[ROUNDS], ratio[ROUNDS];
    slides_open(&slides);
    slides_add(&slides, "slide", report.quick ? QUICK_SIDE : SIDE, 0);
    slides_scan(&slides);
    struct hand *hands = put_families(&slides, workers);
    const struct og_pyramid *pyramid = &og_slide_facts(hands[0].desk[0].slide)->pyramid;
    for (int r = 0; r < ROUNDS; r++) {
        alone[r] = engine(&slides, pyramid, 1, seconds);
        bare_alone[r] = bare(hands, 1, seconds);
        together[r] = engine(&slides, pyramid, workers, seconds);
        bare_together[r] = bare(hands, workers, seconds);
        share[r] = together[r] / (workers * alone[r]);
        bare_share[r] = bare_together[r] / (workers * bare_alone[r]);
        ratio[r] = share[r] / bare_share[r];
    }
    report_title(&report, "cold tiles, closed loop");
    report_figure(&report, "engine, one worker", "tiles/s", alone, ROUNDS);
    report_figure(&report, "engine, a worker per core", "tiles/s", together, ROUNDS);
    report_figure(&report, "engine: W workers / (W x one)", "", share, ROUNDS);
    report_figure(&report, "bare chains, one thread", "tiles/s", bare_alone, ROUNDS);
    report_figure(&report, "bare chains, a thread per core", "tiles/s", bare_together, ROUNDS);
    report_figure(&report, "bare chains: W threads / (W x one)", "", bare_share, ROUNDS);
    report_figure(&report, "engine's share / bare chains' share", "", ratio, ROUNDS);
    for (unsigned i = 0; i < workers; i++)
        for (unsigned k = 0; k < PUT; k++)
            desk_close(&hands[i].desk[k]);
    free(hands);
    slides_close(&slides);
    return 0;
}
