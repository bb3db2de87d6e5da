/* SPDX-License-Identifier: MIT */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "support/cmocka_all.h"
#include "support/pictures.h"
#include "support/process_use.h"
#include "support/served.h"
#include "support/threads.h"

/* Slides that are exchanged and removed while many ask for their tiles. Pixels say which slide they are of. */

enum {
    SIDE = 1024,
    TINY = 100,
    CREW = 5,
    EXCHANGES = 100,
    OLD = 21,
    NEW = 1234,
    TOP = 10,
    TILES = SIDE / OG_TILE_SIZE
};

/*
 * A reader that is stopped inside its section: a search for this very text waits in its first comparison. The test is
 * linked with --wrap=memcmp.
 */
static const char stopped_id[] = "a";
static struct {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool stops, inside;
} stop = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};

int __real_memcmp(const void *a, const void *b, size_t size);
int __wrap_memcmp(const void *a, const void *b, size_t size);

int __wrap_memcmp(const void *a, const void *b, size_t size)
{
    if (a == stopped_id) {
        pthread_mutex_lock(&stop.lock);
        stop.inside = true;
        pthread_cond_broadcast(&stop.changed);
        while (stop.stops)
            pthread_cond_wait(&stop.changed, &stop.lock);
        pthread_mutex_unlock(&stop.lock);
    }
    return __real_memcmp(a, b, size);
}

struct library {
    struct folder *shelves, *store; /* what is served, and what slides are taken from */
    struct served served;
    struct og_metrics_block *block[CREW];
    atomic_bool finished; /* release by the one who exchanges, acquire by those who ask */
};

static int setup(void **state)
{
    struct library *l = calloc(1, sizeof *l);
    l->shelves = folder_make();
    l->store = folder_make();
    folder_add_slide(l->store, "old", &(struct picture){PICTURE_STAMPED, SIDE, SIDE, OLD});
    folder_add_slide(l->store, "tiny", &(struct picture){PICTURE_SMOOTH, TINY, TINY, 1});
    folder_add_slide(l->store, "new", &(struct picture){PICTURE_STAMPED, SIDE, SIDE, NEW});
    atomic_init(&l->finished, false);
    *state = l;
    return 0;
}

static int teardown(void **state)
{
    struct library *l = *state;
    if (l->served.engine)
        served_close(&l->served);
    folder_remove(&l->shelves);
    folder_remove(&l->store);
    free(l);
    return 0;
}

/* A slide of the store appears under this name, in one step. */
static void put(struct library *l, const char *from, const char *id)
{
    char source[128], hidden[128], path[128];
    snprintf(source, sizeof source, "%s/%s.tif", l->store->path, from);
    snprintf(hidden, sizeof hidden, "%s/.%s", l->shelves->path, id);
    snprintf(path, sizeof path, "%s/%s.tif", l->shelves->path, id);
    if (link(source, hidden) != 0 || rename(hidden, path) != 0)
        abort();
}

static void take_away(struct library *l, const char *id)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s.tif", l->shelves->path, id);
    if (unlink(path) != 0)
        abort();
}

static void serve(struct library *l)
{
    served_open(&l->served, l->shelves->path, (struct og_engine_options){.workers = 3, .cache_bytes = 1 << 20});
    for (unsigned i = 0; i < CREW; i++)
        l->block[i] = og_metrics_take(l->served.metrics);
}

static struct og_library_changes rescan(struct library *l)
{
    struct og_library_changes changes = og_library_rescan(l->served.library);
    if (changes.status != OG_OK)
        abort();
    return changes;
}

/* The number that the tile says, or 0 when it says nothing sensible. */
static unsigned number_of(const struct og_buf *buf, uint32_t x, uint32_t y)
{
    uint8_t *luma;
    int width, height;
    struct picture_stamp stamp = {0};
    if (!jpeg_pixels(buf, 1, &luma, &width, &height))
        return 0;
    bool read = picture_stamp_read(luma, width, OG_TILE_SIZE / PICTURE_STAMP_CELLS, &stamp);
    free(luma);
    return read && stamp.x == x && stamp.y == y ? stamp.number : 0;
}

static unsigned ask(struct library *l, const char *id)
{
    struct og_buf *buf;
    if (served_ask(&l->served, l->served.block, id, TOP, 2, 1, &buf) != OG_OK)
        return 0;
    unsigned number = number_of(buf, 2, 1);
    og_buf_unref(&buf);
    return number;
}

static uint64_t generation(struct library *l, const char *id)
{
    struct og_slide *slide = og_library_find(l->served.library, id, strlen(id), l->served.block);
    uint64_t generation = slide ? og_slide_facts(slide)->generation : 0;
    og_slide_unref(&slide);
    return generation;
}

