/* SPDX-License-Identifier: MIT */
#include "daemon.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "slides.h"

enum { ANSWER_BYTES = 1 << 18 };

static void give_up(const char *what)
{
    fprintf(stderr, "bench: the daemon %s\n", what);
    exit(1);
}

static void become(const char *program, const char *slides, const char *settings, const char *environment)
{
    char text[512], setting[256];
    const char *arguments[24] = {program, "--slides", slides, "--listen", "127.0.0.1:0"};
    int count = 5;
    snprintf(text, sizeof text, "%s", settings);
    for (char *word = strtok(text, " "); word && count < 23; word = strtok(NULL, " "))
        arguments[count++] = word;
    if (environment) {
        snprintf(setting, sizeof setting, "%s", environment);
        putenv(setting);
    }
    execv(program, (char **)arguments);
    _exit(127);
}

static uint16_t await_port(int output)
{
    static const char before[] = "listening on http://127.0.0.1:";
    char text[8192] = "";
    size_t n = 0;
    unsigned port = 0;
    const char *line;
    while (!(line = strstr(text, before)) || !strchr(line, '\n')) {
        ssize_t got = read(output, text + n, sizeof text - 1 - n);
        if (got <= 0)
            give_up(text);
        text[n += (size_t)got] = '\0';
    }
    if (sscanf(line + strlen(before), "%u", &port) != 1)
        give_up(text);
    return (uint16_t)port;
}

struct daemon daemon_start(const char *program, const char *slides, const char *settings, const char *environment)
{
    struct daemon daemon = {0};
    int pipes[2];
    if (pipe2(pipes, O_CLOEXEC) != 0 || (daemon.pid = fork()) < 0)
        give_up("cannot be started");
    if (daemon.pid == 0) {
        dup2(pipes[1], STDOUT_FILENO);
        dup2(pipes[1], STDERR_FILENO);
        become(program, slides, settings, environment);
    }
    close(pipes[1]);
    daemon.output = pipes[0];
    daemon.port = await_port(pipes[0]);
    return daemon;
}

static double switches_of(const char *path)
{
    char line[256];
    unsigned long long n, sum = 0;
    FILE *file = fopen(path, "r");
    while (file && fgets(line, sizeof line, file))
        if (sscanf(line, "voluntary_ctxt_switches: %llu", &n) == 1 ||
            sscanf(line, "nonvoluntary_ctxt_switches: %llu", &n) == 1)
            sum += n;
    if (file)
        fclose(file);
    return (double)sum;
}

struct daemon_use daemon_use(const struct daemon *daemon)
{
    struct daemon_use use = {0};
    char path[300], text[1024] = "";
    unsigned long long user = 0, system = 0;
    snprintf(path, sizeof path, "/proc/%d/stat", (int)daemon->pid);
    FILE *file = fopen(path, "r");
    if (!file || !fgets(text, sizeof text, file) || !strrchr(text, ')') ||
        sscanf(strrchr(text, ')'), ") %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %llu %llu", &user, &system) != 2)
        give_up("is gone");
    fclose(file);
    use.cpu = (double)(user + system) / (double)sysconf(_SC_CLK_TCK);

    snprintf(path, sizeof path, "/proc/%d/task", (int)daemon->pid);
    DIR *tasks = opendir(path);
    for (struct dirent *task; tasks && (task = readdir(tasks));) {
        if (task->d_name[0] == '.')
            continue;
        char status[600];
        snprintf(status, sizeof status, "%s/%s/status", path, task->d_name);
        use.switches += switches_of(status);
    }
    if (tasks)
        closedir(tasks);
    return use;
}

void daemon_stop(struct daemon *daemon, char *log, size_t room)
{
    int status;
    size_t n = 0;
    char rest[4096];
    kill(daemon->pid, SIGTERM);
    for (ssize_t got; (got = read(daemon->output, rest, sizeof rest)) > 0;)
        for (ssize_t i = 0; i < got && n + 1 < room; i++)
            log[n++] = rest[i];
    if (room)
        log[n] = '\0';
    waitpid(daemon->pid, &status, 0);
    close(daemon->output);
    if (status != 0)
        give_up("did not end well");
}

int daemon_connect(const struct daemon *daemon)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(daemon->port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int connection = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), yes = 1;
    setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    if (connect(connection, (struct sockaddr *)&address, sizeof address) != 0)
        give_up("does not listen");
    return connection;
}

static size_t answer_size(const char *answer, size_t have)
{
    const char *blank = have ? strstr(answer, "\r\n\r\n") : NULL;
    const char *length = blank ? strcasestr(answer, "\r\nContent-Length:") : NULL;
    unsigned long long body = 0;
    if (!blank)
        return SIZE_MAX;
    if (!length || sscanf(length + strlen("\r\nContent-Length:"), "%llu", &body) != 1)
        give_up("gave an answer without a length");
    return (size_t)(blank + 4 - answer) + body;
}

struct answer {
    char bytes[ANSWER_BYTES];
    size_t size;
    double waited; /* until the first byte, seconds */
};

static void ask(int connection, const char *path, struct answer *answer)
{
    char request[512];
    int length = snprintf(request, sizeof request, "GET %s HTTP/1.1\r\nHost: localhost\r\n\r\n", path);
    double sent = wall_clock();
    answer->size = 0;
    answer->bytes[0] = '\0';
    if (send(connection, request, (size_t)length, MSG_NOSIGNAL) != length)
        give_up("hung up");
    while (answer->size < answer_size(answer->bytes, answer->size)) {
        ssize_t got = recv(connection, answer->bytes + answer->size, sizeof answer->bytes - 1 - answer->size, 0);
        if (got <= 0)
            give_up("hung up, or said too much");
        if (!answer->size)
            answer->waited = wall_clock() - sent;
        answer->bytes[answer->size += (size_t)got] = '\0';
    }
    if (strncmp(answer->bytes, "HTTP/1.1 200", 12) != 0)
        give_up(answer->bytes);
}

double daemon_get(int connection, const char *path, char *body, size_t room)
{
    struct answer answer;
    ask(connection, path, &answer);
    if (body)
        snprintf(body, room, "%s", strstr(answer.bytes, "\r\n\r\n") + 4);
    return answer.waited;
}

size_t daemon_fetch(int connection, const char *path, char *body, size_t room)
{
    struct answer answer;
    ask(connection, path, &answer);
    const char *from = strstr(answer.bytes, "\r\n\r\n") + 4;
    size_t size = answer.size - (size_t)(from - answer.bytes);
    if (size > room)
        give_up("sent a tile that is too large");
    memcpy(body, from, size);
    return size;
}
