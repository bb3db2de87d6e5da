/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "daemon/load.h"
#include "daemon/service.h"
#include "support/cmocka_all.h"
#include "support/folder.h"

/*
 * Stops while clients ask, a hundred times: an answer that has begun is whole, and of requests that were sent one
 * behind the other without waiting the first ones are answered, whole, and the others not at all. All is in this
 * process, so that the thread sanitizer sees both ends; test_end_under_load sends the signal to real ones.
 */

enum { STOPS = 100 };

static void a_hundred_stops_in_this_process_under_load_cut_no_answer(void **state)
{
    const struct folder *folder = *state;
    struct og_params params;
    struct og_error err = {.text = ""};
    struct load load = {.clients = LOAD_CLIENTS_MAX};
    int log = open("/dev/null", O_WRONLY | O_CLOEXEC);
    og_params_init(&params);
    snprintf(params.slides, sizeof params.slides, "%s", folder->path);
    snprintf(params.listen, sizeof params.listen, "127.0.0.1:0");
    params.workers = 2;
    params.http_threads = 2;
    params.cache_bytes = 100000;
    assert_int_equal(og_params_resolve(&params, &err), OG_OK);
    for (unsigned stop = 0; stop < STOPS; stop++) {
        struct og_service *service;
        if (og_service_start(&params, log, &service, &err) != OG_OK)
            fail_msg("%s", err.text);
        struct og_address address = og_service_address(service);
        load_start(&load, og_address_port(&address));
        load_nap(stop % 16);
        og_service_stop(&service);
        load_end(&load);
        assert_int_equal(load.cut, 0);
    }
    assert_true(load.whole > STOPS);
    close(log);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_hundred_stops_in_this_process_under_load_cut_no_answer),
    };
    return cmocka_run_group_tests(tests, load_setup, folder_teardown);
}
