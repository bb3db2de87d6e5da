/* SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "support/folder.h"
#include "support/rrip.h"
#include "tool/encode.h"
#include "tool/export.h"
#include "tool/rebuild.h"
#include "tool/slide_path.h"
#include "tool/tissue_slide.h"
#include "tool/vips.h"

enum { W = 2601, H = 1411, LEVELS = 5, T = OG_TILE_SIZE }; /* 2601, 1301, 651, 326, 163 pixels wide */

static const struct og_export_options usual = {.quality = OG_REBUILD_QUALITY_DEFAULT, .threads = 2};

static const char *path_in(const struct folder *folder, const char *name, char room[160])
{
    snprintf(room, 160, "%s/%s", folder->path, name);
    return room;
}

static void encode_tissue(const struct folder *folder, const char *name, uint32_t width, uint32_t height)
{
    struct og_tissue tissue;
    og_tissue_make(width, height, 5, 20, &tissue);
    slide_encode(folder, name, &tissue);
}

static int setup(void **state)
{
    return rebuilt_make(state, W, H, 5, 20);
}

static enum og_status export_to(const struct folder *folder, const struct og_slide *slide, const char *name,
                                const struct og_export_options *options, struct og_error *err)
{
    char path[160];
    struct og_exported exported;
    return og_export(slide, path_in(folder, name, path), options, &exported, err);
}

static void export_well(const struct folder *folder, const struct og_slide *slide, const char *name)
{
    struct og_error err = {0};
    if (export_to(folder, slide, name, &usual, &err) != OG_OK)
        fail_msg("%s", err.text);
}

static struct og_buf *served(struct og_rebuilder *rebuilder, const struct og_slide *slide, uint32_t level, uint32_t x,
                             uint32_t y)
{
    struct og_buf *tile;
    struct og_error err = {0};
    if (og_rebuilder_tile(rebuilder, slide, level, x, y, OG_REBUILD_QUALITY_DEFAULT, &tile, &err) != OG_OK)
        fail_msg("%s", err.text);
    return tile;
}

static struct og_buf *content(const struct folder *folder, const char *name)
{
    char path[160];
    FILE *file = fopen(path_in(folder, name, path), "rb");
    if (!file)
        fail_msg("%s is not there", path);
    fseek(file, 0, SEEK_END);
    struct og_buf *bytes = og_buf_new((size_t)ftell(file));
    rewind(file);
    assert_int_equal(fread(bytes->data, 1, bytes->size, file), bytes->size);
    fclose(file);
    return bytes;
}

static void assert_same(struct og_buf *a, struct og_buf *b)
{
    assert_int_equal(a->size, b->size);
    assert_memory_equal(a->data, b->data, a->size);
    og_buf_unref(&a);
    og_buf_unref(&b);
}

/* Every tile of the slide's Deep Zoom export `id`, against what is served. */
static void compare_tiles(const struct rebuilt *f, const struct og_slide *slide, const char *id)
{
    const struct og_pyramid *p = &og_slide_facts(slide)->pyramid;
    for (uint32_t level = 0; level <= p->top; level++) {
        struct og_extent grid = og_pyramid_grid(p, p->top - level);
        for (uint32_t i = 0; i < grid.width * grid.height; i++) {
            uint32_t x = i % grid.width, y = i / grid.width;
            char name[100];
            snprintf(name, sizeof name, "%s_files/%u/%u_%u.jpg", id, level, x, y);
            assert_same(content(f->folder, name), served(f->rebuilder, slide, level, x, y));
        }
    }
}

static void a_deep_zoom_folder_holds_every_tile_byte_for_byte_as_it_is_served(void **state)
{
    const struct rebuilt *f = *state;
    unsigned before = folder_count(f->folder);
    export_well(f->folder, f->slide, "zoom.dzi");
    assert_int_equal(folder_count(f->folder), before + 2); /* zoom.dzi and zoom_files */
    compare_tiles(f, f->slide, "zoom");

    struct og_slide *zoom = slide_open(f->folder, "zoom.dzi");
    assert_string_equal(og_slide_facts(zoom)->format, "deepzoom");
    assert_memory_equal(&og_slide_facts(zoom)->pyramid, &og_slide_facts(f->slide)->pyramid, sizeof(struct og_pyramid));
    og_slide_unref(&zoom);
}

static void a_deep_zoom_slide_is_exported_as_it_stands_and_refused_as_tiff(void **state)
{
    const struct rebuilt *f = *state;
    struct og_error err = {0};
    export_well(f->folder, f->slide, "once.dzi");
    struct og_slide *once = slide_open(f->folder, "once.dzi");
    export_well(f->folder, once, "twice.dzi");
    compare_tiles(f, f->slide, "twice");
    assert_int_equal(export_to(f->folder, once, "no.tif", &usual, &err), OG_UNSUPPORTED);
    assert_non_null(strstr(err.text, "no.tif: only an Origami slide"));
    og_slide_unref(&once);
}

