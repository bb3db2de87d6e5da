/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "daemon/deepzoom.h"
#include "support/cmocka_all.h"
#include "support/http_client.h"
#include "support/threads.h"

/*
 * The program over a file system that does not answer (hang.c): a signal ends it all the same, everybody is answered,
 * no answer is cut, and the log and the exit status say what was left.
 */

#define WELL  "/tiles/well/9/1_0.jpg"
#define HANGS "/tiles/hangs/9/1_0.jpg"
#define ASSET "/assets/openseadragon.min.js" /* long enough to be under way for a while */

enum { PATIENCE = 15000, CLIENTS = 16, LAST_MS = 3000 };

struct ward {
    struct folder *slides, *control;
    char log[128];
    pid_t pid;
    uint16_t port;
};

static void nap(unsigned milliseconds)
{
    nanosleep(&(struct timespec){.tv_sec = milliseconds / 1000, .tv_nsec = (long)(milliseconds % 1000) * 1000000},
              NULL);
}

static bool log_says(const struct ward *ward, const char *what)
{
    static char text[1 << 16];
    FILE *file = fopen(ward->log, "re");
    size_t n = file ? fread(text, 1, sizeof text - 1, file) : 0;
    text[n] = '\0';
    if (file)
        fclose(file);
    return strstr(text, what);
}

static uint16_t await_port(struct ward *ward)
{
    static const char before[] = "listening on http://127.0.0.1:";
    unsigned port = 0;
    for (unsigned i = 0; i < PATIENCE && port == 0; i++, nap(2)) {
        char line[512];
        FILE *file = fopen(ward->log, "re");
        while (file && fgets(line, sizeof line, file)) {
            const char *at = strstr(line, before);
            if (at && strchr(at, '\n') && sscanf(at + strlen(before), "%u/", &port) != 1)
                port = 0;
        }
        if (file)
            fclose(file);
    }
    assert_true(port > 0);
    return (uint16_t)port;
}

static void begin(struct ward *ward, const char *drain_timeout)
{
    ward->pid = fork();
    if (ward->pid == 0) {
        char prefix[128];
        snprintf(prefix, sizeof prefix, "%s/hang", ward->control->path);
        setenv("OG_TEST_HANG", prefix, 1);
        setenv("LD_PRELOAD", HANG, 1);
        setenv("ASAN_OPTIONS", "verify_asan_link_order=0", 1);
        if (!freopen(ward->log, "w", stderr))
            _exit(126);
        execl(ORIGAMID, ORIGAMID, "--slides", ward->slides->path, "--listen", "127.0.0.1:0", "--workers", "2",
              "--http-threads", "2", "--cache", "8M", "--reader", "pread", "--rescan", "0", "--drain-timeout",
              drain_timeout, (char *)NULL);
        _exit(127);
    }
    ward->port = await_port(ward);
}

