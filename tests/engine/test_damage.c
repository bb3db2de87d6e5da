/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "answers.h"
#include "support/cmocka_all.h"

/* One good slide, and a ward of damaged copies: what comes out of a copy is what was written, or an error. */

enum { STRETCHES_ALL = 32, SAMPLES = 12, TILE_SAMPLES = 2, SECTOR = 4096, KINDS_MAX = 96 };

struct clinic {
    struct folder *home, *ward;
    int ward_fd, copy_fd; /* the ward's folder; patient.tif in it, which is made whole again after each change */
    struct surgery patient;
    struct stretch *stretch;
    size_t stretches;
    struct og_slide *slide; /* the undamaged one */
    struct answers *whole;
    struct og_reader *reader;
    uint8_t *buffer;
    uint32_t random;
    unsigned trials, refusals; /* of single bytes */
};

static uint32_t dice(struct clinic *c)
{
    c->random = c->random * 1664525u + 1013904223u;
    return c->random >> 8;
}

static int setup(void **state)
{
    struct clinic *c = calloc(1, sizeof *c);
    struct og_error err;
    c->home = folder_make();
    c->ward = folder_make();
    c->random = 1;
    c->buffer = malloc(OG_SLIDE_BUFFER_BYTES);
    surgery_add_patient(c->home, "patient");
    c->patient = surgery_open(c->home, "patient.tif");
    c->stretch = surgery_stretches(&c->patient, &c->stretches);
    surgery_save(&c->patient, c->ward, "patient.tif");
    c->ward_fd = open(c->ward->path, O_RDONLY | O_DIRECTORY);
    c->copy_fd = openat(c->ward_fd, "patient.tif", O_RDWR);
    if (og_slide_open(c->ward_fd, "patient.tif", 1, &c->slide, &err) != OG_OK ||
        og_reader_new(OG_READER_PREAD, &c->reader, &err) != OG_OK)
        abort();
    c->whole = answers_rebuilt(c->slide);
    *state = c;
    return answers_failed(c->whole) == 0 ? 0 : -1;
}

static int teardown(void **state)
{
    struct clinic *c = *state;
    answers_free(&c->whole);
    og_slide_unref(&c->slide);
    og_reader_destroy(&c->reader);
    free(c->stretch);
    free(c->buffer);
    surgery_close(&c->patient);
    close(c->copy_fd);
    close(c->ward_fd);
    folder_remove(&c->ward);
    folder_remove(&c->home);
    free(c);
    return 0;
}

/* ---- what may be read from a copy ---- */

static bool is_original(struct og_span read, struct og_span original)
{
    return read.size == original.size && (read.size == 0 || memcmp(read.data, original.data, read.size) == 0);
}

static bool explained(const struct og_error *err)
{
    return err->text[0] && strncmp(err->text, "patient.tif: ", 13) == 0 && strlen(err->text) > 20;
}

static const char *judge_family(const struct clinic *c, const struct og_slide *slide, uint32_t fx, uint32_t fy)
{
    const struct surgery *p = &c->patient;
    uint64_t index = (uint64_t)fy * og_pyramid_grid(&p->pyramid, 2).width + fx;
    struct og_stored_family family;
    struct og_error err = {0};
    if (og_slide_read_family(slide, c->reader, fx, fy, c->buffer, &family, &err) != OG_OK)
        return explained(&err) ? NULL : "a family's failure is not explained";
    for (unsigned slot = 0; slot < OG_FAMILY_SLOTS; slot++)
        if (family.damaged >> slot & 1 ? family.stream[slot].size != 0
                                       : !is_original(family.stream[slot], surgery_tile(p, 0, index, slot)))
            return "a family's stream is not what was written";
    if (!is_original(family.tables[2], surgery_value(p, 0, SURGERY_TAG_TABLES)) ||
        !is_original(family.tables[1], surgery_value(p, p->pages - 2, SURGERY_TAG_TABLES)) ||
        !is_original(family.tables[0], surgery_value(p, p->pages - 1, SURGERY_TAG_TABLES)))
        return "a family's tables are not what was written";
    return NULL;
}