static void a_folder_of_the_published_layout_becomes_deep_zoom(void **state)
{
    static const struct rrip_recipe recipe = {1300, 1100, RRIP_INGEST, RRIP_JPEG, 420, 60};
    const struct rebuilt *f = *state;
    struct rrip_slide *published = rrip_make(&recipe);
    struct og_slide *slide;
    struct og_error err;
    char path[160];
    rrip_write(published, path_in(f->folder, "published", path), RRIP_BUNDLE);
    assert_int_equal(og_slide_open_path(path_in(f->folder, "published/", path), &slide, &err), OG_OK);
    export_well(f->folder, slide, "freed.dzi");
    compare_tiles(f, slide, "freed");
    og_slide_unref(&slide);
    rrip_free(&published);
}

static int shrunk(int side, int depth)
{
    return (side + (1 << depth) - 1) >> depth;
}

static void openslide_opens_a_tiff_at_full_size_with_all_levels(void **state)
{
    const struct rebuilt *f = *state;
    VipsImage *slide;
    const char *text;
    char path[160];
    if (vips_type_find("VipsOperation", "openslideload") == 0)
        skip();
    export_well(f->folder, f->slide, "seen.tif");
    for (int level = 0; level < LEVELS; level++) {
        assert_int_equal(vips_openslideload(path_in(f->folder, "seen.tif", path), &slide, "level", level, NULL), 0);
        assert_int_equal(slide->Xsize, shrunk(W, level));
        assert_int_equal(slide->Ysize, shrunk(H, level));
        assert_int_equal(vips_image_get_string(slide, "openslide.level-count", &text), 0);
        assert_string_equal(text, "5");
        assert_int_equal(vips_image_get_string(slide, "tiff.XResolution", &text), 0);
        assert_string_equal(text, "40000"); /* per centimetre: 0.25 µm per pixel */
        g_object_unref(slide);
    }
}

static VipsImage *part_of(VipsImage *image, int x, int y, int width, int height)
{
    VipsImage *part;
    assert_int_equal(vips_extract_area(image, &part, x, y, width, height, NULL), 0);
    return part;
}

static double largest_difference(VipsImage *a, VipsImage *b)
{
    VipsImage *difference, *absolute;
    double largest;
    assert_int_equal(vips_subtract(a, b, &difference, NULL), 0);
    assert_int_equal(vips_abs(difference, &absolute, NULL), 0);
    assert_int_equal(vips_max(absolute, &largest, NULL), 0);
    g_object_unref(difference);
    g_object_unref(absolute);
    return largest;
}

/* The cut of a served 4:2:0 tile at the edge leaves its last chroma samples without the neighbours that a whole one
 * has. */
static void compare_pixels(const struct rebuilt *f, VipsImage *page, int depth)
{
    const struct og_pyramid *p = &og_slide_facts(f->slide)->pyramid;
    struct og_extent grid = og_pyramid_grid(p, (unsigned)depth);
    for (uint32_t i = 0; i < grid.width * grid.height; i++) {
        uint32_t x = i % grid.width, y = i / grid.width;
        struct og_extent size = og_pyramid_tile(p, (unsigned)depth, x, y);
        int width = (int)size.width - (depth < 2 && size.width < T),
            height = (int)size.height - (depth < 2 && size.height < T);
        struct og_buf *bytes = served(f->rebuilder, f->slide, p->top - (uint32_t)depth, x, y);
        VipsImage *whole;
        assert_int_equal(vips_jpegload_buffer(bytes->data, bytes->size, &whole, NULL), 0);
        VipsImage *tile = part_of(whole, 0, 0, width, height);
        VipsImage *area = part_of(page, (int)x * T, (int)y * T, width, height);
        assert_true(largest_difference(tile, area) == 0);
        g_object_unref(tile);
        g_object_unref(area);
        g_object_unref(whole);
        og_buf_unref(&bytes);
    }
}

static void every_page_of_a_tiff_has_the_pixels_that_are_served(void **state)
{
    const struct rebuilt *f = *state;
    char path[160];
    export_well(f->folder, f->slide, "pages.tif");
    for (int depth = 0; depth < LEVELS; depth++) {
        VipsImage *page;
        assert_int_equal(vips_tiffload(path_in(f->folder, "pages.tif", path), &page, "page", depth, NULL), 0);
        assert_int_equal(page->Xsize, shrunk(W, depth));
        assert_int_equal(page->Ysize, shrunk(H, depth));
        assert_int_equal(page->Bands, 3);
        compare_pixels(f, page, depth);
        g_object_unref(page);
    }
}

