/* SPDX-License-Identifier: MIT */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "daemon/deepzoom.h"
#include "daemon/manager.h"
#include "daemon/service.h"
#include "support/cmocka_all.h"
#include "support/http_client.h"

/*
 * Settings that show only when something is slow, or after a while, reach the part that they are for. Reads of one tile
 * hang for as long as the test wants: it is linked with --wrap. Nothing is measured, but which thing comes first.
 */

#define TILE "/tiles/s/9/1_0.jpg"

enum { ROUND_NS = 20000000, ROUNDS = 10 };

static struct {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool hangs;
    ino_t file;
    unsigned inside;
} hang = {.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};

ssize_t __real_pread(int fd, void *to, size_t size, off_t offset);
ssize_t __wrap_pread(int fd, void *to, size_t size, off_t offset);

ssize_t __wrap_pread(int fd, void *to, size_t size, off_t offset)
{
    struct stat facts;
    pthread_mutex_lock(&hang.lock);
    if (hang.hangs && fstat(fd, &facts) == 0 && facts.st_ino == hang.file) {
        hang.inside++;
        pthread_cond_broadcast(&hang.changed);
        while (hang.hangs)
            pthread_cond_wait(&hang.changed, &hang.lock);
        hang.inside--;
    }
    pthread_mutex_unlock(&hang.lock);
    return __real_pread(fd, to, size, offset);
}

static void set_hanging(bool hangs)
{
    pthread_mutex_lock(&hang.lock);
    hang.hangs = hangs;
    pthread_cond_broadcast(&hang.changed);
    pthread_mutex_unlock(&hang.lock);
}

static void await_hanging(void)
{
    pthread_mutex_lock(&hang.lock);
    while (hang.inside == 0)
        pthread_cond_wait(&hang.changed, &hang.lock);
    pthread_mutex_unlock(&hang.lock);
}

struct fixture {
    struct folder *folder;
    int log_fd;
    struct og_params params;
    struct og_service *service;
    struct manager manager;
    uint16_t port;
};

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);
    struct stat facts;
    f->folder = folder_make();
    deepzoom_write(f->folder, "s", 300, 200, 0);
    if (fstatat(f->folder->fd, "s_files/9/1_0.jpg", &facts, 0) != 0)
        return -1;
    hang.file = facts.st_ino;
    f->manager = manager_open(f->folder);
    f->log_fd = memfd_create("log", MFD_CLOEXEC);
    og_params_init(&f->params);
    snprintf(f->params.slides, sizeof f->params.slides, "%s", f->folder->path);
    snprintf(f->params.listen, sizeof f->params.listen, "127.0.0.1:0");
    f->params.workers = 1;
    f->params.http_threads = 1;
    f->params.cache_bytes = 1 << 20;
    *state = f;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *f = *state;
    set_hanging(false);
    og_service_stop(&f->service);
    unsetenv("WATCHDOG_USEC");
    manager_close(&f->manager);
    close(f->log_fd);
    folder_remove(&f->folder);
    free(f);
    return 0;
}

static void start(struct fixture *f)
{
    struct og_error err = {.text = ""};
    assert_int_equal(og_params_resolve(&f->params, &err), OG_OK);
    if (og_service_start(&f->params, f->log_fd, &f->service, &err) != OG_OK)
        fail_msg("%s", err.text);
    struct og_address address = og_service_address(f->service);
    f->port = og_address_port(&address);
    assert_true(manager_await(&f->manager, "READY=1", NULL));
}

static unsigned rescans_without_a_change(const struct fixture *f)
{
    static const char name[] = "\norigami_rescans_total{outcome=\"same\"} ";
    struct og_answer answer = og_http_get(f->port, "/metrics");
    const char *at = answer.code == 200 ? strstr((char *)answer.body, name) : NULL;
    unsigned count = 0;
    assert_non_null(at);
    assert_int_equal(sscanf(at + sizeof name - 1, "%u", &count), 1);
    og_answer_free(&answer);
    return count;
}

static void a_short_period_of_rescans_makes_them(void **state)
{
    struct fixture *f = *state;
    f->params.rescan = 1;
    start(f);
    unsigned before = rescans_without_a_change(f);
    for (unsigned i = 0; i < 3000 && rescans_without_a_change(f) < before + 2; i++)
        usleep(10000);
    assert_true(rescans_without_a_change(f) >= before + 2);
}

static void a_request_that_hangs_is_answered_when_its_deadline_is_over(void **state)
{
    struct fixture *f = *state;
    f->params.deadline_seconds = 1;
    start(f);
    set_hanging(true);
    struct og_client *client = og_client_open(f->port);

    struct og_answer answer = og_client_get(client, TILE);

    assert_int_equal(answer.code, 503);
    assert_string_equal(answer.body, og_status_text(OG_LATE));
    await_hanging(); /* it still does */
    og_answer_free(&answer);
    og_client_close(&client);
}

static void who_may_keep_tiles_and_how_long_is_as_it_was_set(void **state)
{
    struct fixture *f = *state;
    char value[128];
    f->params.cache_max_age = 77;
    f->params.cache_private = true;
    start(f);

    struct og_answer answer = og_http_get(f->port, TILE);

    assert_int_equal(answer.code, 200);
    og_answer_header(&answer, "Cache-Control", value, sizeof value);
    assert_string_equal(value, "private, max-age=77, immutable");
    og_answer_free(&answer);
}

static bool log_says(const struct fixture *f, const char *words)
{
    char text[8192] = "";
    return __real_pread(f->log_fd, text, sizeof text - 1, 0) > 0 && strstr(text, words);
}

static void rest(unsigned rounds)
{
    nanosleep(&(struct timespec){.tv_nsec = (long)rounds * ROUND_NS}, NULL);
}

static void workers_that_all_hang_silence_the_watchdog_until_they_move(void **state)
{
    struct fixture *f = *state;
    static const char request[] = "GET " TILE " HTTP/1.1\r\nHost: test\r\n\r\n";
    setenv("WATCHDOG_USEC", "80000", 1); /* four rounds */
    f->params.deadline_seconds = 3600;
    start(f);
    assert_true(manager_await(&f->manager, "WATCHDOG=1", NULL));
    set_hanging(true);
    struct og_client *client = og_client_open(f->port);
    assert_true(og_client_send(client, request, sizeof request - 1));
    await_hanging();
    while (!log_says(f, "0 event threads do not answer, workers make no progress"))
        rest(1);
    manager_forget(&f->manager);

    rest(ROUNDS);
    assert_int_equal(manager_forget(&f->manager), 0);

    set_hanging(false);
    assert_true(manager_await(&f->manager, "WATCHDOG=1", NULL));
    og_client_close(&client);
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH(a_short_period_of_rescans_makes_them),
        WITH(a_request_that_hangs_is_answered_when_its_deadline_is_over),
        WITH(who_may_keep_tiles_and_how_long_is_as_it_was_set),
        WITH(workers_that_all_hang_silence_the_watchdog_until_they_move),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
