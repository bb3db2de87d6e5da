/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "daemon/service.h"
#include "slide/reader.h"
#include "support/cmocka_all.h"
#include "support/http_client.h"
#include "support/pictures.h"
#include "support/threads.h"

/*
 * Slides that are replaced, removed and added while the daemon serves them. One has the pixels of `a` or of `b`, which
 * stay: their tags and bytes say what it has to answer. The reads of one file can be made to wait: linked with --wrap.
 */

enum { WIDTH = 700, HEIGHT = 500, COLUMNS = 3, TILES = 6, TOP = 10, SLIDES = 2, ROUNDS = 8, CLIENTS = 4 };

#define PATIENCE_NS UINT64_C(30000000000)

static struct {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    ino_t file; /* 0: none waits */
    unsigned inside;
} hang = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};

ssize_t __real_pread(int fd, void *to, size_t size, off_t offset);
ssize_t __wrap_pread(int fd, void *to, size_t size, off_t offset);

ssize_t __wrap_pread(int fd, void *to, size_t size, off_t offset)
{
    struct stat facts;
    pthread_mutex_lock(&hang.lock);
    bool waits = hang.file && fstat(fd, &facts) == 0 && facts.st_ino == hang.file;
    hang.inside += waits;
    pthread_cond_broadcast(&hang.changed);
    while (waits && hang.file)
        pthread_cond_wait(&hang.changed, &hang.lock);
    hang.inside -= waits;
    pthread_mutex_unlock(&hang.lock);
    return __real_pread(fd, to, size, offset);
}

static void set_hanging(ino_t file)
{
    pthread_mutex_lock(&hang.lock);
    hang.file = file;
    pthread_cond_broadcast(&hang.changed);
    pthread_mutex_unlock(&hang.lock);
}

static void await_inside(void)
{
    pthread_mutex_lock(&hang.lock);
    while (hang.inside == 0)
        pthread_cond_wait(&hang.changed, &hang.lock);
    pthread_mutex_unlock(&hang.lock);
}

struct tile {
    char tag[64];
    struct og_answer answer;
};

struct gallery {
    struct folder *folder;
    int log_fd;
    struct og_params params;
    struct og_service *service;
    uint16_t port;
    struct tile tile[SLIDES][TILES];
    atomic_bool over;
    atomic_uint good[SLIDES], unchanged, missing;
};

static const char *const originals[SLIDES] = {"a", "b"};

static void path_of(const struct gallery *g, const char *name, char out[128])
{
    snprintf(out, 128, "%s/%s", g->folder->path, name);
}

static void copy(const char *from, const char *to)
{
    int source = open(from, O_RDONLY | O_CLOEXEC), target = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    struct stat facts;
    assert_int_equal(fstat(source, &facts), 0);
    assert_int_equal(sendfile(target, source, NULL, (size_t)facts.st_size), facts.st_size);
    close(source);
    close(target);
}

/* Under another name first, as whoever brings a slide should do. */
static void put(const struct gallery *g, const char *original, const char *name)
{
    char from[128], way[128], to[128], file[32];
    snprintf(file, sizeof file, "%s.tif", original);
    path_of(g, file, from);
    snprintf(file, sizeof file, ".%s.new", name);
    path_of(g, file, way);
    snprintf(file, sizeof file, "%s.tif", name);
    path_of(g, file, to);
    copy(from, way);
    assert_int_equal(rename(way, to), 0);
}

static ino_t file_of(const struct gallery *g, const char *file)
{
    struct stat facts;
    char path[128];
    path_of(g, file, path);
    assert_int_equal(stat(path, &facts), 0);
    return facts.st_ino;
}

static void take(const struct gallery *g, const char *file)
{
    char path[128];
    path_of(g, file, path);
    assert_int_equal(unlink(path), 0);
}

static struct og_answer ask(struct og_client *client, const char *method, const char *slide, unsigned tile,
                            const char *tag)
{
    char path[64], header[128] = "";
    snprintf(path, sizeof path, "/tiles/%s/%d/%u_%u.jpg", slide, TOP, tile % COLUMNS, tile / COLUMNS);
    if (tag)
        snprintf(header, sizeof header, "If-None-Match: %s\r\n", tag);
    return og_client_ask(client, method, path, header);
}

static void learn(struct gallery *g)
{
    struct og_client *client = og_client_open(g->port);
    for (unsigned slide = 0; slide < SLIDES; slide++)
        for (unsigned i = 0; i < TILES; i++) {
            struct tile *tile = &g->tile[slide][i];
            tile->answer = ask(client, "GET", originals[slide], i, NULL);
            assert_int_equal(tile->answer.code, 200);
            og_answer_header(&tile->answer, "ETag", tile->tag, sizeof tile->tag);
        }
    for (unsigned i = 0; i < TILES; i++)
        assert_string_not_equal(g->tile[0][i].tag, g->tile[1][i].tag);
    og_client_close(&client);
}