static void the_bytes_of_a_tiff_do_not_depend_on_the_number_of_threads(void **state)
{
    const struct rebuilt *f = *state;
    static const char *const names[3] = {"one.tif", "two.tif", "seven.tif"};
    static const unsigned threads[3] = {1, 2, 7};
    for (unsigned i = 0; i < 3; i++) {
        struct og_export_options options = usual;
        struct og_error err = {0};
        options.threads = threads[i];
        assert_int_equal(export_to(f->folder, f->slide, names[i], &options, &err), OG_OK);
        assert_same(content(f->folder, names[i]), content(f->folder, names[0]));
    }
}

static void any_size_from_one_pixel_up_can_be_exported(void **state)
{
    static const uint32_t sizes[][2] = {{1, 1}, {2, 2}, {1, 300}, {257, 3}, {1025, 256}};
    const struct rebuilt *f = *state;
    for (unsigned i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        char id[16], zoom[24], tiff[24], path[160];
        VipsImage *page;
        snprintf(id, sizeof id, "odd%u", i);
        snprintf(zoom, sizeof zoom, "%s.dzi", id);
        snprintf(tiff, sizeof tiff, "%s.tif", id);
        encode_tissue(f->folder, "odd.tif", sizes[i][0], sizes[i][1]);
        struct og_slide *slide = slide_open(f->folder, "odd.tif");
        export_well(f->folder, slide, zoom);
        export_well(f->folder, slide, tiff);
        compare_tiles(f, slide, id);
        assert_int_equal(vips_tiffload(path_in(f->folder, tiff, path), &page, NULL), 0);
        assert_int_equal(page->Xsize, sizes[i][0]);
        assert_int_equal(page->Ysize, sizes[i][1]);
        g_object_unref(page);
        og_slide_unref(&slide);
    }
}

static void what_has_the_name_already_is_left_alone(void **state)
{
    static const char *const there[] = {"there.dzi", "files_files", "there.tif"};
    static const char *const names[] = {"there.dzi", "files.dzi", "there.tif"};
    const struct rebuilt *f = *state;
    for (unsigned i = 0; i < 3; i++) {
        struct og_error err = {0};
        folder_write_text(f->folder, there[i], "mine");
        unsigned before = folder_count(f->folder);
        assert_int_equal(export_to(f->folder, f->slide, names[i], &usual, &err), OG_IO);
        assert_non_null(strstr(err.text, there[i]));
        assert_non_null(strstr(err.text, "exists already"));
        assert_int_equal(folder_count(f->folder), before);
        assert_same(content(f->folder, there[i]), og_buf_copy("mine", 4));
    }
}

struct newcomer {
    const struct folder *folder;
    const char *name; /* NULL: it is there */
};

static bool let_something_come(void *context, uint64_t done, uint64_t all)
{
    struct newcomer *newcomer = context;
    (void)all;
    if (done && newcomer->name && strchr(newcomer->name, '.'))
        folder_write_text(newcomer->folder, newcomer->name, "mine");
    else if (done && newcomer->name)
        folder_directory(newcomer->folder, newcomer->name);
    newcomer->name = done ? NULL : newcomer->name;
    return true;
}

static void what_has_got_the_name_meanwhile_is_left_alone(void **state)
{
    static const char *const come[] = {"late.dzi", "empty_files", "late.tif"};
    static const char *const names[] = {"late.dzi", "empty.dzi", "late.tif"};
    const struct rebuilt *f = *state;
    for (unsigned i = 0; i < 3; i++) {
        struct newcomer newcomer = {f->folder, come[i]};
        struct og_export_options options = usual;
        struct og_error err = {0};
        options.watch = let_something_come;
        options.context = &newcomer;
        unsigned before = folder_count(f->folder);
        assert_int_equal(export_to(f->folder, f->slide, names[i], &options, &err), OG_IO);
        assert_non_null(strstr(err.text, come[i]));
        assert_non_null(strstr(err.text, "exists already"));
        assert_int_equal(folder_count(f->folder), before + 1);
        if (i != 1)
            assert_same(content(f->folder, come[i]), og_buf_copy("mine", 4));
    }
}

static void a_name_that_says_no_format_is_refused(void **state)
{
    static const char *const names[] = {"x.png", ".dzi", "x.tif/", "x"};
    const struct rebuilt *f = *state;
    for (unsigned i = 0; i < 4; i++) {
        struct og_error err = {0};
        assert_int_equal(export_to(f->folder, f->slide, names[i], &usual, &err), OG_INVALID);
        assert_non_null(strstr(err.text, "ends in .dzi or in .tif"));
    }
}

