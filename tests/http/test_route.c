/* SPDX-License-Identifier: MIT */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/parse.h"
#include "http/route.h"
#include "support/cmocka_all.h"

struct good_case {
    const char *path;
    enum og_route_kind kind;
    const char *id;
    uint64_t level, x, y;
};

static const struct good_case good_cases[] = {
    {"/", OG_ROUTE_GALLERY, NULL, 0, 0, 0},
    {"/slides", OG_ROUTE_SLIDES, NULL, 0, 0, 0},
    {"/metrics", OG_ROUTE_METRICS, NULL, 0, 0, 0},
    {"/healthz", OG_ROUTE_HEALTH, NULL, 0, 0, 0},
    {"/readyz", OG_ROUTE_READY, NULL, 0, 0, 0},
    {"/viewer/s", OG_ROUTE_VIEWER, "s", 0, 0, 0},
    {"/viewer/CMU-1_Small.Region", OG_ROUTE_VIEWER, "CMU-1_Small.Region", 0, 0, 0},
    {"/assets/viewer.js", OG_ROUTE_ASSET, "viewer.js", 0, 0, 0},
    {"/assets/.hidden", OG_ROUTE_ASSET, ".hidden", 0, 0, 0},
    {"/slides/s", OG_ROUTE_SLIDE, "s", 0, 0, 0},
    {"/slides/thumbnail.jpg", OG_ROUTE_SLIDE, "thumbnail.jpg", 0, 0, 0},
    {"/slides/s/thumbnail.jpg", OG_ROUTE_THUMBNAIL, "s", 0, 0, 0},
    {"/slides/thumbnail.jpg/thumbnail.jpg", OG_ROUTE_THUMBNAIL, "thumbnail.jpg", 0, 0, 0},
    {"/tiles/s/0/0_0.jpg", OG_ROUTE_TILE, "s", 0, 0, 0},
    {"/tiles/s/17/123_456.jpg", OG_ROUTE_TILE, "s", 17, 123, 456},
    {"/tiles/s/10/9_10.jpg", OG_ROUTE_TILE, "s", 10, 9, 10},
    {"/tiles/a.b.c/1/2_3.jpg", OG_ROUTE_TILE, "a.b.c", 1, 2, 3},
    {"/tiles/a..b/1/2_3.jpg", OG_ROUTE_TILE, "a..b", 1, 2, 3},
    {"/tiles/-/1/2_3.jpg", OG_ROUTE_TILE, "-", 1, 2, 3},
    {"/tiles/_/1/2_3.jpg", OG_ROUTE_TILE, "_", 1, 2, 3},
    {"/tiles/0/0/0_0.jpg", OG_ROUTE_TILE, "0", 0, 0, 0},
    {"/tiles/1_2.jpg/3/4_5.jpg", OG_ROUTE_TILE, "1_2.jpg", 3, 4, 5},
    {"/tiles/tiles/1/2_3.jpg", OG_ROUTE_TILE, "tiles", 1, 2, 3},
    {"/tiles/s/9999999999/9999999999_9999999999.jpg", OG_ROUTE_TILE, "s", 9999999999, 9999999999, 9999999999},
    {"/tiles/s/4294967296/4294967295_4294967297.jpg", OG_ROUTE_TILE, "s", 4294967296, 4294967295, 4294967297},
    {"/dzi/s.dzi", OG_ROUTE_DZI, "s", 0, 0, 0},
    {"/dzi/s.dzi.dzi", OG_ROUTE_DZI, "s.dzi", 0, 0, 0},
    {"/dzi/s_files.dzi", OG_ROUTE_DZI, "s_files", 0, 0, 0},
    {"/dzi/s_files/3/4_5.jpg", OG_ROUTE_TILE, "s", 3, 4, 5},
    {"/dzi/s_files_files/3/4_5.jpg", OG_ROUTE_TILE, "s_files", 3, 4, 5},
    {"/dzi/s.dzi_files/3/4_5.jpg", OG_ROUTE_TILE, "s.dzi", 3, 4, 5},
    {"/dzi/a.b_files.c_files/3/4_5.jpg", OG_ROUTE_TILE, "a.b_files.c", 3, 4, 5},
    {"/dzi/__files/3/4_5.jpg", OG_ROUTE_TILE, "_", 3, 4, 5},
};

static void paths_that_are_served_give_kind_id_and_numbers(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof good_cases / sizeof good_cases[0]; i++) {
        const struct good_case *c = &good_cases[i];
        struct og_route r;

        enum og_status status = og_route_parse(c->path, strlen(c->path), &r);

        bool same_id = c->id ? r.id_length == strlen(c->id) && memcmp(r.id, c->id, r.id_length) == 0 : r.id == NULL;
        if (status != OG_OK || r.kind != c->kind || !same_id || r.level != c->level || r.x != c->x || r.y != c->y)
            fail_msg("%s: status %d, kind %d, id \"%.*s\", %llu/%llu_%llu", c->path, status, r.kind, (int)r.id_length,
                     r.id ? r.id : "", (unsigned long long)r.level, (unsigned long long)r.x, (unsigned long long)r.y);
    }
}