static void a_second_file_is_served_like_the_first(void **state)
{
    struct library *l = *state;
    serve(l);
    assert_int_equal(ask(l, "a"), 0);

    put(l, "old", "a");
    assert_int_equal(rescan(l).opened, 1);
    assert_int_equal(ask(l, "a"), OLD);
    put(l, "new", "b");
    assert_int_equal(rescan(l).opened, 1);

    assert_int_equal(ask(l, "a"), OLD);
    assert_int_equal(ask(l, "b"), NEW);
    assert_int_equal(og_engine_gauges(l->served.engine).slides, 2);
}

static void the_list_follows(void **state)
{
    struct library *l = *state;
    serve(l);
    put(l, "old", "first");
    rescan(l);
    struct og_buf *one = og_engine_slides_json(l->served.engine, l->served.block);
    put(l, "new", "second");
    rescan(l);
    struct og_buf *two = og_engine_slides_json(l->served.engine, l->served.block);

    assert_non_null(memmem(one->data, one->size, "\"first\"", 7));
    assert_null(memmem(one->data, one->size, "\"second\"", 8));
    assert_non_null(memmem(two->data, two->size, "\"second\"", 8));
    og_buf_unref(&one);
    og_buf_unref(&two);
}

static void a_replaced_slide_has_another_generation_and_the_same_one_again_its_old(void **state)
{
    struct library *l = *state;
    put(l, "old", "a");
    serve(l);
    uint64_t old = generation(l, "a");

    put(l, "new", "a");
    assert_int_equal(rescan(l).replaced, 1);
    assert_int_not_equal(generation(l, "a"), old);
    assert_int_equal(ask(l, "a"), NEW);
    put(l, "old", "a");
    put(l, "old", "b");
    rescan(l);

    assert_int_equal(generation(l, "a"), old);
    assert_int_equal(generation(l, "b"), old);
    assert_int_equal(ask(l, "a"), OLD);
}

static void an_answer_under_way_is_finished_from_what_was_found(void **state)
{
    struct library *l = *state;
    put(l, "old", "a");
    serve(l);
    struct og_tile_name name;
    assert_int_equal(og_engine_name(l->served.engine, "a", 1, TOP, 2, 1, &name, l->served.block), OG_OK);

    take_away(l, "a");
    assert_int_equal(rescan(l).removed, 1);
    assert_int_equal(ask(l, "a"), 0);
    struct og_stored_family *family = calloc(1, sizeof *family);
    uint8_t *buffer = malloc(OG_SLIDE_BUFFER_BYTES);
    struct og_reader *reader;
    assert_int_equal(og_reader_new(OG_READER_PREAD, &reader, NULL), OG_OK);
    assert_int_equal(og_slide_read_family(name.slide, reader, 0, 0, buffer, family, NULL), OG_OK);

    assert_int_equal(family->damaged, 0);
    og_reader_destroy(&reader);
    free(buffer);
    free(family);
    og_tile_name_release(&name);
}

static void a_folder_that_did_not_change_is_left_alone(void **state)
{
    struct library *l = *state;
    put(l, "old", "a");
    serve(l);
    struct og_buf *before = og_engine_slides_json(l->served.engine, l->served.block);

    struct og_library_changes changes = rescan(l);

    struct og_buf *after = og_engine_slides_json(l->served.engine, l->served.block);
    assert_int_equal(changes.opened + changes.replaced + changes.removed + changes.skipped, 0);
    assert_ptr_equal(before, after);
    assert_int_equal(og_metrics_sum(l->served.metrics, OG_COUNT_RESCAN_SAME), 1);
    og_buf_unref(&before);
    og_buf_unref(&after);
}

static void *find_stopped(void *argument)
{
    struct library *l = argument;
    struct og_slide *slide = og_library_find(l->served.library, stopped_id, 1, l->block[0]);
    og_slide_unref(&slide);
    return NULL;
}

static void set_stopping(bool stops)
{
    pthread_mutex_lock(&stop.lock);
    stop.stops = stops;
    stop.inside = false;
    pthread_cond_broadcast(&stop.changed);
    pthread_mutex_unlock(&stop.lock);
}

static void await_stopped(void)
{
    pthread_mutex_lock(&stop.lock);
    while (!stop.inside)
        pthread_cond_wait(&stop.changed, &stop.lock);
    pthread_mutex_unlock(&stop.lock);
}

static void what_a_stopped_reader_may_look_at_is_closed_by_a_later_rescan(void **state)
{
    struct library *l = *state;
    struct og_thread thread;
    put(l, "old", "a");
    serve(l);
    unsigned descriptors = og_use_descriptors();
    set_stopping(true);
    assert_int_equal(og_thread_start(&thread, "stopped", 0, find_stopped, l), OG_OK);
    await_stopped();

    put(l, "new", "a");
    struct og_library_changes changes = rescan(l);
    assert_int_equal(changes.replaced, 1);
    assert_true(changes.unsettled);
    assert_true(og_use_descriptors() > descriptors);
    set_stopping(false);
    og_thread_join(&thread);

    assert_false(rescan(l).unsettled);
    assert_int_equal(og_use_descriptors(), descriptors);
}

/* ---- under load ---- */