static void a_place_that_cannot_be_written_is_named(void **state)
{
    static const char *const names[] = {"no/such.dzi", "no/such.tif"};
    const struct rebuilt *f = *state;
    for (unsigned i = 0; i < 2; i++) {
        struct og_error err = {0};
        assert_int_equal(export_to(f->folder, f->slide, names[i], &usual, &err), OG_IO);
        assert_non_null(strstr(err.text, "no/such"));
    }
}

static bool stop_after_some(void *context, uint64_t done, uint64_t all)
{
    (void)context, (void)all;
    return done < 1024 * 1024;
}

static void a_stopped_export_leaves_nothing_behind(void **state)
{
    static const char *const names[] = {"stopped.dzi", "stopped.tif"};
    const struct rebuilt *f = *state;
    unsigned before = folder_count(f->folder);
    for (unsigned i = 0; i < 2; i++) {
        struct og_export_options options = usual;
        struct og_error err = {0};
        options.watch = stop_after_some;
        assert_int_equal(export_to(f->folder, f->slide, names[i], &options, &err), OG_STOPPING);
        assert_int_equal(folder_count(f->folder), before);
    }
}

static void a_damaged_slide_is_an_error_that_names_it_and_leaves_nothing_behind(void **state)
{
    static const char *const names[] = {"damaged.dzi", "damaged.tif"};
    const struct rebuilt *f = *state;
    encode_tissue(f->folder, "hurt.tif", 1500, 700);
    int fd = openat(f->folder->fd, "hurt.tif", O_RDWR | O_CLOEXEC);
    assert_int_equal(pwrite(fd, "!!!!", 4, 16 + 3000), 4); /* within the first family's L2 tile */
    close(fd);
    struct og_slide *slide = slide_open(f->folder, "hurt.tif");
    unsigned before = folder_count(f->folder);
    for (unsigned i = 0; i < 2; i++) {
        struct og_error err = {0};
        assert_int_equal(export_to(f->folder, slide, names[i], &usual, &err), OG_DAMAGED);
        assert_non_null(strstr(err.text, "hurt"));
        assert_non_null(strstr(err.text, "L2 tile 0,0"));
        assert_non_null(strstr(err.text, "checksum"));
        assert_int_equal(folder_count(f->folder), before);
    }
    og_slide_unref(&slide);
}

static void an_exported_slide_encoded_again_is_near_the_first_one(void **state)
{
    const struct rebuilt *f = *state;
    struct og_encode_options options = {.wish = {.l0_step = 10, .trellis = true}, .threads = 2};
    struct og_encode_result again;
    struct og_source *source;
    struct og_error err = {0};
    char path[160];
    export_well(f->folder, f->slide, "left.tif");
    assert_int_equal(og_source_open_file(path_in(f->folder, "left.tif", path), &source, &err), OG_OK);
    assert_int_equal(source->facts.width, W);
    if (og_encode(source, path_in(f->folder, "back.tif", path), &options, &again, &err) != OG_OK)
        fail_msg("%s", err.text);
    og_source_close(&source);

    const struct og_description *first = &og_slide_facts(f->slide)->description, *second = &again.description;
    assert_true(second->mpp_x == first->mpp_x && second->mpp_y == first->mpp_y);
    assert_string_equal(second->icc, "srgb");
    assert_true(second->fidelity[0].psnr_luma > first->fidelity[0].psnr_luma); /* against the export */
}

int main(void)
{
    struct og_error err;
    if (og_vips_start(&err) != OG_OK)
        return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_deep_zoom_folder_holds_every_tile_byte_for_byte_as_it_is_served),
        cmocka_unit_test(a_deep_zoom_slide_is_exported_as_it_stands_and_refused_as_tiff),
        cmocka_unit_test(a_folder_of_the_published_layout_becomes_deep_zoom),
        cmocka_unit_test(openslide_opens_a_tiff_at_full_size_with_all_levels),
        cmocka_unit_test(every_page_of_a_tiff_has_the_pixels_that_are_served),
        cmocka_unit_test(the_bytes_of_a_tiff_do_not_depend_on_the_number_of_threads),
        cmocka_unit_test(any_size_from_one_pixel_up_can_be_exported),
        cmocka_unit_test(what_has_the_name_already_is_left_alone),
        cmocka_unit_test(what_has_got_the_name_meanwhile_is_left_alone),
        cmocka_unit_test(a_name_that_says_no_format_is_refused),
        cmocka_unit_test(a_place_that_cannot_be_written_is_named),
        cmocka_unit_test(a_stopped_export_leaves_nothing_behind),
        cmocka_unit_test(a_damaged_slide_is_an_error_that_names_it_and_leaves_nothing_behind),
        cmocka_unit_test(an_exported_slide_encoded_again_is_near_the_first_one),
    };
    int failed = cmocka_run_group_tests(tests, setup, rebuilt_end);
    vips_shutdown();
    return failed;
}
