/* SPDX-License-Identifier: MIT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <regex.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/metrics.h"
#include "support/threads.h"

static int setup(void **state)
{
    *state = og_metrics_new();
    return !*state;
}

static int teardown(void **state)
{
    struct og_metrics *metrics = *state;
    og_metrics_destroy(&metrics);
    return metrics != NULL;
}

static char *render(const struct og_metrics *metrics)
{
    enum { ROOM = 1 << 16 };
    char *text = calloc(1, ROOM);
    FILE *out = fmemopen(text, ROOM, "w");
    assert_non_null(out);
    og_metrics_render(metrics, out);
    assert_int_equal(fclose(out), 0);
    assert_in_range(strlen(text), 1000, ROOM - 2);
    return text;
}

/* ---- sums ---- */

static void counters_start_at_zero(void **state)
{
    for (unsigned c = 0; c < OG_COUNTERS; c++)
        assert_int_equal(og_metrics_sum(*state, c), 0);
}

static void counts_of_all_blocks_are_summed_by_counter(void **state)
{
    struct og_metrics_block *a = og_metrics_take(*state), *b = og_metrics_take(*state);
    assert_ptr_not_equal(a, b);

    og_count(a, OG_COUNT_CACHE_HIT, 3);
    og_count(b, OG_COUNT_CACHE_HIT, 4);
    og_count(b, OG_COUNT_CACHE_MISS, 1);
    og_count(a, OG_COUNT_HTTP_BYTES, UINT64_C(1) << 40);

    assert_int_equal(og_metrics_sum(*state, OG_COUNT_CACHE_HIT), 7);
    assert_int_equal(og_metrics_sum(*state, OG_COUNT_CACHE_MISS), 1);
    assert_int_equal(og_metrics_sum(*state, OG_COUNT_HTTP_BYTES), UINT64_C(1) << 40);
}

static void every_block_has_a_seat_of_its_own(void **state)
{
    bool taken[OG_METRICS_THREADS] = {false};
    for (unsigned i = 0; i < OG_METRICS_THREADS; i++) {
        unsigned seat = og_metrics_seat(og_metrics_take(*state));
        assert_in_range(seat, 0, OG_METRICS_THREADS - 1);
        assert_false(taken[seat]);
        taken[seat] = true;
    }
}

static void taking_one_block_too_many_aborts(void **state)
{
    for (unsigned i = 0; i < OG_METRICS_THREADS; i++)
        assert_non_null(og_metrics_take(*state));
    pid_t child = fork();
    if (child == 0) {
        signal(SIGABRT, SIG_DFL);
        og_metrics_take(*state);
        _exit(0);
    }
    int result;
    assert_int_equal(waitpid(child, &result, 0), child);
    assert_false(WIFEXITED(result) && WEXITSTATUS(result) == 0);
}

enum { WRITERS = 4, ROUNDS = 10000 };

static void count_and_read(struct og_member *member)
{
    struct og_metrics_block *block = og_metrics_take(member->shared);
    uint64_t last = 0;
    for (unsigned i = 0; i < ROUNDS; i++) {
        og_count(block, OG_COUNT_READ_BYTES, 2);
        uint64_t now = og_metrics_sum(member->shared, OG_COUNT_READ_BYTES);
        if (now < last)
            og_member_fail(member, "the sum went from %llu to %llu", (unsigned long long)last, (unsigned long long)now);
        last = now;
    }
}

static void counting_threads_lose_nothing_and_sums_never_fall(void **state)
{
    assert_string_equal(og_crew_run(WRITERS, count_and_read, *state).text, OG_AS_CLAIMED);

    assert_int_equal(og_metrics_sum(*state, OG_COUNT_READ_BYTES), 2 * WRITERS * ROUNDS);
}

/* ---- the exposition ---- */

struct family {
    char name[80], type[16];
};

struct families {
    struct family list[64];
    unsigned count;
};

