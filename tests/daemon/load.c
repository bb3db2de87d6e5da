/* SPDX-License-Identifier: MIT */
#include "daemon/load.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "daemon/deepzoom.h"
#include "support/http_client.h"

enum { PIPELINED = 12 };

static void tally(atomic_uint *count)
{
    atomic_fetch_add_explicit(count, 1, memory_order_relaxed); /* read after the join */
}

void load_nap(unsigned milliseconds)
{
    nanosleep(&(struct timespec){.tv_nsec = (long)milliseconds * 1000000}, NULL);
}

/* False: it was the connection's last answer, or none. */
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

static bool close_connection(struct og_client *connection)
{
    bool connected = connection;
    og_client_close(&connection);
    if (!connected)
        load_nap(5);
    return connected;
}

static void ask_ahead(struct load_client *client, struct og_client *connection)
{
    for (unsigned asked = 0; asked < PIPELINED; asked++) {
        char request[128];
        bool is_long = asked % 6 == client->index / 6;
        int n = snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: x\r\n\r\n",
                         is_long ? "/assets/openseadragon.min.js" : "/tiles/s/11/1_2.jpg");
        if (!og_client_send(connection, request, (size_t)n))
            return;
        if (asked == PIPELINED / 2)
            load_nap(client->index % 5);
    }
}

/* Many requests before the first answer is read, in two portions, for tiles and for what is long. */
static bool use_pipeline(struct load_client *client)
{
    struct og_client *connection = og_client_open(client->load->port);
    for (bool open = connection; open;) {
        ask_ahead(client, connection);
        for (unsigned read = 0; open && read < PIPELINED; read++) {
            struct og_answer answer = og_client_read(connection, true);
            open = is_whole(client->load, connection, &answer);
        }
    }
    return close_connection(connection);
}

/* Asks on one connection until it is closed. */
static bool use_connection(struct load_client *client, uint64_t *random)
{
    struct og_client *connection = og_client_open(client->load->port);
    for (bool open = connection; open;) {
        char path[64];
        *random = *random * 6364136223846793005u + 1442695040888963407u;
        unsigned place = (unsigned)(*random >> 33);
        snprintf(path, sizeof path, "/tiles/s/11/%u_%u.jpg", place % 6, place / 6 % 4);
        if (client->index % 2) { /* one that thinks, and comes at any moment of a stop, for a long answer */
            snprintf(path, sizeof path, "/assets/openseadragon.min.js");
            load_nap(place % 300);
        }
        struct og_answer answer = og_client_get(connection, path);
        open = is_whole(client->load, connection, &answer);
    }
    return close_connection(connection);
}

/* Until nobody listens any more. */
static void *ask(void *argument)
{
    struct load_client *client = argument;
    uint64_t random = client->index;
    bool pipelines = client->index % 6 == 0;
    while ((pipelines ? use_pipeline(client) : use_connection(client, &random)) ||
           !atomic_load_explicit(&client->load->over, memory_order_acquire))
        continue;
    return NULL;
}

int load_setup(void **state)
{
    struct folder *folder = *state = folder_make();
    deepzoom_write(folder, "s", 1400, 1000, 1);
    return 0;
}

void load_start(struct load *load, uint16_t port)
{
    load->port = port;
    atomic_store_explicit(&load->over, false, memory_order_relaxed); /* the clients start later */
    for (unsigned i = 0; i < load->clients; i++) {
        load->client[i] = (struct load_client){.load = load, .index = i};
        if (og_thread_start(&load->client[i].thread, "client", i, ask, &load->client[i]) != OG_OK)
            abort();
    }
}

void load_end(struct load *load)
{
    atomic_store_explicit(&load->over, true, memory_order_release);
    for (unsigned i = 0; i < load->clients; i++)
        og_thread_join(&load->client[i].thread);
}
