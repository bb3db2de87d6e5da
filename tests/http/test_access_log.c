/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "http/access_log.h"
#include "support/cmocka_all.h"
#include "support/folder.h"
#include "support/threads.h"

#define PATH_ROOM 256

struct desk { /* what an access log needs around it */
    struct og_log *log;
    struct og_metrics *metrics;
    struct og_metrics_block *counters;
    struct og_access_log *access_log;
};

static const struct og_access usual = {.request = "r-1",
                                       .client = "192.0.2.7",
                                       .method = "GET",
                                       .path = "/tiles/s/0/0_0.jpg",
                                       .cache = "hit",
                                       .code = 200,
                                       .bytes = 17,
                                       .duration_ns = 1234567};

static struct desk open_desk(const struct og_access_options *options)
{
    struct desk d = {.log = og_log_new(STDERR_FILENO, OG_LOG_ERROR), .metrics = og_metrics_new()};
    struct og_error err;
    d.counters = og_metrics_take(d.metrics);
    assert_int_equal(og_access_log_open(options, d.log, &d.access_log, &err), OG_OK);
    return d;
}

static struct desk open_in(const struct folder *folder, enum og_log_format format, char path[PATH_ROOM])
{
    snprintf(path, PATH_ROOM, "%s/access.log", folder->path);
    const struct og_access_options options = {.path = path, .format = format, .lanes = 1};
    return open_desk(&options);
}

static void close_desk(struct desk *d)
{
    og_access_log_close(&d->access_log);
    og_metrics_destroy(&d->metrics);
    og_log_destroy(&d->log);
}

static char *read_file(const char *path)
{
    char *text = calloc(1, 1 << 20);
    FILE *file = fopen(path, "re");
    assert_non_null(file);
    size_t n = fread(text, 1, (1 << 20) - 1, file);
    assert_true(n < (1 << 20) - 1);
    fclose(file);
    return text;
}

static void await_bytes(const char *path, off_t size)
{
    struct stat facts;
    while (stat(path, &facts) != 0 || facts.st_size < size)
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
}

static void expect_file(const char *path, const char *pattern)
{
    char *text = read_file(path);
    regex_t compiled;
    assert_int_equal(regcomp(&compiled, pattern, REG_EXTENDED | REG_NOSUB), 0);
    if (regexec(&compiled, text, 0, NULL, 0) != 0)
        fail_msg("\"%s\" is not like \"%s\"", text, pattern);
    regfree(&compiled);
    free(text);
}

static void a_line_of_text_tells_who_asked_for_what_and_got_what(void **state)
{
    char path[PATH_ROOM];
    struct desk d = open_in(*state, OG_LOG_TEXT, path);

    og_access_log_note(d.access_log, 0, d.counters, &usual);
    close_desk(&d);

    expect_file(path, "^[0-9-]+T[0-9:]+\\.[0-9]{3}Z info access: request=r-1 client=192\\.0\\.2\\.7 method=GET "
                      "path=/tiles/s/0/0_0\\.jpg code=200 bytes=17 seconds=0\\.001235 cache=hit\n$");
}

static void a_line_of_json_is_one_object(void **state)
{
    char path[PATH_ROOM];
    struct desk d = open_in(*state, OG_LOG_JSON, path);

    og_access_log_note(d.access_log, 0, d.counters, &usual);
    close_desk(&d);

    expect_file(path, "^[{]\"time\":\"[0-9T:.-]+Z\",\"level\":\"info\",\"part\":\"access\",\"request\":\"r-1\","
                      "\"client\":\"192\\.0\\.2\\.7\",\"method\":\"GET\",\"path\":\"/tiles/s/0/0_0\\.jpg\","
                      "\"code\":200,\"bytes\":17,\"seconds\":0\\.001235,\"cache\":\"hit\"[}]\n$");
}

static void hostile_bytes_stay_inside_their_line_and_their_string(void **state)
{
    char path[PATH_ROOM];
    struct og_access hostile = usual;
    hostile.path = "/a b\n\"\\\xff";
    struct desk d = open_in(*state, OG_LOG_TEXT, path);
    og_access_log_note(d.access_log, 0, d.counters, &hostile);
    close_desk(&d);
    expect_file(path, "^[^\n]* path=/a\\\\x20b\\\\x0a\\\\x22\\\\x5c\\\\xff code=[^\n]*\n$");

    assert_int_equal(unlink(path), 0);
    d = open_in(*state, OG_LOG_JSON, path);
    og_access_log_note(d.access_log, 0, d.counters, &hostile);
    close_desk(&d);
    expect_file(path, "^[^\n]*\"path\":\"/a b\\\\u000a\\\\\"\\\\\\\\\\\\ufffd\",\"code\"[^\n]*\n$");
}

