/* SPDX-License-Identifier: MIT */
/*
 * What a cold family costs: CPU time through the whole engine with one worker against the floor of bare codec calls on
 * the same bytes, side by side in one run; what each stage takes; what each kernel variant takes per sample.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "desk.h"
#include "report.h"
#include "slides.h"

/* The slide with glass is the larger one, as slides are: on a small one half of the glass lies in tiles with tissue. */
enum {
    WARM_ROUNDS = 2,
    ROUNDS = 9,
    SIDE_DENSE = 8192,
    SIDE_GLASS = 16384,
    QUICK_SIDE = 2048,
    FAMILIES = 64,
    QUALITY = 90,
    KERNEL_REPEATS = 40
};

static const struct {
    const char *words;
    enum og_timer timer;
} stages[] = {{"  read and checked", OG_TIME_READ},
              {"  decoded", OG_TIME_DECODE},
              {"  predicted and added", OG_TIME_RESIDUAL},
              {"  encoded and kept", OG_TIME_ENCODE}};

enum { STAGES = sizeof stages / sizeof stages[0] };

static double floor_cpu(struct desk *desk, uint32_t x, uint32_t y)
{
    desk_put(desk, x, y);
    double before = thread_cpu();
    floor_family(desk->floor, &desk->stored, desk->family);
    return thread_cpu() - before;
}

/* CPU of the whole process, less what this thread spends on waiting: one tile is asked for, the siblings follow. */
static double engine_cpu(struct og_engine *engine, const struct desk *desk, struct slides *slides, uint32_t x,
                         uint32_t y)
{
    double before = process_cpu();
    double watching = slides_build(slides, engine, og_slide_facts(desk->slide)->id, x, y);
    return process_cpu() - before - watching;
}

static uint64_t tiles_built(const struct slides *slides)
{
    return og_metrics_sum(slides->metrics, OG_COUNT_TILE_DEMANDED) +
           og_metrics_sum(slides->metrics, OG_COUNT_TILE_SPECULATIVE);
}

struct round {
    double floor, engine; /* milliseconds of CPU for a family */
    double stage[STAGES]; /* milliseconds on the worker's clock */
};

/*
 * One round over all families, floor and engine in turn for each, so that the machine's moods meet both alike. The
 * engine has served before and its cache holds little: memory is used again, nothing is served from the cache.
 */
static struct round measure(struct desk *desk, struct slides *slides, struct og_engine *engine, unsigned number)
{
    struct round round = {0};
    uint32_t all = desk->grid.width * desk->grid.height, families = all < FAMILIES ? all : FAMILIES,
             step = all / families | 1; /* odd: visits every column */
    uint64_t built = tiles_built(slides), spent[STAGES];
    for (int i = 0; i < STAGES; i++)
        spent[i] = og_metrics_nanoseconds(slides->metrics, stages[i].timer);
    for (uint32_t i = 0; i < families; i++) {
        uint32_t at = i * step % all, x = at % desk->grid.width, y = at / desk->grid.width;
        round.floor += 1e3 * floor_cpu(desk, x, y) / families;
        round.engine += 1e3 * engine_cpu(engine, desk, slides, 4 * x + number % 4, 4 * y) / families;
    }
    for (int i = 0; i < STAGES; i++)
        round.stage[i] = (double)(og_metrics_nanoseconds(slides->metrics, stages[i].timer) - spent[i]) / 1e6 / families;
    if (tiles_built(slides) - built != (OG_FAMILY_SLOTS - 1) * families) {
        fprintf(stderr, "bench family: a family was not built as a whole\n");
        exit(1);
    }
    return round;
}

struct kernel_figures {
    double up[OG_PREDICTORS][ROUNDS], add[OG_PREDICTORS][ROUNDS], smooth[ROUNDS], half[ROUNDS], ycc[ROUNDS],
        rgb[ROUNDS];
};

static const struct og_smoothing smoothing = {{{47, 8, -1}, {14, -2, -2}, {-3, -3, 2}}};

static void time_kernels(const struct og_kernels *kernels, struct og_family *family, struct kernel_figures *figures)
{
    const double per_sample = 1e9 / (KERNEL_REPEATS * 65536.0);
    const struct og_rect area = {0, 0, 128, 128};
    uint8_t *y = family->base[0].data;
    struct og_plane small = {family->luma1.data, 512, 256, 256};
    for (int r = 0; r < ROUNDS; r++) {
        for (int p = 0; p < OG_PREDICTORS; p++) {
            double before = thread_cpu();
            for (int n = 0; n < KERNEL_REPEATS; n++)
                kernels->predict[p].upsample(&og_taps_cubic, &family->base[0], area, family->luma1.data, 512);
            double between = thread_cpu();
            for (int n = 0; n < KERNEL_REPEATS; n++)
                kernels->predict[p].upsample_add(&og_taps_cubic, &family->base[0], area, family->luma1.data, 512);
            figures->up[p][r] = (between - before) * per_sample;
            figures->add[p][r] = (thread_cpu() - between) * per_sample;
        }
        double before = thread_cpu();
        for (int n = 0; n < KERNEL_REPEATS; n++)
            kernels->smooth(&smoothing, &small);
        figures->smooth[r] = (thread_cpu() - before) * per_sample;
        before = thread_cpu();
        for (int n = 0; n < KERNEL_REPEATS; n++)
            kernels->halve(&family->luma1, &small);
        figures->half[r] = (thread_cpu() - before) * per_sample;
        before = thread_cpu();
        for (int n = 0; n < KERNEL_REPEATS; n++)
            kernels->rgb_to_ycc(family->luma0.data, 65536, y, y + 65536, y + 2 * 65536);
        double between = thread_cpu();
        for (int n = 0; n < KERNEL_REPEATS; n++)
            kernels->ycc_to_rgb(y, y + 65536, y + 2 * 65536, 65536, family->luma0.data);
        figures->ycc[r] = (between - before) * per_sample;
        figures->rgb[r] = (thread_cpu() - between) * per_sample;
    }
}

