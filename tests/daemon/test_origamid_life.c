/* SPDX-License-Identifier: MIT */
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "daemon/deepzoom.h"
#include "daemon/manager.h"
#include "support/cmocka_all.h"
#include "support/http_client.h"
#include "support/threads.h"

/* The program under a service manager: reloads, the watchdog, and the end. */

#define TILE "/tiles/s/9/1_0.jpg"

struct life {
    struct folder *folder;
    struct manager manager;
    char log[128], access[128];
    pid_t pid;
    uint16_t port;
};

static char *read_file(const char *path)
{
    char *text = calloc(1, 1 << 22);
    FILE *file = fopen(path, "re");
    if (file) {
        text[fread(text, 1, (1 << 22) - 1, file)] = '\0';
        fclose(file);
    }
    return text;
}

static void nap(void)
{
    nanosleep(&(struct timespec){.tv_nsec = 2000000}, NULL);
}

/* `words` are its arguments, separated by blanks. */
static void launch(struct life *life, char *words)
{
    char *arguments[24] = {(char *)ORIGAMID};
    int count = 1;
    for (char *word = strtok(words, " "); word; word = strtok(NULL, " "))
        arguments[count++] = word;
    life->pid = fork();
    if (life->pid == 0) {
        if (!freopen(life->log, "w", stderr))
            _exit(126);
        execv(ORIGAMID, arguments);
        _exit(127);
    }
}

static uint16_t find_port(const char *log)
{
    static const char before[] = "listening on http://127.0.0.1:";
    char *text = read_file(log), *at = strstr(text, before);
    unsigned port = 0;
    assert_non_null(at);
    assert_int_equal(sscanf(at + strlen(before), "%u/", &port), 1);
    free(text);
    return (uint16_t)port;
}

static void launch_usual(struct life *life, const char *format)
{
    char words[512];
    snprintf(words, sizeof words,
             "--slides %s --listen 127.0.0.1:0 --workers 2 --http-threads 2 --cache 8M --access-log %s --log-format %s "
             "--forwarded yes",
             life->folder->path, life->access, format);
    launch(life, words);
}

static void live(struct life *life, const char *format)
{
    launch_usual(life, format);
    assert_true(manager_await(&life->manager, "READY=1", NULL));
    life->port = find_port(life->log);
}

