/* SPDX-License-Identifier: MIT */
/*
 * One engine under one load, once: the product's, or one with an alternative linked in the place of a part of it. The
 * other benches run it, a process for each measurement, and read the line that it prints.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "load.h"
#include "slides.h"
#include "variant.h"

struct choice {
    const char *slides, *slide, *stream;
    uint64_t threads, in_flight, seed;
    bool drop; /* the slide from the page cache */
    double rate, warm, seconds;
    struct og_engine_options options;
};

static void stop(const char *what, const char *text)
{
    fprintf(stderr, "bench: %s %s\n", what, text);
    exit(1);
}

static uint64_t whole(const char *text)
{
    uint64_t value = 0;
    if (!og_parse_decimal(text, strlen(text), UINT64_MAX, &value))
        stop("not a number:", text);
    return value;
}

static bool is_named(const char *text, const char *name)
{
    size_t length = strlen(name);
    return strncmp(text, name, length) == 0 && text[length] == '=';
}

static enum og_reader_kind reader_kind(const char *name)
{
    for (int kind = 0; kind < OG_READER_KINDS; kind++)
        if (strcmp(name, og_reader_kind_name((enum og_reader_kind)kind)) == 0)
            return (enum og_reader_kind)kind;
    stop("no reader is called", name);
    return OG_READER_AUTO;
}

/* `name=value`: an option of the engine that the plan's rows switch on. */
static void set_option(struct og_engine_options *options, const char *text)
{
    const char *equals = strchr(text, '='), *value = equals ? equals + 1 : "";
    if (is_named(text, "workers"))
        options->workers = (unsigned)whole(value);
    else if (is_named(text, "families"))
        options->families = (unsigned)whole(value);
    else if (is_named(text, "huge-pages"))
        options->huge_pages = whole(value);
    else if (is_named(text, "pin"))
        options->threads.pinned = whole(value);
    else if (is_named(text, "reader"))
        options->reader = reader_kind(value);
    else
        stop("the engine has no option", text);
}

static struct choice read_arguments(int argc, char **argv)
{
    struct choice choice = {.slide = "slide", .stream = "cold", .in_flight = 16, .seed = 1, .warm = 0.3, .seconds = 1};
    for (int i = 1; i + 1 < argc; i += 2) {
        const char *name = argv[i], *value = argv[i + 1];
        if (strcmp(name, "--slides") == 0)
            choice.slides = value;
        else if (strcmp(name, "--slide") == 0)
            choice.slide = value;
        else if (strcmp(name, "--stream") == 0)
            choice.stream = value;
        else if (strcmp(name, "--threads") == 0)
            choice.threads = whole(value);
        else if (strcmp(name, "--in-flight") == 0)
            choice.in_flight = whole(value);
        else if (strcmp(name, "--cache") == 0)
            choice.options.cache_bytes = (size_t)whole(value);
        else if (strcmp(name, "--seed") == 0)
            choice.seed = whole(value);
        else if (strcmp(name, "--rate") == 0)
            choice.rate = (double)whole(value);
        else if (strcmp(name, "--warm-ms") == 0)
            choice.warm = (double)whole(value) / 1e3;
        else if (strcmp(name, "--ms") == 0)
            choice.seconds = (double)whole(value) / 1e3;
        else if (strcmp(name, "--drop") == 0)
            choice.drop = whole(value);
        else if (strcmp(name, "--option") == 0)
            set_option(&choice.options, value);
        else
            stop("unknown argument", name);
    }
    if (!choice.slides)
        stop("needs", "--slides DIR");
    return choice;
}

static void drop_slide(const struct choice *choice)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s.tif", choice->slides, choice->slide);
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0 || fdatasync(file) != 0 || posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED) != 0)
        stop("cannot drop", path);
    close(file);
}

int main(int argc, char **argv)
{
    struct choice choice = read_arguments(argc, argv);
    if (choice.drop)
        drop_slide(&choice);
    struct slides slides;
    slides_visit(&slides, choice.slides);
    struct og_engine *engine = slides_serve(&slides, choice.options);
    struct og_pyramid pyramid = slides_pyramid(&slides, choice.slide);
    struct stream stream;
    stream_open(&stream, strcmp(choice.stream, "viewer") == 0 ? STREAM_VIEWER : STREAM_COLD, &pyramid, choice.seed);
    struct load_plan plan = {.stream = &stream,
                             .slide = choice.slide,
                             .in_flight = (unsigned)choice.in_flight,
                             .rate = choice.rate,
                             .warm = choice.warm,
                             .seconds = choice.seconds};
    struct load_result result = strcmp(choice.stream, "hits") == 0
                                    ? load_hits(engine, slides.metrics, &plan, (unsigned)choice.threads)
                                    : load_run(engine, slides.block, &plan);
    og_engine_destroy(&engine);
    slides_close(&slides);
    variant_print(&result);
    return 0;
}
