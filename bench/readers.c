/* SPDX-License-Identifier: MIT */
/*
 * What it costs to read a family, by kind of reader: families of one slide in random order, from the page cache and
 * from the disk, back to back and with a pause in place of the work on a family, with and without a hint one family
 * ahead. Before a cold round the slide is dropped from the page cache, and the system is asked whether it is gone.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "base/thread.h"
#include "must.h"
#include "report.h"
#include "slide/reader.h"
#include "slides.h"
#include "tool/slide_path.h"

enum { ROUNDS = 9, SIDE = 16384, QUICK_SIDE = 2048, FAMILIES_MAX = 1024, THREADS_MAX = 4, PAUSE_NS = 2000000 };

struct mood {
    const char *name;
    bool cold, pause, hint;
};

static const struct mood moods[] = {
    {"warm", false, false, false},
    {"cold", true, false, false},
    {"cold, 2 ms of pause", true, true, false},
    {"cold, 2 ms of pause, hint", true, true, true},
};
enum { MOODS = sizeof moods / sizeof moods[0] };

static const unsigned crews[] = {1, 4};
enum { CREWS = sizeof crews / sizeof crews[0], FIGURES = 3 };

static const char *const figure_names[FIGURES] = {"read, median", "read, P99", "hint, median"};

struct desk {
    char path[300];
    const struct mood *mood;
    enum og_reader_kind kind;
    struct og_slide *slide;
    struct og_extent grid;
    unsigned families, order[FAMILIES_MAX];
    double stale; /* share of the file that would not leave the page cache, the worst of all rounds */
};

struct hand {
    struct desk *desk;
    unsigned index, of, count;
    double read_us[FAMILIES_MAX], hint_us[FAMILIES_MAX];
    struct og_thread thread;
};

static double microseconds(void)
{
    return (double)og_clock_monotonic_ns() / 1e3;
}

/* ---- cold ---- */

static double share_in_memory(int fd, size_t size)
{
    size_t page = (size_t)sysconf(_SC_PAGESIZE), pages = (size + page - 1) / page, there = 0;
    unsigned char *resident = malloc(pages);
    void *mapping = mmap(NULL, size, PROT_READ, MAP_SHARED, fd, 0);
    if (mapping == MAP_FAILED || mincore(mapping, size, resident) != 0) {
        perror("bench readers: cannot ask what is in memory");
        exit(1);
    }
    munmap(mapping, size);
    for (size_t i = 0; i < pages; i++)
        there += resident[i] & 1;
    free(resident);
    return (double)there / (double)pages;
}

static double drop(const char *path)
{
    int fd = open(path, O_RDWR | O_CLOEXEC);
    size_t size = (size_t)lseek(fd, 0, SEEK_END);
    fdatasync(fd); /* what is not on the disk yet would stay */
    posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
    double share = share_in_memory(fd, size);
    close(fd);
    return share;
}

/* ---- reading ---- */

static void *read_share(void *argument)
{
    struct hand *hand = argument;
    struct desk *desk = hand->desk;
    struct og_error err = {0};
    struct og_reader *reader;
    struct og_stored_family family;
    uint8_t *buffer = malloc(OG_SLIDE_BUFFER_BYTES);
    memset(buffer, 1, OG_SLIDE_BUFFER_BYTES);
    must(og_reader_new(desk->kind, &reader, &err), &err);
    for (unsigned i = hand->index; i < desk->families; i += hand->of) {
        unsigned next = i + hand->of, at = desk->order[i];
        double before = microseconds();
        if (desk->mood->hint && next < desk->families)
            og_slide_prefetch_family(desk->slide, reader, desk->order[next] % desk->grid.width,
                                     desk->order[next] / desk->grid.width);
        double between = microseconds();
        must(og_slide_read_family(desk->slide, reader, at % desk->grid.width, at / desk->grid.width, buffer, &family,
                                  &err),
             &err);
        hand->read_us[hand->count] = microseconds() - between;
        hand->hint_us[hand->count++] = between - before;
        if (desk->mood->pause)
            nanosleep(&(struct timespec){.tv_nsec = PAUSE_NS}, NULL);
    }
    og_reader_destroy(&reader);
    free(buffer);
    return NULL;
}

static void shuffle(struct desk *desk, unsigned seed)
{
    uint64_t random = seed + 1;
    for (unsigned i = 0; i < desk->families; i++)
        desk->order[i] = i;
    for (unsigned i = desk->families - 1; i > 0; i--) {
        random = random * UINT64_C(6364136223846793005) + 1442695040888963407;
        unsigned j = (unsigned)(random >> 33) % (i + 1), kept = desk->order[i];
        desk->order[i] = desk->order[j];
        desk->order[j] = kept;
    }
}

