/* SPDX-License-Identifier: MIT */
#include "http_load.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/thread.h"
#include "client.h"
#include "random.h"
#include "report.h"
#include "slides.h"

enum { LATENCIES = 1 << 20, THREADS_MOST = 16 };
enum kind { GOOD, REFUSED, KINDS };

static const uint64_t second_ns = 1000000000, patience_ns = UINT64_C(10000000000);

struct samples {
    double *ms; /* of the first LATENCIES */
    size_t count;
};

struct driver {
    struct og_thread thread;
    const struct http_load_plan *plan;
    struct client *client;
    uint64_t state, counts_from_ns, end_ns;
    unsigned *idle, idle_count, connections;
    uint64_t *due_ns; /* of each connection's request */
    struct samples samples[KINDS];
    size_t failed, unsent;
    double cpu;
};

static void *memory(size_t count, size_t size)
{
    void *made = calloc(count, size);
    if (!made) {
        fprintf(stderr, "bench: no memory for the load on HTTP\n");
        exit(1);
    }
    return made;
}

static void on_answer(void *context, const struct client_answer *answer)
{
    struct driver *driver = context;
    bool good = answer->status == driver->plan->expected,
         refused = answer->status == 503 && strcasestr(answer->header, "\r\nRetry-After:");
    driver->idle[driver->idle_count++] = answer->connection;
    if (answer->at_ns < driver->counts_from_ns || answer->at_ns >= driver->end_ns)
        return;
    if (!good && !refused) {
        driver->failed++;
        return;
    }
    struct samples *samples = &driver->samples[good ? GOOD : REFUSED];
    if (samples->count < LATENCIES)
        samples->ms[samples->count] = 1e-6 * (double)(answer->at_ns - driver->due_ns[answer->connection]);
    samples->count++;
}

static void ask(struct driver *driver, uint64_t due_ns)
{
    const struct http_load_plan *plan = driver->plan;
    unsigned connection = driver->idle[--driver->idle_count];
    size_t at = random_below(&driver->state, (uint32_t)plan->count);
    driver->due_ns[connection] = due_ns;
    client_ask(driver->client, connection, plan->paths[at], plan->lines ? plan->lines[at] : "");
}

static uint64_t gap_ns(struct driver *driver)
{
    const struct http_load_plan *plan = driver->plan;
    return (uint64_t)(random_gap(&driver->state, plan->threads / plan->rate) * (double)second_ns);
}

static void *drive(void *argument)
{
    struct driver *driver = argument;
    const struct http_load_plan *plan = driver->plan;
    uint64_t start_ns = og_clock_monotonic_ns();
    bool open = plan->rate > 0;
    driver->counts_from_ns = start_ns + (uint64_t)(plan->warm * (double)second_ns);
    driver->end_ns = driver->counts_from_ns + (uint64_t)(plan->seconds * (double)second_ns);
    uint64_t due_ns = start_ns + (open ? gap_ns(driver) : 0), end_ns = driver->end_ns;
    for (uint64_t now = start_ns; now < end_ns; now = og_clock_monotonic_ns()) {
        while (driver->idle_count > 0 && due_ns <= now) {
            ask(driver, open ? due_ns : now);
            due_ns += open ? gap_ns(driver) : 0;
        }
        client_wait(driver->client, driver->idle_count > 0 && due_ns < end_ns ? due_ns : end_ns, on_answer, driver);
    }
    for (; open && driver->idle_count == 0 && due_ns < end_ns; due_ns += gap_ns(driver))
        driver->unsent++;
    while (driver->idle_count < driver->connections && og_clock_monotonic_ns() < end_ns + patience_ns)
        client_wait(driver->client, end_ns + patience_ns, on_answer, driver);
    driver->failed += driver->connections - driver->idle_count;
    driver->cpu = thread_cpu();
    return NULL;
}

static void open_driver(struct driver *driver, const struct http_load_plan *plan, unsigned index)
{
    unsigned connections = plan->connections / plan->threads;
    *driver = (struct driver){.plan = plan,
                              .connections = connections,
                              .state = plan->seed * THREADS_MOST + index,
                              .idle = memory(connections, sizeof *driver->idle),
                              .due_ns = memory(connections, sizeof *driver->due_ns),
                              .client = client_new(plan->port, connections)};
    for (int kind = 0; kind < KINDS; kind++)
        driver->samples[kind].ms = memory(LATENCIES, sizeof(double));
    for (; driver->idle_count < connections; driver->idle_count++)
        driver->idle[driver->idle_count] = driver->idle_count;
}

static void close_driver(struct driver *driver)
{
    client_destroy(&driver->client);
    free(driver->idle);
    free(driver->due_ns);
    for (int kind = 0; kind < KINDS; kind++)
        free(driver->samples[kind].ms);
}

static struct http_load_answers sum_up(const struct driver *drivers, const struct http_load_plan *plan, enum kind kind)
{
    struct http_load_answers answers = {0};
    double *all = memory(plan->threads * (size_t)LATENCIES, sizeof *all);
    size_t timed = 0;
    for (unsigned i = 0; i < plan->threads; i++) {
        const struct samples *samples = &drivers[i].samples[kind];
        size_t count = samples->count < LATENCIES ? samples->count : LATENCIES;
        memcpy(all + timed, samples->ms, count * sizeof *all);
        timed += count;
        answers.count += (double)samples->count;
    }
    qsort(all, timed, sizeof *all, report_by_size);
    answers.per_second = answers.count / plan->seconds;
    answers.p50 = report_rank(all, timed, 500);
    answers.p99 = report_rank(all, timed, 990);
    answers.p999 = report_rank(all, timed, 999);
    free(all);
    return answers;
}

struct http_load_result http_load_run(const struct http_load_plan *plan)
{
    struct driver drivers[THREADS_MOST];
    struct http_load_result result = {0};
    if (plan->threads > THREADS_MOST)
        exit(1);
    for (unsigned i = 0; i < plan->threads; i++)
        open_driver(&drivers[i], plan, i);
    double start = wall_clock();
    for (unsigned i = 0; i < plan->threads; i++)
        if (og_thread_start(&drivers[i].thread, "driver", i, drive, &drivers[i]) != OG_OK)
            exit(1);
    for (unsigned i = 0; i < plan->threads; i++) {
        og_thread_join(&drivers[i].thread);
        result.failed += (double)drivers[i].failed;
        result.unsent += (double)drivers[i].unsent;
        result.cpu += drivers[i].cpu;
    }
    result.cpu /= wall_clock() - start;
    result.good = sum_up(drivers, plan, GOOD);
    result.refused = sum_up(drivers, plan, REFUSED);
    for (unsigned i = 0; i < plan->threads; i++)
        close_driver(&drivers[i]);
    return result;
}
