/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "slide/slide.h"
#include "support/cmocka_all.h"
#include "support/slide_surgery.h"

/* Linked with --wrap=posix_fadvise: what the system is asked to read ahead. */
static struct {
    unsigned count;
    int fd;
    off_t offset, size;
} asked;

int __real_posix_fadvise(int fd, off_t offset, off_t size, int advice);
int __wrap_posix_fadvise(int fd, off_t offset, off_t size, int advice);

int __wrap_posix_fadvise(int fd, off_t offset, off_t size, int advice)
{
    if (advice == POSIX_FADV_WILLNEED) {
        asked.count++;
        asked.fd = fd;
        asked.offset = offset;
        asked.size = size;
    }
    return __real_posix_fadvise(fd, offset, size, advice);
}

struct desk {
    struct folder *folder;
    struct og_slide *slide;
    struct og_reader *reader;
    uint8_t *buffer;
};

static void open_slide(struct desk *desk)
{
    struct og_error err = {0};
    int directory = open(desk->folder->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (og_slide_open(directory, "patient.tif", 1, &desk->slide, &err) != OG_OK)
        fail_msg("%s", err.text);
    close(directory);
    asked.count = 0;
}

static int setup(void **state)
{
    struct desk *desk = calloc(1, sizeof *desk);
    desk->folder = folder_make();
    desk->buffer = malloc(OG_SLIDE_BUFFER_BYTES);
    surgery_add_patient(desk->folder, "patient");
    open_slide(desk);
    *state = desk;
    return og_reader_new(OG_READER_PREAD, &desk->reader, NULL) == OG_OK ? 0 : -1;
}

static int teardown(void **state)
{
    struct desk *desk = *state;
    og_reader_destroy(&desk->reader);
    og_slide_unref(&desk->slide);
    folder_remove(&desk->folder);
    free(desk->buffer);
    free(desk);
    return 0;
}

static void the_bytes_of_a_family_are_asked_for_and_no_others(void **state)
{
    struct desk *desk = *state;
    struct og_extent grid = og_pyramid_grid(&og_slide_facts(desk->slide)->pyramid, 2);
    for (uint32_t y = 0; y < grid.height; y++)
        for (uint32_t x = 0; x < grid.width; x++) {
            struct og_stored_family family;
            uint8_t start[64];
            size_t size = 0;
            asked.count = 0;

            assert_true(og_slide_prefetch_family(desk->slide, desk->reader, x, y));

            assert_int_equal(asked.count, 1);
            assert_int_equal(og_slide_read_family(desk->slide, desk->reader, x, y, desk->buffer, &family, NULL), OG_OK);
            for (unsigned slot = 0; slot < OG_FAMILY_SLOTS; slot++)
                size += family.stream[slot].size;
            assert_int_equal(asked.size, size);
            assert_int_equal(pread(asked.fd, start, sizeof start, asked.offset), sizeof start);
            assert_memory_equal(start, family.stream[OG_SLOT_L2].data, sizeof start);
        }
}

static void the_bytes_of_a_stored_tile_are_asked_for_and_no_others(void **state)
{
    struct desk *desk = *state;
    const struct og_slide_facts *facts = og_slide_facts(desk->slide);
    for (unsigned depth = 2; depth <= facts->last_depth; depth++) {
        struct og_extent grid = og_pyramid_grid(&facts->pyramid, depth);
        struct og_stored_tile tile;
        uint8_t start[64];
        asked.count = 0;

        assert_true(og_slide_prefetch_stored(desk->slide, desk->reader, depth, grid.width - 1, grid.height - 1));

        assert_int_equal(asked.count, 1);
        assert_int_equal(og_slide_read_stored(desk->slide, desk->reader, depth, grid.width - 1, grid.height - 1,
                                              desk->buffer, &tile, NULL),
                         OG_OK);
        assert_int_equal(asked.size, tile.stream.size);
        assert_int_equal(pread(asked.fd, start, sizeof start, asked.offset), sizeof start);
        assert_memory_equal(start, tile.stream.data, sizeof start);
    }
}

static void where_no_tile_is_stored_nothing_is_asked_for(void **state)
{
    struct desk *desk = *state;
    const struct og_slide_facts *facts = og_slide_facts(desk->slide);
    struct og_extent grid = og_pyramid_grid(&facts->pyramid, 2);

    assert_false(og_slide_prefetch_stored(desk->slide, desk->reader, 1, 0, 0));
    assert_false(og_slide_prefetch_stored(desk->slide, desk->reader, facts->last_depth + 1, 0, 0));
    assert_false(og_slide_prefetch_stored(desk->slide, desk->reader, 2, grid.width, 0));
    assert_false(og_slide_prefetch_stored(desk->slide, desk->reader, 2, 0, UINT32_MAX));

    assert_int_equal(asked.count, 0);
}

static void where_there_is_no_family_nothing_is_asked_for(void **state)
{
    struct desk *desk = *state;
    struct og_extent grid = og_pyramid_grid(&og_slide_facts(desk->slide)->pyramid, 2);

    assert_false(og_slide_prefetch_family(desk->slide, desk->reader, grid.width, 0));
    assert_false(og_slide_prefetch_family(desk->slide, desk->reader, 0, grid.height));
    assert_false(og_slide_prefetch_family(desk->slide, desk->reader, UINT32_MAX, UINT32_MAX));

    assert_int_equal(asked.count, 0);
}

static void a_damaged_index_entry_leads_nowhere(void **state)
{
    struct desk *desk = *state;
    struct surgery patient = surgery_open(desk->folder, "patient.tif");
    struct og_span records = surgery_value(&patient, 0, OG_TAG_RECORDS);
    patient.bytes[records.data - patient.bytes] ^= 1; /* the lowest byte of the first family's offset */
    surgery_save(&patient, desk->folder, "patient.tif");
    surgery_close(&patient);
    og_slide_unref(&desk->slide);
    open_slide(desk);

    assert_false(og_slide_prefetch_family(desk->slide, desk->reader, 0, 0));
    assert_false(og_slide_prefetch_stored(desk->slide, desk->reader, 2, 0, 0));

    assert_int_equal(asked.count, 0);
    og_slide_prefetch_family(desk->slide, desk->reader, 1, 0);
    assert_int_equal(asked.count, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_bytes_of_a_family_are_asked_for_and_no_others, setup, teardown),
        cmocka_unit_test_setup_teardown(the_bytes_of_a_stored_tile_are_asked_for_and_no_others, setup, teardown),
        cmocka_unit_test_setup_teardown(where_no_tile_is_stored_nothing_is_asked_for, setup, teardown),
        cmocka_unit_test_setup_teardown(where_there_is_no_family_nothing_is_asked_for, setup, teardown),
        cmocka_unit_test_setup_teardown(a_damaged_index_entry_leads_nowhere, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
