/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <math.h>

#include "slide/description.h"
#include "support/tuning.h"

static struct og_description example(void)
{
    return (struct og_description){
        .width = 46000,
        .height = 32914,
        .tile = 256,
        .upsample = OG_PREDICTOR_NAME,
        .tuning = TUNING_LIKE_A_SLIDES,
        .mpp_x = 0.499,
        .mpp_y = 0.2527,
        .magnification = 20,
        .vendor = "aperio",
        .icc = "converted",
        .encoder = {.version = "0.1.0", .base_quality = 90, .l1_step = 14, .l0_step = 22, .aim = 36},
        .source = {.name = "CMU-1 \"ä\".svs", .size = UINT64_C(177552579), .digest = "sha256:00ff"},
        .fidelity = {{36.5, 34.25, 0.97, 36.25, 31.5, 7, 8}, {35, 33, -0.5, 34, 30, 3, 4}, {41, 40, 1, 0, 39, 0, 0}},
        .bytes = {50000000, 20000000, 7000000},
    };
}

static enum og_status parse(const char *text, struct og_description *out, struct og_error *err)
{
    return og_description_parse(text, strlen(text), out, err);
}

static void expect_equal(const struct og_description *a, const struct og_description *b)
{
    assert_int_equal(a->width, b->width);
    assert_int_equal(a->height, b->height);
    assert_int_equal(a->tile, b->tile);
    assert_string_equal(a->upsample, b->upsample);
    assert_memory_equal(&a->tuning, &b->tuning, sizeof a->tuning);
    assert_true(a->mpp_x == b->mpp_x && a->mpp_y == b->mpp_y && a->magnification == b->magnification);
    assert_string_equal(a->vendor, b->vendor);
    assert_string_equal(a->icc, b->icc);
    assert_string_equal(a->encoder.version, b->encoder.version);
    assert_int_equal(a->encoder.base_quality, b->encoder.base_quality);
    assert_int_equal(a->encoder.l1_step, b->encoder.l1_step);
    assert_int_equal(a->encoder.l0_step, b->encoder.l0_step);
    assert_int_equal(a->encoder.chroma_step, b->encoder.chroma_step);
    assert_true(a->encoder.aim == b->encoder.aim);
    assert_string_equal(a->source.name, b->source.name);
    assert_int_equal(a->source.size, b->source.size);
    assert_string_equal(a->source.digest, b->source.digest);
    assert_memory_equal(a->fidelity, b->fidelity, sizeof a->fidelity);
    assert_memory_equal(a->bytes, b->bytes, sizeof a->bytes);
}

/* ---- printing ---- */

static void what_is_printed_parses_to_the_same(void **state)
{
    (void)state;
    struct og_description given = example(), found;

    char *text = og_description_print(&given);
    assert_int_equal(parse(text, &found, NULL), OG_OK);

    expect_equal(&given, &found);
    free(text);
}

static void a_step_of_chroma_is_printed_where_there_is_one(void **state)
{
    (void)state;
    struct og_description given = example(), found;
    char *without = og_description_print(&given);
    given.encoder.chroma_step = 9;
    char *with = og_description_print(&given);
    assert_int_equal(parse(with, &found, NULL), OG_OK);

    expect_equal(&given, &found);
    assert_null(strstr(without, "chroma_step"));
    assert_non_null(strstr(with, "\"l0_step\":22,\"chroma_step\":9,"));
    free(without);
    free(with);
}

static void unknown_facts_are_printed_as_null_and_parse_to_unknown(void **state)
{
    (void)state;
    struct og_description given = {.width = 1, .height = 1, .tile = 256, .upsample = OG_PREDICTOR_NAME_CUBIC}, found;
    given.tuning = (struct og_tuning){{og_taps_cubic, og_taps_cubic, og_taps_cubic}, og_smoothing_none};

    char *text = og_description_print(&given);
    assert_non_null(strstr(text, "\"mpp_x\":null"));
    assert_non_null(strstr(text, "\"vendor\":null"));
    assert_int_equal(parse(text, &found, NULL), OG_OK);

    expect_equal(&given, &found);
    free(text);
}

