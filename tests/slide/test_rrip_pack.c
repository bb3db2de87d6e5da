/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "slide/rrip_pack.h"
#include "support/cmocka_all.h"
#include "support/noise.h"
#include "support/rrip.h"

/* A family whose streams are any bytes: slot n has 10 n of them, all n. */
static struct rrip_family any_family(void)
{
    struct rrip_family family = {0};
    for (unsigned slot = OG_SLOT_L1; slot < OG_FAMILY_SLOTS; slot++) {
        family.stream[slot] = og_buf_new((size_t)10 * slot);
        memset(family.stream[slot]->data, (int)slot, family.stream[slot]->size);
    }
    return family;
}

static struct og_buf *any_pack(void)
{
    struct rrip_family family = any_family();
    struct og_buf *pack = rrip_pack(&family);
    for (unsigned slot = 0; slot < OG_FAMILY_SLOTS; slot++)
        og_buf_unref(&family.stream[slot]);
    return pack;
}

static void put(struct og_buf *buf, size_t at, uint64_t value, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++)
        buf->data[at + i] = (uint8_t)(value >> 8 * i);
}

static struct og_span view(const struct og_buf *buf)
{
    return (struct og_span){buf->data, buf->size};
}

/* Through a copy of exactly this size, so that a read beyond it is seen. */
static enum og_status decompress(struct og_span record, struct og_buf **pack, struct og_error *err)
{
    uint8_t *copy = malloc(record.size + 1), *room = malloc(OG_RRIP_PACK_BYTES_MAX);
    struct og_span out;
    memcpy(copy + 1, record.data, record.size);
    enum og_status status = og_rrip_decompress((struct og_span){copy + 1, record.size}, room, &out, err);
    *pack = status == OG_OK ? og_buf_copy(out.data, out.size) : NULL;
    free(copy);
    free(room);
    return status;
}

static enum og_status index_of(struct og_span pack, struct og_span stream[OG_FAMILY_SLOTS], struct og_error *err)
{
    memset(stream, 0, OG_FAMILY_SLOTS * sizeof *stream);
    return og_rrip_index(pack, stream, err);
}

static void a_record_gives_back_every_stream(void **state)
{
    (void)state;
    struct og_error err;
    struct og_span stream[OG_FAMILY_SLOTS];
    struct og_buf *made = any_pack(), *record = rrip_record(view(made)), *pack;
    assert_int_equal(decompress(view(record), &pack, &err), OG_OK);
    assert_int_equal(index_of(view(pack), stream, &err), OG_OK);
    assert_int_equal(stream[OG_SLOT_L2].size, 0);
    for (unsigned slot = OG_SLOT_L1; slot < OG_FAMILY_SLOTS; slot++) {
        assert_int_equal(stream[slot].size, 10 * slot);
        assert_int_equal(stream[slot].data[0], slot);
        assert_int_equal(stream[slot].data[stream[slot].size - 1], slot);
    }
    memcpy(pack->data, "RRIP", 4);
    assert_int_equal(index_of(view(pack), stream, &err), OG_OK);
    og_buf_unref(&made);
    og_buf_unref(&record);
    og_buf_unref(&pack);
}

static void a_length_that_lies_is_refused_before_anything_is_decompressed(void **state)
{
    (void)state;
    struct og_error err;
    struct og_buf *made = any_pack(), *pack;
    const uint64_t lies[] = {0, 23, OG_RRIP_PACK_BYTES_MAX + 1, 0x7fffffff, 0x80000000, 0xffffffff};
    for (size_t i = 0; i < sizeof lies / sizeof lies[0]; i++) {
        struct og_buf *record = rrip_record(view(made));
        put(record, 0, lies[i], 4);
        assert_int_equal(decompress(view(record), &pack, &err), OG_DAMAGED);
        assert_non_null(strstr(err.text, "it claims"));
        og_buf_unref(&record);
    }
    for (int off = -1; off <= 1; off += 2) {
        struct og_buf *record = rrip_record(view(made));
        put(record, 0, made->size + (uint64_t)off, 4);
        assert_int_equal(decompress(view(record), &pack, &err), OG_DAMAGED);
        assert_non_null(strstr(err.text, "LZ4"));
        og_buf_unref(&record);
    }
    og_buf_unref(&made);
}

