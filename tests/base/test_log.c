/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <fcntl.h>
#include <regex.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/log.h"
#include "support/threads.h"

struct fixture {
    int fd;
    struct og_log *log;
    char text[1 << 20];
};

static int setup(void **state)
{
    struct fixture *f = malloc(sizeof *f);
    *state = f;
    f->fd = memfd_create("log", MFD_CLOEXEC);
    f->log = og_log_new(f->fd, OG_LOG_INFO);
    return f->fd < 0 || !f->log;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    int failed = close(f->fd);
    og_log_destroy(&f->log);
    free(f);
    return failed;
}

static const char *written(struct fixture *f)
{
    ssize_t n = pread(f->fd, f->text, sizeof f->text - 1, 0);
    f->text[n > 0 ? n : 0] = '\0';
    return f->text;
}

static void expect_match(const char *text, const char *pattern)
{
    regex_t compiled;
    assert_int_equal(regcomp(&compiled, pattern, REG_EXTENDED | REG_NOSUB), 0);
    int missed = regexec(&compiled, text, 0, NULL, 0);
    regfree(&compiled);
    if (missed)
        fail_msg("\"%s\" is not like \"%s\"", text, pattern);
}

static void a_line_tells_time_level_part_and_text(void **state)
{
    struct fixture *f = *state;

    og_log_write(f->log, OG_LOG_WARN, "slide", "%s is %d", "a.tif", 7);

    expect_match(written(f),
                 "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{3}Z warn slide: a.tif is 7\n$");
}

static void details_beyond_the_chosen_level_are_dropped(void **state)
{
    struct fixture *f = *state;

    og_log_write(f->log, OG_LOG_DEBUG, "slide", "a detail");
    assert_string_equal(written(f), "");

    og_log_write(f->log, OG_LOG_INFO, "slide", "a fact");
    assert_non_null(strstr(written(f), " info slide: a fact\n"));
}

static void control_bytes_cannot_forge_a_line(void **state)
{
    struct fixture *f = *state;

    og_log_write(f->log, OG_LOG_ERROR, "slide", "%s", "a\nb\rc\033[31md\x7f\te \xc3\xa4");

    assert_non_null(strstr(written(f), " error slide: a?b?c?[31md??e \xc3\xa4\n"));
    assert_ptr_equal(strchr(f->text, '\n'), f->text + strlen(f->text) - 1);
}

static void a_line_about_a_request_names_it(void **state)
{
    struct fixture *f = *state;

    og_log_request(f->log, OG_LOG_WARN, "http", "a-1", "%d times", 3);

    expect_match(written(f), "^[^ ]+Z warn http: \\[a-1\\] 3 times\n$");
}

static void a_line_of_json_is_one_object(void **state)
{
    struct fixture *f = *state;
    og_log_set_format(f->log, OG_LOG_JSON);

    og_log_write(f->log, OG_LOG_WARN, "slide", "%s is %d", "a.tif", 7);
    og_log_request(f->log, OG_LOG_INFO, "http", "a-1", "hello");

    expect_match(written(f),
                 "^\\{\"time\":\"[0-9T:.-]+Z\",\"level\":\"warn\",\"part\":\"slide\",\"text\":\"a.tif is 7\"\\}\n"
                 "\\{\"time\":\"[0-9T:.-]+Z\",\"level\":\"info\",\"part\":\"http\",\"request\":\"a-1\","
                 "\"text\":\"hello\"\\}\n$");
}

static void hostile_bytes_stay_inside_their_json_string(void **state)
{
    struct fixture *f = *state;
    og_log_set_format(f->log, OG_LOG_JSON);

    og_log_write(f->log, OG_LOG_ERROR, "slide", "%s", "a\nb\"c\\d\xff\xc3\xa4\x01");

    assert_non_null(strstr(written(f), "\"text\":\"a\\u000ab\\\"c\\\\d\\ufffd\xc3\xa4\\u0001\"}\n"));
    assert_ptr_equal(strchr(f->text, '\n'), f->text + strlen(f->text) - 1);
}