static void perfect_fidelity_is_printed_as_a_hundred_decibels(void **state)
{
    (void)state;
    struct og_description given = example(), found;
    given.fidelity[0].psnr_luma = INFINITY;
    given.fidelity[1].psnr_rgb = 1e300;
    given.mpp_x = NAN;

    char *text = og_description_print(&given);
    assert_int_equal(parse(text, &found, NULL), OG_OK);

    assert_true(found.fidelity[0].psnr_luma == 100);
    assert_true(found.fidelity[1].psnr_rgb == 100);
    assert_true(found.mpp_x == 0);
    free(text);
}

static void names_that_are_not_utf8_are_printed_all_the_same(void **state)
{
    (void)state;
    struct og_description given = example(), found;
    snprintf(given.source.name, sizeof given.source.name, "h\xf6he.svs");

    char *text = og_description_print(&given);
    assert_non_null(text);
    assert_int_equal(parse(text, &found, NULL), OG_OK);

    assert_string_equal(found.source.name, "h?he.svs");
    free(text);
}

/* ---- parsing ---- */

#define NEEDED "\"origami\":1,\"width\":10,\"height\":20,\"tile\":256,\"upsample\":\"cubic-64\""

static void what_pixels_depend_on_is_enough(void **state)
{
    (void)state;
    struct og_description found;

    assert_int_equal(parse("{" NEEDED "}", &found, NULL), OG_OK);

    assert_int_equal(found.width, 10);
    assert_int_equal(found.height, 20);
    assert_string_equal(found.vendor, "");
    assert_true(found.mpp_x == 0 && found.fidelity[0].psnr_luma == 0);
}

static void older_slides_have_the_weights_that_their_predictor_has_always_had(void **state)
{
    (void)state;
    static const struct og_weights cubic = {{0, -2, 17, 56, -7, 0}};
    struct og_description found;

    assert_int_equal(parse("{" NEEDED ",\"taps\":{\"L0\":[]},\"smoothing\":[{}]}", &found, NULL), OG_OK);

    for (unsigned i = 0; i < OG_PREDICTED; i++) {
        assert_memory_equal(&found.tuning.taps[i].down, &cubic, sizeof cubic);
        assert_memory_equal(&found.tuning.taps[i].along, &cubic, sizeof cubic);
    }
    assert_memory_equal(&found.tuning.smoothing, &og_smoothing_none, sizeof og_smoothing_none);
}

#define SIX_TAP "\"origami\":1,\"width\":10,\"height\":20,\"tile\":256,\"upsample\":\"six-tap-smooth\""
#define WEIGHTS "[1,-6,18,60,-11,2,2,-5,14,64,-14,3]"
#define TWO     "\"L1\":" WEIGHTS ",\"chroma\":" WEIGHTS
#define TAPPED  SIX_TAP ",\"taps\":{" TWO ",\"L0\":" WEIGHTS "}"

static void weights_are_told_for_each_plane_that_is_predicted_and_for_residuals(void **state)
{
    (void)state;
    struct og_description found;

    assert_int_equal(parse("{" SIX_TAP ",\"taps\":{" TWO ",\"L0\":[0,0,0,64,0,0,-63,0,127,0,0,0]},"
                           "\"smoothing\":[47,8,-1,14,-2,-2,-3,-4,2]}",
                           &found, NULL),
                     OG_OK);

    assert_int_equal(found.tuning.taps[OG_PREDICTED_L0].down.of[3], 64);
    assert_int_equal(found.tuning.taps[OG_PREDICTED_L0].along.of[2], 127);
    assert_int_equal(found.tuning.taps[OG_PREDICTED_L1].along.of[0], 2);
    assert_int_equal(found.tuning.taps[OG_PREDICTED_CHROMA].down.of[5], 2);
    assert_int_equal(found.tuning.smoothing.of[0][2], -1);
    assert_int_equal(found.tuning.smoothing.of[1][0], 14);
    assert_int_equal(found.tuning.smoothing.of[2][1], -4);
}

