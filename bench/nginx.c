/* SPDX-License-Identifier: MIT */
#include "nginx.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { TRIES = 500, PAUSE_US = 10000, NOT_FOUND = 127 };

static const char configuration[] = "%s"
                                    "worker_processes %u;\n"
                                    "worker_rlimit_nofile 65536;\n"
                                    "daemon off;\n"
                                    "pid nginx.pid;\n"
                                    "error_log nginx.log error;\n"
                                    "events { worker_connections 4096; }\n"
                                    "http {\n"
                                    "  access_log off;\n"
                                    "  sendfile on;\n"
                                    "  tcp_nopush on;\n"
                                    "  tcp_nodelay on;\n"
                                    "  open_file_cache max=30000 inactive=1h;\n"
                                    "  open_file_cache_valid 1h;\n"
                                    "  keepalive_timeout 1h;\n"
                                    "  keepalive_requests 1000000000;\n"
                                    "  types { image/jpeg jpg; }\n"
                                    "  client_body_temp_path nginx.body;\n"
                                    "  proxy_temp_path nginx.proxy;\n"
                                    "  fastcgi_temp_path nginx.fastcgi;\n"
                                    "  uwsgi_temp_path nginx.uwsgi;\n"
                                    "  scgi_temp_path nginx.scgi;\n"
                                    "  server { listen 127.0.0.1:%u reuseport; root %s; }\n"
                                    "}\n";

static void give_up(const char *what)
{
    fprintf(stderr, "bench: nginx %s: %s\n", what, strerror(errno));
    exit(1);
}

static struct sockaddr_in loopback(uint16_t port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

static uint16_t free_port(void)
{
    struct sockaddr_in address = loopback(0);
    socklen_t size = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (bind(listener, (struct sockaddr *)&address, size) != 0 ||
        getsockname(listener, (struct sockaddr *)&address, &size) != 0)
        give_up("finds no port");
    close(listener);
    return ntohs(address.sin_port);
}

static void write_configuration(const char *path, const char *folder, unsigned workers, uint16_t port)
{
    FILE *file = fopen(path, "w");
    if (!file ||
        fprintf(file, configuration, geteuid() == 0 ? "user root;\n" : "", workers, (unsigned)port, folder) < 0 ||
        fclose(file) != 0)
        give_up("gets no configuration");
}

static void await(const struct nginx *nginx)
{
    struct sockaddr_in address = loopback(nginx->port);
    for (int i = 0; i < TRIES; i++) {
        int status, connection = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        int connected = connect(connection, (struct sockaddr *)&address, sizeof address);
        close(connection);
        if (connected == 0)
            return;
        if (waitpid(nginx->pid, &status, WNOHANG) == nginx->pid) {
            errno = WIFEXITED(status) && WEXITSTATUS(status) == NOT_FOUND ? ENOENT : ECHILD;
            break;
        }
        usleep(PAUSE_US);
    }
    give_up("does not start");
}

struct nginx nginx_start(const char *folder, unsigned workers)
{
    struct nginx nginx = {.port = free_port()};
    char path[512];
    snprintf(path, sizeof path, "%s/nginx.conf", folder);
    write_configuration(path, folder, workers, nginx.port);
    nginx.pid = fork();
    if (nginx.pid == 0) {
        const char *program = access("/usr/sbin/nginx", X_OK) == 0 ? "/usr/sbin/nginx" : "nginx";
        execlp(program, program, "-p", folder, "-e", "nginx.log", "-c", path, (char *)NULL);
        _exit(NOT_FOUND);
    }
    await(&nginx);
    return nginx;
}

void nginx_stop(struct nginx *nginx)
{
    kill(nginx->pid, SIGTERM);
    waitpid(nginx->pid, NULL, 0);
}