static void a_line_of_json_fits_a_pipe_however_much_is_escaped(void **state)
{
    struct fixture *f = *state;
    char words[5000];
    memset(words, 1, sizeof words);
    words[sizeof words - 1] = '\0';
    og_log_set_format(f->log, OG_LOG_JSON);

    og_log_write(f->log, OG_LOG_ERROR, "slide", "%s", words);

    size_t length = strlen(written(f));
    assert_in_range(length, 3000, 4096);
    assert_string_equal(f->text + length - strlen("\\u0001\"}\n"), "\\u0001\"}\n");
}

static void long_lines_are_cut_and_still_end(void **state)
{
    struct fixture *f = *state;
    char words[5000];
    for (size_t n = 900; n < sizeof words; n += n < 1100 ? 1 : 500) {
        memset(words, 'w', n);
        words[n] = '\0';
        assert_int_equal(ftruncate(f->fd, 0), 0);
        lseek(f->fd, 0, SEEK_SET);

        og_log_write(f->log, OG_LOG_ERROR, "slide", "%s", words);

        size_t length = strlen(written(f));
        assert_in_range(length, 900, 1024);
        assert_int_equal(f->text[length - 1], '\n');
        assert_int_equal(strspn(strchr(f->text, 'w'), "w"), length - 1 - (size_t)(strchr(f->text, 'w') - f->text));
    }
}

static void every_level_has_a_name(void **state)
{
    (void)state;
    static const char *const names[OG_LOG_LEVELS] = {"error", "warn", "info", "debug"};
    for (unsigned level = 0; level < OG_LOG_LEVELS; level++)
        assert_string_equal(og_log_level_name(level), names[level]);
}

static void a_line_that_cannot_be_written_is_lost_quietly(void **state)
{
    (void)state;
    struct og_log *log = og_log_new(-1, OG_LOG_INFO);

    og_log_write(log, OG_LOG_ERROR, "slide", "nobody hears");

    og_log_destroy(&log);
    assert_null(log);
}

enum { WRITERS = 4, LINES = 200 };

static void write_lines(struct og_member *member)
{
    for (unsigned i = 0; i < LINES; i++)
        og_log_write(member->shared, OG_LOG_INFO, "crew", "member %u line %u end", member->index, i);
}

static void lines_of_many_threads_never_mix(void **state)
{
    struct fixture *f = *state;
    fcntl(f->fd, F_SETFL, O_APPEND);

    assert_string_equal(og_crew_run(WRITERS, write_lines, f->log).text, OG_AS_CLAIMED);

    written(f);
    unsigned next[WRITERS] = {0}, lines = 0;
    for (char *line = strtok(f->text, "\n"); line; line = strtok(NULL, "\n"), lines++) {
        unsigned member, number;
        char end;
        assert_int_equal(sscanf(line, "%*s info crew: member %u line %u en%c", &member, &number, &end), 3);
        assert_true(member < WRITERS);
        assert_int_equal(number, next[member]++);
    }
    assert_int_equal(lines, WRITERS * LINES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_line_tells_time_level_part_and_text, setup, teardown),
        cmocka_unit_test_setup_teardown(details_beyond_the_chosen_level_are_dropped, setup, teardown),
        cmocka_unit_test_setup_teardown(control_bytes_cannot_forge_a_line, setup, teardown),
        cmocka_unit_test_setup_teardown(a_line_about_a_request_names_it, setup, teardown),
        cmocka_unit_test_setup_teardown(a_line_of_json_is_one_object, setup, teardown),
        cmocka_unit_test_setup_teardown(hostile_bytes_stay_inside_their_json_string, setup, teardown),
        cmocka_unit_test_setup_teardown(a_line_of_json_fits_a_pipe_however_much_is_escaped, setup, teardown),
        cmocka_unit_test_setup_teardown(long_lines_are_cut_and_still_end, setup, teardown),
        cmocka_unit_test(every_level_has_a_name),
        cmocka_unit_test(a_line_that_cannot_be_written_is_lost_quietly),
        cmocka_unit_test_setup_teardown(lines_of_many_threads_never_mix, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
