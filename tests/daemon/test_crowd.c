/* SPDX-License-Identifier: MIT */
/*
 * The real daemon with ten thousand idle connections, a hundred clients that never finish a request's head and a
 * hundred that do not read their answers: a viewer gets every tile whole and about as soon as from a daemon without
 * them, the slow are swept, and the memory stays within the bound that the daemon tells. It knows nothing of time but
 * the daemon's own limits and that one comparison, in which the two are asked by turns, so that both meet the same
 * machine.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "daemon/deepzoom.h"
#include "support/cmocka_all.h"
#include "support/http_client.h"

enum { IDLE = 10000, SLOW = 100, FILES = 16384, PIPELINED = 60, ROUNDS_MAX = 100000, WIDTH = 700, HEIGHT = 300 };
enum { TIMES_MAX = 1 << 17, TIMES_SLOWER = 10 };

/* Of the viewer's answers. */
struct times {
    unsigned count;
    uint64_t ns[TIMES_MAX];
};

struct program {
    pid_t pid;
    FILE *output;
    uint16_t port;
};

struct crowd {
    struct program program, calm; /* which nobody else asks */
    struct times alone, among;
    struct og_pyramid pyramid;
    int idle[IDLE], senders[SLOW], readers[SLOW];
};

static int set_up(void **state)
{
    struct rlimit files;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &files), 0);
    files.rlim_cur = files.rlim_max;
    if (files.rlim_max < FILES || setrlimit(RLIMIT_NOFILE, &files) != 0)
        exit(77);
    return folder_setup(state);
}

static struct program start(const struct folder *folder)
{
    struct program program;
    int ends[2];
    char line[256];
    unsigned port = 0;
    assert_int_equal(pipe(ends), 0);
    program.pid = fork();
    if (program.pid == 0) {
        dup2(ends[1], STDERR_FILENO);
        close(ends[0]);
        execl(ORIGAMID, ORIGAMID, "--slides", folder->path, "--listen", "127.0.0.1:0", "--workers", "2",
              "--http-threads", "2", "--cache", "8M", "--connections", "12000", "--idle-timeout", "5",
              "--answer-timeout", "2", (char *)NULL);
        _exit(127);
    }
    close(ends[1]);
    program.output = fdopen(ends[0], "r");
    while (port == 0 && fgets(line, sizeof line, program.output)) {
        const char *at = strstr(line, "http://127.0.0.1:");
        if (at)
            assert_int_equal(sscanf(at, "http://127.0.0.1:%u/", &port), 1);
    }
    assert_true(port > 0);
    program.port = (uint16_t)port;
    return program;
}

static void end(struct program *program)
{
    kill(program->pid, SIGTERM);
    waitpid(program->pid, NULL, 0);
    fclose(program->output);
}

/* Small buffers and segments: the kernel takes little for a client that does not read. */
static int connect_to(const struct crowd *c, bool slowly)
{
    struct sockaddr_in to = {
        .sin_family = AF_INET, .sin_port = htons(c->program.port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int little = 1024, segment = 536, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (slowly) {
        setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &little, sizeof little);
        setsockopt(fd, IPPROTO_TCP, TCP_MAXSEG, &segment, sizeof segment);
    }
    if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof to) != 0)
        fail_msg("no connection: %s", strerror(errno));
    return fd;
}

static void gather(struct crowd *c)
{
    static const char half[] = "GET / HTTP/1.1\r\nX: ";
    static const char whole[] = "GET /assets/openseadragon.min.js HTTP/1.1\r\nHost: x\r\n\r\n";
    for (unsigned i = 0; i < IDLE; i++)
        c->idle[i] = connect_to(c, false);
    for (unsigned i = 0; i < SLOW; i++) {
        c->senders[i] = connect_to(c, false);
        c->readers[i] = connect_to(c, true);
        assert_int_equal(send(c->senders[i], half, sizeof half - 1, MSG_NOSIGNAL), sizeof half - 1);
        for (unsigned k = 0; k < PIPELINED; k++)
            assert_int_equal(send(c->readers[i], whole, sizeof whole - 1, MSG_NOSIGNAL), sizeof whole - 1);
    }
}

static bool is_ended(int fd)
{
    char byte;
    ssize_t n = recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR);
}