static void members_that_nobody_knows_are_ignored(void **state)
{
    (void)state;
    struct og_description found;
    assert_int_equal(
        parse("{" NEEDED ",\"stain\":{\"name\":[1,2,null]},\"encoder\":{\"mood\":\"good\"}}", &found, NULL), OG_OK);
}

static void texts_lose_control_characters(void **state)
{
    (void)state;
    struct og_description found;

    assert_int_equal(parse("{" NEEDED ",\"vendor\":\"a\\u001b[31m\\n\\u007f\"}", &found, NULL), OG_OK);

    assert_string_equal(found.vendor, "a?[31m??");
}

static void long_texts_are_cut_between_characters(void **state)
{
    (void)state;
    for (unsigned shift = 0; shift < 4; shift++) {
        char text[700] = "{" NEEDED ",\"vendor\":\"", *at = text + strlen(text);
        struct og_description found;
        for (unsigned i = 0; i < shift; i++)
            *at++ = 'x';
        for (unsigned i = 0; i < 40; i++, at += 4)
            memcpy(at, "\xf0\x9f\x94\xac", 5); /* a microscope, four bytes */
        memcpy(at, "\"}", 3);

        assert_int_equal(parse(text, &found, NULL), OG_OK);

        assert_int_equal(strlen(found.vendor), shift + (sizeof found.vendor - 1 - shift) / 4 * 4);
    }
}

struct refusal {
    const char *text;
    enum og_status status;
    const char *reason;
};

static void expect_refusal(const struct refusal *r)
{
    struct og_description untouched, found;
    struct og_error err = {.status = OG_OK};
    memset(&untouched, 0x5a, sizeof untouched);
    memset(&found, 0x5a, sizeof found);

    enum og_status status = parse(r->text, &found, &err);

    if (status != r->status || err.status != status || !strstr(err.text, r->reason))
        fail_msg("%s: status %d, \"%s\"; expected %d, \"%s\"", r->text, status, err.text, r->status, r->reason);
    assert_memory_equal(&untouched, &found, sizeof found);
    assert_int_equal(parse(r->text, &found, NULL), status);
}

