/* SPDX-License-Identifier: MIT */
#include "daemon/notify.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/parse.h"

static bool read_number(const char *name, uint64_t *out)
{
    const char *text = getenv(name);
    return text && og_parse_decimal(text, strlen(text), UINT64_MAX, out);
}

uint64_t og_notify_watchdog_us(void)
{
    uint64_t timeout_us, pid;
    if (!read_number("WATCHDOG_USEC", &timeout_us))
        return 0;
    bool ours = !getenv("WATCHDOG_PID") || (read_number("WATCHDOG_PID", &pid) && pid == (uint64_t)getpid());
    return ours ? timeout_us : 0;
}

void og_notify(const char *state)
{
    const char *path = getenv("NOTIFY_SOCKET");
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t length = path ? strlen(path) : 0;
    if (length == 0 || length >= sizeof address.sun_path || (path[0] != '/' && path[0] != '@'))
        return;
    memcpy(address.sun_path, path, length);
    if (path[0] == '@')
        address.sun_path[0] = '\0'; /* the abstract name space */
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return;
    const struct timeval patience = {.tv_sec = 1}; /* its queue may be full */
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    socklen_t size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
    ssize_t lost = sendto(fd, state, strlen(state), MSG_NOSIGNAL, (struct sockaddr *)&address, size);
    (void)lost;
    close(fd);
}
