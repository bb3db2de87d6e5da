/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <unistd.h>

#include "http/listen.h"
#include "support/cmocka_all.h"

static void addresses_are_read_and_printed(void **state)
{
    (void)state;
    static const struct {
        const char *text, *printed;
    } cases[] = {
        {"127.0.0.1:8080", "127.0.0.1:8080"},
        {"0.0.0.0:80", "0.0.0.0:80"},
        {":8080", "0.0.0.0:8080"},
        {"127.0.0.1:0", "127.0.0.1:0"},
        {"[::1]:8080", "[::1]:8080"},
        {"[::]:65535", "[::]:65535"},
        {"10.20.30.40:1", "10.20.30.40:1"},
        {"[2001:db8::7]:443", "[2001:db8::7]:443"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct og_address address;
        struct og_error err;
        char text[OG_ADDRESS_TEXT];

        assert_int_equal(og_address_parse(cases[i].text, &address, &err), OG_OK);
        og_address_print(&address, text);

        assert_string_equal(text, cases[i].printed);
    }
}

static void what_is_no_address_is_refused_with_examples(void **state)
{
    (void)state;
    static const char *const cases[] = {
        "",
        "8080",
        "127.0.0.1",
        ":",
        "127.0.0.1:",
        "127.0.0.1:65536",
        ":-1",
        ":08080",
        "localhost:8080",
        "::1:8080",
        "[::1]",
        "[::1:8080",
        "[]:8080",
        "[127.0.0.1]:1",
        "127.0.0.1 :8080",
        "127.0.0:80",
        "256.0.0.1:80",
        "127.0.0.1:80x",
        "[::1]x:1",
        " :1",
        "http://127.0.0.1:80",
        "[aaaa:bbbb:cccc:dddd:eeee:ffff:aaaa:bbbb:cccc:dddd:eeee]:1",
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct og_address address;
        struct og_error err = {0};
        if (og_address_parse(cases[i], &address, &err) != OG_INVALID)
            fail_msg("\"%s\" was taken", cases[i]);
        assert_non_null(strstr(err.text, "127.0.0.1:8080"));
    }
}

static struct og_address loopback(void)
{
    struct og_address address;
    struct og_error err;
    assert_int_equal(og_address_parse("127.0.0.1:0", &address, &err), OG_OK);
    return address;
}

static void several_sockets_share_the_port_that_the_first_one_got(void **state)
{
    (void)state;
    struct og_address address = loopback();
    struct og_error err;
    int fds[4];

    assert_int_equal(og_listen_open(&address, 4, fds, &err), OG_OK);

    assert_int_not_equal(og_address_port(&address), 0);
    for (int i = 0; i < 4; i++) {
        struct og_address bound;
        socklen_t size = sizeof bound;
        assert_int_equal(getsockname(fds[i], &bound.any, &size), 0);
        assert_int_equal(og_address_port(&bound), og_address_port(&address));
        close(fds[i]);
    }
}

static void a_port_that_somebody_listens_on_is_refused_with_advice(void **state)
{
    (void)state;
    struct og_address address = loopback();
    struct og_error err;
    int first, second;
    char text[OG_ADDRESS_TEXT];
    assert_int_equal(og_listen_open(&address, 1, &first, &err), OG_OK);

    assert_int_equal(og_listen_try(&address, &err), OG_BUSY);
    assert_int_equal(og_listen_open(&address, 1, &second, &err), OG_BUSY);

    og_address_print(&address, text);
    assert_non_null(strstr(err.text, text));
    assert_non_null(strstr(err.text, "another process listens there already"));
    close(first);
    assert_int_equal(og_listen_open(&address, 1, &second, &err), OG_OK);
    close(second);
}

static void an_address_of_another_machine_is_refused_with_the_reason(void **state)
{
    (void)state;
    struct og_address address;
    struct og_error err;
    int fd;
    assert_int_equal(og_address_parse("192.0.2.1:8080", &address, &err), OG_OK);

    assert_int_equal(og_listen_open(&address, 1, &fd, &err), OG_IO);

    assert_non_null(strstr(err.text, "192.0.2.1:8080"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_are_read_and_printed),
        cmocka_unit_test(what_is_no_address_is_refused_with_examples),
        cmocka_unit_test(several_sockets_share_the_port_that_the_first_one_got),
        cmocka_unit_test(a_port_that_somebody_listens_on_is_refused_with_advice),
        cmocka_unit_test(an_address_of_another_machine_is_refused_with_the_reason),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