static void pass(struct desk *desk, struct hand *hands, unsigned crew)
{
    struct og_error err = {0};
    for (unsigned i = 0; i < crew; i++) {
        hands[i].desk = desk;
        hands[i].index = i;
        hands[i].of = crew;
        hands[i].count = 0;
        must(og_thread_start(&hands[i].thread, "reader", i, read_share, &hands[i]), &err);
    }
    for (unsigned i = 0; i < crew; i++)
        og_thread_join(&hands[i].thread);
}

static double quantile(double *values, unsigned n, double q)
{
    qsort(values, n, sizeof *values, report_by_size);
    return values[(unsigned)(q * (n - 1))];
}

/* The slide is dropped before it is opened, when nothing of it is mapped. Warm: the first pass fills memory. */
static void measure(struct desk *desk, struct hand *hands, unsigned crew, double figures[FIGURES])
{
    static double read_us[FAMILIES_MAX], hint_us[FAMILIES_MAX];
    struct og_error err = {0};
    unsigned n = 0;
    if (desk->mood->cold) {
        double stale = drop(desk->path);
        desk->stale = stale > desk->stale ? stale : desk->stale;
    }
    must(og_slide_open_path(desk->path, &desk->slide, &err), &err);
    if (!desk->mood->cold)
        pass(desk, hands, crew);
    pass(desk, hands, crew);
    og_slide_unref(&desk->slide);
    for (unsigned i = 0; i < crew; i++) {
        memcpy(read_us + n, hands[i].read_us, hands[i].count * sizeof *read_us);
        memcpy(hint_us + n, hands[i].hint_us, hands[i].count * sizeof *hint_us);
        n += hands[i].count;
    }
    figures[0] = quantile(read_us, n, 0.5);
    figures[1] = quantile(read_us, n, 0.99);
    figures[2] = quantile(hint_us, n, 0.5);
}

static bool works_here(enum og_reader_kind kind)
{
    struct og_reader *reader;
    struct og_error err = {0};
    bool works = og_reader_new(kind, &reader, &err) == OG_OK;
    if (!works)
        fprintf(stderr, "bench readers: %s is left out: %s\n", og_reader_kind_name(kind), err.text);
    og_reader_destroy(&reader);
    return works;
}

static double results[MOODS][CREWS][OG_READER_KINDS][FIGURES][ROUNDS];

static void report_all(const struct report *report, const bool *works)
{
    for (int m = 0; m < MOODS; m++)
        for (int c = 0; c < CREWS; c++) {
            char title[100], name[300];
            snprintf(title, sizeof title, "%s, %u thread%s", moods[m].name, crews[c], crews[c] > 1 ? "s" : "");
            report_title(report, title);
            for (int f = 0; f < (moods[m].hint ? FIGURES : FIGURES - 1); f++)
                for (int k = OG_READER_PREAD; k < OG_READER_KINDS; k++) {
                    snprintf(name, sizeof name, "%s%s%s: %s", report->json ? title : "", report->json ? ", " : "",
                             og_reader_kind_name((enum og_reader_kind)k), figure_names[f]);
                    if (works[k])
                        report_figure(report, name, "us", results[m][c][k][f], (size_t)report_rounds(report, ROUNDS));
                }
        }
}

int main(int argc, char **argv)
{
    struct report report = report_open("readers", argc, argv);
    struct slides slides;
    struct desk desk = {0};
    bool works[OG_READER_KINDS] = {false};
    uint32_t side = report.quick ? QUICK_SIDE : SIDE;
    slides_open(&slides);
    slides_add(&slides, "dense", side, 0);
    snprintf(desk.path, sizeof desk.path, "%s/dense.tif", slides.folder);
    struct hand *hands = calloc(THREADS_MAX, sizeof *hands);
    desk.grid = (struct og_extent){side / (4 * OG_TILE_SIZE), side / (4 * OG_TILE_SIZE)};
    desk.families = desk.grid.width * desk.grid.height;
    for (int k = OG_READER_PREAD; k < OG_READER_KINDS; k++)
        works[k] = works_here((enum og_reader_kind)k);
    for (int r = 0; r < report_rounds(&report, ROUNDS); r++)
        for (int m = 0; m < MOODS; m++)
            for (int c = 0; c < CREWS; c++)
                for (int k = OG_READER_PREAD; k < OG_READER_KINDS; k++) {
                    double figures[FIGURES];
                    if (!works[k])
                        continue;
                    desk.mood = &moods[m];
                    desk.kind = (enum og_reader_kind)k;
                    shuffle(&desk, (unsigned)r);
                    measure(&desk, hands, crews[c], figures);
                    for (int f = 0; f < FIGURES; f++)
                        results[m][c][k][f][r] = figures[f];
                }
    report_all(&report, works);
    if (desk.stale > 0.01)
        fprintf(stderr, "bench readers: cold is not cold: %.0f %% of the slide stayed in memory\n", 100 * desk.stale);
    else
        fprintf(stderr, "bench readers: cold: no more than %.2f %% of the slide was in memory\n", 100 * desk.stale);
    free(hands);
    slides_close(&slides);
    return 0;
}
