/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/thread.h"
#include "daemon/deepzoom.h"
#include "daemon/service.h"
#include "support/cmocka_all.h"
#include "support/http_client.h"

/*
 * Stops while clients ask, a hundred times: an answer that has begun is whole, and a connection that is closed
 * without an answer is closed before its first byte, so that the client may ask again elsewhere. Of requests that were
 * sent one behind the other without waiting the first ones are answered, whole, and the others not at all.
 */

enum { STOPS = 100, SIGNALS = 10, CLIENTS = 24, WIDTH = 1400, HEIGHT = 1000, PIPELINED = 12 };

struct load {
    uint16_t port;
    atomic_bool over;
    atomic_uint whole, cut;
};

struct client {
    struct og_thread thread;
    struct load *load;
    unsigned index;
};

static void tally(atomic_uint *count)
{
    atomic_fetch_add_explicit(count, 1, memory_order_relaxed); /* read after the join */
}

static void nap(unsigned milliseconds)
{
    nanosleep(&(struct timespec){.tv_nsec = (long)milliseconds * 1000000}, NULL);
}

static bool is_whole(struct load *load, struct og_client *connection, struct og_answer *answer)
{
    bool whole = answer->code == 200 || answer->code == 503;
    if (whole)
        tally(&load->whole);
    else if (og_client_heard(connection))
        tally(&load->cut);
    bool last = !whole || strcasestr(answer->head, "\r\nConnection: close");
    og_answer_free(answer);
    return !last;
}

/* Many requests before the first answer is read, in two portions, for tiles and for what is long. */
static bool use_pipeline(struct client *client)
{
    struct og_client *connection = og_client_open(client->load->port);
    bool connected = connection, open = connection;
    for (unsigned asked = 0; open; asked = 0) {
        for (; asked < PIPELINED; asked++) {
            char request[128];
            bool is_long = asked % 6 == client->index / 6;
            int n = snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: x\r\n\r\n",
                             is_long ? "/assets/openseadragon.min.js" : "/tiles/s/11/1_2.jpg");
            if (!og_client_send(connection, request, (size_t)n))
                break;
            if (asked == PIPELINED / 2)
                nap(client->index % 5);
        }
        for (unsigned read = 0; open && read < PIPELINED; read++) {
            struct og_answer answer = og_client_read(connection, true);
            open = is_whole(client->load, connection, &answer);
        }
    }
    og_client_close(&connection);
    if (!connected)
        nap(5);
    return connected;
}

/* Asks on one connection until it is closed; false: nobody listens any more. */
static bool use_connection(struct client *client, uint64_t *random)
{
    struct load *load = client->load;
    struct og_client *connection = og_client_open(load->port);
    bool open = connection;
    while (open) {
        char path[64];
        *random = *random * 6364136223846793005u + 1442695040888963407u;
        unsigned place = (unsigned)(*random >> 33);
        snprintf(path, sizeof path, "/tiles/s/11/%u_%u.jpg", place % 6, place / 6 % 4);
        if (client->index % 2) { /* one that thinks, and comes at any moment of a stop, for a long answer */
            snprintf(path, sizeof path, "/assets/openseadragon.min.js");
            nap(place % 300);
        }
        struct og_answer answer = og_client_get(connection, path);
        open = is_whole(load, connection, &answer);
    }
    bool connected = connection;
    og_client_close(&connection);
    if (!connected)
        nap(5);
    return connected;
}

static void *ask(void *argument)
{
    struct client *client = argument;
    uint64_t random = client->index;
    bool pipelines = client->index % 6 == 0;
    while ((pipelines ? use_pipeline(client) : use_connection(client, &random)) ||
           !atomic_load_explicit(&client->load->over, memory_order_acquire))
        continue;
    return NULL;
}

static void start_clients(struct client *clients, struct load *load)
{
    for (unsigned i = 0; i < CLIENTS; i++) {
        clients[i] = (struct client){.load = load, .index = i};
        assert_int_equal(og_thread_start(&clients[i].thread, "client", i, ask, &clients[i]), OG_OK);
    }
}

