/* SPDX-License-Identifier: MIT */
#include "support/threads.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/parse.h"
#include "base/thread.h"

enum gate { GATE_CLOSED, GATE_OPEN, GATE_CANCELLED };

struct crew {
    pthread_mutex_t lock;
    pthread_cond_t moved;
    enum gate gate;
    uint64_t deadline_ns;
    void (*body)(struct og_member *member);
};

struct place {
    struct crew *crew;
    struct og_member member;
    struct og_thread thread;
};

static uint64_t stress_ns(void)
{
    const char *text = getenv("OG_STRESS_MS");
    uint64_t ms = 200;
    if (text && !og_parse_decimal(text, strlen(text), 3600000, &ms))
        fprintf(stderr, "OG_STRESS_MS is no number of milliseconds: %s\n", text);
    return ms * UINT64_C(1000000);
}

static void move_gate(struct crew *crew, enum gate gate)
{
    pthread_mutex_lock(&crew->lock);
    crew->gate = gate;
    crew->deadline_ns = og_clock_monotonic_ns() + stress_ns();
    pthread_cond_broadcast(&crew->moved);
    pthread_mutex_unlock(&crew->lock);
}

static void *run(void *argument)
{
    struct place *place = argument;
    struct crew *crew = place->crew;
    pthread_mutex_lock(&crew->lock);
    while (crew->gate == GATE_CLOSED)
        pthread_cond_wait(&crew->moved, &crew->lock);
    bool open = crew->gate == GATE_OPEN;
    place->member.deadline_ns = crew->deadline_ns;
    pthread_mutex_unlock(&crew->lock);
    if (open)
        crew->body(&place->member);
    return NULL;
}

static struct og_verdict verdict_of(const char *text)
{
    struct og_verdict verdict;
    snprintf(verdict.text, sizeof verdict.text, "%s", text);
    return verdict;
}

struct og_verdict og_crew_run(unsigned members, void (*body)(struct og_member *member), void *shared)
{
    struct crew crew = {.gate = GATE_CLOSED, .body = body};
    struct place *places = calloc(members, sizeof *places);
    if (!places)
        return verdict_of("no memory for the crew");
    pthread_mutex_init(&crew.lock, NULL);
    pthread_cond_init(&crew.moved, NULL);

    unsigned started = 0;
    for (; started < members; started++) {
        struct place *place = &places[started];
        place->crew = &crew;
        place->member.index = started;
        place->member.shared = shared;
        place->member.random = started + 1;
        if (og_thread_start(&place->thread, "test", started, run, place) != OG_OK)
            break;
    }
    struct og_verdict verdict = verdict_of(started == members ? OG_AS_CLAIMED : "a thread did not start");
    move_gate(&crew, started == members ? GATE_OPEN : GATE_CANCELLED);
    for (unsigned i = 0; i < started; i++)
        og_thread_join(&places[i].thread);
    for (unsigned i = started; i-- > 0;)
        if (places[i].member.verdict.text[0])
            verdict = places[i].member.verdict;

    pthread_cond_destroy(&crew.moved);
    pthread_mutex_destroy(&crew.lock);
    free(places);
    return verdict;
}

bool og_member_has_time(const struct og_member *member)
{
    return og_clock_monotonic_ns() < member->deadline_ns;
}

void og_member_fail(struct og_member *member, const char *format, ...)
{
    if (member->verdict.text[0])
        return;
    va_list args;
    va_start(args, format);
    vsnprintf(member->verdict.text, sizeof member->verdict.text, format, args);
    va_end(args);
}

uint32_t og_member_random(struct og_member *member)
{
    member->random = member->random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)(member->random >> 33);
}
