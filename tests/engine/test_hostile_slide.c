/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "operating_room.h"
#include "support/cmocka_all.h"

/* Slides whose checksums are all right and whose directories, records or description are not. */

enum { COUNT_AT = 4, VALUE_AT = 12, WIDTH = 256 };

static const struct wounds none;

static bool is_refused(const struct og_verdict *verdict)
{
    return strncmp(verdict->text, "refused: ", 9) == 0;
}

/* ---- records ---- */

struct record_change {
    const char *what;
    void (*change)(struct og_record *record, uint64_t file_size);
};

static void grey_too_long(struct og_record *r, uint64_t size)
{
    (void)size;
    r->length[7] = OG_GREY_BYTES_MAX + 1;
}

static void grey_endless(struct og_record *r, uint64_t size)
{
    (void)size;
    r->length[20] = UINT32_MAX;
}

static void all_endless(struct og_record *r, uint64_t size)
{
    (void)size;
    memset(r->length, 0xff, sizeof r->length);
}

static void base_too_long(struct og_record *r, uint64_t size)
{
    (void)size;
    r->length[0] = OG_COLOUR_BYTES_MAX + 1;
}

static void base_absent(struct og_record *r, uint64_t size)
{
    (void)size;
    r->length[0] = r->crc[0] = 0;
}

static void base_of_one_byte(struct og_record *r, uint64_t size)
{
    (void)size;
    r->length[0] = 1;
}

static void at_the_end(struct og_record *r, uint64_t size)
{
    r->offset = size;
}

static void behind_the_end(struct og_record *r, uint64_t size)
{
    r->offset = size + 1;
}

static void across_the_end(struct og_record *r, uint64_t size)
{
    r->offset = size - r->length[0] + 1;
}

static void at_the_largest_number(struct og_record *r, uint64_t size)
{
    (void)size;
    r->offset = UINT64_MAX;
}

static void around_the_largest_number(struct og_record *r, uint64_t size)
{
    (void)size;
    r->offset = UINT64_MAX - r->length[0] + 1;
}

static void at_a_negative_number(struct og_record *r, uint64_t size)
{
    (void)size;
    r->offset = UINT64_C(1) << 63;
}

static void over_the_tile_before(struct og_record *r, uint64_t size)
{
    (void)size;
    r->offset -= 10;
}

static void over_the_header(struct og_record *r, uint64_t size)
{
    (void)size;
    r->offset = 0;
}

static const struct record_change record_changes[] = {
    {"a grey tile longer than any", grey_too_long},
    {"a grey tile of 4 GB", grey_endless},
    {"all tiles of 4 GB", all_endless},
    {"a base tile longer than any", base_too_long},
    {"no base tile", base_absent},
    {"a base tile of one byte", base_of_one_byte},
    {"tiles at the file's end", at_the_end},
    {"tiles behind the file's end", behind_the_end},
    {"tiles across the file's end", across_the_end},
    {"tiles at 2^64-1", at_the_largest_number},
    {"tiles that wrap around 2^64", around_the_largest_number},
    {"tiles at 2^63", at_a_negative_number},
    {"tiles that overlap others", over_the_tile_before},
    {"tiles over the header", over_the_header},
};
enum { RECORD_CHANGES = sizeof record_changes / sizeof record_changes[0], BASE_CHANGES = 3 /* the first of them */ };

static void a_record_that_asks_for_impossible_bytes_costs_its_own_tiles(void **state)
{
    const struct room *room = *state;
    enum { EACH = 5 }; /* of six families: one stays as it is */
    for (unsigned first = 0; first < RECORD_CHANGES; first += EACH) {
        struct surgery s = room_copy(room);
        struct wounds wounds = {0};
        for (unsigned i = 0; i < EACH && first + i < RECORD_CHANGES; i++) {
            struct og_record record = surgery_record(&s, 0, i);
            record_changes[first + i].change(&record, s.size);
            surgery_set_record(&s, 0, i, &record);
            wounds.bad[0][i] = WOUND_ALL_SLOTS;
        }
        struct og_verdict verdict = room_judge(room, &s, &wounds);
        if (strcmp(verdict.text, OG_AS_CLAIMED) != 0)
            fail_msg("%s and the next: %s", record_changes[first].what, verdict.text);
        surgery_close(&s);
    }
}