static const char *const malformed[] = {
    "",
    "x",
    "slides",
    "http://host/slides",
    "*",
    " /",
    "\\",
    "?",
    /* segments */
    "//",
    "///",
    "/./",
    "/.",
    "/..",
    "/../",
    "/../etc/passwd",
    "/tiles//0/0_0.jpg",
    "//tiles/s/0/0_0.jpg",
    "/tiles/s//0_0.jpg",
    "/tiles/../0/0_0.jpg",
    "/tiles/./0/0_0.jpg",
    "/tiles/s/../0_0.jpg",
    "/tiles/s/0/..",
    "/assets/..",
    "/assets/.",
    "/assets/../x",
    "/unknown/..",
    "/unknown//",
    "/a/b/c/d/e/f/../g",
    "/dzi//s.dzi",
    "/slides//",
    "/slides/..",
    "/slides/../thumbnail.jpg",
    "/viewer/..",
    "/viewer//s",
    /* bytes that no path of ours holds */
    "/%",
    "/%2e",
    "/%2e%2e",
    "/%2e%2e/",
    "/%2E%2E%2F",
    "/%00",
    "/slides/%00",
    "/slides/s%00",
    "/tiles/s%2f/0/0_0.jpg",
    "/tiles/%73/0/0_0.jpg",
    "/tiles/s/0/0_0.jpg%00",
    "/tiles/s/%30/0_0.jpg",
    "/%zz",
    "/a%",
    "/slides/a b",
    "/slides/a+b",
    "/slides/a~b",
    "/slides/a:b",
    "/slides/a;b",
    "/slides/a,b",
    "/slides/a=b",
    "/slides/a&b",
    "/slides/a@b",
    "/slides/a!b",
    "/slides/a*b",
    "/slides/a'b",
    "/slides/a\"b",
    "/slides/(a)",
    "/slides/[a]",
    "/slides/{a}",
    "/slides/<a>",
    "/slides/a|b",
    "/slides/a\\b",
    "/slides/a^b",
    "/slides/a`b",
    "/slides/$a",
    "/slides/a#b",
    "/slides/a?b",
    "/slides/\x01",
    "/slides/\t",
    "/slides/\n",
    "/slides/\r",
    "/slides/\x7f",
    "/slides/\x80",
    "/slides/\xff",
    "/slides/\xc3\xa9",
    "/slides/\xef\xbc\x8f",
    "/tiles\\s\\0\\0_0.jpg",
    "/..%2f",
    "/..\\",
    "/;/",
    "/unknown/%41",
    "/unknown/\xff",
    /* ids that no slide has */
    "/tiles/.s/0/0_0.jpg",
    "/slides/.s",
    "/viewer/.s",
    "/slides/.s/thumbnail.jpg",
    "/dzi/.dzi",
    "/dzi/.s.dzi",
    "/dzi/_files/0/0_0.jpg",
    "/dzi/.s_files/0/0_0.jpg",
    /* numbers */
    "/tiles/s/00/0_0.jpg",
    "/tiles/s/01/0_0.jpg",
    "/tiles/s/0/00_0.jpg",
    "/tiles/s/0/01_0.jpg",
    "/tiles/s/0/0_00.jpg",
    "/tiles/s/0/0_01.jpg",
    "/tiles/s/-1/0_0.jpg",
    "/tiles/s/0/-1_0.jpg",
    "/tiles/s/0/0_-1.jpg",
    "/tiles/s/+1/0_0.jpg",
    "/tiles/s/0/+1_0.jpg",
    "/tiles/s/0/0_+1.jpg",
    "/tiles/s/-0/0_0.jpg",
    "/tiles/s/0/0_-0.jpg",
    "/tiles/s/a/0_0.jpg",
    "/tiles/s/0x1/0_0.jpg",
    "/tiles/s/0/a_0.jpg",
    "/tiles/s/0/0_a.jpg",
    "/tiles/s/1.0/0_0.jpg",
    "/tiles/s/1e1/0_0.jpg",
    "/tiles/s/0/1.0_0.jpg",
    "/tiles/s/0/_0.jpg",
    "/tiles/s/0/0_.jpg",
    "/tiles/s/0/_.jpg",
    "/tiles/s/0/.jpg",
    "/tiles/s/0/0.jpg",
    "/tiles/s/0/0-0.jpg",
    "/tiles/s/0/0_0_0.jpg",
    "/tiles/s/0/0__0.jpg",
    "/tiles/s/0/_0_0.jpg",
    "/tiles/s/0/0_0_.jpg",
    "/tiles/s/0/0_0.jpg.jpg",
    "/tiles/s/10000000000/0_0.jpg",
    "/tiles/s/0/10000000000_0.jpg",
    "/tiles/s/0/0_10000000000.jpg",
    "/tiles/s/18446744073709551616/0_0.jpg",
    "/tiles/s/0/18446744073709551617_0.jpg",
    "/tiles/s/99999999999999999999999999999999999999999999/0_0.jpg",
    "/tiles/s/0/0_00000000000.jpg",
    "/tiles/s/0/0_99999999999999999999999999999999999999999999.jpg",
    "/dzi/s_files/x/0_0.jpg",
    "/dzi/s_files/0/00_0.jpg",
    "/dzi/s_files/0/0_10000000000.jpg",
    "/dzi/s_files/-1/0_0.jpg",
};

