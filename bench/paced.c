/* SPDX-License-Identifier: MIT */
#include "paced.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/thread.h"
#include "client.h"
#include "report.h"
#include "slides.h"
#include "stream.h"

enum { CONNECTIONS_MOST = 256, LATENCIES = 1 << 20, THREADS_MOST = 16 };

static const uint64_t second_ns = 1000000000, patience_ns = UINT64_C(10000000000);

struct driver {
    struct og_thread thread;
    const struct paced_plan *plan;
    struct client *client;
    uint64_t state;
    unsigned idle[CONNECTIONS_MOST], idle_count, connections;
    uint64_t due_ns[CONNECTIONS_MOST];
    double *latencies; /* milliseconds */
    size_t answers, failed;
    double cpu;
};

static void on_answer(void *context, const struct client_answer *answer)
{
    struct driver *driver = context;
    driver->idle[driver->idle_count++] = answer->connection;
    if (answer->status != driver->plan->expected) {
        driver->failed++;
        return;
    }
    if (driver->answers < LATENCIES)
        driver->latencies[driver->answers] = 1e-6 * (double)(answer->at_ns - driver->due_ns[answer->connection]);
    driver->answers++;
}

static void ask(struct driver *driver, uint64_t due_ns)
{
    const struct paced_plan *plan = driver->plan;
    unsigned connection = driver->idle[--driver->idle_count];
    size_t at = random_below(&driver->state, (uint32_t)plan->count);
    driver->due_ns[connection] = due_ns;
    client_ask(driver->client, connection, plan->paths[at], plan->lines ? plan->lines[at] : "");
}

static uint64_t gap_ns(struct driver *driver)
{
    const struct paced_plan *plan = driver->plan;
    return (uint64_t)(random_gap(&driver->state, plan->threads / plan->rate) * (double)second_ns);
}

static void *drive(void *argument)
{
    struct driver *driver = argument;
    uint64_t start_ns = og_clock_monotonic_ns(),
             end_ns = start_ns + (uint64_t)(driver->plan->seconds * (double)second_ns);
    bool open = driver->plan->rate > 0;
    uint64_t due_ns = start_ns + (open ? gap_ns(driver) : 0);
    for (uint64_t now = start_ns; now < end_ns; now = og_clock_monotonic_ns()) {
        while (driver->idle_count > 0 && due_ns <= now) {
            ask(driver, open ? due_ns : now);
            due_ns += open ? gap_ns(driver) : 0;
        }
        client_wait(driver->client, driver->idle_count > 0 && due_ns < end_ns ? due_ns : end_ns, on_answer, driver);
    }
    while (driver->idle_count < driver->connections && og_clock_monotonic_ns() < end_ns + patience_ns)
        client_wait(driver->client, end_ns + patience_ns, on_answer, driver);
    driver->cpu = thread_cpu();
    return NULL;
}

static void open_driver(struct driver *driver, const struct paced_plan *plan, unsigned index)
{
    *driver = (struct driver){.plan = plan,
                              .connections = plan->connections / plan->threads,
                              .state = plan->seed * THREADS_MOST + index,
                              .latencies = malloc(LATENCIES * sizeof(double))};
    if (!driver->latencies || driver->connections > CONNECTIONS_MOST)
        exit(1);
    driver->client = client_new(plan->port, driver->connections);
    for (; driver->idle_count < driver->connections; driver->idle_count++)
        driver->idle[driver->idle_count] = driver->idle_count;
}

static double rank(const double *latencies, size_t count, double thousandths)
{
    size_t at = (size_t)((double)count * thousandths / 1000);
    return count ? latencies[at < count ? at : count - 1] : 0;
}

struct paced_result paced_run(const struct paced_plan *plan)
{
    static struct driver drivers[THREADS_MOST];
    struct paced_result result = {0};
    size_t timed = 0;
    double *all = malloc(plan->threads * LATENCIES * sizeof *all);
    if (!all || plan->threads > THREADS_MOST)
        exit(1);
    for (unsigned i = 0; i < plan->threads; i++)
        open_driver(&drivers[i], plan, i);
    double start = wall_clock();
    for (unsigned i = 0; i < plan->threads; i++)
        if (og_thread_start(&drivers[i].thread, "driver", i, drive, &drivers[i]) != OG_OK)
            exit(1);
    for (unsigned i = 0; i < plan->threads; i++) {
        struct driver *driver = &drivers[i];
        og_thread_join(&driver->thread);
        size_t count = driver->answers < LATENCIES ? driver->answers : LATENCIES;
        memcpy(all + timed, driver->latencies, count * sizeof *all);
        timed += count;
        result.answers += (double)driver->answers;
        result.failed += (double)(driver->failed + driver->connections - driver->idle_count);
        result.busy += 100 * driver->cpu / plan->threads;
        free(driver->latencies);
    }
    double took = wall_clock() - start;
    for (unsigned i = 0; i < plan->threads; i++)
        client_destroy(&drivers[i].client);
    qsort(all, timed, sizeof *all, report_by_size);
    result.p50 = rank(all, timed, 500);
    result.p99 = rank(all, timed, 990);
    result.p999 = rank(all, timed, 999);
    result.per_second = result.answers / took;
    result.busy /= took;
    free(all);
    return result;
}
