/* SPDX-License-Identifier: MIT */
#include "http/listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/parse.h"

static socklen_t size_of(const struct og_address *address)
{
    return address->any.sa_family == AF_INET6 ? sizeof address->v6 : sizeof address->v4;
}

static enum og_status parse_host(const char *host, size_t length, uint16_t port, struct og_address *out)
{
    char name[INET6_ADDRSTRLEN];
    bool bracketed = length >= 2 && host[0] == '[' && host[length - 1] == ']';
    if (bracketed) {
        host++;
        length -= 2;
    }
    if (length >= sizeof name)
        return OG_INVALID;
    memcpy(name, host, length);
    name[length] = '\0';
    *out = (struct og_address){0};
    if (bracketed) {
        out->v6.sin6_family = AF_INET6;
        out->v6.sin6_port = htons(port);
        return inet_pton(AF_INET6, name, &out->v6.sin6_addr) == 1 ? OG_OK : OG_INVALID;
    }
    out->v4.sin_family = AF_INET;
    out->v4.sin_port = htons(port);
    if (length == 0)
        return OG_OK; /* INADDR_ANY */
    return inet_pton(AF_INET, name, &out->v4.sin_addr) == 1 ? OG_OK : OG_INVALID;
}

enum og_status og_address_parse(const char *text, struct og_address *out, struct og_error *err)
{
    const char *colon = strrchr(text, ':');
    uint64_t port;
    struct og_address address;
    if (!colon || !og_parse_decimal(colon + 1, strlen(colon + 1), UINT16_MAX, &port) ||
        parse_host(text, (size_t)(colon - text), (uint16_t)port, &address) != OG_OK)
        return og_error_set(err, OG_INVALID, "\"%s\" is no address like 127.0.0.1:8080, [::1]:8080 or :8080", text);
    *out = address;
    return OG_OK;
}

uint16_t og_address_port(const struct og_address *address)
{
    return ntohs(address->any.sa_family == AF_INET6 ? address->v6.sin6_port : address->v4.sin_port);
}

void og_address_print(const struct og_address *address, char out[OG_ADDRESS_TEXT])
{
    char host[INET6_ADDRSTRLEN] = "";
    bool v6 = address->any.sa_family == AF_INET6;
    if (v6)
        inet_ntop(AF_INET6, &address->v6.sin6_addr, host, sizeof host);
    else
        inet_ntop(AF_INET, &address->v4.sin_addr, host, sizeof host);
    snprintf(out, OG_ADDRESS_TEXT, v6 ? "[%s]:%u" : "%s:%u", host, og_address_port(address));
}

static enum og_status refused(const struct og_address *address, const char *what, struct og_error *err)
{
    char text[OG_ADDRESS_TEXT];
    int why = errno;
    og_address_print(address, text);
    if (why == EADDRINUSE)
        return og_error_set(err, OG_BUSY,
                            "cannot listen on %s: another process listens there already; stop it or choose another "
                            "port with --listen",
                            text);
    return og_error_set(err, OG_IO, "cannot listen on %s: %s: %s", text, what, strerror(why));
}

static enum og_status open_one(const struct og_address *address, bool shared, int *out, struct og_error *err)
{
    const char *what = "socket";
    int on = 1, fd = socket(address->any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return refused(address, what, err);
    /* REUSEADDR: connections of a predecessor in TIME_WAIT are no reason to refuse a start. */
    what = "setsockopt";
    if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
        (shared && setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) != 0) ||
        (address->any.sa_family == AF_INET6 && setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on) != 0))
        goto fail;
    what = "bind";
    if (bind(fd, &address->any, size_of(address)) != 0)
        goto fail;
    what = "listen";
    if (shared && listen(fd, SOMAXCONN) != 0)
        goto fail;
    *out = fd;
    return OG_OK;
fail:;
    enum og_status status = refused(address, what, err);
    close(fd);
    return status;
}

/*
 * With SO_REUSEPORT a second daemon of the same user would silently get half of the connections: ask without it first.
 * To bind is enough: nobody is connected to a socket that does not listen.
 */
static enum og_status probe(struct og_address *address, struct og_error *err)
{
    int fd;
    enum og_status status = open_one(address, false, &fd, err);
    if (status != OG_OK)
        return status;
    socklen_t size = size_of(address);
    if (getsockname(fd, &address->any, &size) != 0)
        status = refused(address, "getsockname", err);
    close(fd);
    return status;
}

enum og_status og_listen_try(const struct og_address *address, struct og_error *err)
{
    struct og_address copy = *address;
    return probe(&copy, err);
}

enum og_status og_listen_open(struct og_address *address, unsigned count, int *fds, struct og_error *err)
{
    enum og_status status = probe(address, err);
    if (status != OG_OK)
        return status;
    for (unsigned i = 0; i < count; i++)
        if ((status = open_one(address, true, &fds[i], err)) != OG_OK) {
            while (i > 0)
                close(fds[--i]);
            return status;
        }
    return OG_OK;
}