static void foreign_texts_are_not_origami_slides(void **state)
{
    (void)state;
    static const struct refusal cases[] = {
        {"", OG_UNSUPPORTED, "not an Origami slide"},
        {"Aperio Image Library v11.2.1", OG_UNSUPPORTED, "not an Origami slide"},
        {"<?xml version=\"1.0\"?><OME/>", OG_UNSUPPORTED, "not an Origami slide"},
        {"{}", OG_UNSUPPORTED, "not an Origami slide"},
        {"{\"shape\":[1,2,3]}", OG_UNSUPPORTED, "not an Origami slide"},
        {"{\"origami\":null}", OG_UNSUPPORTED, "not an Origami slide"},
        {"[1]", OG_UNSUPPORTED, "not an Origami slide"},
        {"null", OG_UNSUPPORTED, "not an Origami slide"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        expect_refusal(&cases[i]);
}

#define WITHOUT_WIDTH "\"origami\":1,\"height\":20,\"tile\":256,\"upsample\":\"cubic-64\""

static void other_versions_are_unsupported(void **state)
{
    (void)state;
    static const struct refusal cases[] = {
        {"{\"origami\":2,\"anything\":[]}", OG_UNSUPPORTED, "format version 2"},
        {"{\"origami\":1,\"width\":1,\"height\":1,\"tile\":256,\"upsample\":\"lanczos\"}", OG_UNSUPPORTED, "lanczos"},
        {"{\"origami\":1,\"width\":1,\"height\":1,\"tile\":512,\"upsample\":\"cubic-64\"}", OG_UNSUPPORTED, "512"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        expect_refusal(&cases[i]);
}

static void malformed_members_are_refused_by_name(void **state)
{
    (void)state;
    static const struct refusal cases[] = {
        {"{\"origami\":0}", OG_DAMAGED, "origami is out of range"},
        {"{\"origami\":\"1\"}", OG_DAMAGED, "origami is not a natural number"},
        {"{\"origami\":true}", OG_DAMAGED, "origami is not a natural number"},
        {"{" WITHOUT_WIDTH "}", OG_DAMAGED, "width is missing"},
        {"{" WITHOUT_WIDTH ",\"width\":null}", OG_DAMAGED, "width is missing"},
        {"{" WITHOUT_WIDTH ",\"width\":0}", OG_DAMAGED, "width is out of range"},
        {"{" WITHOUT_WIDTH ",\"width\":-5}", OG_DAMAGED, "width is not a natural number"},
        {"{" WITHOUT_WIDTH ",\"width\":5.0}", OG_DAMAGED, "width is not a natural number"},
        {"{" WITHOUT_WIDTH ",\"width\":\"5\"}", OG_DAMAGED, "width is not a natural number"},
        {"{" WITHOUT_WIDTH ",\"width\":[5]}", OG_DAMAGED, "width is not a natural number"},
        {"{" WITHOUT_WIDTH ",\"width\":67108865}", OG_DAMAGED, "width is out of range"},
        {"{" WITHOUT_WIDTH ",\"width\":4294967297}", OG_DAMAGED, "width is out of range"},
        {"{" WITHOUT_WIDTH ",\"width\":99999999999999999999}", OG_DAMAGED, "too big"},
        {"{\"origami\":1,\"width\":1,\"height\":1,\"tile\":256}", OG_DAMAGED, "upsample is missing"},
        {"{\"origami\":1,\"width\":1,\"height\":1,\"upsample\":\"cubic-64\"}", OG_DAMAGED, "tile is missing"},
        {"{" NEEDED ",\"mpp_x\":-0.5}", OG_DAMAGED, "mpp_x is out of range"},
        {"{" NEEDED ",\"mpp_y\":1e300}", OG_DAMAGED, "mpp_y is out of range"},
        {"{" NEEDED ",\"mpp_y\":1e999}", OG_DAMAGED, "overflow"},
        {"{" NEEDED ",\"mpp_y\":NaN}", OG_DAMAGED, "NaN"},
        {"{" NEEDED ",\"mpp_y\":Infinity}", OG_DAMAGED, "Infinity"},
        {"{" NEEDED ",\"mpp_x\":\"0.5\"}", OG_DAMAGED, "mpp_x is not a number"},
        {"{" NEEDED ",\"magnification\":false}", OG_DAMAGED, "magnification is not a number"},
        {"{" NEEDED ",\"vendor\":7}", OG_DAMAGED, "vendor is not a text"},
        {"{" NEEDED ",\"vendor\":\"a\\u0000b\"}", OG_DAMAGED, "\\u0000"},
        {"{" NEEDED ",\"vendor\":\"\xff\"}", OG_DAMAGED, "decode byte 0xff"},
        {"{" NEEDED ",\"encoder\":[]}", OG_DAMAGED, "encoder is not an object"},
        {"{" NEEDED ",\"encoder\":{\"base_quality\":101}}", OG_DAMAGED, "encoder.base_quality is out of range"},
        {"{" NEEDED ",\"encoder\":{\"l1_step\":-1}}", OG_DAMAGED, "encoder.l1_step is not a natural number"},
        {"{" NEEDED ",\"encoder\":{\"chroma_step\":65536}}", OG_DAMAGED, "encoder.chroma_step is out of range"},
        {"{" NEEDED ",\"source\":{\"size\":-1}}", OG_DAMAGED, "source.size is not a natural number"},
        {"{" NEEDED ",\"source\":{\"name\":{}}}", OG_DAMAGED, "source.name is not a text"},
        {"{" NEEDED ",\"fidelity\":3}", OG_DAMAGED, "fidelity is not an object"},
        {"{" NEEDED ",\"fidelity\":{\"L1\":3}}", OG_DAMAGED, "fidelity.L1 is not an object"},
        {"{" NEEDED ",\"fidelity\":{\"L0\":{\"ssim\":1.5}}}", OG_DAMAGED, "fidelity.L0.ssim is out of range"},
        {"{" NEEDED ",\"fidelity\":{\"L2\":{\"worst\":{\"x\":\"\"}}}}", OG_DAMAGED,
         "fidelity.L2.worst.x is not a natural"},
        {"{" NEEDED ",\"bytes\":{\"L2\":1.5}}", OG_DAMAGED, "bytes.L2 is not a natural number"},
        {"{" SIX_TAP "}", OG_DAMAGED, "taps.L0 is missing"},
        {"{" SIX_TAP ",\"taps\":[]}", OG_DAMAGED, "taps is not an object"},
        {"{" SIX_TAP ",\"taps\":{" TWO "}}", OG_DAMAGED, "taps.L0 is missing"},
        {"{" SIX_TAP ",\"taps\":{" TWO ",\"L0\":\"\"}}", OG_DAMAGED, "taps.L0 is not twelve small numbers"},
        {"{" SIX_TAP ",\"taps\":{" TWO ",\"L0\":[0,0,0,64,0,0,0,0,0,64,0]}}", OG_DAMAGED, "taps.L0 is not twelve"},
        {"{" SIX_TAP ",\"taps\":{" TWO ",\"L0\":[0,0,0,64,0,0,0,0,0,64,0,0.0]}}", OG_DAMAGED, "taps.L0 is not twelve"},
        {"{" SIX_TAP ",\"taps\":{" TWO ",\"L0\":[0,0,0,64,0,0,0,0,0,192,-128,0]}}", OG_DAMAGED,
         "taps.L0 is not twelve"},
        {"{" SIX_TAP ",\"taps\":{" TWO ",\"L0\":[0,0,0,64,0,0,0,0,0,63,0,0]}}", OG_DAMAGED, "taps.L0 are not weights"},
        {"{" SIX_TAP ",\"taps\":{" TWO ",\"L0\":[0,0,-64,127,1,0,0,0,0,64,0,0]}}", OG_DAMAGED,
         "taps.L0 are not weights"},
        {"{" TAPPED "}", OG_DAMAGED, "smoothing is missing"},
        {"{" TAPPED ",\"smoothing\":null}", OG_DAMAGED, "smoothing is missing"},
        {"{" TAPPED ",\"smoothing\":[]}", OG_DAMAGED, "smoothing is not nine small numbers"},
        {"{" TAPPED ",\"smoothing\":64}", OG_DAMAGED, "smoothing is not nine small numbers"},
        {"{" TAPPED ",\"smoothing\":{}}", OG_DAMAGED, "smoothing is not nine small numbers"},
        {"{" TAPPED ",\"smoothing\":[64,0,0,0,0,0,0,0]}", OG_DAMAGED, "smoothing is not nine small"},
        {"{" TAPPED ",\"smoothing\":[64,0,0,0,0,0,0,0,0,0]}", OG_DAMAGED, "smoothing is not nine small"},
        {"{" TAPPED ",\"smoothing\":[64,0,0,0,0,0,0,0,0.0]}", OG_DAMAGED, "smoothing is not nine small"},
        {"{" TAPPED ",\"smoothing\":[64,0,0,0,null,0,0,0,0]}", OG_DAMAGED, "smoothing is not nine small"},
        {"{" TAPPED ",\"smoothing\":[128,0,0,0,0,0,0,0,0]}", OG_DAMAGED, "smoothing is not nine small"},
        {"{" TAPPED ",\"smoothing\":[0,0,0,-129,0,0,0,0,0]}", OG_DAMAGED, "smoothing is not nine small"},
        {"{" TAPPED ",\"smoothing\":[2,0,127,0,0,0,0,0,0]}", OG_DAMAGED, "smoothing are not weights whose sizes"},
        {"{" TAPPED ",\"smoothing\":[0,0,0,0,0,0,0,0,-64]}", OG_DAMAGED, "smoothing are not weights whose sizes"},
        {"{" NEEDED "", OG_DAMAGED, "byte"},
        {"{" NEEDED "} {}", OG_DAMAGED, "byte"},
        {"{" NEEDED ",\"width\":10}", OG_DAMAGED, "duplicate"},
        {"{\"origami\":1,}", OG_DAMAGED, "byte"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        expect_refusal(&cases[i]);
}

/* ---- hostile texts: whatever the answer, it comes, and a refusal has words ---- */

static void expect_an_answer(const char *text, size_t length)
{
    struct og_description found;
    struct og_error err = {.text = ""};
    char *exact = malloc(length ? length : 1); /* the address sanitizer watches its end */
    assert_non_null(exact);
    memcpy(exact, text, length);
    if (og_description_parse(exact, length, &found, &err) != OG_OK)
        assert_true(strlen(err.text) > 0);
    free(exact);
}

static void every_truncation_is_refused(void **state)
{
    (void)state;
    struct og_description given = example(), found;
    char *text = og_description_print(&given);
    for (size_t n = 0; n < strlen(text); n++) {
        assert_int_not_equal(og_description_parse(text, n, &found, NULL), OG_OK);
        expect_an_answer(text, n);
    }
    free(text);
}

static void every_flipped_bit_gets_an_answer(void **state)
{
    (void)state;
    struct og_description given = example();
    char *text = og_description_print(&given);
    size_t length = strlen(text);
    for (size_t i = 0; i < 8 * length; i++) {
        text[i / 8] = (char)(text[i / 8] ^ 1 << i % 8);
        expect_an_answer(text, length);
        text[i / 8] = (char)(text[i / 8] ^ 1 << i % 8);
    }
    free(text);
}

static void deep_nesting_and_great_lengths_are_refused(void **state)
{
    (void)state;
    static const char *const units[] = {"[", "{\"a\":", "{\"a\":[", " ", "\"a\":1,", "\\u0000"};
    size_t length = ((size_t)1 << 20) + 1;
    char *text = malloc(length);
    struct og_description found;
    for (size_t u = 0; u < sizeof units / sizeof units[0]; u++) {
        size_t unit = strlen(units[u]);
        text[0] = '{';
        for (size_t i = 1; i < length; i++)
            text[i] = units[u][(i - 1) % unit];
        assert_int_not_equal(og_description_parse(text, length - 1, &found, NULL), OG_OK);
        expect_an_answer(text, length - 1);
    }
    memset(text, ' ', length);
    memcpy(text, "{" NEEDED "}", strlen("{" NEEDED "}"));
    assert_int_equal(og_description_parse(text, length - 1, &found, NULL), OG_OK);
    assert_int_equal(og_description_parse(text, length, &found, NULL), OG_DAMAGED);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_printed_parses_to_the_same),
        cmocka_unit_test(a_step_of_chroma_is_printed_where_there_is_one),
        cmocka_unit_test(unknown_facts_are_printed_as_null_and_parse_to_unknown),
        cmocka_unit_test(perfect_fidelity_is_printed_as_a_hundred_decibels),
        cmocka_unit_test(names_that_are_not_utf8_are_printed_all_the_same),
        cmocka_unit_test(what_pixels_depend_on_is_enough),
        cmocka_unit_test(older_slides_have_the_weights_that_their_predictor_has_always_had),
        cmocka_unit_test(weights_are_told_for_each_plane_that_is_predicted_and_for_residuals),
        cmocka_unit_test(members_that_nobody_knows_are_ignored),
        cmocka_unit_test(texts_lose_control_characters),
        cmocka_unit_test(long_texts_are_cut_between_characters),
        cmocka_unit_test(foreign_texts_are_not_origami_slides),
        cmocka_unit_test(other_versions_are_unsupported),
        cmocka_unit_test(malformed_members_are_refused_by_name),
        cmocka_unit_test(every_truncation_is_refused),
        cmocka_unit_test(every_flipped_bit_gets_an_answer),
        cmocka_unit_test(deep_nesting_and_great_lengths_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