static void so_does_a_record_of_a_coarser_tile(void **state)
{
    static const struct {
        unsigned page, index;
    } places[] = {{1, 0}, {1, 1}, {2, 0}};
    const struct room *room = *state;
    for (unsigned next = BASE_CHANGES; next < RECORD_CHANGES;) {
        struct surgery s = room_copy(room);
        struct wounds wounds = {0};
        for (unsigned i = 0; i < 3 && next < RECORD_CHANGES; i++) {
            struct og_record record = surgery_record(&s, places[i].page, places[i].index);
            record_changes[next++].change(&record, s.size);
            surgery_set_record(&s, places[i].page, places[i].index, &record);
            wounds.bad[places[i].page][places[i].index] = 1;
        }
        struct og_verdict verdict = room_judge(room, &s, &wounds);
        if (strcmp(verdict.text, OG_AS_CLAIMED) != 0)
            fail_msg("%s and those before: %s", record_changes[next - 1].what, verdict.text);
        surgery_close(&s);
    }
}

static void a_record_of_another_family_page_or_slide_does_not_stand_in(void **state)
{
    const struct room *room = *state;
    struct surgery s = room_copy(room);
    struct wounds wounds = {.bad = {{[1] = WOUND_ALL_SLOTS, [4] = WOUND_ALL_SLOTS}, {[1] = 1}}};
    struct og_record foreign = surgery_record(&s, 0, 4);
    uint8_t *records = s.bytes + (surgery_value(&s, 0, OG_TAG_RECORDS).data - s.bytes);
    uint8_t *coarser = s.bytes + (surgery_value(&s, 1, OG_TAG_RECORDS).data - s.bytes);
    memcpy(records + 1 * OG_RECORD_BYTES(OG_FAMILY_SLOTS), records, OG_RECORD_BYTES(OG_FAMILY_SLOTS));
    memcpy(coarser + OG_RECORD_BYTES(1), coarser, OG_RECORD_BYTES(1));
    og_record_pack(&foreign, OG_FAMILY_SLOTS, 0x12345678, 0, 4, records + 4 * OG_RECORD_BYTES(OG_FAMILY_SLOTS));

    assert_string_equal(room_judge(room, &s, &wounds).text, OG_AS_CLAIMED);
    surgery_close(&s);
}

static void tiles_that_lie_outside_the_slide_are_not_looked_at_by_those_inside(void **state)
{
    const struct room *room = *state;
    struct surgery s = room_copy(room);
    static const uint8_t rubbish[] = "\xff\xd8 rubbish \xff\xd9";
    struct wounds wounds = {.endangered = {{[5] = WOUND_ALL_SLOTS}}};
    assert_int_equal(og_pyramid_slots(&s.pyramid, 2, 0) >> 2 & 1, 0); /* L1 beyond the right edge */
    surgery_set_tile(&s, 0, 2, OG_SLOT_L0 + 3, (struct og_span){rubbish, sizeof rubbish - 1});
    surgery_set_tile(&s, 0, 5, OG_SLOT_L1 + 3, (struct og_span){rubbish, sizeof rubbish - 1});

    assert_string_equal(room_judge(room, &s, &wounds).text, OG_AS_CLAIMED);
    surgery_close(&s);
}

/* ---- directories ---- */

static void set_count(struct surgery *s, unsigned page, unsigned tag, uint64_t count)
{
    surgery_put(s, surgery_entry(s, page, tag) + COUNT_AT, count, 8);
}

static void set_value(struct surgery *s, unsigned page, unsigned tag, uint64_t value)
{
    surgery_put(s, surgery_entry(s, page, tag) + VALUE_AT, value, 8);
}

static void set_type(struct surgery *s, unsigned page, unsigned tag, unsigned type)
{
    surgery_put(s, surgery_entry(s, page, tag) + 2, type, 2);
}

static uint64_t successor(const struct surgery *s, unsigned page)
{
    return s->directory[page] + 8 + 20 * surgery_number(s, s->directory[page], 8);
}

static void first_is_its_own_successor(struct surgery *s)
{
    surgery_put(s, successor(s, 0), s->directory[0], 8);
}

static void second_leads_back(struct surgery *s)
{
    surgery_put(s, successor(s, 1), s->directory[0], 8);
}

static void no_directory(struct surgery *s)
{
    surgery_put(s, 8, 0, 8);
}

static void directory_at_the_end(struct surgery *s)
{
    surgery_put(s, 8, s->size - 4, 8);
}

static void directory_at_the_largest_number(struct surgery *s)
{
    surgery_put(s, 8, UINT64_MAX - 3, 8);
}

static void directory_in_the_header(struct surgery *s)
{
    surgery_put(s, 8, 1, 8);
}

static void a_thousand_million_entries(struct surgery *s)
{
    surgery_put(s, s->directory[0], 1000000000, 8);
}

static void entries_that_wrap_around(struct surgery *s)
{
    surgery_put(s, s->directory[0], UINT64_MAX / 20 + 1, 8);
}

