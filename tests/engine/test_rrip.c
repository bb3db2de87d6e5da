/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "answers.h"
#include "support/cmocka_all.h"
#include "support/noise.h"
#include "support/rrip.h"
#include "tool/rebuild.h"

/* Two by two families; the right and the lower ones reach over the edge in every level. */
static const struct rrip_recipe ingested = {1300, 1100, RRIP_INGEST, RRIP_JPEG, 420, 60};

static char *path_of(const struct folder *folder, const char *name)
{
    static char path[128];
    snprintf(path, sizeof path, "%s/%s", folder->path, name);
    return path;
}

static struct answers *ask(const struct folder *folder, const char *id)
{
    struct served served;
    served_open(&served, folder->path, (struct og_engine_options){.workers = 3});
    struct answers *answers = answers_served(&served, id);
    served_close(&served);
    return answers;
}

static struct og_slide *open_slide(const struct folder *folder, const char *id)
{
    struct og_slide *slide;
    struct og_error err;
    int directory = open(folder->path, O_RDONLY | O_DIRECTORY);
    if (og_slide_open(directory, id, 1, &slide, &err) != OG_OK)
        fail_msg("%s", err.text);
    close(directory);
    return slide;
}

static struct answers *ask_tool(const struct folder *folder, const char *id)
{
    struct og_slide *slide = open_slide(folder, id);
    struct answers *answers = answers_rebuilt(slide);
    og_slide_unref(&slide);
    return answers;
}

static void assert_same(const struct answers *a, const struct answers *b)
{
    assert_string_equal(answers_equal(a, b).text, OG_AS_CLAIMED);
}

static void assert_sizes(const struct answers *answers)
{
    assert_true(answers->count > 0);
    for (unsigned i = 0; i < answers->count; i++) {
        const struct answer *t = &answers->tile[i];
        struct og_extent due = og_pyramid_tile(&answers->pyramid, answers->pyramid.top - t->level, t->x, t->y);
        uint8_t *pixels;
        int width, height;
        assert_int_equal(t->status, OG_OK);
        assert_true(jpeg_pixels(t->buf, 3, &pixels, &width, &height));
        assert_int_equal(width, due.width);
        assert_int_equal(height, due.height);
        free(pixels);
    }
}

static void every_form_serves_the_same_bytes_and_so_does_the_tool(void **state)
{
    (void)state;
    struct folder *folder = folder_make();
    struct rrip_slide *slide = rrip_make(&ingested);
    static const char *const names[] = {"loose", "packs", "bundle"};
    struct answers *first = NULL;
    for (unsigned form = RRIP_LOOSE; form <= RRIP_BUNDLE; form++) {
        rrip_write(slide, path_of(folder, names[form]), (enum rrip_form)form);
        struct answers *served = ask(folder, names[form]), *rebuilt = ask_tool(folder, names[form]);
        assert_sizes(served);
        assert_same(served, rebuilt);
        answers_free(&rebuilt);
        if (first) {
            assert_same(served, first);
            answers_free(&served);
        } else {
            first = served;
        }
    }
    answers_free(&first);
    rrip_free(&slide);
    folder_remove(&folder);
}

static void every_kind_of_stream_and_base_is_served_in_full(void **state)
{
    (void)state;
    static const struct rrip_recipe recipes[] = {
        {1300, 1100, RRIP_INGEST, RRIP_PROGRESSIVE, 422, 60},
        {1300, 1100, RRIP_ENCODE, RRIP_WEBP, 444, 60},
        {600, 900, RRIP_ENCODE, RRIP_WEBP_LOSSLESS, 420, 60},
        {5, 3, RRIP_INGEST, RRIP_JPEG, 420, 60},
        {5, 3, RRIP_ENCODE, RRIP_JPEG, 420, 60},
    };
    for (size_t i = 0; i < sizeof recipes / sizeof recipes[0]; i++) {
        struct folder *folder = folder_make();
        struct rrip_slide *slide = rrip_make(&recipes[i]);
        rrip_write(slide, path_of(folder, "a"), i % 2 ? RRIP_LOOSE : RRIP_BUNDLE);
        struct answers *served = ask(folder, "a");
        assert_sizes(served);
        answers_free(&served);
        rrip_free(&slide);
        folder_remove(&folder);
    }
}

