/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "operating_room.h"
#include "support/cmocka_all.h"

/* A slide with chroma residuals, damaged, and one that says it has them and has none, or the other way round. */

enum { PHOTOMETRIC = 262, SAMPLES = 277, SUBSAMPLING = 530, VALUE_AT = 12, GREY = 1 };

static const struct wounds none;

static unsigned l1_page(const struct surgery *s)
{
    return s->pages - 2;
}

static void a_damaged_stream_costs_what_is_rebuilt_from_it_and_nothing_else(void **state)
{
    const struct room *room = *state;
    struct surgery s = room_copy(room);
    struct wounds wounds = {.bad = {{[1] = UINT32_C(1) << 2, [4] = UINT32_C(1) << 1}}};
    struct og_span one = surgery_tile(&s, 0, 1, 2), two = surgery_tile(&s, 0, 4, 1);
    assert_true(one.size > 1000 && two.size > 1000);
    surgery_put(&s, (uint64_t)(one.data - s.bytes) + one.size - 20, 0, 4);
    surgery_put(&s, (uint64_t)(two.data - s.bytes) + two.size / 2, 0, 4);

    assert_string_equal(room_judge(room, &s, &wounds).text, OG_AS_CLAIMED);
    surgery_close(&s);
}

static void a_cut_stream_with_right_checksums_is_damage(void **state)
{
    const struct room *room = *state;
    struct surgery s = room_copy(room);
    struct wounds wounds = {.bad = {{[1] = UINT32_C(1) << 2}}};
    struct og_span stream = surgery_tile(&s, 0, 1, 2);
    uint8_t *cut = malloc(stream.size);
    memcpy(cut, stream.data, stream.size);
    memcpy(cut + stream.size - 202, "\xff\xd9", 2); /* most of luma is there, the last chroma is not */
    surgery_set_tile(&s, 0, 1, 2, (struct og_span){cut, stream.size - 200});

    assert_string_equal(room_judge(room, &s, &wounds).text, OG_AS_CLAIMED);
    free(cut);
    surgery_close(&s);
}

static void a_grey_stream_in_the_place_of_a_coloured_one_is_damage(void **state)
{
    const struct room *room = *state;
    struct surgery s = room_copy(room);
    struct wounds wounds = {.bad = {{[1] = UINT32_C(1) << 2}}};
    unsigned slot = OG_SLOT_L0;
    while (surgery_tile(&s, 0, 1, slot).size == 0)
        slot++;
    struct og_span grey = surgery_tile(&s, 0, 1, slot);
    uint8_t *copy = malloc(grey.size);
    memcpy(copy, grey.data, grey.size);
    surgery_set_tile(&s, 0, 1, 2, (struct og_span){copy, grey.size});

    assert_string_equal(room_judge(room, &s, &wounds).text, OG_AS_CLAIMED);
    free(copy);
    surgery_close(&s);
}

static void a_stream_as_long_as_colour_may_be_is_read_and_a_longer_one_is_not(void **state)
{
    const struct room *room = *state;
    for (unsigned more = 0; more < 2; more++) {
        struct surgery s = room_copy(room);
        struct wounds wounds = {.bad = {{[1] = more ? WOUND_ALL_SLOTS : 0}}};
        struct og_span stream = surgery_tile(&s, 0, 1, 2);
        size_t size = OG_COLOUR_BYTES_MAX + more, room_left = size - stream.size;
        uint8_t *padded = calloc(1, size); /* COM segments behind SOI */
        memcpy(padded, stream.data, 2);
        uint8_t *at = padded + 2;
        for (size_t part; room_left > 0; room_left -= part, at += part) {
            part = room_left > 60000 ? 50000 : room_left;
            uint8_t head[4] = {0xff, 0xfe, (uint8_t)((part - 2) >> 8), (uint8_t)(part - 2)};
            memcpy(at, head, 4);
        }
        memcpy(at, stream.data + 2, stream.size - 2);
        surgery_set_tile(&s, 0, 1, 2, (struct og_span){padded, size});
        assert_string_equal(room_judge(room, &s, &wounds).text, OG_AS_CLAIMED);
        free(padded);
        surgery_close(&s);
    }
}