static void no_entries(struct surgery *s)
{
    surgery_put(s, s->directory[2], 0, 8);
}

static void widths_that_wrap_around(struct surgery *s)
{
    set_type(s, 0, WIDTH, 16);
    set_count(s, 0, WIDTH, UINT64_C(1) << 61);
}

static void no_width(struct surgery *s)
{
    set_count(s, 0, WIDTH, 0);
}

static void records_that_wrap_around(struct surgery *s)
{
    set_value(s, 0, OG_TAG_RECORDS, UINT64_MAX - 10);
}

static void too_many_records(struct surgery *s)
{
    set_count(s, 0, OG_TAG_RECORDS, UINT64_MAX);
}

static void records_of_numbers(struct surgery *s)
{
    set_type(s, 0, OG_TAG_RECORDS, 16);
}

static void records_inline(struct surgery *s)
{
    set_count(s, 1, OG_TAG_RECORDS, 8);
}

static void tables_behind_the_end(struct surgery *s)
{
    set_value(s, 1, SURGERY_TAG_TABLES, s->size);
}

static void endless_tables(struct surgery *s)
{
    set_value(s, 1, SURGERY_TAG_TABLES, 0);
    set_count(s, 1, SURGERY_TAG_TABLES, s->size);
}

static void endless_description(struct surgery *s)
{
    set_count(s, 0, SURGERY_TAG_DESCRIPTION, UINT64_C(1) << 63);
}

static void no_description(struct surgery *s)
{
    set_count(s, 0, SURGERY_TAG_DESCRIPTION, 0);
}

static void a_width_of_zero(struct surgery *s)
{
    set_value(s, 0, WIDTH, 0);
}

static void (*const refused_changes[])(struct surgery *) = {
    first_is_its_own_successor,
    second_leads_back,
    no_directory,
    directory_at_the_end,
    directory_at_the_largest_number,
    directory_in_the_header,
    a_thousand_million_entries,
    entries_that_wrap_around,
    no_entries,
    widths_that_wrap_around,
    no_width,
    records_that_wrap_around,
    too_many_records,
    records_of_numbers,
    records_inline,
    tables_behind_the_end,
    endless_tables,
    endless_description,
    no_description,
    a_width_of_zero,
};

static void impossible_directories_are_refused(void **state)
{
    const struct room *room = *state;
    for (unsigned i = 0; i < sizeof refused_changes / sizeof refused_changes[0]; i++) {
        struct surgery s = room_copy(room);
        refused_changes[i](&s);
        struct og_verdict verdict = room_judge(room, &s, &none);
        if (!is_refused(&verdict))
            fail_msg("change %u: %s", i, verdict.text);
        surgery_close(&s);
    }
}

static void what_follows_the_last_page_is_not_looked_at_for_ever(void **state)
{
    const struct room *room = *state;
    struct surgery s = room_copy(room);

    surgery_put(&s, successor(&s, s.pages - 1), s.directory[0], 8);

    assert_string_equal(room_judge(room, &s, &none).text, OG_AS_CLAIMED);
    surgery_close(&s);
}

static void arrays_for_other_readers_do_not_matter(void **state)
{
    const struct room *room = *state;
    struct surgery s = room_copy(room);
    for (unsigned page = 0; page < s.pages; page++) {
        set_count(&s, page, SURGERY_TAG_OFFSETS, UINT64_MAX);
        set_value(&s, page, SURGERY_TAG_COUNTS, UINT64_MAX);
    }

    assert_string_equal(room_judge(room, &s, &none).text, OG_AS_CLAIMED);
    surgery_close(&s);
}

/* ---- descriptions ---- */

static void describe(struct surgery *s, const char *text, size_t length)
{
    surgery_set_value(s, 0, SURGERY_TAG_DESCRIPTION, text, length);
    surgery_reseal(s);
}

/* The patient's description with `from` replaced by `to`. */
static char *edited(const struct room *room, const char *from, const char *to)
{
    const char *text = (const char *)surgery_value(&room->patient, 0, SURGERY_TAG_DESCRIPTION).data;
    const char *at = strstr(text, from);
    char *out = NULL;
    assert_non_null(at);
    assert_true(asprintf(&out, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from)) > 0);
    return out;
}

