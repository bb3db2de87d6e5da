/* SPDX-License-Identifier: MIT */
#include "slides.h"

#include <dirent.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "must.h"
#include "tool/encode.h"
#include "tool/preset.h"
#include "tool/tissue.h"

static void open_metrics(struct slides *slides)
{
    slides->log = og_log_new(STDERR_FILENO, OG_LOG_WARN);
    slides->metrics = og_metrics_new();
    slides->block = og_metrics_take(slides->metrics);
}

void slides_open(struct slides *slides)
{
    *slides = (struct slides){.folder = "/tmp/origami-bench-XXXXXX", .made = true};
    if (!mkdtemp(slides->folder)) {
        perror(slides->folder);
        exit(1);
    }
    open_metrics(slides);
}

void slides_visit(struct slides *slides, const char *folder)
{
    *slides = (struct slides){0};
    snprintf(slides->folder, sizeof slides->folder, "%s", folder);
    open_metrics(slides);
    slides_scan(slides);
}

static void encode(struct slides *slides, const char *id, struct og_source *source, int chroma_step)
{
    struct og_error err = {0};
    struct og_encode_result result;
    struct og_encode_options options = {
        .wish = {.aim = OG_PRESET_BALANCED, .chroma_step = chroma_step, .trellis = true}};
    char path[512];
    snprintf(path, sizeof path, "%s/%s.tif", slides->folder, id);
    must(og_encode(source, path, &options, &result, &err), &err);
    og_source_close(&source);
}

struct og_source *slides_tissue(uint32_t side, unsigned glass)
{
    struct og_error err = {0};
    struct og_tissue tissue;
    struct og_source *source;
    og_tissue_make(side, side, 1, glass, &tissue);
    must(og_source_open_tissue(&tissue, &source, &err), &err);
    return source;
}

void slides_add(struct slides *slides, const char *id, uint32_t side, unsigned glass)
{
    encode(slides, id, slides_tissue(side, glass), OG_CHROMA_FOLLOWS);
}

void slides_add_without_chroma(struct slides *slides, const char *id, uint32_t side)
{
    encode(slides, id, slides_tissue(side, 0), 0);
}

/* The largest file of a folder; false: there is none. */
static bool largest_file(const char *folder, char *out, size_t room)
{
    DIR *directory = opendir(folder);
    off_t largest = 0;
    for (struct dirent *entry; directory && (entry = readdir(directory));) {
        char path[512];
        struct stat info;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (stat(path, &info) == 0 && S_ISREG(info.st_mode) && info.st_size > largest) {
            largest = info.st_size;
            snprintf(out, room, "%s", path);
        }
    }
    if (directory)
        closedir(directory);
    return largest > 0;
}

bool slides_real_path(char *out, size_t room)
{
    const char *folder = getenv("OG_REAL_SLIDES");
    return folder && largest_file(folder, out, room);
}

struct og_source *slides_real(void)
{
    struct og_error err = {0};
    struct og_source *source;
    char path[512];
    if (!slides_real_path(path, sizeof path))
        return NULL;
    must(og_source_open_file(path, &source, &err), &err);
    return source;
}

bool slides_add_real(struct slides *slides, const char *id)
{
    struct og_source *source = slides_real();
    if (source)
        encode(slides, id, source, 0);
    return source;
}

void slides_scan(struct slides *slides)
{
    struct og_error err = {0};
    must(og_catalogue_open(slides->folder, slides->log, slides->block, &slides->catalogue, &err), &err);
    must(og_library_open(slides->folder, slides->log, slides->metrics, &slides->library, &err), &err);
}

struct og_pyramid slides_pyramid(const struct slides *slides, const char *id)
{
    struct og_slide *slide = og_catalogue_find(slides->catalogue, id, strlen(id));
    if (!slide) {
        fprintf(stderr, "bench: no slide %s in %s\n", id, slides->folder);
        exit(1);
    }
    struct og_pyramid pyramid = og_slide_facts(slide)->pyramid;
    og_slide_unref(&slide);
    return pyramid;
}

struct og_engine *slides_serve(struct slides *slides, struct og_engine_options options)
{
    struct og_error err = {0};
    struct og_engine *engine;
    must(og_engine_new(&options, slides->library, slides->log, slides->metrics, &engine, &err), &err);
    return engine;
}

static void answered(struct og_waiter *waiter, enum og_status status, struct og_buf *buf)
{
    (void)waiter, (void)status;
    og_buf_unref(&buf);
}

double slides_build(struct slides *slides, struct og_engine *engine, const char *id, uint32_t x, uint32_t y)
{
    struct og_waiter waiter = {.done = answered};
    struct og_slide *slide = og_catalogue_find(slides->catalogue, id, strlen(id));
    struct og_tile_name name;
    if (!slide ||
        og_engine_name(engine, id, strlen(id), og_slide_facts(slide)->pyramid.top, x, y, &name, slides->block) != OG_OK)
        exit(1);
    og_engine_submit(engine, &name, &waiter, slides->block);
    double watch = thread_cpu();
    while (og_engine_gauges(engine).jobs_in_flight)
        usleep(500);
    watch = thread_cpu() - watch;
    og_tile_name_release(&name);
    og_slide_unref(&slide);
    return watch;
}

static int remove_entry(const char *path, const struct stat *info, int kind, struct FTW *walk)
{
    (void)info, (void)kind, (void)walk;
    return remove(path);
}

void slides_close(struct slides *slides)
{
    if (slides->catalogue)
        og_catalogue_close(&slides->catalogue);
    og_library_close(&slides->library);
    og_metrics_destroy(&slides->metrics);
    og_log_destroy(&slides->log);
    if (slides->made)
        nftw(slides->folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

static double seconds(struct timeval t)
{
    return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

double process_cpu(void)
{
    struct rusage use;
    getrusage(RUSAGE_SELF, &use);
    return seconds(use.ru_utime) + seconds(use.ru_stime);
}

double thread_cpu(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

double wall_clock(void)
{
    return (double)og_clock_monotonic_ns() / 1e9;
}

void sleep_until(uint64_t due_ns)
{
    struct timespec due = {.tv_sec = (time_t)(due_ns / 1000000000), .tv_nsec = (long)(due_ns % 1000000000)};
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &due, NULL);
}