static int set_up(void **state)
{
    struct gallery *g = calloc(1, sizeof *g);
    struct og_error err = {.text = ""};
    g->folder = folder_make();
    folder_add_slide(g->folder, "a", &(struct picture){PICTURE_STAMPED, WIDTH, HEIGHT, 1});
    folder_add_slide(g->folder, "b", &(struct picture){PICTURE_STAMPED, WIDTH, HEIGHT, 2});
    put(g, "a", "s");
    g->log_fd = open("/dev/null", O_WRONLY | O_CLOEXEC);
    og_params_init(&g->params);
    snprintf(g->params.slides, sizeof g->params.slides, "%s", g->folder->path);
    snprintf(g->params.listen, sizeof g->params.listen, "127.0.0.1:0");
    g->params.workers = 4;
    g->params.http_threads = 2;
    g->params.cache_bytes = 100000; /* some tiles are kept, and some are made each time */
    g->params.reader = OG_READER_PREAD;
    assert_int_equal(og_params_resolve(&g->params, &err), OG_OK);
    if (og_service_start(&g->params, g->log_fd, &g->service, &err) != OG_OK)
        fail_msg("%s", err.text);
    struct og_address address = og_service_address(g->service);
    g->port = og_address_port(&address);
    learn(g);
    *state = g;
    return 0;
}

static int tear_down(void **state)
{
    struct gallery *g = *state;
    set_hanging(0);
    og_service_stop(&g->service);
    for (unsigned i = 0; i < SLIDES * TILES; i++)
        og_answer_free(&g->tile[i / TILES][i % TILES].answer);
    close(g->log_fd);
    folder_remove(&g->folder);
    free(g);
    return 0;
}

/* Until a tile of the slide has this tag; NULL: until it is 404. It has any tag already, so nothing is read for it. */
static bool await(const struct gallery *g, const char *slide, unsigned tile, const char *tag)
{
    uint64_t give_up = og_clock_monotonic_ns() + PATIENCE_NS;
    struct og_client *client = og_client_open(g->port);
    bool come = false;
    while (client && !come && og_clock_monotonic_ns() < give_up) {
        char found[64];
        struct og_answer answer = ask(client, "HEAD", slide, tile, "*");
        og_answer_header(&answer, "ETag", found, sizeof found);
        come = tag ? answer.code == 304 && strcmp(found, tag) == 0 : answer.code == 404;
        og_answer_free(&answer);
        nanosleep(&(struct timespec){.tv_nsec = 2000000}, NULL);
    }
    og_client_close(&client);
    return come;
}

/* Which of the originals' tiles it is, by tag and by bytes; SLIDES: none. */
static unsigned recognise(const struct gallery *g, unsigned tile, const struct og_answer *answer)
{
    char tag[64];
    unsigned slide = 0;
    og_answer_header(answer, "ETag", tag, sizeof tag);
    while (slide < SLIDES && strcmp(tag, g->tile[slide][tile].tag) != 0)
        slide++;
    const struct og_answer *known = slide < SLIDES ? &g->tile[slide][tile].answer : answer;
    if (answer->code == 200 && (answer->size != known->size || memcmp(answer->body, known->body, known->size) != 0))
        return SLIDES;
    return slide;
}

static void a_replaced_slide_has_new_tags_while_an_answer_in_flight_finishes_on_the_old(void **state)
{
    struct gallery *g = *state;
    const unsigned tile = 4;
    const char *old_tag = g->tile[0][tile].tag, *new_tag = g->tile[1][tile].tag;
    char old_request[256];
    snprintf(old_request, sizeof old_request, "GET /tiles/s/%d/%u_%u.jpg HTTP/1.1\r\nHost: x\r\n\r\n", TOP,
             tile % COLUMNS, tile / COLUMNS);
    struct og_client *slow = og_client_open(g->port), *client = og_client_open(g->port);
    set_hanging(file_of(g, "s.tif"));
    assert_true(og_client_send(slow, old_request, strlen(old_request)));
    await_inside();

    put(g, "b", "s");
    assert_true(await(g, "s", tile, new_tag));

    struct og_answer answer = ask(client, "GET", "s", tile, old_tag); /* while the old one hangs */
    assert_int_equal(answer.code, 200);
    assert_int_equal(recognise(g, tile, &answer), 1);
    og_answer_free(&answer);
    answer = ask(client, "GET", "s", tile, new_tag);
    assert_int_equal(answer.code, 304);
    og_answer_free(&answer);
    set_hanging(0);
    answer = og_client_read(slow, true);
    assert_int_equal(answer.code, 200);
    assert_int_equal(recognise(g, tile, &answer), 0);
    og_answer_free(&answer);
    og_client_close(&slow);
    og_client_close(&client);
}

