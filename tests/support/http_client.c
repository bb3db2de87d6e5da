/* SPDX-License-Identifier: MIT */
#include "support/http_client.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#define PATIENCE_S 10

struct og_client {
    int fd;
    char kept[65536]; /* received and not yet read as an answer */
    size_t n;
    bool heard; /* something of the answer that was read last */
};

struct og_client *og_client_open(uint16_t port)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct timeval patience = {.tv_sec = PATIENCE_S};
    int on = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct og_client *client = calloc(1, sizeof *client);
    if (fd < 0 || !client || connect(fd, (struct sockaddr *)&to, sizeof to) != 0) {
        if (fd >= 0)
            close(fd);
        free(client);
        return NULL;
    }
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    client->fd = fd;
    return client;
}

void og_client_close(struct og_client **client)
{
    if (*client)
        close((*client)->fd);
    free(*client);
    *client = NULL;
}

bool og_client_send(struct og_client *client, const char *bytes, size_t size)
{
    while (size > 0) {
        ssize_t n = send(client->fd, bytes, size, MSG_NOSIGNAL);
        if (n <= 0)
            return false;
        bytes += n;
        size -= (size_t)n;
    }
    return true;
}

static bool receive(struct og_client *client)
{
    if (client->n == sizeof client->kept)
        return false;
    ssize_t n = recv(client->fd, client->kept + client->n, sizeof client->kept - client->n, 0);
    client->n += n > 0 ? (size_t)n : 0;
    client->heard |= n > 0;
    return n > 0;
}

static void forget(struct og_client *client, size_t n)
{
    client->n -= n;
    memmove(client->kept, client->kept + n, client->n);
}

static bool read_head(struct og_client *client, struct og_answer *answer)
{
    const char *end;
    while (!(end = memmem(client->kept, client->n, "\r\n\r\n", 4)))
        if (!receive(client))
            return false;
    size_t n = (size_t)(end - client->kept) + 4;
    if (n >= sizeof answer->head)
        return false;
    memcpy(answer->head, client->kept, n);
    answer->head[n] = '\0';
    forget(client, n);
    return sscanf(answer->head, "HTTP/1.1 %d ", &answer->code) == 1;
}

static bool read_body(struct og_client *client, struct og_answer *answer)
{
    char length[32];
    unsigned long long size;
    if (sscanf(og_answer_header(answer, "Content-Length", length, sizeof length), "%llu", &size) != 1)
        return false;
    answer->size = size;
    answer->body = malloc(answer->size + 1);
    for (size_t have = 0; have < answer->size;) {
        if (client->n == 0 && !receive(client))
            return false;
        size_t n = client->n < answer->size - have ? client->n : answer->size - have;
        memcpy(answer->body + have, client->kept, n);
        forget(client, n);
        have += n;
    }
    answer->body[answer->size] = '\0';
    return true;
}

struct og_answer og_client_read(struct og_client *client, bool has_body)
{
    struct og_answer answer = {0};
    if (client)
        client->heard = client->n > 0;
    if (client && read_head(client, &answer)) {
        has_body = has_body && answer.code != 204 && answer.code != 304;
        if (!has_body || read_body(client, &answer))
            return answer;
    }
    og_answer_free(&answer);
    return (struct og_answer){0};
}

bool og_client_is_closed(struct og_client *client)
{
    ssize_t n;
    while ((n = recv(client->fd, client->kept, sizeof client->kept, 0)) > 0)
        continue;
    return n == 0 || errno == ECONNRESET;
}

bool og_client_heard(const struct og_client *client)
{
    return client->heard;
}

struct og_answer og_client_ask(struct og_client *client, const char *method, const char *path, const char *headers)
{
    char request[8192];
    int n = snprintf(request, sizeof request, "%s %s HTTP/1.1\r\nHost: test\r\n%s\r\n", method, path, headers);
    if (client)
        client->heard = false; /* a request that cannot be sent hears nothing */
    if (!client || n >= (int)sizeof request || !og_client_send(client, request, (size_t)n))
        return (struct og_answer){0};
    return og_client_read(client, strcmp(method, "HEAD") != 0);
}

struct og_answer og_client_get(struct og_client *client, const char *path)
{
    return og_client_ask(client, "GET", path, "");
}

struct og_answer og_http_get(uint16_t port, const char *path)
{
    struct og_client *client = og_client_open(port);
    struct og_answer answer = og_client_get(client, path);
    og_client_close(&client);
    return answer;
}

int og_http_code(uint16_t port, const char *method, const char *path, const char *headers)
{
    struct og_client *client = og_client_open(port);
    struct og_answer answer = og_client_ask(client, method, path, headers);
    og_client_close(&client);
    og_answer_free(&answer);
    return answer.code;
}

double og_http_metric(uint16_t port, const char *name)
{
    struct og_answer answer = og_http_get(port, "/metrics");
    char before[128];
    double value = -1;
    snprintf(before, sizeof before, "\n%s ", name);
    const char *at = answer.code == 200 ? strstr((char *)answer.body, before) : NULL;
    if (!at || sscanf(at + strlen(before), "%lf", &value) != 1)
        value = -1;
    og_answer_free(&answer);
    return value;
}

const char *og_answer_header(const struct og_answer *answer, const char *name, char *out, size_t room)
{
    size_t length = strlen(name);
    out[0] = '\0';
    for (const char *line = strstr(answer->head, "\r\n"); line && line[2] != '\r'; line = strstr(line + 2, "\r\n"))
        if (strncasecmp(line + 2, name, length) == 0 && line[2 + length] == ':') {
            const char *value = line + 3 + length + strspn(line + 3 + length, " ");
            snprintf(out, room, "%.*s", (int)strcspn(value, "\r"), value);
            break;
        }
    return out;
}

void og_answer_free(struct og_answer *answer)
{
    free(answer->body);
    answer->body = NULL;
}
