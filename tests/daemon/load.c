/* SPDX-License-Identifier: MIT */
#include "daemon/load.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "support/http_client.h"

static void tally(atomic_uint *count)
{
    atomic_fetch_add_explicit(count, 1, memory_order_relaxed); /* read after the join */
}

void load_nap(unsigned milliseconds)
{
    nanosleep(&(struct timespec){.tv_nsec = (long)milliseconds * 1000000}, NULL);
}

/* Asks on one connection until it is closed; false: nobody listens any more. */
static bool use_connection(struct load_client *client, uint64_t *random)
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
            load_nap(place % 300);
        }
        struct og_answer answer = og_client_get(connection, path);
        open = answer.code == 200 || answer.code == 503;
        if (open)
            tally(&load->whole);
        else if (og_client_heard(connection))
            tally(&load->cut);
        else
            load_nap(5);
        if (open && strcasestr(answer.head, "\r\nConnection: close"))
            open = false;
        og_answer_free(&answer);
    }
    bool connected = connection;
    og_client_close(&connection);
    return connected;
}

static void *ask(void *argument)
{
    struct load_client *client = argument;
    uint64_t random = client->index;
    while (use_connection(client, &random) || !atomic_load_explicit(&client->load->over, memory_order_acquire))
        continue;
    return NULL;
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
