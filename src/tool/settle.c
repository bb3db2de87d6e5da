/* SPDX-License-Identifier: MIT */
#include "tool/settle.h"

#include <math.h>
#include <string.h>

#include "image/fidelity.h"

/* An eighth of a slide is made for nothing but its sample, and 24 families of a large one; a small one is all sample.
 */
enum {
    SMALL = 9,
    SAMPLE_LEAST = 8,
    SAMPLE_MOST = 24,
    SHARE = 8,
    LOOKS_FOR_EACH = 4,
    LOOKS = LOOKS_FOR_EACH * SAMPLE_MOST,
    LOOK_ROUNDS = 16
};

enum { ROUNDS = 5 };

/* A step that was tried tells of those so near to it. */
static const double near = 0.06;

/* A step of 13 gives dense tissue some 37 dB, and 2.4 more where levels are only rounded; steps twice as large, 5.3 dB
 * less. */
static const double usual_step = 13, usual_psnr = 37, rounded_more = 2.4, decibels = 5.3;

/* A trellis that reckons with tables which fit nothing yet gives away half a decibel more, and so does what is not
 * smoothed yet. */
static const double unfit_less = 0.5;

/* No nearer to the aim than this, so that the whole slide does not fall short of it by a hair. */
static const double margin = 0.15;

enum { STEP_MAX = 64, FACTOR = 3 };

/* Families, and which of them show tissue. */
struct sample {
    struct og_cell cells[LOOKS];
    bool tissue[LOOKS];
    uint64_t count, looked_at;
};

/* What streams of the sample come to. */
struct harvest {
    struct og_plan_counts counts;
    struct og_tally tally;
    struct og_tuning_fit fit;
};

static int bounded(double step, int least, int most)
{
    return step < least ? least : step > most ? most : (int)step;
}

static int usual_step_for(double aim)
{
    return bounded(usual_step * exp2((usual_psnr - aim) / decibels) + 0.5, 1, STEP_MAX);
}

static int first_step(const struct og_wish *wish)
{
    return wish->l0_step ? wish->l0_step : usual_step_for(wish->trellis ? wish->aim : wish->aim - rounded_more);
}

double og_steer(double aim, double step, double psnr)
{
    int usual = usual_step_for(aim), least = usual / FACTOR > 1 ? usual / FACTOR : 1;
    double next = step * exp2((psnr - margin - aim) / decibels);
    return fmin(fmax(next, least), FACTOR * usual);
}

/* Steps of L1 and of the base's luma in hundredths of L0's, up to a step of L0; and by how much chroma's is finer. */
struct ratios {
    int up_to, l1, base, chroma_finer_by;
};

static const struct ratios without_chroma = {255, 118, 122, 0};

/* Where L1 corrects chroma, the base's luma can be coarser. At middle steps it is where a JPEG pyramid's coarser levels
 * are worst at the same L0. */
static const struct ratios with_chroma[] = {
    {5, 108, 144, 1}, {10, 108, 144, 2}, {17, 123, 147, 3}, {28, 121, 147, 2}, {255, 121, 129, 2}};

static struct ratios ratios_of(int l0_step, bool chroma)
{
    const struct ratios *row = with_chroma;
    while (row->up_to < l0_step)
        row++;
    return chroma ? *row : without_chroma;
}

static struct og_plan_settings settings_of(const struct og_wish *wish, double l0_step, const struct og_tuning *tuning)
{
    int step = og_plan_whole_step(l0_step), chroma_step = wish->chroma_step;
    struct ratios ratios = ratios_of(step, chroma_step != 0);
    if (chroma_step == OG_CHROMA_FOLLOWS)
        chroma_step = step > ratios.chroma_finer_by ? step - ratios.chroma_finer_by : 1;
    int base_step = og_plan_share(step, ratios.base);
    return (struct og_plan_settings){
        .base_quality = wish->base_quality ? wish->base_quality : og_plan_quality_of_step(base_step),
        .l1_step = wish->l1_step ? wish->l1_step : og_plan_share(step, ratios.l1),
        .l0_step = l0_step,
        .chroma_step = chroma_step,
        .trellis = wish->trellis,
        .tuning = *tuning,
    };
}

