/* SPDX-License-Identifier: MIT */
#include "client.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"

enum { HEADER_BYTES = 4096, REQUEST_BYTES = 1024, EVENTS = 64, DISCARD_MOST = 1 << 30 };

struct connection {
    int socket;
    bool busy;
    bool in_body;
    size_t have;      /* of the header, and what came with it */
    size_t body, due; /* bytes of the body, and of those not here yet */
    unsigned status;
    char header[HEADER_BYTES];
};

struct client {
    int epoll;
    uint16_t port;
    unsigned count;
    struct connection connections[];
};

static void give_up(const char *what)
{
    fprintf(stderr, "bench: the server %s: %s\n", what, strerror(errno));
    exit(1);
}

static void open_connection(struct client *client, unsigned index)
{
    struct connection *connection = &client->connections[index];
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(client->port)};
    struct epoll_event event = {.events = EPOLLIN, .data.u32 = index};
    int yes = 1;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connection->socket = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    connection->busy = false;
    setsockopt(connection->socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    if (connect(connection->socket, (struct sockaddr *)&address, sizeof address) != 0 ||
        epoll_ctl(client->epoll, EPOLL_CTL_ADD, connection->socket, &event) != 0)
        give_up("cannot be reached");
}

struct client *client_new(uint16_t port, unsigned connections)
{
    struct client *client = calloc(1, sizeof *client + connections * sizeof *client->connections);
    if (!client)
        give_up("needs more memory to be asked");
    *client = (struct client){.epoll = epoll_create1(EPOLL_CLOEXEC), .port = port, .count = connections};
    prctl(PR_SET_TIMERSLACK, 1UL);
    for (unsigned i = 0; i < connections; i++)
        open_connection(client, i);
    return client;
}

void client_ask(struct client *client, unsigned index, const char *path, const char *lines)
{
    struct connection *connection = &client->connections[index];
    char request[REQUEST_BYTES];
    int length = snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: localhost\r\n%s\r\n", path, lines);
    connection->busy = true;
    connection->in_body = false;
    connection->have = 0;
    /* What cannot be sent is noticed as a connection that was ended. */
    (void)!send(connection->socket, request, (size_t)length, MSG_NOSIGNAL);
}

static void begin_body(struct connection *connection)
{
    connection->header[connection->have] = '\0';
    const char *blank = strstr(connection->header, "\r\n\r\n");
    if (!blank)
        return;
    const char *length = strcasestr(connection->header, "\r\nContent-Length:");
    unsigned long long body = 0;
    if (sscanf(connection->header, "HTTP/1.1 %u", &connection->status) != 1)
        connection->status = 0;
    if (connection->status != 304 && length && length < blank)
        sscanf(length + strlen("\r\nContent-Length:"), "%llu", &body);
    size_t here = connection->have - (size_t)(blank + 4 - connection->header);
    connection->body = (size_t)body;
    connection->due = connection->body > here ? connection->body - here : 0;
    connection->in_body = true;
}

/* False: the server ended the connection. */
static bool take(struct connection *connection)
{
    ssize_t got = connection->in_body
                      ? recv(connection->socket, NULL, connection->due < DISCARD_MOST ? connection->due : DISCARD_MOST,
                             MSG_TRUNC | MSG_DONTWAIT) /* TCP: away with it */
                      : recv(connection->socket, connection->header + connection->have,
                             HEADER_BYTES - 1 - connection->have, MSG_DONTWAIT);
    if (got <= 0)
        return got < 0 && (errno == EAGAIN || errno == EINTR);
    if (connection->in_body) {
        connection->due -= (size_t)got;
        return true;
    }
    connection->have += (size_t)got;
    begin_body(connection);
    return connection->in_body || connection->have + 1 < HEADER_BYTES;
}

static void serve(struct client *client, unsigned index, client_answered *answered, void *context)
{
    struct connection *connection = &client->connections[index];
    bool alive = take(connection);
    if (alive && connection->in_body && connection->due > 0)
        alive = take(connection); /* the rest is here more often than not */
    struct client_answer answer = {.connection = index,
                                   .status = connection->status,
                                   .bytes = connection->body,
                                   .at_ns = og_clock_monotonic_ns(),
                                   .header = connection->header};
    if (!alive) {
        bool asked = connection->busy;
        close(connection->socket);
        open_connection(client, index);
        connection->header[0] = '\0';
        answer.status = 0;
        answer.bytes = 0;
        if (asked)
            answered(context, &answer);
    } else if (connection->busy && connection->in_body && connection->due == 0) {
        connection->busy = connection->in_body = false;
        answered(context, &answer);
    }
}

void client_wait(struct client *client, uint64_t until_ns, client_answered *answered, void *context)
{
    struct epoll_event events[EVENTS];
    uint64_t now = og_clock_monotonic_ns(), rest = until_ns > now ? until_ns - now : 0;
    struct timespec wait = {.tv_sec = (time_t)(rest / 1000000000), .tv_nsec = (long)(rest % 1000000000)};
    int count = epoll_pwait2(client->epoll, events, EVENTS, &wait, NULL);
    for (int i = 0; i < count; i++)
        serve(client, events[i].data.u32, answered, context);
}

void client_destroy(struct client **client)
{
    for (unsigned i = 0; i < (*client)->count; i++)
        close((*client)->connections[i].socket);
    close((*client)->epoll);
    free(*client);
    *client = NULL;
}
