/* SPDX-License-Identifier: MIT */
/*
 * Would a second tier of finished tiles on disk beat rebuilding them? A prototype (disk_tier.h) between the cache and
 * the engine, under viewers that go on after a restart, against the engine alone; then what one fetch and one write
 * cost.
 *
 * The rule was written before the first run. The tier is built into the product if, for one of its sizes and one of its
 * ways of writing, the medians of tier / rebuilding of one run say all of this:
 *
 *     1  after a restart, viewers going on where they were: P99 of a tile and P95 of a complete view at most 0.8, with
 *        slide and tier dropped from the page cache and with both in it
 *     2  CPU per delivered tile, before and after the restart together, the writes included: at most 0.9
 *     3  no more bytes are written to it than it serves
 *     4  without a restart at equal memory, where rebuilding's cache also has the bytes that the tier may take in the
 *        page cache: P99 of a tile and CPU per delivered tile at most 1.0
 *
 * and the tier's bytes are no more than the disk that the slide saves against a folder of its tiles.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "alternatives/cache_put_told.h"
#include "random.h"
#include "report.h"
#include "viewing.h"

enum { SIDE = 16384, QUICK_SIDE = 2048, ROUNDS = 5, CACHE = 12 << 20, MOST_TILES = 8192 };

enum writing { NOTHING, ASKED_FOR, SIBLINGS_TOO };

struct contender {
    const char *name;
    enum writing writing;
    unsigned share;     /* of the disk that is saved: the tier's size; 0: as large as the cache */
    bool cache_instead; /* the cache gets the bytes of such a tier */
};

struct scene {
    const char *name;
    bool restart, cold, again; /* again: the same path once more, where all that was asked for was written */
    const struct contender *contenders[5]; /* the first one is what the others are compared with */
};

static const struct contender rebuild = {"rebuilding", NOTHING, 0, false},
                              rebuild_more = {"rebuilding, cache + large tier", NOTHING, 1, true},
                              rebuild_some = {"rebuilding, cache + small tier", NOTHING, 0, true},
                              large_asked = {"large tier, asked for", ASKED_FOR, 1, false},
                              large_all = {"large tier, siblings too", SIBLINGS_TOO, 1, false},
                              small_asked = {"small tier, asked for", ASKED_FOR, 0, false},
                              small_all = {"small tier, siblings too", SIBLINGS_TOO, 0, false};

static const struct scene scenes[] = {
    {"restart, viewers go on, disk cold",
     true,
     true,
     false,
     {&rebuild, &large_asked, &large_all, &small_asked, &small_all}},
    {"restart, viewers go on, in page cache",
     true,
     false,
     false,
     {&rebuild, &large_asked, &large_all, &small_asked, &small_all}},
    {"restart, the same path again, disk cold", true, true, true, {&rebuild, &large_asked}},
    {"no restart, equal memory, large", false, false, false, {&rebuild_more, &large_asked, &large_all}},
    {"no restart, equal memory, small", false, false, false, {&rebuild_some, &small_asked, &small_all}},
};
enum { SCENES = sizeof scenes / sizeof scenes[0], CONTENDERS = 5 };

struct bench {
    struct report report;
    const char *folder;
    char slide_path[300], tier_path[300];
    size_t slide_bytes, saved_bytes; /* saved against a folder of the tiles of L0 and L1 */
    double rate;
    unsigned before, after; /* tiles */
};

/* What a trial tells the bench through a pipe. */
struct outcome {
    struct viewing_result before, after;
    double written_before, written, index_bytes;
};

static struct disk_tier *told; /* allow: the hook in the engine's way to its cache has no place for an argument */

void tile_was_made(const struct og_key *key, const struct og_buf *buf)
{
    if (told)
        disk_tier_put(told, disk_tier_tile(key->level, key->x, key->y), buf);
}

static void drop(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return;
    if (fdatasync(fd) != 0 || posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED) != 0)
        perror(path);
    close(fd);
}

static void read_whole(const char *path)
{
    char block[1 << 16];
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    while (fd >= 0 && read(fd, block, sizeof block) > 0)
        continue;
    close(fd);
}

static size_t tier_bytes(const struct bench *bench, const struct contender *contender)
{
    size_t least = 1 << 20, bytes = contender->share ? bench->saved_bytes / contender->share : CACHE;
    return bytes < least ? least : bytes;
}

