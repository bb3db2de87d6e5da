/* SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/folder.h"
#include "tool/run_origami.h"
#include "tool/writer.h"

/* The most resident memory that encode and verify take is held to the bound that docs/FORMAT.md states. */

enum { ENCODE_KB = 96 * 1024, VERIFY_KB = 32 * 1024, THREAD_KB = 32 * 1024, FAMILY_KB = 1, TILE = 256 };

struct picture {
    unsigned width, height;
    const char *options; /* of libvips, behind the name */
};

static long index_kb(const struct picture *p)
{
    return (long)((p->width + 1023) / 1024) * ((p->height + 1023) / 1024) * FAMILY_KB;
}

/* What libvips keeps of a tiled TIFF: two rows of tiles. */
static long rows_kb(const struct picture *p)
{
    return 2L * TILE * 3 * p->width / 1024;
}

static long whole_kb(const struct picture *p)
{
    return (long)p->width * p->height * 3 / 1024;
}

static long peak_kb(const char *const *arguments)
{
    struct rusage use;
    int status;
    pid_t child = origami_start(arguments);
    assert_int_equal(wait4(child, &status, 0, &use), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    return use.ru_maxrss;
}

static void hold(const struct picture *p, const char *what, long peak, long bound)
{
    print_message("%u x %u, %s: %ld of %ld KiB\n", p->width, p->height, what, peak, bound);
    if (peak > bound)
        fail_msg("%u x %u, %s: %ld KiB, more than the bound of %ld KiB", p->width, p->height, what, peak, bound);
}

static void draw(const char *path, const struct picture *p)
{
    char size[32], target[200];
    snprintf(size, sizeof size, "%ux%u", p->width, p->height);
    snprintf(target, sizeof target, "%s%s", path, p->options);
    struct origami_run run = ORIGAMI_RUN("demo", "--plain", "--size", size, "--glass", "70", "-q", "-o", target);
    if (run.code != 0)
        fail_msg("%s", run.errs);
    origami_run_free(&run);
}

/* One thread and three; then the slide against its source. */
static void hold_a_file(const struct folder *folder, const char *name, const struct picture *p, long source_kb)
{
    char path[100], slide[100];
    snprintf(path, sizeof path, "%s/%s", folder->path, name);
    snprintf(slide, sizeof slide, "%s/slide.tif", folder->path);
    draw(path, p);
    long grows = index_kb(p) + source_kb;
    const char *const one[] = {"encode", path, "-q", "--threads", "1", "-o", slide, NULL};
    const char *const three[] = {"encode", path, "-q", "--threads", "3", "-o", slide, NULL};
    const char *const verify[] = {"verify", path, slide, "-q", "--threads", "2", NULL};
    hold(p, "one thread", peak_kb(one), ENCODE_KB + THREAD_KB + grows);
    hold(p, "three threads", peak_kb(three), ENCODE_KB + 3 * THREAD_KB + grows);
    hold(p, "verify with two", peak_kb(verify), VERIFY_KB + 2 * THREAD_KB + grows);
}

static void a_slide_without_a_file_takes_the_same_in_any_shape(void **state)
{
    static const struct picture pictures[] = {{900, 700, ""}, {5000, 4000, ""}, {50000, 300, ""}, {300, 50000, ""}};
    const struct folder *folder = *state;
    char path[100], size[32];
    snprintf(path, sizeof path, "%s/slide.tif", folder->path);
    for (unsigned i = 0; i < sizeof pictures / sizeof pictures[0]; i++) {
        const struct picture *p = &pictures[i];
        snprintf(size, sizeof size, "%ux%u", p->width, p->height);
        const char *const demo[] = {"demo", "--size", size, "--glass", "0", "-q", "--threads", "2", "-o", path, NULL};
        hold(p, "drawn as it is encoded", peak_kb(demo), ENCODE_KB + 2 * THREAD_KB + index_kb(p));
    }
}

static void a_tiled_source_adds_two_rows_of_its_tiles(void **state)
{
    static const char options[] = "[tile,tile_width=256,tile_height=256,compression=jpeg]";
    static const struct picture pictures[] = {{5000, 1200, options}, {20000, 1200, options}, {600, 40000, options}};
    for (unsigned i = 0; i < sizeof pictures / sizeof pictures[0]; i++)
        hold_a_file(*state, "source.tif", &pictures[i], rows_kb(&pictures[i]));
}

static void a_picture_without_tiles_adds_itself(void **state)
{
    static const struct picture pictures[] = {{1500, 1000, ""}, {5000, 4000, ""}};
    for (unsigned i = 0; i < sizeof pictures / sizeof pictures[0]; i++)
        hold_a_file(*state, "source.jpg", &pictures[i], whole_kb(&pictures[i]));
}

/* Everything but pixels: as many families and coarser tiles as a slide of that side has. */
static bool write_index(const char *path, uint32_t side)
{
    static const struct og_plan_settings settings = {.base_quality = 89, .l1_step = 11, .l0_step = 10};
    struct og_plan plan;
    struct og_writer *writer;
    struct og_error err;
    uint64_t size;
    if (og_plan_make(side, side, &settings, &plan, &err) != OG_OK || og_writer_new(path, &plan, &writer, &err) != OG_OK)
        return false;
    struct og_record record = {0};
    uint8_t bytes[OG_FAMILY_SLOTS] = {0};
    for (unsigned slot = 0; slot < OG_FAMILY_SLOTS; slot++)
        record.length[slot] = 1;
    struct og_extent grid = og_pyramid_grid(&plan.pyramid, 2);
    for (uint32_t y = 0; y < grid.height; y++)
        for (uint32_t x = 0; x < grid.width; x++)
            if (og_writer_family(writer, x, y, &record, (struct og_span){bytes, sizeof bytes}, &err) != OG_OK)
                return false;
    for (unsigned depth = 3; depth <= og_pyramid_last_depth(&plan.pyramid); depth++) {
        struct og_extent tiles = og_pyramid_grid(&plan.pyramid, depth);
        for (uint64_t i = 0; i < (uint64_t)tiles.width * tiles.height; i++)
            if (og_writer_tile(writer, depth, (uint32_t)(i % tiles.width), (uint32_t)(i / tiles.width),
                               (struct og_span){bytes, 1}, &err) != OG_OK)
                return false;
    }
    struct og_description description = {.width = side, .height = side, .tile = OG_TILE_SIZE};
    return og_writer_finish(writer, &description, &size, &err) == OG_OK;
}

static long index_peak_kb(const char *path, uint32_t side)
{
    struct rusage use;
    int status;
    pid_t child = fork();
    if (child == 0)
        _exit(write_index(path, side) ? 0 : 1);
    assert_int_equal(wait4(child, &status, 0, &use), child);
    assert_int_equal(status, 0);
    return use.ru_maxrss;
}

static void the_index_takes_at_most_a_kilobyte_of_each_family(void **state)
{
    char path[100];
    snprintf(path, sizeof path, "%s/index.tif", ((struct folder *)*state)->path);
    long least = index_peak_kb(path, 1024);
    for (uint32_t side = 64 * 1024; side <= 256 * 1024; side *= 2) {
        struct picture p = {side, side, ""};
        hold(&p, "the index alone", index_peak_kb(path, side) - least, index_kb(&p));
    }
}

int main(void)
{
#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, folder_setup, folder_teardown)
    const struct CMUnitTest tests[] = {
        IN_FOLDER(the_index_takes_at_most_a_kilobyte_of_each_family),
        IN_FOLDER(a_slide_without_a_file_takes_the_same_in_any_shape),
        IN_FOLDER(a_picture_without_tiles_adds_itself),
        IN_FOLDER(a_tiled_source_adds_two_rows_of_its_tiles),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
