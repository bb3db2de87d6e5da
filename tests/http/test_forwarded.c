/* SPDX-License-Identifier: MIT */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

#include "http/forwarded.h"
#include "support/cmocka_all.h"

static struct og_words words(const char *text)
{
    return (struct og_words){text, text ? strlen(text) : 0};
}

static struct sockaddr_in peer(void)
{
    struct sockaddr_in from = {.sin_family = AF_INET, .sin_port = htons(4711)};
    inet_pton(AF_INET, "10.1.2.3", &from.sin_addr);
    return from;
}

static const char *client(const char *forwarded, const char *forwarded_for, bool believe)
{
    static char text[OG_CLIENT_TEXT];
    struct sockaddr_in from = peer();
    struct og_head head = {.forwarded = words(forwarded), .forwarded_for = words(forwarded_for)};
    og_client_print(&head, believe, (struct sockaddr *)&from, text);
    return text;
}

static void whoever_connects_is_the_client_unless_it_is_believed(void **state)
{
    (void)state;
    assert_string_equal(client(NULL, NULL, false), "10.1.2.3");
    assert_string_equal(client("for=192.0.2.1", "192.0.2.2", false), "10.1.2.3");
    assert_string_equal(client(NULL, NULL, true), "10.1.2.3");
}

static void the_nearest_proxy_says_who_asks(void **state)
{
    (void)state;
    static const struct {
        const char *forwarded, *forwarded_for, *client;
    } cases[] = {
        {NULL, "192.0.2.2", "192.0.2.2"},
        {NULL, "6.6.6.6, 192.0.2.2", "192.0.2.2"},
        {NULL, "6.6.6.6,192.0.2.2 ", "192.0.2.2"},
        {NULL, "2001:db8::7", "2001:db8::7"},
        {"for=192.0.2.1", "192.0.2.2", "192.0.2.1"},
        {"for=6.6.6.6, proto=http;For=192.0.2.1;by=x", NULL, "192.0.2.1"},
        {"for=\"[2001:db8::7]:99\"", NULL, "[2001:db8::7]:99"},
        {"proto=https", "192.0.2.2", "192.0.2.2"},
        {"for=", "192.0.2.2", "192.0.2.2"},
        {"", "", "10.1.2.3"},
        {NULL, "6.6.6.6,", "10.1.2.3"},
        {NULL, "a b", "10.1.2.3"},
        {NULL, "x\ny", "10.1.2.3"},
        {NULL, "\"><script>", "10.1.2.3"},
        {NULL, "a-name-that-is-longer-than-any-address-and-than-any-name-that-a-log-wants-to-see", "10.1.2.3"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_string_equal(client(cases[i].forwarded, cases[i].forwarded_for, true), cases[i].client);
}

static void six_is_as_good_as_four_and_the_unknown_a_dash(void **state)
{
    (void)state;
    char text[OG_CLIENT_TEXT];
    struct og_head head = {0};
    struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    struct sockaddr unknown = {.sa_family = AF_UNIX};

    og_client_print(&head, false, (struct sockaddr *)&six, text);
    assert_string_equal(text, "::1");
    og_client_print(&head, false, &unknown, text);
    assert_string_equal(text, "-");
    og_client_print(&head, false, NULL, text);
    assert_string_equal(text, "-");
}

static void a_request_id_is_taken_when_it_is_plain_and_believed(void **state)
{
    (void)state;
    char text[OG_REQUEST_ID_TEXT];
    struct og_head head = {.request_id = words("3f-A_9.z")};
    og_request_id_print(&head, true, text);
    assert_string_equal(text, "3f-A_9.z");
    og_request_id_print(&head, false, text);
    assert_string_equal(text, "");
    head.request_id = words("a\"b");
    og_request_id_print(&head, true, text);
    assert_string_equal(text, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whoever_connects_is_the_client_unless_it_is_believed),
        cmocka_unit_test(the_nearest_proxy_says_who_asks),
        cmocka_unit_test(six_is_as_good_as_four_and_the_unknown_a_dash),
        cmocka_unit_test(a_request_id_is_taken_when_it_is_plain_and_believed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
