/* SPDX-License-Identifier: MIT */
/*
 * How fast a slide is encoded beside `vips dzsave` of the same file: programs of their own on all processors, in turn,
 * from a tiled JPEG TIFF of generated tissue, of tissue that is half glass, and from the largest real slide. dzsave
 * runs at its default quality and at the one whose full size comes as near to the source as ours does. Results are
 * removed, and written out, outside the time.
 */
#include <ftw.h>
#include <math.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vips/vips.h>

#include "must.h"
#include "report.h"
#include "slides.h"
#include "tool/encode.h"
#include "tool/picture.h"
#include "tool/preset.h"

enum { FAILED = 255 }; /* no quality */
enum { SIDE = 8192, QUICK_SIDE = 1024, ROUNDS = 7, PATH_ROOM = 512, NAME_ROOM = 80 };
enum { DEFAULT_QUALITY = 75, LEAST_QUALITY = 50, MOST_QUALITY = 98 };
enum who { TRELLIS, PLAIN, DZSAVE, DZSAVE_ALIKE, CONTESTANTS };

extern char **environ;

struct times {
    double wall[ROUNDS], cpu[ROUNDS], memory[ROUNDS];
};

struct job {
    char input[PATH_ROOM];
    const char *folder;
    uint32_t side;
    unsigned glass;
};

static void give_up(const char *what)
{
    fprintf(stderr, "bench: %s\n", what);
    _exit(FAILED);
}

/* ---- one program ---- */