static void absurd_descriptions_are_refused_though_sealed(void **state)
{
    static const char *const edits[][2] = {
        {"\"width\":2100", "\"width\":0"},
        {"\"width\":2100", "\"width\":-1"},
        {"\"width\":2100", "\"width\":1e30"},
        {"\"width\":2100", "\"width\":67108865"},
        {"\"width\":2100", "\"width\":67108864"},
        {"\"width\":2100", "\"width\":2100.0"},
        {"\"width\":2100", "\"width\":\"2100\""},
        {"\"width\":2100", "\"width\":99999999999999999999999"},
        {"\"width\":2100", "\"width\":4294969396"},
        {"\"width\":2100", "\"width\":2101"},
        {"\"width\":2100,", ""},
        {"\"height\":1030", "\"height\":0"},
        {"\"height\":1030,", ""},
        {"\"height\":1030", "\"height\":1031"},
        {"\"tile\":256", "\"tile\":512"},
        {"\"tile\":256", "\"tile\":0"},
        {"\"tile\":256,", ""},
        {"\"upsample\":\"six-tap-smooth\"", "\"upsample\":\"nearest\""},
        {"\"upsample\":\"six-tap-smooth\",", ""},
        {"\"taps\":{\"L0\":[", "\"taps\":{\"L0\":[1,"},
        {"\"taps\":{", "\"tips\":{"},
        {"\"smoothing\":[", "\"soothing\":["},
        {"\"smoothing\":[", "\"smoothing\":[320,0,0,0,0,0,0,0,0],\"l\":["},
        {"\"smoothing\":[", "\"smoothing\":[0,0,0,0,64,0,0,0,0],\"l\":["},
        {"\"origami\":1", "\"origami\":2"},
        {"\"origami\":1,", ""},
        {"\"mpp_x\":0.25", "\"mpp_x\":-1"},
        {"\"mpp_x\":0.25", "\"mpp_x\":1e999"},
        {"\"mpp_x\":0.25", "\"mpp_x\":NaN"},
        {"\"vendor\":\"surgery\"", "\"vendor\":\"\xff\xfe\""},
        {"\"vendor\":\"surgery\"", "\"vendor\":[1]"},
        {"\"encoder\":{", "\"encoder\":3,\"e\":{"},
        {"\"fidelity\":{", "\"fidelity\":[],\"f\":{"},
        {"{", "[{"},
        {"{", ""},
        {"\"width\":2100", "\"width\":2100,\"width\":2100"},
    };
    const struct room *room = *state;
    for (unsigned i = 0; i < sizeof edits / sizeof edits[0]; i++) {
        struct surgery s = room_copy(room);
        char *text = edited(room, edits[i][0], edits[i][1]);
        describe(&s, text, strlen(text) + 1);
        struct og_verdict verdict = room_judge(room, &s, &none);
        if (!is_refused(&verdict))
            fail_msg("%s: %s", edits[i][1], verdict.text);
        free(text);
        surgery_close(&s);
    }
}

static void vast_and_deep_descriptions_are_refused(void **state)
{
    const struct room *room = *state;
    enum { VAST = 5 << 20, DEEP = 400000 };
    char *text = malloc(VAST);
    for (unsigned i = 0; i < 4; i++) {
        struct surgery s = room_copy(room);
        size_t length = i == 0 ? VAST : DEEP;
        memset(text, i == 0 ? ' ' : i == 1 ? '[' : i == 2 ? '\0' : '{', length);
        memcpy(text, i == 3 ? "{\"a\":" : "{\"origami\":1,\"x\":", i == 3 ? 5 : 17);
        describe(&s, text, length);
        struct og_verdict verdict = room_judge(room, &s, &none);
        if (!is_refused(&verdict))
            fail_msg("description %u: %s", i, verdict.text);
        surgery_close(&s);
    }
    free(text);
}

static void a_description_that_says_more_is_no_damage(void **state)
{
    const struct room *room = *state;
    struct surgery s = room_copy(room);
    char *text = edited(room, "{", "{\"later\":{\"list\":[1,[2,[3,{}]]],\"text\":\"\\n\"},");
    describe(&s, text, strlen(text));

    assert_string_equal(room_judge(room, &s, &none).text, OG_AS_CLAIMED);
    free(text);
    surgery_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_record_that_asks_for_impossible_bytes_costs_its_own_tiles),
        cmocka_unit_test(so_does_a_record_of_a_coarser_tile),
        cmocka_unit_test(a_record_of_another_family_page_or_slide_does_not_stand_in),
        cmocka_unit_test(tiles_that_lie_outside_the_slide_are_not_looked_at_by_those_inside),
        cmocka_unit_test(impossible_directories_are_refused),
        cmocka_unit_test(what_follows_the_last_page_is_not_looked_at_for_ever),
        cmocka_unit_test(arrays_for_other_readers_do_not_matter),
        cmocka_unit_test(absurd_descriptions_are_refused_though_sealed),
        cmocka_unit_test(vast_and_deep_descriptions_are_refused),
        cmocka_unit_test(a_description_that_says_more_is_no_damage),
    };
    return cmocka_run_group_tests(tests, room_setup, room_teardown);
}