static struct outcome try(const struct bench *bench, const struct scene *scene, const struct contender *contender,
                          uint64_t seed)
{
    struct slides slides;
    struct outcome outcome = {0};
    size_t extra = tier_bytes(bench, contender);
    struct og_engine_options options = {.cache_bytes = CACHE + (contender->cache_instead ? extra : 0)};
    struct disk_tier *tier = contender->writing == NOTHING ? NULL : disk_tier_new(bench->tier_path, extra);
    read_whole(bench->slide_path);
    slides_visit(&slides, bench->folder);
    told = contender->writing == SIBLINGS_TOO ? tier : NULL;
    struct og_pyramid pyramid = slides_pyramid(&slides, "slide");
    struct stream stream, start;
    stream_open(&stream, STREAM_VIEWER, &pyramid, seed);
    start = stream;
    struct viewing_plan plan = {.stream = &stream,
                                .slide = "slide",
                                .tier = tier,
                                .write_asked_for = contender->writing == ASKED_FOR,
                                .rate = bench->rate,
                                .tiles = bench->before};
    struct og_engine *engine = slides_serve(&slides, options);
    outcome.before = viewing_run(&slides, engine, &plan);
    outcome.written_before = tier ? (double)disk_tier_written(tier) : 0;
    if (scene->restart) {
        og_engine_destroy(&engine);
        engine = slides_serve(&slides, options);
        if (tier)
            disk_tier_settle(tier);
    }
    if (scene->cold) {
        drop(bench->slide_path);
        drop(bench->tier_path);
    }
    if (scene->again)
        stream = start;
    plan.tiles = bench->after;
    outcome.after = viewing_run(&slides, engine, &plan);
    outcome.written = tier ? (double)disk_tier_written(tier) : 0;
    og_engine_destroy(&engine);
    told = NULL;
    disk_tier_destroy(&tier);
    slides_close(&slides);
    return outcome;
}

/* A process of its own for each trial: none finds what another left in its allocator. */
static struct outcome try_apart(const struct bench *bench, const struct scene *scene, const struct contender *contender,
                                uint64_t seed)
{
    struct outcome outcome = {0};
    int ends[2];
    if (pipe(ends) != 0)
        exit(1);
    pid_t child = fork();
    if (child == 0) {
        outcome = try(bench, scene, contender, seed);
        _exit(write(ends[1], &outcome, sizeof outcome) == sizeof outcome ? 0 : 1);
    }
    close(ends[1]);
    if (child < 0 || read(ends[0], &outcome, sizeof outcome) != sizeof outcome) {
        fprintf(stderr, "bench tier: a trial failed\n");
        exit(1);
    }
    close(ends[0]);
    waitpid(child, NULL, 0);
    return outcome;
}

enum {
    TILE_P50,
    TILE_P95,
    TILE_P99,
    VIEW_P50,
    VIEW_P95,
    VIEW_P99,
    CPU,
    CPU_BEFORE,
    CPU_BOTH,
    MEMORY,
    TIER,
    WRITTEN,
    WRITTEN_SERVED,
    FAILED,
    FIGURES
};

static const struct {
    const char *name, *unit;
    bool compared;
} figures[FIGURES] = {
    [TILE_P50] = {"a tile: P50", "ms", true},
    [TILE_P95] = {"a tile: P95", "ms", true},
    [TILE_P99] = {"a tile: P99", "ms", true},
    [VIEW_P50] = {"a complete view: P50", "ms", true},
    [VIEW_P95] = {"a complete view: P95", "ms", true},
    [VIEW_P99] = {"a complete view: P99", "ms", true},
    [CPU] = {"CPU per delivered tile, after", "ms", true},
    [CPU_BEFORE] = {"CPU per delivered tile, before", "ms", true},
    [CPU_BOTH] = {"CPU per delivered tile, both", "ms", true},
    [MEMORY] = {"delivered from the cache", "%", false},
    [TIER] = {"delivered from the tier", "%", false},
    [WRITTEN] = {"written per delivered tile, both", "KB", false},
    [WRITTEN_SERVED] = {"written / served by the tier, both", "", false},
    [FAILED] = {"failed", "tiles", false},
};

static void take_figures(const struct outcome *o, double *out)
{
    const struct viewing_result *b = &o->before, *a = &o->after;
    double tiles = a->tiles + b->tiles, served = a->tier_bytes + b->tier_bytes;
    const double values[FIGURES] = {
        [TILE_P50] = a->tile_p50,
        [TILE_P95] = a->tile_p95,
        [TILE_P99] = a->tile_p99,
        [VIEW_P50] = a->view_p50,
        [VIEW_P95] = a->view_p95,
        [VIEW_P99] = a->view_p99,
        [CPU] = 1e3 * a->cpu / a->tiles,
        [CPU_BEFORE] = 1e3 * b->cpu / b->tiles,
        [CPU_BOTH] = 1e3 * (a->cpu + b->cpu) / tiles,
        [MEMORY] = 100 * a->from_memory / a->tiles,
        [TIER] = 100 * a->from_tier / a->tiles,
        [WRITTEN] = o->written / tiles / 1e3,
        [WRITTEN_SERVED] = served > 0 ? o->written / served : 0,
        [FAILED] = a->failed + b->failed,
    };
    memcpy(out, values, sizeof values);
}