static uint64_t least(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

/* One family in each `gap` of the Z order; each round has others. */
static void spread(struct og_extent grid, uint64_t gap, unsigned round, struct sample *sample)
{
    uint64_t all = (uint64_t)grid.width * grid.height, apart = gap > LOOK_ROUNDS ? gap / LOOK_ROUNDS : 1;
    sample->count = sample->looked_at = 0;
    for (uint64_t at = (gap / 2 + round * apart) % gap; at < all; at += gap)
        sample->cells[sample->count++] = og_zorder_cell(grid, at);
}

static enum og_status look(void *context, const struct og_made_family *made, struct og_error *err)
{
    (void)err;
    struct sample *sample = context;
    sample->tissue[sample->looked_at++] = made->tally[0].tissue_samples > 0;
    return OG_OK;
}

static void add_tissue(struct sample *to, const struct sample *from)
{
    for (uint64_t i = 0; i < from->count && to->count < LOOKS; i++)
        if (from->tissue[i])
            to->cells[to->count++] = from->cells[i];
}

static void thin(struct sample *sample, uint64_t most)
{
    uint64_t kept = least(sample->count, most);
    for (uint64_t i = 0; i < kept; i++)
        sample->cells[i] = sample->cells[(2 * i + 1) * sample->count / (2 * kept)];
    sample->count = kept;
}

/* Looks on while there is little tissue; of a slide without any, what was looked at first is the sample. */
static enum og_status choose(const struct og_family_run *run, struct sample *sample, struct og_error *err)
{
    struct og_extent grid = og_pyramid_grid(&run->plan->pyramid, 2);
    uint64_t all = og_pyramid_tiles(&run->plan->pyramid, 2), wanted = all / SHARE;
    if (all <= SMALL) {
        spread(grid, 1, 0, sample);
        return OG_OK;
    }
    wanted = wanted < SAMPLE_LEAST ? SAMPLE_LEAST : least(wanted, SAMPLE_MOST);
    uint64_t places = least(all, LOOKS_FOR_EACH * wanted), gap = (all + places - 1) / places;
    struct sample seen;
    enum og_status status = OG_OK;
    for (unsigned round = 0; round < least(gap, LOOK_ROUNDS) && sample->count < SAMPLE_LEAST && status == OG_OK;
         round++) {
        spread(grid, gap, round, &seen);
        status = og_family_run_look(run, seen.cells, seen.count, look, &seen, err);
        if (status == OG_OK)
            add_tissue(sample, &seen);
    }
    if (sample->count == 0)
        spread(grid, gap, 0, sample);
    thin(sample, wanted);
    return status;
}

static enum og_status reap(void *context, const struct og_made_family *made, struct og_error *err)
{
    (void)err;
    struct harvest *harvest = context;
    og_plan_add_counts(&harvest->counts, &made->counts);
    og_tally_merge(&harvest->tally, &made->tally[0]);
    og_tuning_fit_merge(&harvest->fit, &made->fit);
    return OG_OK;
}

static enum og_status replan(struct og_plan *plan, const struct og_plan_settings *settings,
                             const struct og_plan_counts *counts, struct og_error *err)
{
    struct og_pyramid pyramid = plan->pyramid;
    og_plan_release(plan);
    enum og_status status = og_plan_make(pyramid.width, pyramid.height, settings, plan, err);
    return status == OG_OK ? og_plan_fit(plan, counts, err) : status;
}

static double next_step(const struct og_wish *wish, double step, const struct og_tally *tally, bool unfit)
{
    if (wish->l0_step || !tally->tissue_samples)
        return step;
    double psnr = og_psnr(tally->tissue_error, tally->tissue_samples);
    return og_steer(wish->aim, step, unfit ? psnr + unfit_less : psnr);
}

/*
 * Tables fit what the tables before them made, and weights what those before them predicted: each round gets nearer.
 * Rounded levels do not depend on tables and hardly on weights, so that one round does for them when the steps are
 * given, or turn out to be right.
 */
static enum og_status settle(const struct og_family_run *run, const struct og_wish *wish, const struct sample *sample,
                             struct og_plan *plan, struct og_plan_settings *settings, struct og_error *err)
{
    bool settled = false;
    double step = settings->l0_step;
    enum og_status status = OG_OK;
    for (unsigned round = 0; round < ROUNDS && !settled && status == OG_OK; round++) {
        bool unfit = round == 0;
        struct harvest harvest = {.tally = {0}};
        status = og_family_run_make(run, sample->cells, sample->count, reap, &harvest, err);
        if (status != OG_OK)
            break;
        double next = next_step(wish, step, &harvest.tally, unfit);
        settled = fabs(next - step) <= near * step && !(unfit && wish->trellis);
        step = wish->trellis ? next : floor(next);
        struct og_tuning tuning = og_tuning_fit_solve(&harvest.fit, &settings->tuning);
        *settings = settings_of(wish, step, &tuning);
        status = replan(plan, settings, &harvest.counts, err);
    }
    return status;
}

enum og_status og_settle_begin(const struct og_source_facts *facts, const struct og_wish *wish, struct og_plan *plan,
                               struct og_plan_settings *settings, struct og_error *err)
{
    struct og_tuning usual = {{og_taps_usual, og_taps_usual, og_taps_usual}, og_smoothing_none};
    *settings = settings_of(wish, first_step(wish), &usual);
    enum og_status status = og_plan_make(facts->width, facts->height, settings, plan, err);
    return status == OG_OK ? OG_OK : og_error_prefix(err, "%s", facts->name);
}

enum og_status og_settle(const struct og_family_run *run, const struct og_wish *wish, struct og_plan *plan,
                         struct og_plan_settings *settings, struct og_error *err)
{
    struct sample sample = {.count = 0};
    enum og_status status = choose(run, &sample, err);
    return status == OG_OK ? settle(run, wish, &sample, plan, settings, err) : status;
}