static const char *judge_tile(const struct clinic *c, const struct og_slide *slide, unsigned page, uint32_t x,
                              uint32_t y)
{
    const struct surgery *p = &c->patient;
    uint64_t index = (uint64_t)y * og_pyramid_grid(&p->pyramid, page + 2).width + x;
    struct og_stored_tile tile;
    struct og_error err = {0};
    if (og_slide_read_stored(slide, c->reader, page + 2, x, y, c->buffer, &tile, &err) != OG_OK)
        return explained(&err) ? NULL : "a tile's failure is not explained";
    if (!is_original(tile.stream, surgery_tile(p, page, index, 0)) ||
        !is_original(tile.tables, surgery_value(p, page, SURGERY_TAG_TABLES)))
        return "a stored tile is not what was written";
    return NULL;
}

static const char *judge_reads(const struct clinic *c, const struct og_slide *slide)
{
    const struct og_pyramid *p = &c->patient.pyramid;
    const char *complaint = NULL;
    for (unsigned page = 0; page + 2 < c->patient.pages; page++) {
        struct og_extent grid = og_pyramid_grid(p, page + 2);
        for (uint32_t y = 0; y < grid.height && !complaint; y++)
            for (uint32_t x = 0; x < grid.width && !complaint; x++) {
                complaint = judge_tile(c, slide, page, x, y);
                if (page == 0 && !complaint)
                    complaint = judge_family(c, slide, x, y);
            }
    }
    return complaint;
}

/* The copy as it lies in the ward now: NULL, or what is wrong. Its pixels follow from what is read and the facts. */
static const char *judge_copy(const struct clinic *c, bool *refused)
{
    struct og_slide *slide;
    struct og_error err = {0};
    *refused = og_slide_open(c->ward_fd, "patient.tif", 2, &slide, &err) != OG_OK;
    if (*refused)
        return explained(&err) ? NULL : "a refusal is not explained";
    const struct og_slide_facts *now = og_slide_facts(slide), *then = og_slide_facts(c->slide);
    struct og_buf *a = og_slide_json(slide), *b = og_slide_json(c->slide);
    const char *complaint = judge_reads(c, slide);
    if (memcmp(&now->pyramid, &then->pyramid, sizeof now->pyramid) != 0 || now->last_depth != then->last_depth)
        complaint = "the slide has another shape";
    else if (now->file_bytes == then->file_bytes && (a->size != b->size || memcmp(a->data, b->data, a->size) != 0))
        complaint = "the slide is described otherwise";
    og_slide_unref(&slide);
    return complaint;
}

static void put(const struct clinic *c, uint64_t at, const void *bytes, size_t size)
{
    assert_int_equal(pwrite(c->copy_fd, bytes, size, (off_t)at), size);
}

static void heal(const struct clinic *c, uint64_t at, size_t size)
{
    put(c, at, c->patient.bytes + at, size);
}

/* ---- single bytes ---- */

static void try_value(struct clinic *c, const struct stretch *stretch, uint64_t at, uint8_t value)
{
    if (value == c->patient.bytes[at])
        return;
    bool refused;
    put(c, at, &value, 1);
    const char *complaint = judge_copy(c, &refused);
    heal(c, at, 1);
    c->trials++;
    c->refusals += refused;
    if (complaint)
        fail_msg("%s, byte %llu set to %u: %s", stretch->name, (unsigned long long)(at - stretch->at), value,
                 complaint);
}

static uint8_t flipped(struct clinic *c, uint64_t at)
{
    return (uint8_t)(c->patient.bytes[at] ^ 1u << dice(c) % 8);
}

static void try_byte(struct clinic *c, const struct stretch *stretch, uint64_t at)
{
    try_value(c, stretch, at, flipped(c, at));
    try_value(c, stretch, at, 0);
    try_value(c, stretch, at, 0xff);
}

static bool is_of_a_tile(const struct stretch *stretch)
{
    return strstr(stretch->kind, "tile's") != NULL;
}