static unsigned count_ended(const int *fds, unsigned n)
{
    unsigned ended = 0;
    for (unsigned i = 0; i < n; i++)
        ended += is_ended(fds[i]);
    return ended;
}

static void trickle(const struct crowd *c)
{
    for (unsigned i = 0; i < SLOW; i++)
        send(c->senders[i], "a", 1, MSG_NOSIGNAL);
}

static void note(struct times *times, uint64_t ns)
{
    if (times->count < TIMES_MAX)
        times->ns[times->count++] = ns;
}

static int compare(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static uint64_t median(struct times *times)
{
    assert_true(times->count > 0);
    qsort(times->ns, times->count, sizeof times->ns[0], compare);
    return times->ns[times->count / 2];
}

/* All levels of the slide, on one connection. */
static void view(const struct crowd *c, struct og_client *viewer, struct times *times)
{
    for (uint32_t level = 0; level <= c->pyramid.top; level++) {
        struct og_extent grid = og_pyramid_grid(&c->pyramid, c->pyramid.top - level);
        for (uint32_t i = 0; i < grid.width * grid.height; i++) {
            uint32_t x = i % grid.width, y = i / grid.width;
            char path[64];
            snprintf(path, sizeof path, "/tiles/s/%u/%u_%u.jpg", level, x, y);
            uint64_t before = og_clock_monotonic_ns();
            struct og_answer answer = og_client_get(viewer, path);
            note(times, og_clock_monotonic_ns() - before);
            struct og_buf *stored = deepzoom_tile(&c->pyramid, 0, level, x, y);
            assert_int_equal(answer.code, 200);
            assert_int_equal(answer.size, stored->size);
            assert_memory_equal(answer.body, stored->data, stored->size);
            og_buf_unref(&stored);
            og_answer_free(&answer);
        }
    }
}

static void a_viewer_is_served_among_ten_thousand_that_idle_and_two_hundred_that_are_slow(void **state)
{
    struct crowd *c = calloc(1, sizeof *c);
    c->pyramid = deepzoom_pyramid(WIDTH, HEIGHT);
    deepzoom_write(*state, "s", WIDTH, HEIGHT, 0);
    c->program = start(*state);
    c->calm = start(*state);
    uint16_t port = c->program.port;
    gather(c);
    struct og_client *viewer = og_client_open(port), *other = og_client_open(c->calm.port);
    double bound = og_http_metric(port, "origami_memory_bound_bytes"), most = 0;
    assert_true(og_http_metric(port, "process_open_fds") > IDLE);
    unsigned rounds = 0;
    while (count_ended(c->senders, SLOW) < SLOW && rounds++ < ROUNDS_MAX) {
        trickle(c);
        view(c, viewer, &c->among);
        view(c, other, &c->alone);
        double resident = og_http_metric(port, "process_resident_memory_bytes");
        most = resident > most ? resident : most;
    }
    fprintf(stderr, "%u rounds; at most %.0f KiB were resident, %.0f KiB are the bound\n", rounds, most / 1024,
            bound / 1024);
    assert_int_equal(count_ended(c->senders, SLOW), SLOW);
    assert_true(og_http_metric(port, "origami_connections_closed_total{reason=\"idle\"}") >= SLOW);
    assert_int_equal(og_http_metric(port, "origami_connections_closed_total{reason=\"answer\"}"), SLOW);
    assert_int_equal(og_http_metric(port, "origami_connections_closed_total{reason=\"full\"}"), 0);
    assert_true(most <= bound || SANITIZED);
    view(c, viewer, &c->among);
    uint64_t alone = median(&c->alone), among = median(&c->among);
    fprintf(stderr, "median of the viewer's answers: %.1f us alone, %.1f us among them\n", (double)alone / 1e3,
            (double)among / 1e3);
    assert_true(among <= TIMES_SLOWER * alone);
    og_client_close(&viewer);
    og_client_close(&other);
    end(&c->program);
    end(&c->calm);
    for (unsigned i = 0; i < IDLE; i++)
        close(c->idle[i]);
    for (unsigned i = 0; i < SLOW; i++) {
        close(c->senders[i]);
        close(c->readers[i]);
    }
    free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_viewer_is_served_among_ten_thousand_that_idle_and_two_hundred_that_are_slow,
                                        set_up, folder_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