static const char *const unknown[] = {
    "/x",
    "/favicon.ico",
    "/robots.txt",
    "/.well-known/x",
    "/index.html",
    "/slides/",
    "/tiles",
    "/tiles/",
    "/tiles/s",
    "/tiles/s/",
    "/tiles/s/0",
    "/tiles/s/0/",
    "/tiles/s/0/0_0",
    "/tiles/s/0/0_0.png",
    "/tiles/s/0/0_0.jpeg",
    "/tiles/s/0/0_0.JPG",
    "/tiles/s/0/0_0.jp",
    "/tiles/s/0/jpg",
    "/tiles/s/0/0_0.jpg/",
    "/tiles/s/0/0_0.jpg/x",
    "/Tiles/s/0/0_0.jpg",
    "/tile/s/0/0_0.jpg",
    "/tiless/s/0/0_0.jpg",
    "/dzi",
    "/dzi/",
    "/dzi/s",
    "/dzi/s.DZI",
    "/dzi/s.dz",
    "/dzi/s.xml",
    "/dzi/s.dzi/",
    "/dzi/s.dzi/0/0_0.jpg",
    "/dzi/s_file/0/0_0.jpg",
    "/dzi/s_files",
    "/dzi/s_files/",
    "/dzi/s_files/0",
    "/dzi/s_files/0/",
    "/dzi/s_files/0/0_0.png",
    "/dzi/s/0/0_0.jpg",
    "/dzi/files/0/0_0.jpg",
    "/slides/s/",
    "/slides/s/thumbnail",
    "/slides/s/thumbnail.png",
    "/slides/s/x",
    "/slides/s/thumbnail.jpg/",
    "/slides/s/thumbnail.jpg/x",
    "/viewer",
    "/viewer/",
    "/viewer/s/",
    "/viewer/s/x",
    "/assets",
    "/assets/",
    "/assets/a/b",
    "/assets/a/",
    "/metrics/",
    "/metrics/x",
    "/healthz/",
    "/readyz/",
    "/healthz/ready",
    "/a/b",
    "/a/b/c",
    "/a/b/c/d",
    "/a/b/c/d/e",
    "/a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p",
    "/...",
    "/..a",
};

static void expect_all(const char *const *paths, size_t n, enum og_status expected)
{
    for (size_t i = 0; i < n; i++) {
        struct og_route route;
        enum og_status status = og_route_parse(paths[i], strlen(paths[i]), &route);
        if (status != expected)
            fail_msg("\"%s\": %s, but expected %s", paths[i], og_status_text(status), og_status_text(expected));
    }
}

static void malformed_paths_are_invalid(void **state)
{
    (void)state;
    expect_all(malformed, sizeof malformed / sizeof malformed[0], OG_INVALID);
}

static void well_formed_paths_that_nothing_serves_are_not_found(void **state)
{
    (void)state;
    expect_all(unknown, sizeof unknown / sizeof unknown[0], OG_NOT_FOUND);
}

static void ids_have_at_most_128_bytes(void **state)
{
    (void)state;
    static const char *const around[][2] = {
        {"/tiles/", "/1/2_3.jpg"}, {"/slides/", ""},  {"/slides/", "/thumbnail.jpg"},
        {"/viewer/", ""},          {"/dzi/", ".dzi"}, {"/dzi/", "_files/1/2_3.jpg"}};
    for (size_t i = 0; i < sizeof around / sizeof around[0]; i++)
        for (int digits = 127; digits <= 130; digits++) {
            char path[256];
            struct og_route route;
            snprintf(path, sizeof path, "%s%0*d%s", around[i][0], digits, 0, around[i][1]);
            enum og_status expected = digits <= 128 ? OG_OK : OG_INVALID;
            assert_int_equal(og_route_parse(path, strlen(path), &route), expected);
        }
}