static void a_changed_byte_of_any_class_leaves_every_read_identical_or_an_error(void **state)
{
    struct clinic *c = *state;
    for (size_t i = 0; i < c->stretches; i++) {
        const struct stretch *stretch = &c->stretch[i];
        bool all = stretch->size <= STRETCHES_ALL && !is_of_a_tile(stretch);
        uint64_t tries = all ? stretch->size : is_of_a_tile(stretch) ? TILE_SAMPLES : SAMPLES;
        for (uint64_t n = 0; n < tries; n++)
            try_byte(c, stretch, stretch->at + (all ? n : n == 0 ? 0 : dice(c) % stretch->size));
    }
    assert_true(c->trials > 2000 && c->refusals > 500 && c->refusals < c->trials);
}

static void every_byte_belongs_to_a_class_and_every_class_is_there(void **state)
{
    static const char *const due[] = {"magic",
                                      "first directory",
                                      "directory's count",
                                      "directory's successor",
                                      "base entry 282",
                                      "base entry 283",
                                      "base value 347",
                                      "residual value 347",
                                      "base value 270",
                                      "base value 324",
                                      "base value 325",
                                      "residual value 324",
                                      "residual value 325",
                                      "base entry 65100",
                                      "base entry 65101",
                                      "family record's offset",
                                      "family record's lengths",
                                      "family record's crcs",
                                      "family record's own crc",
                                      "tile record's offset",
                                      "tile record's length",
                                      "tile record's crc",
                                      "tile record's own crc",
                                      "L0 tile's head",
                                      "L0 tile's body",
                                      "L0 tile's end",
                                      "L1 tile's head",
                                      "L2 tile's head",
                                      "coarser tile's head"};
    struct clinic *c = *state;
    struct og_survey survey;
    struct og_error err;
    uint64_t bytes = 0, padding = 0;

    for (size_t i = 0; i < c->stretches; i++) {
        assert_int_equal(c->stretch[i].at, bytes);
        bytes += c->stretch[i].size;
        padding += strcmp(c->stretch[i].kind, "padding") == 0 ? c->stretch[i].size : 0;
    }

    assert_int_equal(bytes, c->patient.size);
    assert_true(padding < 64);
    for (size_t d = 0; d < sizeof due / sizeof due[0]; d++) {
        size_t i = 0;
        while (i < c->stretches && strcmp(c->stretch[i].kind, due[d]) != 0)
            i++;
        if (i == c->stretches)
            fail_msg("the slide lacks: %s", due[d]);
    }
    assert_int_equal(og_slide_survey(c->slide, c->reader, &survey, &err), OG_OK);
    for (unsigned depth = 0; depth < 2; depth++)
        assert_in_range(survey.depth[depth].absent, 1, survey.depth[depth].tiles - 1);
}

/* ---- the engine, over one copy for each class ---- */

static size_t fill_ward(struct clinic *c, const struct folder *ward, const struct stretch **chosen)
{
    size_t kinds = 0;
    for (size_t i = 0; i < c->stretches; i++) {
        const struct stretch *stretch = &c->stretch[i];
        size_t k = 0;
        while (k < kinds && strcmp(chosen[k]->kind, stretch->kind) != 0)
            k++;
        if (k < kinds)
            continue;
        assert_true(kinds < KINDS_MAX);
        chosen[kinds] = stretch;
        uint64_t at = stretch->at + dice(c) % stretch->size;
        uint8_t kept = c->patient.bytes[at];
        char file[32];
        snprintf(file, sizeof file, "copy%zu.tif", kinds++);
        c->patient.bytes[at] = flipped(c, at);
        surgery_save(&c->patient, ward, file);
        c->patient.bytes[at] = kept;
    }
    return kinds;
}

