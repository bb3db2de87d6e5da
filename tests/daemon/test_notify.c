/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "daemon/notify.h"
#include "support/cmocka_all.h"
#include "support/folder.h"
#include "support/process_use.h"

/* A service manager that listens at `name`, whose first byte is '@' for the abstract name space. */
static int listen_at(const char *name)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    memcpy(address.sun_path, name, strlen(name));
    if (name[0] == '@')
        address.sun_path[0] = '\0';
    assert_int_equal(bind(fd, (struct sockaddr *)&address, (socklen_t)(sizeof address.sun_family + strlen(name))), 0);
    setenv("NOTIFY_SOCKET", name, 1);
    return fd;
}

static void expect_ready(int fd)
{
    char text[64] = "";

    og_notify("READY=1");

    assert_int_equal(recv(fd, text, sizeof text - 1, 0), strlen("READY=1"));
    assert_string_equal(text, "READY=1");
    close(fd);
}

static void the_manager_hears_it_on_a_path(void **state)
{
    const struct folder *folder = *state;
    char path[100];
    snprintf(path, sizeof path, "%s/notify", folder->path);
    expect_ready(listen_at(path));
}

static void the_manager_hears_it_on_an_abstract_name(void **state)
{
    (void)state;
    char name[64];
    snprintf(name, sizeof name, "@origami-test-%d", (int)getpid());
    expect_ready(listen_at(name));
}

static void without_a_manager_nothing_happens(void **state)
{
    (void)state;
    static const char *const nobody[] = {"", "/nobody/listens/here", "@nobody-listens-here", "relative", "vsock:2:1"};
    unsigned before = og_use_descriptors();
    char endless[400];
    for (size_t i = 0; i < sizeof nobody / sizeof nobody[0]; i++) {
        setenv("NOTIFY_SOCKET", nobody[i], 1);
        og_notify("READY=1");
    }
    memset(endless, '/', sizeof endless - 1);
    endless[sizeof endless - 1] = '\0';
    setenv("NOTIFY_SOCKET", endless, 1);
    og_notify("READY=1");
    unsetenv("NOTIFY_SOCKET");
    og_notify("READY=1");
    assert_int_equal(og_use_descriptors(), before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_manager_hears_it_on_a_path, folder_setup, folder_teardown),
        cmocka_unit_test(the_manager_hears_it_on_an_abstract_name),
        cmocka_unit_test(without_a_manager_nothing_happens),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
