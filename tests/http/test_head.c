/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "http/head.h"
#include "support/cmocka_all.h"

static struct og_words words(const char *text)
{
    return (struct og_words){text, strlen(text)};
}

static void gzip_is_taken_where_it_is_welcome(void **state)
{
    (void)state;
    static const struct {
        const char *accept;
        bool taken;
    } cases[] = {
        {"gzip", true},
        {"GZIP", true},
        {"x-gzip", true},
        {"gzip, deflate, br, zstd", true},
        {"deflate,gzip", true},
        {" \tgzip\t ;\tq=0.001 ,", true},
        {"br;q=1.0, gzip;q=0.8, *;q=0.1", true},
        {"*", true},
        {"*;q=0.5, identity;q=0.5", true},
        {"gzip;Q=1.000", true},
        {",,gzip,,", true},
        {"", false},
        {",", false},
        {"identity", false},
        {"br, deflate", false},
        {"gzip;q=0", false},
        {"gzip;q=0.000", false},
        {"gzip;q=0, *", false},
        {"*;q=0", false},
        {"gzip;q=0.5, identity;q=0.6", false},
        {"identity, gzip;q=0.9", false},
        {"gzipped", false},
        {"xgzip", false},
        {"gzip;q=2", false},
        {"gzip;q=1.001", false},
        {"gzip;q=0.0001", false},
        {"gzip;q=-1", false},
        {"gzip;q=", false},
        {"gzip;q", false},
        {"gzip;level=9", false},
        {"gzip;q=0,5", false},
        {"gzip;q=1e3", false},
        {"gzip;;q=1", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        if (og_head_takes_gzip(words(cases[i].accept)) != cases[i].taken)
            fail_msg("\"%s\"", cases[i].accept);
}

/* Names and values in turn, NULL at the end. */
static enum og_status judge(const char *method, const char *const *headers)
{
    struct og_head head = {.method = og_method_parse(method)};
    for (; *headers; headers += 2)
        og_head_note(&head, headers[0], strlen(headers[0]), headers[1], strlen(headers[1]));
    return og_head_judge(&head);
}

static void bodies_are_too_large_and_odd_ends_malformed(void **state)
{
    (void)state;
    static const struct {
        const char *headers[7];
        enum og_status status;
    } cases[] = {
        {{NULL}, OG_OK},
        {{"Host", "x", "Content-Length", "0"}, OG_OK},
        {{"Host", "x", "host", "y"}, OG_INVALID},
        {{"Host", "[::1]:8080"}, OG_OK},
        {{"Host", "Slides-1.example.org:443"}, OG_OK},
        {{"Host", "a b"}, OG_INVALID},
        {{"Host", "a/../b"}, OG_INVALID},
        {{"Host", "a@b"}, OG_INVALID},
        {{"Fo o", "x"}, OG_INVALID},
        {{"Fo\to", "x"}, OG_INVALID},
        {{"Host", "x", "Host", "x"}, OG_INVALID},
        {{"Content-Type", "text/plain"}, OG_OK},
        {{"content-length", "1"}, OG_TOO_LARGE},
        {{"Transfer-Encoding", "Chunked"}, OG_TOO_LARGE},
        {{"Content-Length", ""}, OG_INVALID},
        {{"Content-Length", "00"}, OG_INVALID},
        {{"Content-Length", "+1"}, OG_INVALID},
        {{"Content-Length", "1, 1"}, OG_INVALID},
        {{"Content-Length", "0x1"}, OG_INVALID},
        {{"Content-Length", "18446744073709551616"}, OG_INVALID},
        {{"Content-Length", "0", "Content-Length", "0"}, OG_INVALID},
        {{"Content-Length", "3", "Transfer-Encoding", "chunked"}, OG_INVALID},
        {{"Transfer-Encoding", "chunked", "Transfer-Encoding", "chunked"}, OG_INVALID},
        {{"Transfer-Encoding", "gzip, chunked"}, OG_INVALID},
        {{"Transfer-Encoding", "identity"}, OG_INVALID},
        {{"Transfer-Encoding", ""}, OG_INVALID},
        {{"Content-Length ", "0"}, OG_INVALID},
        {{"X-Anything\t", "0"}, OG_INVALID},
        {{" X-Anything", "0"}, OG_INVALID},
        {{"", "0"}, OG_INVALID},
        {{"Host", "x", "host", "x"}, OG_INVALID},
        {{"Host", "", "Host", ""}, OG_INVALID},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        if (judge("GET", cases[i].headers) != cases[i].status)
            fail_msg("case %zu: %s %s", i, cases[i].headers[0], cases[i].headers[1]);
}

static void methods_are_judged_first_and_by_the_letter(void **state)
{
    (void)state;
    static const char *const body[] = {"Content-Length", "0", "Content-Length", "7", NULL};
    static const char *const served[] = {"GET", "HEAD", "OPTIONS"}, *const others[] = {"POST", "get", "", "GETS",
                                                                                       "TRACE"};
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(judge(served[i], body + 4), OG_OK);
    for (size_t i = 0; i < 5; i++)
        assert_int_equal(judge(others[i], body), OG_METHOD);
}

static void a_second_list_of_tags_matches_nothing_and_the_nearest_proxy_has_the_last_word(void **state)
{
    (void)state;
    struct og_head head = {0};
    og_head_note(&head, "if-none-match", 13, "\"a\"", 3);
    og_head_note(&head, "If-None-Match", 13, "*", 1);
    og_head_note(&head, "X-Forwarded-For", 15, "1.1.1.1", 7);
    og_head_note(&head, "X-FORWARDED-FOR", 15, "2.2.2.2", 7);
    og_head_note(&head, "Accept-Encoding", 15, NULL, 0);

    assert_non_null(head.if_none_match.at);
    assert_int_equal(head.if_none_match.length, 0);
    assert_memory_equal(head.forwarded_for.at, "2.2.2.2", 7);
    assert_false(head.takes_gzip);
}

static void expect_generation(const char *target, const char *generation)
{
    struct og_head head = {0};
    og_head_note_target(&head, target);
    struct og_words found = head.generation;
    bool same = generation
                    ? found.at && found.length == strlen(generation) && memcmp(found.at, generation, found.length) == 0
                    : !found.at;
    if (!same)
        fail_msg("%s", target);
}

static void a_generation_is_found_among_the_arguments(void **state)
{
    (void)state;
    expect_generation("/slides", NULL);
    expect_generation("/slides?", NULL);
    expect_generation("/v=1", NULL);
    expect_generation("/slides?vv=1&w&=v&V=2", NULL);
    expect_generation("/slides?v=0a", "0a");
    expect_generation("/slides?a&&b=v&v=0a&c", "0a");
    expect_generation("/slides?v=0a=1?v=2", "0a=1?v=2");
    expect_generation("/slides?v", "");
    expect_generation("/slides?v=", "");
    expect_generation("/slides?v=0a&v=0a", "");
}

static void a_blank_in_the_target_is_odd_and_so_is_a_missing_host(void **state)
{
    (void)state;
    static const char *const odd[] = {"/a b", "/a?b c", "/a?b\tc", "/a\r", "/a?\r"};
    for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++) {
        struct og_head head = {0};
        og_head_note_target(&head, odd[i]);
        assert_int_equal(og_head_judge(&head), OG_INVALID);
    }
    struct og_head head = {.needs_host = true};
    og_head_note_target(&head, "/a?b");
    assert_int_equal(og_head_judge(&head), OG_INVALID);
    og_head_note(&head, "Host", 4, "", 0);
    assert_int_equal(og_head_judge(&head), OG_OK);
}

/* Any bytes, each string in memory of just its length, so that a step too far is seen. */
static void no_bytes_lead_out_of_their_header(void **state)
{
    (void)state;
    static const char alphabet[] = "gzip;q=01.,* \tidenty\"W/\xff";
    static const char *const names[] = {"Accept-Encoding",   "If-None-Match", "Content-Length",
                                        "Transfer-Encoding", "Forwarded",     "If-Modified-Since"};
    srandom(7);
    for (unsigned round = 0; round < 20000; round++) {
        size_t length = (size_t)random() % 24;
        char *value = malloc(length + 1);
        for (size_t i = 0; i < length; i++)
            value[i] = alphabet[(size_t)random() % (sizeof alphabet - 1)];
        value[length] = '\0';
        const char *name = names[(size_t)random() % 6];
        struct og_head head = {0};
        og_head_note(&head, name, strlen(name), value, length);
        enum og_status status = og_head_judge(&head);
        assert_true(status == OG_OK || status == OG_INVALID || status == OG_TOO_LARGE);
        free(value);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gzip_is_taken_where_it_is_welcome),
        cmocka_unit_test(bodies_are_too_large_and_odd_ends_malformed),
        cmocka_unit_test(methods_are_judged_first_and_by_the_letter),
        cmocka_unit_test(a_second_list_of_tags_matches_nothing_and_the_nearest_proxy_has_the_last_word),
        cmocka_unit_test(a_generation_is_found_among_the_arguments),
        cmocka_unit_test(a_blank_in_the_target_is_odd_and_so_is_a_missing_host),
        cmocka_unit_test(no_bytes_lead_out_of_their_header),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
