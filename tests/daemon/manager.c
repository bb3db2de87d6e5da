/* SPDX-License-Identifier: MIT */
#include "daemon/manager.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define PATIENCE_MS 10000

struct manager manager_open(const struct folder *folder)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct manager manager = {socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
    snprintf(address.sun_path, sizeof address.sun_path, "%s/notify", folder->path);
    if (manager.fd < 0 || bind(manager.fd, (struct sockaddr *)&address, sizeof address) != 0)
        abort();
    setenv("NOTIFY_SOCKET", address.sun_path, 1);
    return manager;
}

void manager_close(struct manager *manager)
{
    close(manager->fd);
    unsetenv("NOTIFY_SOCKET");
}

static bool has_line(char *text, const char *line)
{
    size_t n = strlen(line);
    for (; text; text = strchr(text, '\n'), text = text ? text + 1 : NULL)
        if (strncmp(text, line, n) == 0 && (text[n] == '\n' || text[n] == '\0'))
            return true;
    return false;
}

bool manager_await(struct manager *manager, const char *line, const char *never)
{
    struct pollfd heard = {.fd = manager->fd, .events = POLLIN};
    while (poll(&heard, 1, PATIENCE_MS) == 1) {
        char text[256] = "";
        ssize_t n = recv(manager->fd, text, sizeof text - 1, 0);
        if (n > 0 && never && has_line(text, never))
            return false;
        if (n > 0 && has_line(text, line))
            return true;
    }
    return false;
}

unsigned manager_forget(struct manager *manager)
{
    char text[256];
    unsigned messages = 0;
    while (recv(manager->fd, text, sizeof text, 0) > 0)
        messages++;
    return messages;
}