static void a_flipped_bit_of_any_class_never_changes_a_served_tile(void **state)
{
    struct clinic *c = *state;
    const struct stretch *chosen[KINDS_MAX];
    struct wounds any = {0};
    struct folder *ward = folder_make();
    struct served served;
    unsigned refused = 0, hurt = 0;
    wounds_endanger_all(&any);
    size_t kinds = fill_ward(c, ward, chosen);
    served_open(&served, ward->path, (struct og_engine_options){.workers = 2, .cache_bytes = 64 << 20});

    for (size_t k = 0; k < kinds; k++) {
        char id[32];
        snprintf(id, sizeof id, "copy%zu", k);
        struct answers *now = answers_served(&served, id);
        struct og_verdict verdict =
            now->count ? answers_judge(now, c->whole, &any) : (struct og_verdict){OG_AS_CLAIMED};
        refused += now->count == 0;
        hurt += answers_failed(now) > 0;
        answers_free(&now);
        if (strcmp(verdict.text, OG_AS_CLAIMED) != 0)
            fail_msg("%s: %s", chosen[k]->name, verdict.text);
    }

    assert_true(refused > 10 && hurt > 10 && refused + hurt < kinds);
    assert_int_equal(og_metrics_sum(served.metrics, OG_COUNT_SLIDE_SKIPPED), refused);
    served_close(&served);
    folder_remove(&ward);
}

/* ---- tiles, sectors, ends ---- */

static struct og_verdict judge_rebuilt(const struct clinic *c, const struct wounds *wounds)
{
    struct og_slide *slide;
    struct og_error err = {0};
    struct og_verdict verdict = {"refused"};
    if (og_slide_open(c->ward_fd, "patient.tif", 3, &slide, &err) != OG_OK)
        return verdict;
    struct answers *now = answers_rebuilt(slide);
    verdict = answers_judge(now, c->whole, wounds);
    answers_free(&now);
    og_slide_unref(&slide);
    return verdict;
}

static void a_damaged_tile_costs_what_is_rebuilt_from_it_and_nothing_else(void **state)
{
    static const struct {
        unsigned page;
        uint64_t index;
        unsigned slot;
    } hurt[] = {{0, 1, 0}, {0, 1, 2}, {0, 1, 9}, {0, 4, 1}, {1, 0, 0}, {2, 0, 0}};
    struct clinic *c = *state;
    for (size_t i = 0; i < sizeof hurt / sizeof hurt[0]; i++) {
        struct og_span tile = surgery_tile(&c->patient, hurt[i].page, hurt[i].index, hurt[i].slot);
        uint64_t at = (uint64_t)(tile.data - c->patient.bytes) + tile.size / 2;
        uint8_t other = flipped(c, at);
        struct wounds wounds = {0};
        assert_true(tile.size > 0);
        wounds.bad[hurt[i].page][hurt[i].index] = UINT32_C(1) << hurt[i].slot;
        put(c, at, &other, 1);
        assert_string_equal(judge_rebuilt(c, &wounds).text, OG_AS_CLAIMED);
        heal(c, at, 1);
    }
}

/* What a zeroed stretch of the file takes along. */
static void wound_sector(const struct clinic *c, uint64_t from, uint64_t to, struct wounds *wounds)
{
    const struct surgery *p = &c->patient;
    for (unsigned page = 0; page + 2 < p->pages; page++) {
        uint64_t slots = surgery_slots(page), bytes = OG_RECORD_BYTES(slots);
        uint64_t records = (uint64_t)(surgery_value(p, page, OG_TAG_RECORDS).data - p->bytes);
        for (uint64_t i = 0; i < surgery_records(p, page); i++) {
            if (records + i * bytes < to && from < records + (i + 1) * bytes)
                wounds->bad[page][i] = WOUND_ALL_SLOTS;
            for (unsigned slot = 0; slot < slots; slot++) {
                struct og_span tile = surgery_tile(p, page, i, slot);
                uint64_t at = (uint64_t)(tile.data - p->bytes);
                if (tile.size && at < to && from < at + tile.size)
                    wounds->bad[page][i] |= UINT32_C(1) << slot;
            }
        }
    }
}

static void zero(struct clinic *c, uint64_t from, uint64_t to)
{
    static const uint8_t zeros[SECTOR];
    to = to < c->patient.size ? to : c->patient.size;
    put(c, from, zeros, (size_t)(to - from));
}