static void a_zero_byte_inside_is_malformed(void **state)
{
    (void)state;
    static const char paths[][20] = {"/slides\0", "/\0slides", "/slides/a\0b", "/tiles/s/0/0_0.jpg\0"};
    static const size_t lengths[] = {8, 8, 11, 19};
    for (size_t i = 0; i < 4; i++) {
        struct og_route route;
        assert_int_equal(og_route_parse(paths[i], lengths[i], &route), OG_INVALID);
    }
}

static void a_path_of_any_length_is_judged(void **state)
{
    (void)state;
    size_t size = 1 << 20;
    char *path = malloc(size);
    struct og_route route;

    memset(path, '/', size);
    assert_int_equal(og_route_parse(path, size, &route), OG_INVALID);
    memset(path + 1, 'a', size - 1);
    assert_int_equal(og_route_parse(path, size, &route), OG_NOT_FOUND);
    path[size - 1] = '%';
    assert_int_equal(og_route_parse(path, size, &route), OG_INVALID);
    free(path);
}

static bool all_path_bytes(const char *path, size_t n)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-/";
    for (size_t i = 0; i < n; i++)
        if (path[i] == '\0' || !strchr(allowed, path[i]))
            return false;
    return true;
}

/* What holds for every path whatsoever. */
static void check_invariants(const char *path, size_t n)
{
    struct og_route r;
    enum og_status status = og_route_parse(path, n, &r);

    assert_true(status == OG_OK || status == OG_INVALID || status == OG_NOT_FOUND);
    assert_true(r.kind < OG_ROUTE_KINDS);
    if (n == 0 || path[0] != '/' || !all_path_bytes(path, n) || memmem(path, n, "//", 2) || memmem(path, n, "/../", 4))
        assert_int_equal(status, OG_INVALID);
    if (status != OG_OK)
        return;
    assert_int_not_equal(r.kind, OG_ROUTE_NONE);
    assert_true(r.level <= 9999999999 && r.x <= 9999999999 && r.y <= 9999999999);
    if (r.id) {
        assert_true(r.id > path && r.id_length >= 1 && r.id + r.id_length <= path + n);
        assert_null(memchr(r.id, '/', r.id_length));
        assert_true(r.kind == OG_ROUTE_ASSET || og_parse_slide_id(r.id, r.id_length));
    }
}

/* In an allocation of exactly n bytes, so that a read beyond them is found. */
static void check_exact_copy(const char *path, size_t n)
{
    char *exact = malloc(n ? n : 1);
    memcpy(exact, path, n);
    check_invariants(exact, n);
    free(exact);
}

static uint32_t next_random(uint32_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 17;
    *seed ^= *seed << 5;
    return *seed;
}

static size_t mutate(char *path, size_t n, size_t room, uint32_t *seed)
{
    static const char spice[] = "/._-%0019afz_files.jpg.dzi\\ ?\x80\x01";
    size_t at = n ? next_random(seed) % n : 0;
    switch (next_random(seed) % 5) {
    case 0:
        if (n)
            path[at] = (char)next_random(seed);
        return n;
    case 1:
        if (n)
            path[at] = spice[next_random(seed) % (sizeof spice - 1)];
        return n;
    case 2:
        return at;
    case 3:
        if (n + 1 > room)
            return n;
        memmove(path + at + 1, path + at, n - at);
        path[at] = spice[next_random(seed) % (sizeof spice - 1)];
        return n + 1;
    default:
        if (n)
            memmove(path + at, path + at + 1, n - at - 1);
        return n ? n - 1 : 0;
    }
}

static void mutated_paths_keep_every_invariant(void **state)
{
    (void)state;
    uint32_t seed = 20261123;
    for (unsigned round = 0; round < 200000; round++) {
        char text[512];
        const char *from = good_cases[round % (sizeof good_cases / sizeof good_cases[0])].path;
        snprintf(text, sizeof text, "%s", from);
        size_t n = strlen(text);
        for (unsigned times = next_random(&seed) % 4; times > 0; times--)
            n = mutate(text, n, sizeof text, &seed);
        check_exact_copy(text, n);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paths_that_are_served_give_kind_id_and_numbers),
        cmocka_unit_test(malformed_paths_are_invalid),
        cmocka_unit_test(well_formed_paths_that_nothing_serves_are_not_found),
        cmocka_unit_test(ids_have_at_most_128_bytes),
        cmocka_unit_test(a_zero_byte_inside_is_malformed),
        cmocka_unit_test(a_path_of_any_length_is_judged),
        cmocka_unit_test(mutated_paths_keep_every_invariant),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