static int await_end(struct life *life)
{
    int status;
    pid_t ended;
    while ((ended = waitpid(life->pid, &status, WNOHANG)) == 0) {
        manager_forget(&life->manager); /* its queue is short, and would hold the daemon up */
        nap();
    }
    assert_int_equal(ended, life->pid);
    life->pid = 0;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

static int end(struct life *life)
{
    kill(life->pid, SIGTERM);
    return await_end(life);
}

static int set_up(void **state)
{
    struct life *life = calloc(1, sizeof *life);
    life->folder = folder_make();
    deepzoom_write(life->folder, "s", 300, 200, 0);
    snprintf(life->log, sizeof life->log, "%s/.log", life->folder->path);
    snprintf(life->access, sizeof life->access, "%s/.access", life->folder->path);
    life->manager = manager_open(life->folder);
    *state = life;
    return 0;
}

static int tear_down(void **state)
{
    struct life *life = *state;
    if (life->pid)
        kill(life->pid, SIGKILL);
    unsetenv("WATCHDOG_USEC");
    manager_close(&life->manager);
    folder_remove(&life->folder);
    free(life);
    return 0;
}

static void the_access_log_tells_names_codes_and_what_the_cache_said(void **state)
{
    struct life *life = *state;
    live(life, "text");
    og_http_code(life->port, "GET", TILE, "X-Request-Id: from-the-proxy\r\nX-Forwarded-For: 192.0.2.7\r\n");
    og_http_code(life->port, "GET", TILE, "X-Request-Id: not well formed\r\n");
    og_http_code(life->port, "HEAD", "/a%0ab", "");
    assert_int_equal(end(life), 0);

    char *text = read_file(life->access);
    assert_non_null(strstr(text, " request=from-the-proxy client=192.0.2.7 method=GET path=" TILE " code=200 bytes="));
    assert_non_null(strstr(text, " cache=miss\n"));
    assert_non_null(strstr(text, " client=127.0.0.1 method=GET path=" TILE " code=200 "));
    assert_non_null(strstr(text, " cache=hit\n"));
    assert_non_null(strstr(text, " method=HEAD path=/a%0ab code=400 bytes=0 "));
    assert_null(strstr(text, "not well"));
    free(text);
}

/* The name in brackets of the line of the log that tells of the 500. */
static void read_name_of_500(const char *log, char name[65])
{
    char *text = read_file(log), *line = strstr(text, " error http: [");
    assert_non_null(line);
    assert_int_equal(sscanf(line, " error http: [%64[^]]]", name), 1);
    assert_non_null(strstr(line, "] GET " TILE " from "));
    assert_non_null(strstr(line, " is answered with 500\n"));
    free(text);
}

static void a_500_has_one_name_in_both_logs(void **state)
{
    struct life *life = *state;
    static const char *const names[] = {"", "X-Request-Id: from-the-proxy\r\n"};
    folder_write_text(life->folder, "s_files/9/1_0.jpg", "no JPEG");
    for (unsigned i = 0; i < 2; i++) {
        char name[65], in_access_log[256];
        live(life, "text");
        assert_int_equal(og_http_code(life->port, "GET", TILE, names[i]), 500);
        assert_int_equal(end(life), 0);

        read_name_of_500(life->log, name);

        char *text = read_file(life->access);
        snprintf(in_access_log, sizeof in_access_log, " request=%s client=127.0.0.1 method=GET path=" TILE " code=500 ",
                 name);
        assert_non_null(strstr(text, in_access_log));
        if (i == 1)
            assert_string_equal(name, "from-the-proxy");
        free(text);
    }
}

static void after_sighup_the_access_log_goes_on_in_a_new_file(void **state)
{
    struct life *life = *state;
    char moved[160];
    snprintf(moved, sizeof moved, "%s.1", life->access);
    live(life, "json");
    og_http_code(life->port, "GET", "/slides", "");
    assert_int_equal(rename(life->access, moved), 0);

    kill(life->pid, SIGHUP);
    assert_true(manager_await(&life->manager, "RELOADING=1", "READY=1"));
    assert_true(manager_await(&life->manager, "READY=1", NULL));
    for (struct stat facts; stat(life->access, &facts) != 0;)
        nap();
    og_http_code(life->port, "GET", "/healthz", "");
    assert_int_equal(end(life), 0);

    char *old = read_file(moved), *new = read_file(life->access);
    assert_non_null(strstr(old, "\"path\":\"/slides\",\"code\":200"));
    assert_non_null(strstr(new, "\"path\":\"/healthz\",\"code\":200"));
    assert_null(strstr(old, "/healthz"));
    free(old);
    free(new);
}

/* Of the folder of slides, whatever they found. */
static unsigned rescans(const struct life *life)
{
    static const char name[] = "\norigami_rescans_total{outcome=";
    struct og_answer answer = og_http_get(life->port, "/metrics");
    unsigned sum = 0, rows = 0;
    assert_int_equal(answer.code, 200);
    for (const char *at = strstr((char *)answer.body, name); at; at = strstr(at + 1, name)) {
        unsigned n = 0;
        rows += sscanf(at + strlen(name), "\"%*[a-z]\"} %u", &n) == 1;
        sum += n;
    }
    assert_int_equal(rows, 3);
    og_answer_free(&answer);
    return sum;
}

enum { CLIENTS = 3, RELOADS = 100 };

struct storm {
    struct life *life;
    atomic_bool over;
    atomic_uint answers;
};

static void ask_until_it_is_over(struct og_member *member)
{
    struct storm *storm = member->shared;
    struct og_client *client = og_client_open(storm->life->port);
    while (!atomic_load_explicit(&storm->over, memory_order_relaxed)) {
        struct og_answer answer = og_client_get(client, TILE);
        if (answer.code != 200)
            og_member_fail(member, "code %d", answer.code);
        og_answer_free(&answer);
        if (answer.code != 200)
            break;
        atomic_fetch_add_explicit(&storm->answers, 1, memory_order_relaxed);
    }
    og_client_close(&client);
}

/* The last member sends the signals; each is answered before the next, so none merges with another. */
static void ask_or_reload(struct og_member *member)
{
    struct storm *storm = member->shared;
    if (member->index < CLIENTS) {
        ask_until_it_is_over(member);
        return;
    }
    for (unsigned i = 0; i < RELOADS; i++) {
        kill(storm->life->pid, SIGHUP);
        if (!manager_await(&storm->life->manager, "RELOADING=1", "READY=1") ||
            !manager_await(&storm->life->manager, "READY=1", NULL))
            og_member_fail(member, "reload %u was not finished", i);
    }
    atomic_store_explicit(&storm->over, true, memory_order_relaxed);
}

static void a_hundred_reloads_under_load_cost_no_answer(void **state)
{
    struct life *life = *state;
    live(life, "text");
    struct storm storm = {life, false, 0};
    unsigned before = rescans(life);

    assert_string_equal(og_crew_run(CLIENTS + 1, ask_or_reload, &storm).text, OG_AS_CLAIMED);

    assert_true(atomic_load_explicit(&storm.answers, memory_order_relaxed) > 0);
    assert_true(rescans(life) >= before + RELOADS); /* each was done before READY=1 was said */
    assert_int_equal(end(life), 0);
}

static void reloads_that_come_faster_than_they_are_done_do_no_harm(void **state)
{
    struct life *life = *state;
    live(life, "text");
    for (unsigned i = 0; i < RELOADS; i++)
        kill(life->pid, SIGHUP);
    assert_true(manager_await(&life->manager, "RELOADING=1", NULL));
    assert_true(manager_await(&life->manager, "READY=1", NULL));
    assert_int_equal(og_http_code(life->port, "GET", TILE, ""), 200);
    assert_int_equal(end(life), 0);
}

static void the_watchdog_is_fed_while_it_serves_and_while_it_drains(void **state)
{
    struct life *life = *state;
    setenv("WATCHDOG_USEC", "80000", 1); /* rounds of twenty milliseconds */
    live(life, "text");
    for (unsigned i = 0; i < 8; i++)
        assert_true(manager_await(&life->manager, "WATCHDOG=1", NULL));
    struct og_client *idle = og_client_open(life->port); /* to which a drain leaves a quarter of a second */
    struct og_answer answer = og_client_get(idle, TILE);
    og_answer_free(&answer);

    kill(life->pid, SIGTERM);
    assert_true(manager_await(&life->manager, "STOPPING=1", NULL));
    assert_true(manager_await(&life->manager, "WATCHDOG=1", NULL));

    assert_int_equal(await_end(life), 0);
    og_client_close(&idle);
}

/* A process that stands still feeds nobody: the pings come from within, and from nowhere else. */
static void a_stopped_process_does_not_feed_the_watchdog(void **state)
{
    struct life *life = *state;
    setenv("WATCHDOG_USEC", "400000", 1);
    live(life, "text");
    assert_true(manager_await(&life->manager, "WATCHDOG=1", NULL));
    int status;
    kill(life->pid, SIGSTOP);
    assert_int_equal(waitpid(life->pid, &status, WUNTRACED), life->pid);
    manager_forget(&life->manager);
    nanosleep(&(struct timespec){.tv_nsec = 500000000}, NULL);
    assert_int_equal(manager_forget(&life->manager), 0);

    kill(life->pid, SIGCONT);
    assert_true(manager_await(&life->manager, "WATCHDOG=1", NULL));
    assert_int_equal(end(life), 0);
}

static void await_words(const char *path, const char *words)
{
    for (bool found = false; !found; nap()) {
        char *text = read_file(path);
        found = strstr(text, words) != NULL;
        free(text);
    }
}

/* Until the end, which may never come. */
static int await_end_for_a_while(struct life *life)
{
    for (unsigned i = 0; i < 5000; i++, nap()) {
        siginfo_t ended = {0};
        if (waitid(P_PID, (id_t)life->pid, &ended, WEXITED | WNOWAIT | WNOHANG) == 0 && ended.si_pid != 0)
            return await_end(life);
    }
    return 0;
}

/* Nobody reads the pipe that is to be its access log, so it never starts: opening waits, as on a mount that hangs. */
static void a_signal_ends_it_while_it_starts(void **state)
{
    struct life *life = *state;
    folder_pipe(life->folder, ".access");
    static const int signals[] = {SIGTERM, SIGINT};
    for (unsigned i = 0; i < 2; i++) {
        launch_usual(life, "text");
        await_words(life->log, "1 opened");

        kill(life->pid, signals[i]);

        assert_int_equal(await_end_for_a_while(life), -signals[i]);
        folder_delete(life->folder, ".log");
    }
}

#define ALIVE(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ALIVE(the_access_log_tells_names_codes_and_what_the_cache_said),
        ALIVE(a_500_has_one_name_in_both_logs),
        ALIVE(after_sighup_the_access_log_goes_on_in_a_new_file),
        ALIVE(a_hundred_reloads_under_load_cost_no_answer),
        ALIVE(reloads_that_come_faster_than_they_are_done_do_no_harm),
        ALIVE(the_watchdog_is_fed_while_it_serves_and_while_it_drains),
        ALIVE(a_stopped_process_does_not_feed_the_watchdog),
        ALIVE(a_signal_ends_it_while_it_starts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