static void expect_line(const char *line, const char *pattern)
{
    regex_t compiled;
    assert_int_equal(regcomp(&compiled, pattern, REG_EXTENDED | REG_NOSUB), 0);
    int missed = regexec(&compiled, line, 0, NULL, 0);
    regfree(&compiled);
    if (missed)
        fail_msg("\"%s\" is not like \"%s\"", line, pattern);
}

static void start_family(struct families *seen, const char *help, const char *type)
{
    struct family next;
    char again[80];
    expect_line(help, "^# HELP origami_[a-z_]+ [A-Z][^\\]+$");
    expect_line(type, "^# TYPE origami_[a-z_]+ (counter|histogram|gauge)$");
    assert_int_equal(sscanf(help, "# HELP %79s", again), 1);
    assert_int_equal(sscanf(type, "# TYPE %79s %15s", next.name, next.type), 2);
    assert_string_equal(again, next.name);
    for (unsigned i = 0; i < seen->count; i++)
        assert_string_not_equal(seen->list[i].name, next.name);
    assert_true(seen->count < 64);
    seen->list[seen->count++] = next;
}

/* A sample belongs to the family that was announced last. */
static void expect_sample(const struct families *seen, const char *line)
{
    assert_true(seen->count > 0);
    const struct family *family = &seen->list[seen->count - 1];
    size_t n = strlen(family->name);
    assert_int_equal(strncmp(line, family->name, n), 0);
    if (strcmp(family->type, "histogram") != 0)
        expect_line(line + n, "^([{][a-z]+=\"[a-z0-9]+\"(,[a-z]+=\"[a-z0-9]+\")*[}])? [0-9]+$");
    else
        expect_line(line + n, "^(_bucket[{]([a-z]+=\"[a-z0-9]+\",)*le=\"([0-9.]+|[+]Inf)\"[}] [0-9]+"
                              "|_sum([{][^}]+[}])? [0-9]+[.][0-9]{9}|_count([{][^}]+[}])? [0-9]+)$");
}

static void every_line_is_prometheus_text_and_families_are_contiguous(void **state)
{
    char *text = render(*state);
    struct families seen = {.count = 0};
    unsigned samples = 0;
    assert_int_equal(text[strlen(text) - 1], '\n');

    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
        if (line[0] == '#') {
            char *type = strtok(NULL, "\n");
            assert_non_null(type);
            start_family(&seen, line, type);
        } else {
            expect_sample(&seen, line);
            samples++;
        }
    }

    assert_true(seen.count > 5);
    assert_true(samples >= OG_COUNTERS + OG_TIMERS * 3);
    free(text);
}

static void no_sample_appears_twice(void **state)
{
    char *text = render(*state), *lines[2000];
    unsigned count = 0;
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
        char *value = strrchr(line, ' ');
        if (line[0] == '#')
            continue;
        *value = '\0';
        for (unsigned i = 0; i < count; i++)
            assert_string_not_equal(lines[i], line);
        assert_true(count < 2000);
        lines[count++] = line;
    }
    free(text);
}

static uint64_t sample(const char *text, const char *name)
{
    char wanted[200];
    snprintf(wanted, sizeof wanted, "\n%s ", name);
    const char *at = strstr(text, wanted);
    if (!at)
        fail_msg("no %s", name);
    return strtoull(at + strlen(wanted), NULL, 10); /* allow: the tested text, already matched */
}

static void counters_are_rendered_under_their_labels(void **state)
{
    struct og_metrics_block *block = og_metrics_take(*state);
    for (unsigned i = 0; i < 5; i++)
        og_count_answer(block, OG_ASKED_TILE, 404);
    og_count_answer(block, OG_ASKED_SLIDES, 418);
    og_count(block, OG_COUNT_HTTP_BYTES, 6);

    char *text = render(*state);

    assert_int_equal(sample(text, "origami_http_requests_total{route=\"tile\",code=\"404\"}"), 5);
    assert_int_equal(sample(text, "origami_http_requests_total{route=\"slides\",code=\"other\"}"), 1);
    assert_int_equal(sample(text, "origami_http_requests_total{route=\"tile\",code=\"200\"}"), 0);
    assert_int_equal(sample(text, "origami_http_body_bytes_total"), 6);
    free(text);
}

