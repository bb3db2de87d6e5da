/* SPDX-License-Identifier: MIT */
/*
 * The real daemon under a load that a cache of this size cannot hold, with clients that do not read what they asked for
 * and others that never finish the head of a request: its resident memory stays within the bound that it prints.
 */
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/cmocka_all.h"
#include "support/http_client.h"
#include "support/pictures.h"
#include "support/threads.h"

enum {
    COPIES = 56,
    KINDS = 3,
    SIDE = 2048,
    TOP = 11,
    CHURNERS = 8,
    SLOW = 3400,
    HALF = 300,
    HEAD = 12 << 10,
    TILES_EACH = 700
};

static const char *const kinds[KINDS] = {"smooth", "stamped", "noise"};

struct setting {
    const char *cache, *workers;
    uint64_t cache_bytes;
};

struct daemon {
    pid_t pid;
    FILE *output;
    uint16_t port;
    uint64_t bound; /* with the slides of the folder */
};

static int set_up(void **state)
{
    struct rlimit files;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &files), 0);
    files.rlim_cur = files.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_max < 2 * (SLOW + HALF) + 512)
        exit(77); /* the daemon leaves half of what it may open to slides */
    struct folder *folder = folder_make();
    for (unsigned kind = 0; kind < KINDS; kind++) {
        struct picture picture = {.kind = (enum picture_kind)kind, .width = SIDE, .height = SIDE, .number = kind};
        folder_add_slide(folder, kinds[kind], &picture);
        folder_add_names(folder, kinds[kind], COPIES);
    }
    *state = folder;
    return 0;
}

static FILE *run(const struct folder *folder, const struct setting *setting, const char *more, pid_t *pid)
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    *pid = fork();
    if (*pid == 0) {
        dup2(ends[1], STDOUT_FILENO);
        dup2(ends[1], STDERR_FILENO);
        close(ends[0]);
        execl(ORIGAMID, ORIGAMID, "--slides", folder->path, "--listen", "127.0.0.1:0", "--workers", setting->workers,
              "--http-threads", "2", "--quality", "100", "--cache", setting->cache, more, (char *)NULL);
        _exit(127);
    }
    close(ends[1]);
    return fdopen(ends[0], "r");
}

/* The first line with these words, from where they stand; false: the output ended. */
static bool find_line(FILE *output, const char *words, char *out, size_t room)
{
    char line[1024];
    const char *at = NULL;
    while (!at && fgets(line, sizeof line, output))
        at = strstr(line, words);
    if (at)
        snprintf(out, room, "%s", at);
    return at;
}

static uint64_t printed_bound(const struct folder *folder, const struct setting *setting)
{
    pid_t pid;
    char line[256] = "";
    unsigned long long bound = 0, each = 0;
    FILE *output = run(folder, setting, "--check-config", &pid);
    assert_true(find_line(output, "memory: at most", line, sizeof line));
    assert_int_equal(sscanf(line, "memory: at most %llu MiB and %llu KiB for each slide", &bound, &each), 2);
    fclose(output);
    waitpid(pid, NULL, 0);
    return (bound << 20) + (each << 10) * KINDS * (COPIES + 1);
}

static struct daemon start(const struct folder *folder, const struct setting *setting)
{
    struct daemon daemon = {.bound = printed_bound(folder, setting)};
    char line[256] = "";
    unsigned port = 0;
    daemon.output = run(folder, setting, NULL, &daemon.pid);
    assert_true(find_line(daemon.output, "http://127.0.0.1:", line, sizeof line));
    assert_int_equal(sscanf(line, "http://127.0.0.1:%u/", &port), 1);
    daemon.port = (uint16_t)port;
    return daemon;
}

static void stop(struct daemon *daemon)
{
    kill(daemon->pid, SIGTERM);
    waitpid(daemon->pid, NULL, 0);
    fclose(daemon->output);
}

static uint64_t status_bytes(const struct daemon *daemon, const char *name)
{
    char path[64], line[256];
    unsigned long long kib = 0;
    snprintf(path, sizeof path, "/proc/%d/status", (int)daemon->pid);
    FILE *file = fopen(path, "r");
    while (file && fgets(line, sizeof line, file))
        if (strncmp(line, name, strlen(name)) == 0)
            sscanf(line + strlen(name), ": %llu", &kib);
    if (file)
        fclose(file);
    return (uint64_t)kib << 10;
}

/* Small segments keep the system from buffering whole answers on the sender's side. */
static int connect_slowly(const struct daemon *daemon)
{
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(daemon->port)};
    int little = 1024, segment = 536, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &little, sizeof little);
    setsockopt(fd, IPPROTO_TCP, TCP_MAXSEG, &segment, sizeof segment);
    if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof to) != 0)
        fail_msg("no connection");
    return fd;
}