static void every_truncated_record_is_refused(void **state)
{
    (void)state;
    struct og_error err;
    struct og_buf *made = any_pack(), *record = rrip_record(view(made)), *pack;
    for (size_t size = 0; size < record->size; size++) {
        assert_int_equal(decompress((struct og_span){record->data, size}, &pack, &err), OG_DAMAGED);
        assert_true(err.text[0] != '\0');
    }
    static uint8_t huge[OG_RRIP_RECORD_BYTES_MAX + 1];
    assert_int_equal(decompress((struct og_span){huge, sizeof huge}, &pack, &err), OG_DAMAGED);
    og_buf_unref(&made);
    og_buf_unref(&record);
}

static void a_pack_that_cannot_be_right_is_refused_with_the_reason(void **state)
{
    (void)state;
    static const struct {
        size_t at;
        uint64_t value;
        unsigned bytes;
        enum og_status status;
        const char *reason;
    } wrong[] = {
        {0, 'X', 1, OG_DAMAGED, "not a pack"},
        {4, 2, 2, OG_UNSUPPORTED, "version 2"},
        {8, 0xffffffff, 4, OG_DAMAGED, "4294967295 entries are too many"},
        {8, OG_RRIP_ENTRIES_MAX + 1, 4, OG_DAMAGED, "entries are too many"},
        {8, OG_RRIP_ENTRIES_MAX, 4, OG_DAMAGED, "its index of 256 entries"},
        {12, 0, 4, OG_DAMAGED, "its index"},
        {12, 0xffffffff, 4, OG_DAMAGED, "its index"},
        {16, 0xffffffff, 4, OG_DAMAGED, "entry 0"},
        {24 + 4, 0xffffffff, 4, OG_DAMAGED, "entry 0"},
        {24 + 8, 0xffffffff, 4, OG_DAMAGED, "entry 0"},
        {24 + 8, 0, 4, OG_DAMAGED, "entry 0: 0 bytes"},
        {24 + 16 * 19 + 8, 201, 4, OG_DAMAGED, "entry 19: 201 bytes"},
        {24 + 16 * 19 + 4, 10 * 190 + 1, 4, OG_DAMAGED, "entry 19"},
    };
    struct og_error err;
    struct og_span stream[OG_FAMILY_SLOTS];
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct og_buf *pack = any_pack();
        put(pack, wrong[i].at, wrong[i].value, wrong[i].bytes);
        assert_int_equal(index_of(view(pack), stream, &err), wrong[i].status);
        if (!strstr(err.text, wrong[i].reason))
            fail_msg("\"%s\" does not say \"%s\"", err.text, wrong[i].reason);
        og_buf_unref(&pack);
    }
    assert_int_equal(index_of((struct og_span){(const uint8_t *)"ORIG", 4}, stream, &err), OG_DAMAGED);
}

static void of_two_entries_for_one_place_the_first_is_taken_and_unknown_ones_are_passed_over(void **state)
{
    (void)state;
    struct og_error err;
    struct og_span stream[OG_FAMILY_SLOTS];
    struct og_buf *pack = any_pack();
    put(pack, 24 + 16 + 1, 0, 1);     /* the second L1 says that it is the first */
    put(pack, 24 + 16 * 2 + 1, 4, 1); /* there is no fifth L1 */
    put(pack, 24 + 16 * 3, 2, 1);     /* there is no such kind */
    assert_int_equal(index_of(view(pack), stream, &err), OG_OK);
    assert_int_equal(stream[OG_SLOT_L1].size, 10);
    for (unsigned slot = OG_SLOT_L1 + 1; slot < OG_SLOT_L0; slot++)
        assert_int_equal(stream[slot].size, 0);
    og_buf_unref(&pack);
}

static void random_bytes_never_point_outside_the_pack(void **state)
{
    (void)state;
    struct og_error err;
    struct og_span stream[OG_FAMILY_SLOTS];
    struct og_buf *made = any_pack();
    uint32_t seed = 9;
    unsigned taken = 0;
    for (int i = 0; i < 20000; i++) {
        struct og_buf *pack = og_buf_copy(made->data, made->size);
        for (int n = 0; n < 3; n++)
            pack->data[noise_next(&seed) % 344] = noise_byte(&seed);
        if (index_of(view(pack), stream, &err) == OG_OK) {
            taken++;
            for (unsigned slot = 0; slot < OG_FAMILY_SLOTS; slot++)
                if (stream[slot].size) {
                    assert_true(stream[slot].data >= pack->data);
                    assert_true(stream[slot].data + stream[slot].size <= pack->data + pack->size);
                }
        }
        og_buf_unref(&pack);
    }
    assert_in_range(taken, 1, 19999);
    og_buf_unref(&made);
}

/* ---- bundles ---- */

struct header {
    uint8_t bytes[OG_RRIP_BUNDLE_HEADER_BYTES];
};