static double seconds(struct timeval t)
{
    return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

static void run(const char *const arguments[], struct times *times, int round)
{
    struct rusage use;
    pid_t child;
    int status;
    double began = wall_clock();
    if (posix_spawnp(&child, arguments[0], NULL, NULL, (char **)arguments, environ) != 0)
        give_up(arguments[0]);
    if (wait4(child, &status, 0, &use) != child || status != 0)
        give_up(arguments[0]);
    times->wall[round] = wall_clock() - began;
    times->cpu[round] = seconds(use.ru_utime) + seconds(use.ru_stime);
    times->memory[round] = (double)use.ru_maxrss / 1024;
}

static void encode(const char *input, const char *output, bool plain, struct times *times, int round)
{
    const char *const arguments[] = {ORIGAMI, "encode", "-q", input, "-o", output, plain ? "--no-trellis" : NULL, NULL};
    run(arguments, times, round);
}

static void dzsave(const char *input, const char *output, int quality, struct times *times, int round)
{
    char suffix[32];
    snprintf(suffix, sizeof suffix, ".jpg[Q=%d]", quality);
    const char *const arguments[] = {"vips",      "dzsave", input,      output, "--tile-size", "256",
                                     "--overlap", "0",      "--suffix", suffix, NULL};
    run(arguments, times, round);
}

static int remove_entry(const char *path, const struct stat *info, int kind, struct FTW *walk)
{
    (void)info, (void)kind, (void)walk;
    return remove(path);
}

static void run_one(enum who who, const char *folder, const char *input, int alike, struct times *times, int round)
{
    char output[PATH_ROOM];
    bool ours = who == TRELLIS || who == PLAIN;
    snprintf(output, sizeof output, "%s/out", folder);
    mkdir(output, 0700);
    snprintf(output, sizeof output, "%s/out/%s", folder, ours ? "slide.tif" : "tiles");
    if (ours)
        encode(input, output, who == PLAIN, times, round);
    else
        dzsave(input, output, who == DZSAVE ? DEFAULT_QUALITY : alike, times, round);
    snprintf(output, sizeof output, "%s/out", folder);
    nftw(output, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    sync();
}

/* What takes memory or starts threads is done in a process of its own: a program's peak begins with its parent's. */
static int apart(int (*work)(const struct job *job), const struct job *job)
{
    int status;
    fflush(stdout);
    pid_t child = fork();
    if (child == 0)
        _exit(work(job));
    if (child < 0 || waitpid(child, &status, 0) != child || !WIFEXITED(status) || WEXITSTATUS(status) == FAILED)
        give_up("cannot set itself up");
    return WEXITSTATUS(status);
}

/* ---- dzsave's quality for the same picture ---- */

static VipsImage *luma_of(const char *path)
{
    VipsImage *image = vips_image_new_from_file(path, NULL), *luma;
    VipsImage *weights = vips_image_new_matrixv(3, 1, 0.299, 0.587, 0.114);
    VipsImage *colours;
    if (!image || vips_extract_band(image, &colours, 0, "n", 3, NULL) || vips_recomb(colours, &luma, weights, NULL))
        give_up(vips_error_buffer());
    g_object_unref(image);
    g_object_unref(colours);
    g_object_unref(weights);
    return luma;
}

static double psnr_between(const char *path, const char *other)
{
    VipsImage *a = luma_of(path), *b = luma_of(other), *difference, *squares;
    double mean;
    if (vips_subtract(a, b, &difference, NULL) || vips_multiply(difference, difference, &squares, NULL) ||
        vips_avg(squares, &mean, NULL))
        give_up(vips_error_buffer());
    g_object_unref(a);
    g_object_unref(b);
    g_object_unref(difference);
    g_object_unref(squares);
    return 10 * log10(255.0 * 255.0 / mean);
}

static double psnr_of_quality(const struct og_source *source, const char *input, const char *folder, int quality)
{
    char picture[PATH_ROOM], target[PATH_ROOM + 32];
    struct og_error err = {0};
    snprintf(picture, sizeof picture, "%s/alike.jpg", folder);
    snprintf(target, sizeof target, "%s[Q=%d]", picture, quality);
    must(og_picture_write(source, target, 0, true, &err), &err);
    double psnr = psnr_between(input, picture);
    unlink(picture);
    return psnr;
}

static double psnr_of_ours(const struct og_source *source, const char *folder)
{
    struct og_encode_options options = {.wish = {.aim = OG_PRESET_BALANCED, .trellis = true}};
    struct og_encode_result result;
    struct og_error err = {0};
    char path[PATH_ROOM];
    snprintf(path, sizeof path, "%s/ours.tif", folder);
    must(og_encode(source, path, &options, &result, &err), &err);
    unlink(path);
    return result.description.fidelity[0].psnr_luma;
}

static int quality_alike(const struct job *job)
{
    struct og_error err = {0};
    struct og_source *source;
    int low = LEAST_QUALITY, high = MOST_QUALITY;
    must(og_source_open_file(job->input, &source, &err), &err);
    double psnr = psnr_of_ours(source, job->folder);
    while (low < high) {
        int middle = (low + high) / 2;
        if (psnr_of_quality(source, job->input, job->folder, middle) < psnr)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* ---- inputs ---- */

static void say_ratio(const struct report *report, const char *input, const char *what, const double *a,
                      const double *b, size_t rounds)
{
    char name[2 * NAME_ROOM];
    snprintf(name, sizeof name, "%s: %s", input, what);
    report_ratio(report, name, a, b, rounds);
}

static void say(const struct report *report, const char *input, const char *what, const char *unit,
                const double *values, size_t rounds)
{
    char name[2 * NAME_ROOM];
    snprintf(name, sizeof name, "%s: %s", input, what);
    report_figure(report, name, unit, values, rounds);
}

static void measure(const struct report *report, const char *word, const struct job *job)
{
    static const char *const words[CONTESTANTS] = {"with trellis", "without", "dzsave Q 75", "dzsave alike"};
    struct times times[CONTESTANTS];
    int rounds = report_rounds(report, ROUNDS), alike = apart(quality_alike, job);
    for (int round = 0; round < rounds; round++)
        for (int i = 0; i < CONTESTANTS; i++) {
            enum who who = (enum who)((i + round) % CONTESTANTS);
            run_one(who, job->folder, job->input, alike, &times[who], round);
        }
    size_t n = (size_t)rounds;
    double quality = alike;
    report_title(report, word);
    say(report, word, "Q of dzsave alike", "", &quality, 1);
    for (int who = 0; who < CONTESTANTS; who++) {
        char what[NAME_ROOM];
        snprintf(what, sizeof what, "%s, wall", words[who]);
        say(report, word, what, "s", times[who].wall, n);
        snprintf(what, sizeof what, "%s, CPU", words[who]);
        say(report, word, what, "s", times[who].cpu, n);
        snprintf(what, sizeof what, "%s, memory", words[who]);
        say(report, word, what, "MiB", times[who].memory, n);
    }
    say_ratio(report, word, "speed without / dzsave Q 75", times[DZSAVE].wall, times[PLAIN].wall, n);
    say_ratio(report, word, "speed without / dzsave alike", times[DZSAVE_ALIKE].wall, times[PLAIN].wall, n);
    say_ratio(report, word, "speed trellis / dzsave Q 75", times[DZSAVE].wall, times[TRELLIS].wall, n);
    say_ratio(report, word, "speed trellis / dzsave alike", times[DZSAVE_ALIKE].wall, times[TRELLIS].wall, n);
    say_ratio(report, word, "CPU, dzsave Q 75 / without", times[DZSAVE].cpu, times[PLAIN].cpu, n);
    say_ratio(report, word, "CPU, dzsave Q 75 / trellis", times[DZSAVE].cpu, times[TRELLIS].cpu, n);
}

static int draw(const struct job *job)
{
    struct og_source *source = slides_tissue(job->side, job->glass);
    struct og_error err = {0};
    char target[PATH_ROOM + 96];
    snprintf(target, sizeof target, "%s[tile,tile_width=256,tile_height=256,pyramid,compression=jpeg,Q=90,bigtiff]",
             job->input);
    must(og_picture_write(source, target, 0, true, &err), &err);
    return 0;
}

static void measure_tissue(const struct report *report, const char *folder, const char *word, unsigned glass)
{
    struct job job = {.folder = folder, .side = report->quick ? QUICK_SIDE : SIDE, .glass = glass};
    snprintf(job.input, sizeof job.input, "%s/source.tif", folder);
    (void)apart(draw, &job);
    sync();
    measure(report, word, &job);
    unlink(job.input);
}

static void measure_real(const struct report *report, const char *folder)
{
    struct job job = {.folder = folder};
    if (slides_real_path(job.input, sizeof job.input))
        measure(report, "real", &job);
}

int main(int argc, char **argv)
{
    struct report report = report_open("encode", argc, argv);
    struct slides slides;
    slides_open(&slides); /* for its folder */
    measure_tissue(&report, slides.folder, "dense", 0);
    measure_tissue(&report, slides.folder, "half glass", 50);
    measure_real(&report, slides.folder);
    slides_close(&slides);
    return 0;
}