/* A residual of 128 throughout adds nothing. */
static void a_missing_residual_means_the_prediction_alone(void **state)
{
    (void)state;
    static const struct rrip_recipe lossless = {1300, 1100, RRIP_INGEST, RRIP_WEBP_LOSSLESS, 420, 60};
    static uint8_t nothing[RRIP_T * RRIP_T];
    memset(nothing, 128, sizeof nothing);
    struct folder *folder = folder_make();
    struct rrip_slide *slide = rrip_make(&lossless);
    rrip_write(slide, path_of(folder, "all"), RRIP_PACKS);
    struct rrip_family *family = &slide->families[0];
    for (unsigned slot = OG_SLOT_L1; slot < OG_FAMILY_SLOTS; slot += 3) {
        og_buf_unref(&family->stream[slot]);
        family->stream[slot] = rrip_code_grey(&lossless, nothing);
    }
    rrip_write(slide, path_of(folder, "flat"), RRIP_PACKS);
    for (unsigned slot = OG_SLOT_L1; slot < OG_FAMILY_SLOTS; slot += 3)
        og_buf_unref(&family->stream[slot]);
    static const char *const names[] = {"loose", "packs", "bundle"};
    struct answers *all = ask(folder, "all"), *flat = ask(folder, "flat");
    assert_string_not_equal(answers_equal(all, flat).text, OG_AS_CLAIMED);
    for (unsigned form = RRIP_LOOSE; form <= RRIP_BUNDLE; form++) {
        rrip_write(slide, path_of(folder, names[form]), (enum rrip_form)form);
        struct answers *missing = ask(folder, names[form]);
        assert_same(missing, flat);
        answers_free(&missing);
    }
    answers_free(&all);
    answers_free(&flat);
    rrip_free(&slide);
    folder_remove(&folder);
}

static void a_family_without_any_residual_is_served_from_its_base(void **state)
{
    (void)state;
    struct folder *folder = folder_make();
    struct rrip_slide *slide = rrip_make(&ingested);
    for (unsigned slot = OG_SLOT_L1; slot < OG_FAMILY_SLOTS; slot++)
        og_buf_unref(&slide->families[3].stream[slot]);
    rrip_write(slide, path_of(folder, "packs"), RRIP_PACKS);
    rrip_write(slide, path_of(folder, "bundle"), RRIP_BUNDLE);
    struct answers *packs = ask(folder, "packs"), *bundle = ask(folder, "bundle");
    assert_sizes(packs);
    assert_same(packs, bundle);
    answers_free(&packs);
    answers_free(&bundle);
    rrip_free(&slide);
    folder_remove(&folder);
}

/* ---- damage ---- */

static bool is_of_family(const struct answers *a, const struct answer *t, uint32_t fx, uint32_t fy)
{
    unsigned depth = a->pyramid.top - t->level;
    return depth < 2 && t->x >> (2 - depth) == fx && t->y >> (2 - depth) == fy;
}

static void assert_only_family_is_lost(const struct answers *now, const struct answers *whole, uint32_t fx, uint32_t fy)
{
    for (unsigned i = 0; i < whole->count; i++) {
        const struct answer *t = &now->tile[i], *before = &whole->tile[i];
        if (is_of_family(whole, t, fx, fy)) {
            assert_int_equal(t->status, OG_DAMAGED);
            continue;
        }
        assert_int_equal(t->status, OG_OK);
        assert_int_equal(t->buf->size, before->buf->size);
        assert_memory_equal(t->buf->data, before->buf->data, before->buf->size);
    }
}

static void a_bad_pack_costs_its_own_family_and_no_other(void **state)
{
    (void)state;
    struct folder *folder = folder_make();
    struct rrip_slide *slide = rrip_make(&ingested);
    rrip_write(slide, path_of(folder, "a"), RRIP_PACKS);
    struct answers *whole = ask(folder, "a");
    rrip_write_file(path_of(folder, "a"), "residual_packs/1_0.pack",
                    "\xff\xff\xff\x7f"
                    "abcdefgh",
                    12);
    struct answers *now = ask(folder, "a");
    assert_only_family_is_lost(now, whole, 1, 0);
    answers_free(&now);
    rrip_write_file(path_of(folder, "a"), "residual_packs/1_0.pack", "", 0);
    now = ask(folder, "a");
    assert_only_family_is_lost(now, whole, 1, 0);
    answers_free(&now);
    answers_free(&whole);
    rrip_free(&slide);
    folder_remove(&folder);
}