static void play(const struct bench *bench, const struct scene *scene)
{
    static double value[CONTENDERS][FIGURES][ROUNDS], ratio[CONTENDERS][FIGURES][ROUNDS];
    int rounds = report_rounds(&bench->report, ROUNDS);
    for (int r = 0; r < rounds; r++)
        for (int c = 0; c < CONTENDERS && scene->contenders[c]; c++) {
            double figure[FIGURES];
            struct outcome outcome = try_apart(bench, scene, scene->contenders[c], (uint64_t)r + 1);
            take_figures(&outcome, figure);
            for (int f = 0; f < FIGURES; f++) {
                value[c][f][r] = figure[f];
                ratio[c][f][r] = figure[f] / value[0][f][r];
            }
        }
    for (int c = 0; c < CONTENDERS && scene->contenders[c]; c++) {
        char name[160];
        bool tier = scene->contenders[c]->writing != NOTHING;
        snprintf(name, sizeof name, "%s: %s", scene->name, scene->contenders[c]->name);
        report_title(&bench->report, name);
        for (int f = 0; f < FIGURES; f++) {
            snprintf(name, sizeof name, "%s", figures[f].name);
            report_figure(&bench->report, name, figures[f].unit, value[c][f], (size_t)rounds);
            snprintf(name, sizeof name, "  / %s", scene->contenders[0]->name);
            if (tier && figures[f].compared)
                report_figure(&bench->report, name, "", ratio[c][f], (size_t)rounds);
        }
    }
}

struct unit {
    double write_cpu[ROUNDS], settle[ROUNDS], get_cpu[ROUNDS], get[ROUNDS], cold[ROUNDS], cold_p99[ROUNDS];
};

static void time_writes(const struct bench *bench, struct disk_tier *full, const uint64_t *tiles, size_t n, double *cpu,
                        double *settle)
{
    char path[320];
    struct og_buf **bufs = calloc(n, sizeof(struct og_buf *));
    for (size_t i = 0; i < n; i++)
        bufs[i] = disk_tier_get(full, tiles[i]);
    snprintf(path, sizeof path, "%s.again", bench->tier_path);
    struct disk_tier *tier = disk_tier_new(path, 2 * bench->saved_bytes + (64 << 20));
    double before = thread_cpu();
    for (size_t i = 0; i < n; i++)
        disk_tier_put(tier, tiles[i], bufs[i]);
    *cpu = 1e6 * (thread_cpu() - before) / (double)n;
    before = wall_clock();
    disk_tier_settle(tier);
    *settle = 1e6 * (wall_clock() - before) / (double)n;
    for (size_t i = 0; i < n; i++)
        og_buf_unref(&bufs[i]);
    free(bufs);
    disk_tier_destroy(&tier);
    unlink(path);
}

static void time_fetches(struct disk_tier *tier, const uint64_t *tiles, size_t n, double *cpu, double *median,
                         double *p99)
{
    static double us[MOST_TILES];
    double before = thread_cpu();
    for (size_t i = 0; i < n; i++) {
        double start = wall_clock();
        struct og_buf *buf = disk_tier_get(tier, tiles[i]);
        us[i] = 1e6 * (wall_clock() - start);
        og_buf_unref(&buf);
    }
    *cpu = 1e6 * (thread_cpu() - before) / (double)n;
    qsort(us, n, sizeof *us, report_by_size);
    *median = report_rank(us, n, 500);
    *p99 = report_rank(us, n, 990);
}