static void texts_of_any_length_are_cut_to_a_line(void **state)
{
    char path[PATH_ROOM], endless[5000];
    struct og_access hostile = {.cache = "none", .code = 400};
    memset(endless, 1, sizeof endless - 1);
    endless[sizeof endless - 1] = '\0';
    hostile.request = hostile.client = hostile.method = hostile.path = endless;
    struct desk d = open_in(*state, OG_LOG_JSON, path);
    for (unsigned i = 0; i < 100; i++)
        og_access_log_note(d.access_log, 0, d.counters, &hostile);
    close_desk(&d);

    char *text = read_file(path);
    unsigned lines = 0;
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"), lines++) {
        assert_in_range(strlen(line), 2000, 3583);
        assert_string_equal(line + strlen(line) - strlen("\"none\"}"), "\"none\"}");
    }
    assert_int_equal(lines, 100);
    free(text);
}

static void after_a_reopen_lines_go_to_the_new_file(void **state)
{
    char path[PATH_ROOM], old[PATH_ROOM + 8];
    struct desk d = open_in(*state, OG_LOG_TEXT, path);
    snprintf(old, sizeof old, "%s.1", path);
    og_access_log_note(d.access_log, 0, d.counters, &usual);
    await_bytes(path, 1);
    assert_int_equal(rename(path, old), 0);

    og_access_log_reopen(d.access_log);
    await_bytes(path, 0);
    struct og_access second = usual;
    second.request = "r-2";
    og_access_log_note(d.access_log, 0, d.counters, &second);
    close_desk(&d);

    expect_file(old, "^[^\n]*request=r-1[^\n]*\n$");
    expect_file(path, "^[^\n]*request=r-2[^\n]*\n$");
}

static void a_reader_that_sleeps_costs_lines_and_delays_nobody(void **state)
{
    (void)state;
    enum { NOTES = 10000 };
    int ends[2];
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    const struct og_access_options options = {.fd = ends[1], .lanes = 1};
    struct desk d = open_desk(&options);

    for (unsigned i = 0; i < NOTES; i++)
        og_access_log_note(d.access_log, 0, d.counters, &usual);

    uint64_t dropped = og_metrics_sum(d.metrics, OG_COUNT_ACCESS_LOG_DROPPED);
    close_desk(&d); /* does not wait for the reader */
    assert_in_range(dropped, 1, NOTES - 2048);
    close(ends[0]);
    close(ends[1]);
}

static void a_file_that_cannot_be_opened_is_an_error_that_names_it(void **state)
{
    (void)state;
    struct og_log *log = og_log_new(STDERR_FILENO, OG_LOG_ERROR);
    struct og_access_log *access_log = NULL;
    struct og_error err;
    const struct og_access_options options = {.path = "/no/such/folder/access.log", .lanes = 1};

    assert_int_equal(og_access_log_open(&options, log, &access_log, &err), OG_IO);

    assert_string_equal(err.text, "cannot write /no/such/folder/access.log: No such file or directory");
    og_log_destroy(&log);
}

enum { LANES = 4, ROUNDS = 3000 };

static void note_many(struct og_member *member)
{
    struct desk *d = member->shared;
    struct og_metrics_block *counters = og_metrics_take(d->metrics);
    struct og_access access = usual;
    char name[32];
    for (unsigned i = 0; i < ROUNDS; i++) {
        snprintf(name, sizeof name, "%u-%u", member->index, i);
        access.request = name;
        og_access_log_note(d->access_log, member->index, counters, &access);
        if (i % 500 == 0)
            og_access_log_reopen(d->access_log);
    }
}

static void lines_of_all_lanes_are_whole_and_each_is_written_or_counted(void **state)
{
    char path[PATH_ROOM];
    const struct folder *folder = *state;
    snprintf(path, sizeof path, "%s/access.log", folder->path);
    const struct og_access_options options = {.path = path, .lanes = LANES};
    struct desk d = open_desk(&options);

    assert_string_equal(og_crew_run(LANES, note_many, &d).text, OG_AS_CLAIMED);

    og_access_log_close(&d.access_log);
    FILE *file = fopen(path, "re");
    char line[512];
    unsigned lines = 0, next[LANES] = {0};
    assert_non_null(file);
    for (; fgets(line, sizeof line, file); lines++) {
        unsigned lane, number;
        assert_int_equal(sscanf(line, "%*s info access: request=%u-%u client=", &lane, &number), 2);
        assert_non_null(strstr(line, " cache=hit\n"));
        assert_true(lane < LANES && number >= next[lane]);
        next[lane] = number + 1;
    }
    fclose(file);
    assert_int_equal(lines + og_metrics_sum(d.metrics, OG_COUNT_ACCESS_LOG_DROPPED), LANES * ROUNDS);
    close_desk(&d);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, folder_setup, folder_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(a_line_of_text_tells_who_asked_for_what_and_got_what),
        IN_FOLDER(a_line_of_json_is_one_object),
        IN_FOLDER(hostile_bytes_stay_inside_their_line_and_their_string),
        IN_FOLDER(texts_of_any_length_are_cut_to_a_line),
        IN_FOLDER(after_a_reopen_lines_go_to_the_new_file),
        cmocka_unit_test(a_reader_that_sleeps_costs_lines_and_delays_nobody),
        cmocka_unit_test(a_file_that_cannot_be_opened_is_an_error_that_names_it),
        IN_FOLDER(lines_of_all_lanes_are_whole_and_each_is_written_or_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