/* Tables without chroma's, as a page of grey tiles has them: the tiles that ask for them are lost. */
static void tables_that_lack_chromas_cost_the_residuals_that_need_them(void **state)
{
    const struct room *room = *state;
    struct surgery s = room_copy(room);
    struct wounds wounds = {0};
    for (uint64_t i = 0; i < surgery_records(&s, 0); i++)
        for (unsigned slot = OG_SLOT_L1; slot < OG_SLOT_L0; slot++)
            if (surgery_tile(&s, 0, i, slot).size)
                wounds.bad[0][i] |= UINT32_C(1) << slot;
    struct og_span grey = surgery_value(&s, s.pages - 1, SURGERY_TAG_TABLES);
    surgery_set_value(&s, l1_page(&s), SURGERY_TAG_TABLES, grey.data, grey.size);
    surgery_reseal(&s);

    assert_string_equal(room_judge(room, &s, &wounds).text, OG_AS_CLAIMED);
    surgery_close(&s);
}

static void expect_refusal(const struct room *room, struct surgery *s, const char *reason)
{
    struct og_verdict verdict = room_judge(room, s, &none);
    if (strncmp(verdict.text, "refused: ", 9) != 0 || !strstr(verdict.text, reason))
        fail_msg("%s", verdict.text);
    surgery_close(s);
}

static void a_page_that_is_not_what_the_description_says_is_refused(void **state)
{
    static const struct {
        unsigned tag, value;
    } lies[] = {{PHOTOMETRIC, GREY}, {SAMPLES, 1}, {SUBSAMPLING, 2}};
    const struct room *room = *state;
    for (unsigned i = 0; i < sizeof lies / sizeof lies[0]; i++) {
        struct surgery s = room_copy(room);
        surgery_put(&s, surgery_entry(&s, l1_page(&s), lies[i].tag) + VALUE_AT, lies[i].value, 2);
        expect_refusal(room, &s, "is not what the slide's size and description demand");
    }
}

static void a_description_that_is_not_what_the_page_says_is_refused(void **state)
{
    static const struct {
        const char *member, *reason;
    } lies[] = {{"\"chroma_step\":0", "page"},          {"\"chroma_stop\":10", "page"},
                {"\"chroma_step\":null", "page"},       {"\"chroma_step\":-1", "chroma_step"},
                {"\"chroma_step\":1e9", "chroma_step"}, {"\"chroma_step\":true", "chroma_step"}};
    static const char truth[] = "\"chroma_step\":10";
    const struct room *room = *state;
    for (unsigned i = 0; i < sizeof lies / sizeof lies[0]; i++) {
        struct surgery s = room_copy(room);
        const char *text = (const char *)surgery_value(&s, 0, SURGERY_TAG_DESCRIPTION).data, *at = strstr(text, truth);
        char *other;
        assert_non_null(at);
        int length = asprintf(&other, "%.*s%s%s", (int)(at - text), text, lies[i].member, at + sizeof truth - 1);
        assert_true(length > 0);
        surgery_set_value(&s, 0, SURGERY_TAG_DESCRIPTION, other, (size_t)length + 1);
        surgery_reseal(&s);
        free(other);
        expect_refusal(room, &s, lies[i].reason);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_damaged_stream_costs_what_is_rebuilt_from_it_and_nothing_else),
        cmocka_unit_test(a_cut_stream_with_right_checksums_is_damage),
        cmocka_unit_test(a_grey_stream_in_the_place_of_a_coloured_one_is_damage),
        cmocka_unit_test(a_stream_as_long_as_colour_may_be_is_read_and_a_longer_one_is_not),
        cmocka_unit_test(tables_that_lack_chromas_cost_the_residuals_that_need_them),
        cmocka_unit_test(a_page_that_is_not_what_the_description_says_is_refused),
        cmocka_unit_test(a_description_that_is_not_what_the_page_says_is_refused),
    };
    return cmocka_run_group_tests(tests, room_setup_coloured, room_teardown);
}