static void a_bad_residual_costs_what_is_rebuilt_from_it(void **state)
{
    (void)state;
    static const uint8_t jxl[] = {0xff, 0x0a, 1, 2, 3, 4};
    struct folder *folder = folder_make();
    struct rrip_slide *slide = rrip_make(&ingested);
    rrip_write(slide, path_of(folder, "a"), RRIP_LOOSE);
    rrip_write_file(path_of(folder, "a"), "residuals_q32/L0/0_0/2_1.jpg", jxl, sizeof jxl);
    if (unlink(path_of(folder, "a/residuals_q32/L0/0_0/0_0.jpg")) != 0 ||
        symlink("1_0.jpg", path_of(folder, "a/residuals_q32/L0/0_0/0_0.jpg")) != 0)
        abort();
    struct answers *served = ask(folder, "a"), *rebuilt = ask_tool(folder, "a");
    assert_int_equal(answers_failed(served), 2);
    assert_int_equal(answers_failed(rebuilt), 2);

    struct og_slide *opened = open_slide(folder, "a");
    struct og_rebuilder *rebuilder = og_rebuilder_new();
    struct og_error err;
    struct og_buf *buf;
    uint32_t top = og_slide_facts(opened)->pyramid.top;
    assert_int_equal(og_rebuilder_tile(rebuilder, opened, top, 2, 1, 90, &buf, &err), OG_UNSUPPORTED);
    assert_non_null(strstr(err.text, "tile 2, 1"));
    assert_non_null(strstr(err.text, "JPEG XL"));
    assert_int_equal(og_rebuilder_tile(rebuilder, opened, top, 0, 0, 90, &buf, &err), OG_DAMAGED);
    og_rebuilder_destroy(&rebuilder);
    og_slide_unref(&opened);
    answers_free(&served);
    answers_free(&rebuilt);
    rrip_free(&slide);
    folder_remove(&folder);
}

/* What a byte's change does to pixels nobody can tell without checksums; it may end neither the process nor a wait. */
static void changed_bytes_never_do_more_than_change_or_lose_tiles(void **state)
{
    (void)state;
    static const struct rrip_recipe small = {700, 500, RRIP_INGEST, RRIP_PROGRESSIVE, 420, 30};
    struct folder *folder = folder_make();
    struct rrip_slide *slide = rrip_make(&small);
    rrip_write(slide, path_of(folder, "a"), RRIP_PACKS);
    struct og_buf *pack = rrip_pack(&slide->families[0]);
    uint32_t seed = 77;
    for (int round = 0; round < 40; round++) {
        struct og_buf *copy = og_buf_copy(pack->data, pack->size);
        for (int n = 0; n < 6; n++)
            copy->data[noise_next(&seed) % (round % 2 ? 344 : copy->size)] = noise_byte(&seed);
        struct og_buf *record = rrip_record((struct og_span){copy->data, copy->size});
        if (round % 4 == 3)
            record->data[noise_next(&seed) % record->size] ^= (uint8_t)(1 + noise_byte(&seed) % 255);
        rrip_write_file(path_of(folder, "a"), "residual_packs/0_0.pack", record->data, record->size);
        struct answers *served = ask(folder, "a"), *rebuilt = ask_tool(folder, "a");
        assert_same(served, rebuilt);
        for (unsigned i = 0; i < served->count; i++)
            assert_true(served->tile[i].status == OG_OK || served->pyramid.top - served->tile[i].level < 2);
        answers_free(&served);
        answers_free(&rebuilt);
        og_buf_unref(&copy);
        og_buf_unref(&record);
    }
    og_buf_unref(&pack);
    rrip_free(&slide);
    folder_remove(&folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_form_serves_the_same_bytes_and_so_does_the_tool),
        cmocka_unit_test(every_kind_of_stream_and_base_is_served_in_full),
        cmocka_unit_test(a_missing_residual_means_the_prediction_alone),
        cmocka_unit_test(a_family_without_any_residual_is_served_from_its_base),
        cmocka_unit_test(a_bad_pack_costs_its_own_family_and_no_other),
        cmocka_unit_test(a_bad_residual_costs_what_is_rebuilt_from_it),
        cmocka_unit_test(changed_bytes_never_do_more_than_change_or_lose_tiles),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