static void bench_kernels(const struct report *report)
{
    static const char *const words[OG_PREDICTORS] = {"six taps", "bilinear", "rounded bilinear"};
    struct og_family *family = og_family_new(false);
    report_title(report, "kernels, per sample written");
    for (unsigned i = 0; og_kernels_variant(i); i++) {
        const struct og_kernels *kernels = og_kernels_variant(i);
        struct kernel_figures figures;
        char name[64];
        time_kernels(kernels, family, &figures);
        for (int p = 0; p < OG_PREDICTORS; p++) {
            snprintf(name, sizeof name, "%s %s upsample", kernels->name, words[p]);
            report_figure(report, name, "ns", figures.up[p], ROUNDS);
            snprintf(name, sizeof name, "%s %s upsample and add", kernels->name, words[p]);
            report_figure(report, name, "ns", figures.add[p], ROUNDS);
        }
        snprintf(name, sizeof name, "%s smooth", kernels->name);
        report_figure(report, name, "ns", figures.smooth, ROUNDS);
        snprintf(name, sizeof name, "%s halve", kernels->name);
        report_figure(report, name, "ns", figures.half, ROUNDS);
        snprintf(name, sizeof name, "%s RGB to YCbCr, per pixel", kernels->name);
        report_figure(report, name, "ns", figures.ycc, ROUNDS);
        snprintf(name, sizeof name, "%s YCbCr to RGB, per pixel", kernels->name);
        report_figure(report, name, "ns", figures.rgb, ROUNDS);
    }
    og_family_destroy(&family);
}

static void bench_slide(const struct report *report, struct slides *slides, const char *id, const char *title,
                        double *engine_ms)
{
    struct desk desk;
    double floor_ms[ROUNDS], ratio[ROUNDS], stage_ms[STAGES][ROUNDS];
    struct og_engine *engine =
        slides_serve(slides, (struct og_engine_options){.workers = 1, .cache_bytes = 4096, .quality = QUALITY});
    desk_open(&desk, slides->catalogue, id, QUALITY);
    for (unsigned r = 0; r < WARM_ROUNDS; r++)
        measure(&desk, slides, engine, r);
    for (unsigned r = 0; r < ROUNDS; r++) {
        struct round round = measure(&desk, slides, engine, r);
        floor_ms[r] = round.floor;
        engine_ms[r] = round.engine;
        ratio[r] = round.engine / round.floor;
        for (int i = 0; i < STAGES; i++)
            stage_ms[i][r] = round.stage[i];
    }
    report_title(report, title);
    report_figure(report, "floor: bare codec calls, CPU per family", "ms", floor_ms, ROUNDS);
    report_figure(report, "engine, one worker, CPU per family", "ms", engine_ms, ROUNDS);
    report_figure(report, "engine / floor", "", ratio, ROUNDS);
    for (int i = 0; i < STAGES; i++)
        report_figure(report, stages[i].words, "ms", stage_ms[i], ROUNDS);
    desk_close(&desk);
    og_engine_destroy(&engine);
}

int main(int argc, char **argv)
{
    struct report report = report_open("family", argc, argv);
    struct slides slides;
    double dense[ROUNDS], glass[ROUNDS], without[ROUNDS];
    slides_open(&slides);
    slides_add(&slides, "dense", report.quick ? QUICK_SIDE : SIDE_DENSE, 0);
    slides_add(&slides, "glass", report.quick ? QUICK_SIDE : SIDE_GLASS, 50);
    slides_add_without_chroma(&slides, "luma", report.quick ? QUICK_SIDE : SIDE_DENSE);
    slides_scan(&slides);
    bench_slide(&report, &slides, "dense", "dense tissue", dense);
    bench_slide(&report, &slides, "glass", "half glass", glass);
    bench_slide(&report, &slides, "luma", "dense tissue without chroma residuals", without);
    double share = report_median(glass, ROUNDS) / report_median(dense, ROUNDS);
    double more = report_median(dense, ROUNDS) / report_median(without, ROUNDS);
    report_title(&report, "together");
    report_figure(&report, "half glass / dense, CPU per family", "", &share, 1);
    report_figure(&report, "with chroma residuals / without, CPU per family", "", &more, 1);
    bench_kernels(&report);
    slides_close(&slides);
    return 0;
}
