/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <jansson.h>

#include "slide/slide_document.h"
#include "support/tuning.h"

static struct og_slide_facts origami_facts(void)
{
    struct og_slide_facts facts = {
        .id = "CMU-1",
        .format = "origami",
        .pyramid = {.width = 1025, .height = 700, .tile = 256, .top = 11},
        .description =
            {
                .upsample = OG_PREDICTOR_NAME,
                .tuning = TUNING_LIKE_A_SLIDES,
                .mpp_x = 0.499,
                .mpp_y = 0.5,
                .magnification = 20,
                .vendor = "a\"b",
                .icc = "srgb",
                .encoder = {"0.1.0", 90, 14, 22},
                .source = {"a.svs", 99, "sha256:0"},
                .fidelity = {{36.5, 34, 0.75, 36.25, 31, 7, 8}, {35, 33, 0.5, 34, 30, 3, 4}, {41, 40, 1, 0, 39, 0, 1}},
                .bytes = {5, 0, 7},
            },
        .file_bytes = 1234,
        .generation = UINT64_C(0x0123456789abcdef),
        .residual = true,
        .last_depth = 3,
    };
    return facts;
}

static struct og_slide_facts deepzoom_facts(void)
{
    return (struct og_slide_facts){
        .id = "plain",
        .format = "deepzoom",
        .pyramid = {.width = 3, .height = 1, .tile = 254, .overlap = 1, .top = 2},
        .generation = 7,
    };
}

static void expect_text(struct og_buf *buf, const char *expected)
{
    assert_non_null(buf);
    assert_int_equal(buf->size, strlen(expected));
    assert_memory_equal(buf->data, expected, buf->size);
    og_buf_unref(&buf);
}

static void an_origami_slide_tells_everything(void **state)
{
    (void)state;
    struct og_slide_facts facts = origami_facts();
    expect_text(og_slide_document(&facts),
                "{\"id\":\"CMU-1\",\"format\":\"origami\",\"generation\":\"0123456789abcdef\","
                "\"width\":1025,\"height\":700,\"tile\":256,\"overlap\":0,"
                "\"levels\":12,\"mpp_x\":0.499,\"mpp_y\":0.5,\"magnification\":20.0,\"vendor\":\"a\\\"b\","
                "\"icc\":\"srgb\",\"fidelity\":{"
                "\"L0\":{\"psnr_luma\":36.5,\"psnr_rgb\":34.0,\"psnr_tissue\":36.25,\"ssim\":0.75,"
                "\"worst\":{\"x\":7,\"y\":8,\"psnr_luma\":31.0}},"
                "\"L1\":{\"psnr_luma\":35.0,\"psnr_rgb\":33.0,\"psnr_tissue\":34.0,\"ssim\":0.5,"
                "\"worst\":{\"x\":3,\"y\":4,\"psnr_luma\":30.0}},"
                "\"L2\":{\"psnr_luma\":41.0,\"psnr_rgb\":40.0,\"psnr_tissue\":null,\"ssim\":1.0,"
                "\"worst\":{\"x\":0,\"y\":1,\"psnr_luma\":39.0}}},"
                "\"bytes\":{\"file\":1234,\"L0\":5,\"L1\":0,\"L2\":7},"
                "\"source\":{\"name\":\"a.svs\",\"size\":99,\"digest\":\"sha256:0\"},"
                "\"encoder\":{\"version\":\"0.1.0\",\"base_quality\":90,\"l1_step\":14,\"l0_step\":22,\"aim\":null}}");
}

static void a_deepzoom_slide_tells_null_where_it_does_not_know(void **state)
{
    (void)state;
    struct og_slide_facts facts = deepzoom_facts();
    expect_text(og_slide_document(&facts),
                "{\"id\":\"plain\",\"format\":\"deepzoom\",\"generation\":\"0000000000000007\","
                "\"width\":3,\"height\":1,\"tile\":254,\"overlap\":1,"
                "\"levels\":3,\"mpp_x\":null,\"mpp_y\":null,\"magnification\":null,\"vendor\":null,\"icc\":null,"
                "\"bytes\":{\"file\":null}}");
}

static void no_slides_are_an_empty_list(void **state)
{
    (void)state;
    expect_text(og_slide_document_list(NULL, 0), "{\"slides\":[]}");
}

static void deep_zoom_xml_carries_size_and_tiling(void **state)
{
    (void)state;
    struct og_slide_facts facts = deepzoom_facts();
    expect_text(og_slide_document_dzi(&facts),
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"
                "<Image xmlns=\"http://schemas.microsoft.com/deepzoom/2008\" TileSize=\"254\" Overlap=\"1\" "
                "Format=\"jpg\"><Size Width=\"3\" Height=\"1\"/></Image>");
}

/* ---- memory that runs out at any moment: no document, no leak ---- */

static size_t allocations_left;

static void *scarce_malloc(size_t size)
{
    return allocations_left && allocations_left-- ? malloc(size) : NULL;
}

static void expect_nothing_until_memory_is_enough(struct og_buf *(*make)(const struct og_slide_facts *facts))
{
    struct og_slide_facts facts = origami_facts();
    struct og_buf *buf = NULL;
    size_t enough = 0;
    for (; !buf && enough < 10000; enough++) {
        allocations_left = enough;
        json_set_alloc_funcs(scarce_malloc, free);
        buf = make(&facts);
        json_set_alloc_funcs(malloc, free);
    }
    assert_non_null(buf);
    assert_true(enough > 50);
    og_buf_unref(&buf);
}

static struct og_buf *print_and_parse(const struct og_slide_facts *facts)
{
    struct og_description valid = facts->description, found;
    valid.width = valid.height = 1;
    valid.tile = OG_TILE_SIZE;
    memcpy(valid.upsample, OG_PREDICTOR_NAME, sizeof OG_PREDICTOR_NAME);
    char *text = og_description_print(&valid);
    enum og_status status = text ? og_description_parse(text, strlen(text), &found, NULL) : OG_NO_MEMORY;
    free(text);
    return status == OG_OK ? og_buf_new(0) : NULL;
}

static void without_memory_there_is_no_document_and_no_leak(void **state)
{
    (void)state;
    expect_nothing_until_memory_is_enough(og_slide_document);
    expect_nothing_until_memory_is_enough(print_and_parse);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_origami_slide_tells_everything),
        cmocka_unit_test(a_deepzoom_slide_tells_null_where_it_does_not_know),
        cmocka_unit_test(no_slides_are_an_empty_list),
        cmocka_unit_test(deep_zoom_xml_carries_size_and_tiling),
        cmocka_unit_test(without_memory_there_is_no_document_and_no_leak),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