static void a_level_is_the_sum_of_what_threads_added_and_took(void **state)
{
    struct og_metrics_block *a = og_metrics_take(*state), *b = og_metrics_take(*state);
    og_raise(a, OG_LEVEL_CONNECTIONS, 3);
    og_raise(b, OG_LEVEL_CONNECTIONS, -2);

    char *text = render(*state);

    assert_int_equal(sample(text, "origami_http_connections"), 1);
    free(text);
}

static void histograms_are_cumulative_with_bounds_included(void **state)
{
    struct og_metrics_block *a = og_metrics_take(*state), *b = og_metrics_take(*state);
    og_time(a, OG_TIME_READ, 0);
    og_time(a, OG_TIME_READ, 100000); /* 100 µs: the first bound itself */
    og_time(b, OG_TIME_READ, 100001);
    og_time(b, OG_TIME_READ, 2500000000); /* the last bound */
    og_time(b, OG_TIME_READ, 2500000001);

    char *text = render(*state);

    assert_int_equal(sample(text, "origami_stage_duration_seconds_bucket{stage=\"read\",le=\"0.0001\"}"), 2);
    assert_int_equal(sample(text, "origami_stage_duration_seconds_bucket{stage=\"read\",le=\"0.00025\"}"), 3);
    assert_int_equal(sample(text, "origami_stage_duration_seconds_bucket{stage=\"read\",le=\"1\"}"), 3);
    assert_int_equal(sample(text, "origami_stage_duration_seconds_bucket{stage=\"read\",le=\"2.5\"}"), 4);
    assert_int_equal(sample(text, "origami_stage_duration_seconds_bucket{stage=\"read\",le=\"+Inf\"}"), 5);
    assert_int_equal(sample(text, "origami_stage_duration_seconds_count{stage=\"read\"}"), 5);
    assert_non_null(strstr(text, "\norigami_stage_duration_seconds_sum{stage=\"read\"} 5.000200002\n"));
    assert_int_equal(sample(text, "origami_stage_duration_seconds_count{stage=\"decode\"}"), 0);
    free(text);
}

static void an_unlabelled_histogram_has_no_empty_braces(void **state)
{
    og_time(og_metrics_take(*state), OG_TIME_MISS, 1000000);

    char *text = render(*state);

    assert_int_equal(sample(text, "origami_miss_duration_seconds_bucket{le=\"0.0005\"}"), 0);
    assert_int_equal(sample(text, "origami_miss_duration_seconds_bucket{le=\"0.001\"}"), 1);
    assert_int_equal(sample(text, "origami_miss_duration_seconds_count"), 1);
    assert_null(strstr(text, "{}"));
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(counters_start_at_zero, setup, teardown),
        cmocka_unit_test_setup_teardown(counts_of_all_blocks_are_summed_by_counter, setup, teardown),
        cmocka_unit_test_setup_teardown(every_block_has_a_seat_of_its_own, setup, teardown),
        cmocka_unit_test_setup_teardown(taking_one_block_too_many_aborts, setup, teardown),
        cmocka_unit_test_setup_teardown(counting_threads_lose_nothing_and_sums_never_fall, setup, teardown),
        cmocka_unit_test_setup_teardown(every_line_is_prometheus_text_and_families_are_contiguous, setup, teardown),
        cmocka_unit_test_setup_teardown(no_sample_appears_twice, setup, teardown),
        cmocka_unit_test_setup_teardown(counters_are_rendered_under_their_labels, setup, teardown),
        cmocka_unit_test_setup_teardown(a_level_is_the_sum_of_what_threads_added_and_took, setup, teardown),
        cmocka_unit_test_setup_teardown(histograms_are_cumulative_with_bounds_included, setup, teardown),
        cmocka_unit_test_setup_teardown(an_unlabelled_histogram_has_no_empty_braces, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