static void exchange(struct library *l)
{
    for (unsigned i = 0; i < EXCHANGES; i++) {
        put(l, i % 2 ? "old" : "new", "a");
        rescan(l);
    }
    put(l, "new", "a");
    rescan(l);
    take_away(l, "b");
    rescan(l);
    atomic_store_explicit(&l->finished, true, memory_order_release);
}

/* `b` goes in the end: it is there or it is not, and there is no third answer. `a` is always there. */
static void exchange_or_ask(struct og_member *member)
{
    struct library *l = member->shared;
    if (member->index == 0) {
        exchange(l);
        return;
    }
    while (!atomic_load_explicit(&l->finished, memory_order_acquire)) {
        uint32_t x = og_member_random(member) % TILES, y = og_member_random(member) % TILES;
        const char *id = og_member_random(member) % 4 ? "a" : "b";
        struct og_buf *buf;
        enum og_status status = served_ask(&l->served, l->block[member->index], id, TOP, x, y, &buf);
        unsigned number = status == OG_OK ? number_of(buf, x, y) : 0;
        if (status != OG_OK && (status != OG_NOT_FOUND || *id == 'a'))
            og_member_fail(member, "%s %u,%u: %s", id, x, y, og_status_text(status));
        if (status == OG_OK && number != NEW && (number != OLD || *id == 'b'))
            og_member_fail(member, "%s %u,%u: is of number %u", id, x, y, number);
        og_buf_unref(&buf);
    }
}

static void every_answer_is_of_the_old_or_the_new_while_slides_are_exchanged(void **state)
{
    struct library *l = *state;
    put(l, "old", "a");
    put(l, "new", "b");
    serve(l);

    assert_string_equal(og_crew_run(CREW, exchange_or_ask, l).text, OG_AS_CLAIMED);

    struct og_buf *none;
    assert_int_equal(ask(l, "a"), NEW);
    assert_int_equal(served_ask(&l->served, l->served.block, "b", TOP, 0, 0, &none), OG_NOT_FOUND);
    assert_true(og_metrics_sum(l->served.metrics, OG_COUNT_SLIDE_REPLACED) >= EXCHANGES);
    assert_int_equal(og_metrics_sum(l->served.metrics, OG_COUNT_SLIDE_REMOVED), 1);
    assert_int_equal(og_metrics_sum(l->served.metrics, OG_COUNT_READ_DAMAGED), 0);
}

static void exchange_sizes(struct library *l)
{
    for (unsigned i = 0; i < EXCHANGES; i++) {
        put(l, i % 2 ? "old" : "tiny", "a");
        rescan(l);
    }
    atomic_store_explicit(&l->finished, true, memory_order_release);
}

static bool is_thumbnail(const struct og_tile_name *name)
{
    const struct og_pyramid *pyramid = &og_slide_facts(name->slide)->pyramid;
    struct og_extent grid = og_pyramid_grid(pyramid, pyramid->top - name->level);
    bool is_largest = name->level == pyramid->top || og_pyramid_has(pyramid, name->level + 1, 1, 0);
    return grid.width == 1 && grid.height == 1 && is_largest;
}

static void exchange_sizes_or_ask_for_the_thumbnail(struct og_member *member)
{
    struct library *l = member->shared;
    if (member->index == 0) {
        exchange_sizes(l);
        return;
    }
    while (!atomic_load_explicit(&l->finished, memory_order_acquire)) {
        struct og_tile_name name;
        enum og_status status = og_engine_thumbnail(l->served.engine, "a", 1, &name, l->block[member->index]);
        if (status != OG_OK)
            og_member_fail(member, "%s", og_status_text(status));
        else if (!is_thumbnail(&name))
            og_member_fail(member, "level %u of another slide", name.level);
        og_tile_name_release(&name);
    }
}

static void a_thumbnail_is_of_the_slide_that_was_found(void **state)
{
    struct library *l = *state;
    put(l, "old", "a");
    serve(l);

    assert_string_equal(og_crew_run(CREW, exchange_sizes_or_ask_for_the_thumbnail, l).text, OG_AS_CLAIMED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_second_file_is_served_like_the_first, setup, teardown),
        cmocka_unit_test_setup_teardown(the_list_follows, setup, teardown),
        cmocka_unit_test_setup_teardown(a_replaced_slide_has_another_generation_and_the_same_one_again_its_old, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(an_answer_under_way_is_finished_from_what_was_found, setup, teardown),
        cmocka_unit_test_setup_teardown(a_folder_that_did_not_change_is_left_alone, setup, teardown),
        cmocka_unit_test_setup_teardown(what_a_stopped_reader_may_look_at_is_closed_by_a_later_rescan, setup, teardown),
        cmocka_unit_test_setup_teardown(a_thumbnail_is_of_the_slide_that_was_found, setup, teardown),
        cmocka_unit_test_setup_teardown(every_answer_is_of_the_old_or_the_new_while_slides_are_exchanged, setup,
                                        teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