static void end_clients(struct client *clients, struct load *load)
{
    atomic_store_explicit(&load->over, true, memory_order_release);
    for (unsigned i = 0; i < CLIENTS; i++)
        og_thread_join(&clients[i].thread);
}

static int set_up(void **state)
{
    struct folder *folder = folder_make();
    deepzoom_write(folder, "s", WIDTH, HEIGHT, 1);
    *state = folder;
    return 0;
}

static int tear_down(void **state)
{
    folder_remove((struct folder **)state);
    return 0;
}

static void a_hundred_stops_under_load_cut_no_answer(void **state)
{
    const struct folder *folder = *state;
    struct og_params params;
    struct og_error err = {.text = ""};
    struct load load = {0};
    int log = open("/dev/null", O_WRONLY | O_CLOEXEC);
    og_params_init(&params);
    snprintf(params.slides, sizeof params.slides, "%s", folder->path);
    snprintf(params.listen, sizeof params.listen, "127.0.0.1:0");
    params.workers = 2;
    params.http_threads = 2;
    params.cache_bytes = 100000;
    assert_int_equal(og_params_resolve(&params, &err), OG_OK);
    for (unsigned stop = 0; stop < STOPS; stop++) {
        struct client clients[CLIENTS];
        struct og_service *service;
        if (og_service_start(&params, log, &service, &err) != OG_OK)
            fail_msg("%s", err.text);
        struct og_address address = og_service_address(service);
        load.port = og_address_port(&address);
        atomic_store_explicit(&load.over, false, memory_order_relaxed); /* the clients start later */
        start_clients(clients, &load);
        nap(stop % 16);
        og_service_stop(&service);
        end_clients(clients, &load);
        assert_int_equal(load.cut, 0);
    }
    assert_true(load.whole > STOPS);
    close(log);
}

static pid_t start_program(const struct folder *folder, int *output)
{
    int pipes[2];
    assert_int_equal(pipe2(pipes, O_CLOEXEC), 0);
    pid_t pid = fork();
    if (pid == 0) {
        dup2(pipes[1], STDOUT_FILENO);
        dup2(pipes[1], STDERR_FILENO);
        execl(ORIGAMID, ORIGAMID, "--slides", folder->path, "--listen", "127.0.0.1:0", "--workers", "2",
              "--http-threads", "2", "--cache", "100000", (char *)NULL);
        _exit(127);
    }
    close(pipes[1]);
    *output = pipes[0];
    return pid;
}

static uint16_t await_port(int output)
{
    static const char before[] = "listening on http://127.0.0.1:";
    char text[8192] = "";
    size_t n = 0;
    unsigned port;
    const char *line;
    while (!(line = strstr(text, before)) || !strchr(line, '/') || !strchr(line, '\n')) {
        ssize_t got = read(output, text + n, sizeof text - 1 - n);
        assert_true(got > 0);
        n += (size_t)got;
    }
    assert_int_equal(sscanf(line + strlen(before), "%u", &port), 1);
    return (uint16_t)port;
}

static void the_signal_to_end_cuts_none_either(void **state)
{
    struct load load = {0};
    for (unsigned i = 0; i < SIGNALS; i++) {
        struct client clients[CLIENTS];
        int output, status;
        pid_t pid = start_program(*state, &output);
        load.port = await_port(output);
        atomic_store_explicit(&load.over, false, memory_order_relaxed); /* the clients start later */
        start_clients(clients, &load);
        nap(5 + i);
        kill(pid, SIGTERM);
        assert_int_equal(waitpid(pid, &status, 0), pid);
        end_clients(clients, &load);
        close(output);
        assert_int_equal(status, 0);
        assert_int_equal(load.cut, 0);
    }
    assert_true(load.whole > SIGNALS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_hundred_stops_under_load_cut_no_answer),
        cmocka_unit_test(the_signal_to_end_cuts_none_either),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