static void a_zeroed_sector_of_tiles_or_records_is_an_error_and_never_absence(void **state)
{
    struct clinic *c = *state;
    struct og_span records = surgery_value(&c->patient, 0, OG_TAG_RECORDS);
    uint64_t at = (uint64_t)(records.data - c->patient.bytes), tiles = c->patient.directory[0];
    struct wounds wounds = {0};

    zero(c, at, at + records.size);
    wound_sector(c, at, at + records.size, &wounds);
    assert_string_equal(judge_rebuilt(c, &wounds).text, OG_AS_CLAIMED);
    heal(c, at, records.size);

    for (unsigned i = 0; i < 6; i++) {
        uint64_t from = (dice(c) % tiles) / SECTOR * SECTOR;
        uint64_t size = from + SECTOR < tiles ? SECTOR : tiles - from;
        wounds = (struct wounds){0};
        from = from < 16 ? 16 : from;
        zero(c, from, from + size);
        wound_sector(c, from, from + size, &wounds);
        assert_string_equal(judge_rebuilt(c, &wounds).text, OG_AS_CLAIMED);
        heal(c, from, size);
    }
}

static void any_zeroed_sector_leaves_every_read_identical_or_an_error(void **state)
{
    struct clinic *c = *state;
    for (uint64_t from = 0; from < c->patient.size; from += SECTOR) {
        bool refused;
        size_t size = c->patient.size - from < SECTOR ? (size_t)(c->patient.size - from) : SECTOR;
        zero(c, from, from + size);
        const char *complaint = judge_copy(c, &refused);
        heal(c, from, size);
        if (complaint)
            fail_msg("sector at %llu: %s", (unsigned long long)from, complaint);
    }
}

static void a_zeroed_part_of_a_record_is_an_error_and_never_absence(void **state)
{
    struct clinic *c = *state;
    static const unsigned runs[] = {4, 16, 84, 512};
    struct og_span records = surgery_value(&c->patient, 0, OG_TAG_RECORDS);
    uint64_t start = (uint64_t)(records.data - c->patient.bytes);
    for (uint64_t from = 0; from < records.size; from += 4)
        for (unsigned i = 0; i < sizeof runs / sizeof runs[0]; i++) {
            bool refused;
            size_t size = records.size - from < runs[i] ? (size_t)(records.size - from) : runs[i];
            zero(c, start + from, start + from + size);
            const char *complaint = judge_copy(c, &refused);
            heal(c, start + from, size);
            if (complaint || refused)
                fail_msg("%zu bytes at %llu: %s", size, (unsigned long long)from, complaint ? complaint : "refused");
        }
}

static void a_slide_cut_short_anywhere_is_refused_or_gives_what_is_left_of_it(void **state)
{
    struct clinic *c = *state;
    for (size_t i = 0; i < c->stretches; i++) {
        uint64_t ends[3] = {c->stretch[i].at, c->stretch[i].at + 1, c->stretch[i].at + dice(c) % c->stretch[i].size};
        for (unsigned n = 0; n < 3; n++) {
            bool refused;
            assert_int_equal(ftruncate(c->copy_fd, (off_t)ends[n]), 0);
            const char *complaint = judge_copy(c, &refused);
            if (complaint)
                fail_msg("cut at %llu, %s: %s", (unsigned long long)ends[n], c->stretch[i].name, complaint);
        }
    }
    heal(c, 0, c->patient.size);
    assert_string_equal(judge_rebuilt(c, &(struct wounds){0}).text, OG_AS_CLAIMED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_byte_belongs_to_a_class_and_every_class_is_there),
        cmocka_unit_test(a_changed_byte_of_any_class_leaves_every_read_identical_or_an_error),
        cmocka_unit_test(a_flipped_bit_of_any_class_never_changes_a_served_tile),
        cmocka_unit_test(a_damaged_tile_costs_what_is_rebuilt_from_it_and_nothing_else),
        cmocka_unit_test(a_zeroed_sector_of_tiles_or_records_is_an_error_and_never_absence),
        cmocka_unit_test(any_zeroed_sector_leaves_every_read_identical_or_an_error),
        cmocka_unit_test(a_zeroed_part_of_a_record_is_an_error_and_never_absence),
        cmocka_unit_test(a_slide_cut_short_anywhere_is_refused_or_gives_what_is_left_of_it),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