static void send_all(int fd, const char *bytes, size_t size)
{
    assert_int_equal(send(fd, bytes, size, MSG_NOSIGNAL), size);
}

/* Asks for a large tile, each for another, and does not read it: what the kernel will not take the daemon keeps. */
static int ask_and_wait(const struct daemon *daemon, unsigned number)
{
    char request[256];
    unsigned across = SIDE / 256, tile = number / COPIES % (across * across);
    int fd = connect_slowly(daemon);
    int n = snprintf(request, sizeof request, "GET /tiles/noise-%u/%u/%u_%u.jpg HTTP/1.1\r\nHost: x\r\n\r\n",
                     number % COPIES, TOP, tile % across, tile / across);
    send_all(fd, request, (size_t)n);
    char first;
    assert_int_equal(recv(fd, &first, 1, MSG_PEEK), 1); /* answered */
    return fd;
}

static int send_half_a_head(const struct daemon *daemon)
{
    static const char start[] = "GET / HTTP/1.1\r\nHost: x\r\nX-Much: ";
    char much[HEAD];
    int fd = connect_slowly(daemon);
    memset(much, 'a', sizeof much);
    send_all(fd, start, sizeof start - 1);
    send_all(fd, much, sizeof much);
    return fd;
}

static void tile_path(char *out, size_t room, const char *kind, unsigned random)
{
    unsigned depth = random % 2, across = SIDE / 256 >> depth;
    snprintf(out, room, "/tiles/%s-%u/%u/%u_%u.jpg", kind, random / 2 % COPIES, TOP - depth, random / 64 % across,
             random / 4096 % across);
}

static void churn(struct og_member *member)
{
    const struct daemon *daemon = member->shared;
    struct og_client *client = og_client_open(daemon->port);
    for (unsigned i = 0; client && i < TILES_EACH; i++) {
        char path[128];
        unsigned random = (unsigned)og_member_random(member);
        tile_path(path, sizeof path, kinds[i / 100 % KINDS], random >> 8); /* the sizes change all the time */
        struct og_answer answer = og_client_get(client, path);
        if (answer.code != 200 && answer.code != 503)
            og_member_fail(member, "%s: %d", path, answer.code);
        og_answer_free(&answer);
        uint64_t resident = i % 16 ? 0 : status_bytes(daemon, "VmRSS");
        if (resident > daemon->bound)
            og_member_fail(member, "%llu bytes are resident, %llu are the bound", (unsigned long long)resident,
                           (unsigned long long)daemon->bound);
    }
    og_client_close(&client);
}

static void expect_within_bound(const struct daemon *daemon)
{
    struct og_verdict verdict = og_crew_run(CHURNERS, churn, (void *)daemon);
    uint64_t peak = status_bytes(daemon, "VmHWM");
    fprintf(stderr, "at most %llu KiB were resident, %llu KiB are the bound\n", (unsigned long long)peak >> 10,
            (unsigned long long)daemon->bound >> 10);
    assert_string_equal(verdict.text, OG_AS_CLAIMED);
    assert_true(peak <= daemon->bound);
}

static void resident_memory_stays_within_the_bound(const struct folder *folder, const struct setting *setting)
{
    struct daemon daemon = start(folder, setting);
    int slow[SLOW], half[HALF];
    uint64_t printed = daemon.bound; /* rounded up, to MiB */
    daemon.bound = (uint64_t)og_http_metric(daemon.port, "origami_memory_bound_bytes");
    assert_in_range(printed - daemon.bound, 0, (1 << 20) + 1024 * KINDS * (COPIES + 1));
    for (unsigned i = 0; i < HALF; i++)
        half[i] = send_half_a_head(&daemon);
    expect_within_bound(&daemon);
    assert_true(og_http_metric(daemon.port, "origami_cache_bytes") > setting->cache_bytes / 2);
    assert_true(status_bytes(&daemon, "VmHWM") > setting->cache_bytes);
    for (unsigned i = 0; i < SLOW; i++)
        slow[i] = ask_and_wait(&daemon, i);
    expect_within_bound(&daemon);
    for (unsigned i = 0; i < SLOW; i++)
        close(slow[i]);
    for (unsigned i = 0; i < HALF; i++)
        close(half[i]);
    expect_within_bound(&daemon);
    stop(&daemon);
}

static void resident_memory_stays_within_the_bound_with_a_small_cache(void **state)
{
    resident_memory_stays_within_the_bound(*state, &(struct setting){"8M", "1", 8 << 20});
}

static void resident_memory_stays_within_the_bound_with_a_larger_cache(void **state)
{
    resident_memory_stays_within_the_bound(*state, &(struct setting){"64M", "4", 64 << 20});
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(resident_memory_stays_within_the_bound_with_a_small_cache),
        cmocka_unit_test(resident_memory_stays_within_the_bound_with_a_larger_cache),
    };
    return cmocka_run_group_tests(tests, set_up, folder_teardown);
}