static int await_end(struct ward *ward)
{
    int status;
    assert_int_equal(waitpid(ward->pid, &status, 0), ward->pid);
    ward->pid = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

static int set_up(void **state)
{
    struct ward *ward = calloc(1, sizeof *ward);
    ward->slides = folder_make();
    ward->control = folder_make();
    deepzoom_write(ward->slides, "well", 300, 200, 0);
    deepzoom_write(ward->slides, "hangs", 300, 200, 1);
    snprintf(ward->log, sizeof ward->log, "%s/log", ward->control->path);
    *state = ward;
    return 0;
}

static int tear_down(void **state)
{
    struct ward *ward = *state;
    if (ward->pid)
        kill(ward->pid, SIGKILL);
    folder_remove(&ward->slides);
    folder_remove(&ward->control);
    free(ward);
    return 0;
}

static void await_inside(const struct ward *ward)
{
    char path[128];
    snprintf(path, sizeof path, "%s/hang.inside", ward->control->path);
    for (unsigned i = 0; i < PATIENCE && access(path, F_OK) != 0; i++)
        nap(2);
    assert_int_equal(access(path, F_OK), 0);
}

static struct og_client *ask_what_hangs(struct ward *ward)
{
    static const char request[] = "GET " HANGS " HTTP/1.1\r\nHost: x\r\n\r\n";
    folder_write_text(ward->control, "hang.reads", "");
    struct og_client *client = og_client_open(ward->port);
    assert_non_null(client);
    assert_true(og_client_send(client, request, sizeof request - 1));
    await_inside(ward);
    return client;
}

struct late {
    struct og_client *client[CLIENTS];
};

static void connect_all(const struct ward *ward, struct late *late)
{
    for (unsigned i = 0; i < CLIENTS; i++) {
        late->client[i] = og_client_open(ward->port);
        struct og_answer first = og_client_get(late->client[i], WELL);
        assert_int_equal(first.code, 200);
        og_answer_free(&first);
    }
}

/* At any time after the signal, some when the patience ends. */
static void ask_late(struct og_member *member)
{
    struct og_client *client = ((struct late *)member->shared)->client[member->index];
    nap(og_member_random(member) % LAST_MS);
    struct og_answer answer = og_client_get(client, member->index % 2 ? ASSET : WELL);
    if (answer.code == 0 && og_client_heard(client))
        og_member_fail(member, "an answer was cut");
    if (answer.code != 0 && answer.code != 200)
        og_member_fail(member, "code %d", answer.code);
    og_answer_free(&answer);
    og_client_close(&client);
}

static void a_read_that_hangs_does_not_keep_the_daemon_nor_cut_an_answer(void **state)
{
    struct ward *ward = *state;
    begin(ward, "1");
    struct og_client *waits = ask_what_hangs(ward);
    struct late late;
    connect_all(ward, &late);

    kill(ward->pid, SIGTERM);
    assert_string_equal(og_crew_run(CLIENTS, ask_late, &late).text, OG_AS_CLAIMED);

    struct og_answer answer = og_client_read(waits, true);
    assert_int_equal(answer.code, 503);
    og_answer_free(&answer);
    assert_true(og_client_is_closed(waits));
    og_client_close(&waits);
    assert_int_equal(await_end(ward), 3);
    assert_true(log_says(ward, "1 jobs are not finished, of slide hangs: reads have not returned"));
    assert_true(log_says(ward, "stopped but for a read that does not return (engine)"));
}

static void nobody_need_wait_for_the_read_that_hangs(void **state)
{
    struct ward *ward = *state;
    begin(ward, "0");
    struct og_client *leaves = ask_what_hangs(ward);
    og_client_close(&leaves);
    kill(ward->pid, SIGTERM);
    assert_int_equal(await_end(ward), 3);
}

static void a_read_that_returns_in_time_is_answered_and_all_is_well(void **state)
{
    struct ward *ward = *state;
    begin(ward, "600");
    struct og_client *waits = ask_what_hangs(ward), *watches = og_client_open(ward->port);
    struct og_answer ready = og_client_get(watches, "/readyz");
    assert_int_equal(ready.code, 200);
    og_answer_free(&ready);
    kill(ward->pid, SIGTERM);
    for (unsigned i = 0; i < PATIENCE && !log_says(ward, "daemon: stopping"); i++)
        nap(2);

    folder_delete(ward->control, "hang.reads");

    struct og_answer answer = og_client_read(waits, true);
    assert_int_equal(answer.code, 200);
    og_answer_free(&answer);
    og_client_close(&waits);
    og_client_close(&watches);
    assert_int_equal(await_end(ward), 0);
    assert_false(log_says(ward, "does not return"));
}

static void a_folder_that_hangs_does_not_keep_it_either(void **state)
{
    struct ward *ward = *state;
    begin(ward, "1");
    folder_write_text(ward->control, "hang.folder", "");
    kill(ward->pid, SIGHUP);
    await_inside(ward);
    assert_int_equal(og_http_code(ward->port, "GET", WELL, ""), 200);

    kill(ward->pid, SIGTERM);

    assert_int_equal(await_end(ward), 3);
    assert_true(log_says(ward, "stopped but for a read that does not return (watch)"));
}

#define IN_WARD(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_WARD(a_read_that_hangs_does_not_keep_the_daemon_nor_cut_an_answer),
        IN_WARD(nobody_need_wait_for_the_read_that_hangs),
        IN_WARD(a_read_that_returns_in_time_is_answered_and_all_is_well),
        IN_WARD(a_folder_that_hangs_does_not_keep_it_either),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