static void time_units(const struct bench *bench, struct disk_tier *tier)
{
    static uint64_t tiles[MOST_TILES];
    struct unit unit;
    double ignored[2];
    size_t n = disk_tier_list(tier, tiles, MOST_TILES);
    int rounds = report_rounds(&bench->report, ROUNDS);
    uint64_t state = 1;
    for (size_t i = n; i > 1; i--) {
        size_t j = random_below(&state, (uint32_t)i);
        uint64_t kept = tiles[i - 1];
        tiles[i - 1] = tiles[j];
        tiles[j] = kept;
    }
    for (int r = 0; r < rounds; r++) {
        time_writes(bench, tier, tiles, n, &unit.write_cpu[r], &unit.settle[r]);
        read_whole(bench->tier_path);
        time_fetches(tier, tiles, n, &unit.get_cpu[r], &unit.get[r], &ignored[0]);
        drop(bench->tier_path);
        time_fetches(tier, tiles, n, &ignored[0], &unit.cold[r], &unit.cold_p99[r]);
    }
    report_title(&bench->report, "one thread, each tile of L0 and L1 at random");
    report_figure(&bench->report, "write, CPU", "us", unit.write_cpu, (size_t)rounds);
    report_figure(&bench->report, "fdatasync, wall for each tile", "us", unit.settle, (size_t)rounds);
    report_figure(&bench->report, "fetch from the page cache, CPU", "us", unit.get_cpu, (size_t)rounds);
    report_figure(&bench->report, "fetch from the page cache", "us", unit.get, (size_t)rounds);
    report_figure(&bench->report, "fetch from the disk, median", "us", unit.cold, (size_t)rounds);
    report_figure(&bench->report, "fetch from the disk, P99", "us", unit.cold_p99, (size_t)rounds);
}

static void report_one(const struct report *report, const char *name, const char *unit, double value)
{
    report_figure(report, name, unit, &value, 1);
}

/* Builds every family once: how many bytes all tiles have, what one costs to make, and a tier that holds them. */
static void weigh(struct bench *bench)
{
    struct slides slides;
    struct stat slide;
    slides_visit(&slides, bench->folder);
    struct og_pyramid pyramid = slides_pyramid(&slides, "slide");
    struct og_extent grid = og_pyramid_grid(&pyramid, 2);
    struct disk_tier *tier = disk_tier_new(bench->tier_path, (size_t)512 << 20);
    struct og_engine *engine = slides_serve(&slides, (struct og_engine_options){.cache_bytes = 4096});
    told = tier;
    for (uint32_t y = 0; y < grid.height; y++)
        for (uint32_t x = 0; x < grid.width; x++)
            slides_build(&slides, engine, "slide", 4 * x, 4 * y);
    told = NULL;
    og_engine_destroy(&engine);
    disk_tier_settle(tier);
    double tiles = 20.0 * grid.width * grid.height, bytes = (double)disk_tier_written(tier);
    if (stat(bench->slide_path, &slide) != 0)
        exit(1);
    bench->slide_bytes = (size_t)slide.st_size;
    bench->saved_bytes = bytes > (double)slide.st_size ? (size_t)bytes - bench->slide_bytes : 0;
    report_title(&bench->report, "bytes on the disk");
    report_one(&bench->report, "the slide", "MB", (double)slide.st_size / 1e6);
    report_one(&bench->report, "all tiles of L0 and L1 in a tier", "MB", bytes / 1e6);
    report_one(&bench->report, "one of them", "KB", bytes / tiles / 1e3);
    report_one(&bench->report, "large tier: what the slide saves", "MB", (double)bench->saved_bytes / 1e6);
    report_one(&bench->report, "small tier: as large as the cache", "MB", CACHE / 1e6);
    time_units(bench, tier);
    disk_tier_destroy(&tier);
    slides_close(&slides);
    unlink(bench->tier_path);
}

/* In a process of its own: the trials are forked from one that has no threads and no memory of it. */
static void weigh_apart(struct bench *bench)
{
    int ends[2];
    if (pipe(ends) != 0)
        exit(1);
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        weigh(bench);
        fflush(stdout);
        _exit(write(ends[1], bench, sizeof *bench) == sizeof *bench ? 0 : 1);
    }
    close(ends[1]);
    if (child < 0 || read(ends[0], bench, sizeof *bench) != sizeof *bench)
        exit(1);
    close(ends[0]);
    waitpid(child, NULL, 0);
}

int main(int argc, char **argv)
{
    struct bench bench = {.report = report_open("tier", argc, argv)};
    struct slides slides;
    bool quick = bench.report.quick;
    bench.rate = quick ? 2000 : 600;
    bench.before = quick ? 100 : 3000;
    bench.after = quick ? 100 : 2000;
    slides_open(&slides);
    slides_add(&slides, "slide", quick ? QUICK_SIDE : SIDE, 0);
    bench.folder = slides.folder;
    snprintf(bench.slide_path, sizeof bench.slide_path, "%s/slide.tif", slides.folder);
    snprintf(bench.tier_path, sizeof bench.tier_path, "%s.tier", slides.folder);
    weigh_apart(&bench);
    for (int i = 0; i < SCENES; i++)
        play(&bench, &scenes[i]);
    unlink(bench.tier_path);
    slides_close(&slides);
    return 0;
}