static struct header header(unsigned columns, unsigned rows, unsigned count, uint64_t index_at)
{
    struct header h = {"ORIB\1"};
    const uint64_t values[] = {columns, rows, count, index_at};
    const unsigned at[] = {6, 8, 10, 14, 22};
    for (int v = 0; v < 4; v++)
        for (unsigned i = at[v]; i < at[v + 1]; i++)
            h.bytes[i] = (uint8_t)(values[v] >> 8 * (i - at[v]));
    return h;
}

static void expect_bundle(struct header h, enum og_status status, const char *reason)
{
    struct og_error err = {0};
    struct og_rrip_bundle bundle;
    assert_int_equal(og_rrip_bundle(h.bytes, 1000, (struct og_extent){3, 2}, &bundle, &err), status);
    assert_true(status == OG_OK || strstr(err.text, reason));
}

static void a_bundle_is_refused_whose_grid_or_index_does_not_fit(void **state)
{
    (void)state;
    expect_bundle(header(3, 2, 6, 928), OG_OK, "");
    expect_bundle(header(2, 3, 6, 928), OG_DAMAGED, "2 x 3 families, 6 in all, where the slide has 3 x 2");
    expect_bundle(header(3, 2, 7, 900), OG_DAMAGED, "7 in all");
    expect_bundle(header(65535, 65535, 0xfffe0001, 32), OG_DAMAGED, "where the slide has");
    expect_bundle(header(3, 2, 6, 929), OG_DAMAGED, "past the end");
    expect_bundle(header(3, 2, 6, UINT64_MAX), OG_DAMAGED, "past the end");
    expect_bundle(header(3, 2, 6, UINT64_MAX - 71), OG_DAMAGED, "past the end");
    expect_bundle(header(3, 2, 6, 0), OG_DAMAGED, "its index");
    struct header h = header(3, 2, 6, 928);
    h.bytes[4] = 2;
    expect_bundle(h, OG_UNSUPPORTED, "version 2");
    h.bytes[0] = 'o';
    expect_bundle(h, OG_DAMAGED, "not a bundle");
}

static void an_entry_of_a_bundle_lies_in_the_file_or_is_refused(void **state)
{
    (void)state;
    static const struct {
        uint64_t offset, size;
        enum og_status status;
    } entries[] = {
        {32, 968, OG_OK},
        {32, 969, OG_DAMAGED},
        {31, 1, OG_DAMAGED},
        {1001, 1, OG_DAMAGED},
        {UINT64_MAX, 0, OG_OK},
        {UINT64_MAX, 1, OG_DAMAGED},
        {999, 1, OG_OK},
        {1000, 1, OG_DAMAGED},
        {32, 0xffffffff, OG_DAMAGED},
        {UINT64_MAX - 5, 10, OG_DAMAGED},
    };
    struct og_error err;
    struct og_rrip_bundle bundle;
    assert_int_equal(og_rrip_bundle(header(3, 2, 6, 928).bytes, 1000, (struct og_extent){3, 2}, &bundle, &err), OG_OK);
    assert_int_equal(og_rrip_bundle_entry_at(&bundle, 0, 0), 928);
    assert_int_equal(og_rrip_bundle_entry_at(&bundle, 2, 1), 928 + 5 * 12);
    for (size_t i = 0; i < sizeof entries / sizeof entries[0]; i++) {
        uint8_t bytes[OG_RRIP_BUNDLE_ENTRY_BYTES];
        uint64_t offset;
        size_t size;
        for (int n = 0; n < 8; n++)
            bytes[n] = (uint8_t)(entries[i].offset >> 8 * n);
        for (int n = 0; n < 4; n++)
            bytes[8 + n] = (uint8_t)(entries[i].size >> 8 * n);
        assert_int_equal(og_rrip_bundle_entry(&bundle, bytes, &offset, &size, &err), entries[i].status);
        assert_int_equal(size, entries[i].size);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_record_gives_back_every_stream),
        cmocka_unit_test(a_length_that_lies_is_refused_before_anything_is_decompressed),
        cmocka_unit_test(every_truncated_record_is_refused),
        cmocka_unit_test(a_pack_that_cannot_be_right_is_refused_with_the_reason),
        cmocka_unit_test(of_two_entries_for_one_place_the_first_is_taken_and_unknown_ones_are_passed_over),
        cmocka_unit_test(random_bytes_never_point_outside_the_pack),
        cmocka_unit_test(a_bundle_is_refused_whose_grid_or_index_does_not_fit),
        cmocka_unit_test(an_entry_of_a_bundle_lies_in_the_file_or_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
