/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "support/cmocka_all.h"
#include "tool/source_kept.h"

enum { SIDE = 300, BYTES = SIDE * SIDE * 3 };

/* Gives other pixels each time that it is asked. */
static unsigned reads;

static enum og_status counting_read(void *reader, struct og_rect area, uint8_t *rgb, ptrdiff_t stride,
                                    struct og_error *err)
{
    (void)reader;
    if (area.x < 0)
        return og_error_set(err, OG_IO, "not there");
    reads++;
    for (int y = 0; y < area.height; y++)
        memset(rgb + y * stride, (int)reads, (size_t)area.width * 3);
    return OG_OK;
}

static const struct og_source_kind counting = {.read = counting_read};
static const struct og_source source = {.kind = &counting, .state = &reads};

struct desk {
    struct og_kept_source *kept;
    const struct og_source *view;
    void *reader;
    uint8_t rgb[BYTES];
};

static int setup(void **state)
{
    struct desk *d = *state = calloc(1, sizeof *d);
    struct og_error err;
    reads = 0;
    d->kept = og_kept_source_new(&source);
    d->view = og_kept_source_view(d->kept);
    assert_int_equal(og_source_reader_new(d->view, &d->reader, &err), OG_OK);
    return 0;
}

static int teardown(void **state)
{
    struct desk *d = *state;
    og_source_reader_destroy(d->view, d->reader);
    og_kept_source_destroy(&d->kept);
    free(d);
    return 0;
}

/* What the area holds: the number of the read that it is from. */
static unsigned read_at(struct desk *d, int x, int side)
{
    struct og_error err;
    assert_int_equal(d->view->kind->read(d->reader, (struct og_rect){x, 0, side, side}, d->rgb, SIDE * 3, &err), OG_OK);
    for (int y = 0; y < side; y++)
        for (int i = 0; i < side * 3; i++)
            assert_int_equal(d->rgb[y * SIDE * 3 + i], d->rgb[0]);
    return d->rgb[0];
}

static void an_area_is_read_once(void **state)
{
    struct desk *d = *state;
    assert_int_equal(read_at(d, 0, SIDE), 1);
    assert_int_equal(read_at(d, 1, SIDE), 2);
    assert_int_equal(read_at(d, 0, SIDE - 1), 3);
    assert_int_equal(read_at(d, 0, SIDE), 1);
    assert_int_equal(read_at(d, 1, SIDE), 2);
    assert_int_equal(read_at(d, 0, SIDE - 1), 3);
    assert_int_equal(reads, 3);
}

static void tiles_are_not_kept(void **state)
{
    struct desk *d = *state;
    assert_int_equal(read_at(d, 0, 256), 1);
    assert_int_equal(read_at(d, 0, 256), 2);
}

static void no_more_areas_are_kept_than_promised(void **state)
{
    struct desk *d = *state;
    for (int x = 0; x <= OG_KEPT_AREAS; x++)
        assert_int_equal(read_at(d, x, SIDE), x + 1);
    for (int x = 0; x < OG_KEPT_AREAS; x++)
        assert_int_equal(read_at(d, x, SIDE), x + 1);
    assert_int_equal(read_at(d, OG_KEPT_AREAS, SIDE), OG_KEPT_AREAS + 2);
}

static void a_failed_read_is_not_kept(void **state)
{
    struct desk *d = *state;
    struct og_error err = {0};
    struct og_rect area = {-1, 0, SIDE, SIDE};
    for (int i = 0; i < 2; i++)
        assert_int_equal(d->view->kind->read(d->reader, area, d->rgb, SIDE * 3, &err), OG_IO);
    assert_int_equal(reads, 0);
}

int main(void)
{
#define ON_DESK(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
    const struct CMUnitTest tests[] = {
        ON_DESK(an_area_is_read_once),
        ON_DESK(tiles_are_not_kept),
        ON_DESK(no_more_areas_are_kept_than_promised),
        ON_DESK(a_failed_read_is_not_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
