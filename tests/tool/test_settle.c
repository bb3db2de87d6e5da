/* SPDX-License-Identifier: MIT */
#include "support/cmocka_all.h"

#include <stdatomic.h>
#include <string.h>

#include "tool/settle.h"
#include "tool/source_kept.h"

enum { FAMILY = 1024, SIDE = 10 };

/* Glass, but for one family that is all texture. */
static enum og_status read_texture(void *reader, struct og_rect area, uint8_t *rgb, ptrdiff_t stride,
                                   struct og_error *err)
{
    const struct og_rect *texture = reader;
    (void)err;
    for (int y = 0; y < area.height; y++)
        for (int x = 0; x < area.width; x++) {
            uint32_t at = (uint32_t)(area.y + y) % FAMILY * FAMILY + (uint32_t)(area.x + x) % FAMILY;
            bool inside = area.x + x >= texture->x && area.x + x < texture->x + texture->width &&
                          area.y + y >= texture->y && area.y + y < texture->y + texture->height;
            uint8_t value = inside ? (uint8_t)(at * 2654435761u >> 24) : 245;
            memset(rgb + y * stride + 3 * x, value, 3);
        }
    return OG_OK;
}

static bool watch(void *watcher)
{
    (void)watcher;
    return true;
}

static int settled_step_of(const struct og_source *source, double aim)
{
    struct og_plan plan;
    struct og_plan_settings settings;
    struct og_family_run run = {&plan, source, 2, watch, NULL};
    struct og_wish wish = {.aim = aim};
    struct og_error err = {0};
    if (og_settle_begin(&source->facts, &wish, &plan, &settings, &err) != OG_OK ||
        og_settle(&run, &wish, &plan, &settings, &err) != OG_OK)
        fail_msg("%s", err.text);
    og_plan_release(&plan);
    return og_plan_whole_step(settings.l0_step);
}

static int settled_step(uint32_t width, uint32_t height, struct og_rect texture, double aim)
{
    static const struct og_source_kind kind = {.read = read_texture};
    struct og_source source = {.facts = {.width = width, .height = height}, .kind = &kind, .state = &texture};
    return settled_step_of(&source, aim);
}

static void the_only_tissue_of_a_slide_is_found_wherever_it_lies(void **state)
{
    static const struct og_rect corner = {0, 0, FAMILY, FAMILY};
    int alone = settled_step(FAMILY, FAMILY, corner, 36), glass = settled_step(FAMILY, FAMILY, (struct og_rect){0}, 36);
    (void)state;
    assert_int_not_equal(alone, glass);
    for (int i = 0; i < SIDE; i++) {
        struct og_rect place = {i * FAMILY, (i * 7 + 1) % SIDE * FAMILY, FAMILY, FAMILY};
        assert_int_equal(settled_step(SIDE * FAMILY, SIDE * FAMILY, place, 36), alone);
    }
}

static struct og_quantiser quantiser_of(double l0_step)
{
    struct og_plan_settings settings = {.base_quality = 80, .l1_step = 10, .l0_step = l0_step, .trellis = true};
    struct og_plan plan;
    struct og_error err = {0};
    if (og_plan_make(256, 256, &settings, &plan, &err) != OG_OK)
        fail_msg("%s", err.text);
    og_plan_release(&plan);
    return plan.coding[0].quantiser[0];
}

static void between_two_steps_a_bit_is_worth_more_or_less_than_at_the_nearer_one(void **state)
{
    struct og_quantiser seven = quantiser_of(7), more = quantiser_of(7.3), less = quantiser_of(6.7);
    (void)state;
    assert_memory_equal(more.step, seven.step, sizeof seven.step);
    assert_memory_equal(less.step, seven.step, sizeof seven.step);
    assert_true(less.lambda < seven.lambda && seven.lambda < more.lambda);
    assert_int_equal(quantiser_of(7.6).step[1], 8);
}

struct counted {
    struct og_rect texture;
    atomic_int reads;
};

static enum og_status read_counted(void *reader, struct og_rect area, uint8_t *rgb, ptrdiff_t stride,
                                   struct og_error *err)
{
    struct counted *counted = reader;
    atomic_fetch_add_explicit(&counted->reads, 1, memory_order_relaxed);
    return read_texture(&counted->texture, area, rgb, stride, err);
}

static void a_small_slide_is_its_own_sample_and_read_once(void **state)
{
    enum { ACROSS = 3 };
    static const struct og_source_kind kind = {.read = read_counted};
    struct counted counted = {.texture = {FAMILY, FAMILY, FAMILY, FAMILY}};
    struct og_source source = {
        .facts = {.width = ACROSS * FAMILY, .height = ACROSS * FAMILY}, .kind = &kind, .state = &counted};
    struct og_kept_source *kept = og_kept_source_new(&source);
    (void)state;
    assert_non_null(kept);
    assert_true(settled_step_of(og_kept_source_view(kept), 36) > 0);
    og_kept_source_destroy(&kept);
    assert_int_equal(atomic_load_explicit(&counted.reads, memory_order_relaxed), ACROSS * ACROSS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(between_two_steps_a_bit_is_worth_more_or_less_than_at_the_nearer_one),
        cmocka_unit_test(a_small_slide_is_its_own_sample_and_read_once),
        cmocka_unit_test(the_only_tissue_of_a_slide_is_found_wherever_it_lies),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