static void a_removed_slide_is_404_and_its_answer_in_flight_is_given(void **state)
{
    struct gallery *g = *state;
    static const char request[] = "GET /tiles/s/10/1_0.jpg HTTP/1.1\r\nHost: x\r\n\r\n";
    struct og_client *slow = og_client_open(g->port), *client = og_client_open(g->port);
    set_hanging(file_of(g, "s.tif"));
    assert_true(og_client_send(slow, request, sizeof request - 1));
    await_inside();

    take(g, "s.tif");
    assert_true(await(g, "s", 1, NULL));

    struct og_answer answer = ask(client, "GET", "s", 1, g->tile[0][1].tag); /* a tag does not bring it back */
    assert_int_equal(answer.code, 404);
    og_answer_free(&answer);
    set_hanging(0);
    answer = og_client_read(slow, true);
    assert_int_equal(answer.code, 200);
    assert_int_equal(recognise(g, 1, &answer), 0);
    og_answer_free(&answer);
    og_client_close(&slow);
    og_client_close(&client);
}

static void a_new_slide_is_served_and_so_is_one_that_comes_back(void **state)
{
    struct gallery *g = *state;
    assert_int_equal(og_http_code(g->port, "GET", "/tiles/t/10/0_0.jpg", ""), 404);
    put(g, "b", "t");
    assert_true(await(g, "t", 0, g->tile[1][0].tag));
    take(g, "t.tif");
    assert_true(await(g, "t", 0, NULL));
    put(g, "a", "t");
    assert_true(await(g, "t", 0, g->tile[0][0].tag));
}

static void count(atomic_uint *counter)
{
    atomic_fetch_add_explicit(counter, 1, memory_order_relaxed); /* read after the join */
}

/* Whatever is there just now, an answer is whole, and tag and bytes belong together. */
static void look(struct og_member *member, struct gallery *g, struct og_client *client)
{
    unsigned tile = og_member_random(member) % TILES, kept = og_member_random(member) % (SLIDES + 1);
    struct og_answer answer = ask(client, "GET", "s", tile, kept < SLIDES ? g->tile[kept][tile].tag : NULL);
    unsigned slide = recognise(g, tile, &answer);
    if (answer.code == 404)
        count(&g->missing);
    else if (answer.code == 304 && slide == kept)
        count(&g->unchanged);
    else if (answer.code == 200 && slide < SLIDES && slide != kept)
        count(&g->good[slide]);
    else
        og_member_fail(member, "tile %u with the tag of %u: code %d, %u", tile, kept, answer.code, slide);
    og_answer_free(&answer);
}

static void change(struct og_member *member, struct gallery *g)
{
    for (unsigned i = 0; i < ROUNDS; i++) {
        unsigned slide = (i + 1) % SLIDES, tile = i % TILES;
        put(g, originals[slide], "s");
        if (!await(g, "s", tile, g->tile[slide][tile].tag))
            og_member_fail(member, "round %u: the slide was not replaced", i);
        if (i % 3 == 2) {
            take(g, "s.tif");
            if (!await(g, "s", tile, NULL))
                og_member_fail(member, "round %u: the slide was not removed", i);
        }
    }
    atomic_store_explicit(&g->over, true, memory_order_relaxed); /* a wish to stop */
}

static void look_or_change(struct og_member *member)
{
    struct gallery *g = member->shared;
    if (member->index == CLIENTS) {
        change(member, g);
        return;
    }
    struct og_client *client = og_client_open(g->port);
    while (!atomic_load_explicit(&g->over, memory_order_relaxed))
        look(member, g, client);
    og_client_close(&client);
}

static void slides_are_replaced_and_removed_under_load_and_no_answer_is_a_mixture(void **state)
{
    struct gallery *g = *state;
    assert_string_equal(og_crew_run(CLIENTS + 1, look_or_change, g).text, OG_AS_CLAIMED);
    assert_true(g->good[0] > 0 && g->good[1] > 0 && g->unchanged > 0 && g->missing > 0);
}

#define IN_GALLERY(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_GALLERY(a_replaced_slide_has_new_tags_while_an_answer_in_flight_finishes_on_the_old),
        IN_GALLERY(a_removed_slide_is_404_and_its_answer_in_flight_is_given),
        IN_GALLERY(a_new_slide_is_served_and_so_is_one_that_comes_back),
        IN_GALLERY(slides_are_replaced_and_removed_under_load_and_no_answer_is_a_mixture),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
