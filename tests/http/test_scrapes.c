/* SPDX-License-Identifier: MIT */
#include "http/scrapes.h"

#include "support/cmocka_all.h"

enum { MANY = 10 * OG_SCRAPES_MAX };

static uint64_t now_ns;

static uint64_t test_clock(void)
{
    return now_ns;
}

static void render_count(void *context, FILE *out)
{
    fprintf(out, "%u", ++*(unsigned *)context);
}

static unsigned value_of(const struct og_buf *buf)
{
    unsigned value = 0;
    for (size_t i = 0; i < buf->size; i++)
        value = 10 * value + (buf->data[i] - '0');
    return value;
}

static unsigned ask(struct og_scrapes *scrapes, unsigned *rendered)
{
    struct og_buf *buf = og_scrapes_find(scrapes, render_count, rendered);
    assert_non_null(buf);
    unsigned value = value_of(buf);
    og_buf_unref(&buf);
    return value;
}

/* MANY clients that do not read, one after the other. */
static void hold(struct og_scrapes *scrapes, unsigned *rendered, uint64_t pause_ns, struct og_buf *held[MANY])
{
    for (unsigned i = 0; i < MANY; i++) {
        held[i] = og_scrapes_find(scrapes, render_count, rendered);
        assert_non_null(held[i]);
        now_ns += pause_ns;
    }
}

static void let_go(struct og_buf *held[MANY])
{
    for (unsigned i = 0; i < MANY; i++)
        og_buf_unref(&held[i]);
}

static void each_request_has_an_answer_of_its_own_as_long_as_few_are_out(void **state)
{
    (void)state;
    unsigned rendered = 0;
    struct og_scrapes *scrapes = og_scrapes_new(test_clock);
    for (unsigned i = 1; i <= MANY; i++)
        assert_int_equal(ask(scrapes, &rendered), i);
    og_scrapes_destroy(&scrapes);
}

static void whoever_does_not_read_keeps_nobody_from_an_answer(void **state)
{
    (void)state;
    unsigned rendered = 0;
    struct og_buf *held[MANY];
    struct og_scrapes *scrapes = og_scrapes_new(test_clock);
    hold(scrapes, &rendered, 0, held);
    assert_int_equal(rendered, OG_SCRAPES_MAX / 2);
    assert_int_equal(ask(scrapes, &rendered), rendered);
    let_go(held);
    assert_int_equal(ask(scrapes, &rendered), OG_SCRAPES_MAX / 2 + 1);
    og_scrapes_destroy(&scrapes);
}

static void what_is_shared_is_renewed_until_all_are_out(void **state)
{
    (void)state;
    unsigned rendered = 0;
    struct og_buf *held[MANY];
    struct og_scrapes *scrapes = og_scrapes_new(test_clock);
    hold(scrapes, &rendered, UINT64_C(4000000000), held); /* half of the time for which one is shared */
    assert_int_equal(rendered, OG_SCRAPES_MAX);
    assert_int_equal(value_of(held[OG_SCRAPES_MAX / 2]), OG_SCRAPES_MAX / 2);
    assert_int_equal(value_of(held[OG_SCRAPES_MAX / 2 + 1]), OG_SCRAPES_MAX / 2 + 1);
    let_go(held);
    og_scrapes_destroy(&scrapes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_request_has_an_answer_of_its_own_as_long_as_few_are_out),
        cmocka_unit_test(whoever_does_not_read_keeps_nobody_from_an_answer),
        cmocka_unit_test(what_is_shared_is_renewed_until_all_are_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
