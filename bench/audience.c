/* SPDX-License-Identifier: MIT */
#include "audience.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "client.h"
#include "report.h"

enum { BROWSER_CONNECTIONS = 6, WAITING_MOST = 4096, OPEN_FIELDS = 512, PATH_BYTES = 512 };

static const uint64_t patience_ns = UINT64_C(60000000000), second_ns = 1000000000;

struct open_field {
    struct path_field field;
    uint64_t due_ns;
    unsigned missing;
    bool failed;
};

struct spectator {
    struct path_tile waiting[WAITING_MOST]; /* a ring: asked for by the page, not yet sent */
    unsigned first, count;
    struct path_tile under_way[BROWSER_CONNECTIONS];
    bool busy[BROWSER_CONNECTIONS];
    struct open_field open[OPEN_FIELDS];
    unsigned opened;
};

struct audience {
    const struct audience_plan *plan;
    struct client *client;
    struct spectator *spectators;
    struct audience_result result;
    size_t room;
    unsigned under_way;
};

static void *grown(void *memory, size_t bytes)
{
    memory = realloc(memory, bytes);
    if (!memory) {
        fprintf(stderr, "bench: no memory for viewers\n");
        exit(1);
    }
    return memory;
}

static void path_of(const struct audience_plan *plan, const struct path_tile *tile, char out[PATH_BYTES])
{
    const struct {
        const char *name;
        uint32_t number;
    } numbers[] = {{"{level}", tile->level}, {"{x}", tile->x}, {"{y}", tile->y}};
    size_t n = 0;
    for (const char *at = plan->url; *at && n < PATH_BYTES - 1;) {
        size_t used = 1;
        int written = -1;
        if (strncmp(at, "{slide}", 7) == 0) {
            used = 7;
            written = snprintf(out + n, PATH_BYTES - n, "%s", plan->slide);
        }
        for (int i = 0; i < 3; i++)
            if (strncmp(at, numbers[i].name, strlen(numbers[i].name)) == 0) {
                used = strlen(numbers[i].name);
                written = snprintf(out + n, PATH_BYTES - n, "%u", numbers[i].number);
            }
        if (written < 0)
            out[n] = *at;
        n += written < 0 ? 1 : (size_t)written;
        at += used;
    }
    out[n < PATH_BYTES ? n : PATH_BYTES - 1] = '\0';
}

static void send_waiting(struct audience *audience, unsigned viewer)
{
    struct spectator *spectator = &audience->spectators[viewer];
    for (unsigned i = 0; i < BROWSER_CONNECTIONS && spectator->count > 0; i++) {
        char path[PATH_BYTES];
        if (spectator->busy[i])
            continue;
        spectator->under_way[i] = spectator->waiting[spectator->first];
        spectator->first = (spectator->first + 1) % WAITING_MOST;
        spectator->count--;
        spectator->busy[i] = true;
        audience->under_way++;
        path_of(audience->plan, &spectator->under_way[i], path);
        client_ask(audience->client, viewer * BROWSER_CONNECTIONS + i, path, "");
    }
}

static bool is_in(const struct path_field *field, const struct path_tile *tile)
{
    return tile->slide == field->slide && tile->level == field->level && tile->x - field->x < field->width &&
           tile->y - field->y < field->height;
}

static unsigned missing_of(const struct spectator *spectator, const struct path_field *field)
{
    unsigned missing = 0;
    for (unsigned i = 0; i < spectator->count; i++)
        missing += is_in(field, &spectator->waiting[(spectator->first + i) % WAITING_MOST]);
    for (unsigned i = 0; i < BROWSER_CONNECTIONS; i++)
        missing += spectator->busy[i] && is_in(field, &spectator->under_way[i]);
    return missing;
}

static void begin_field(struct audience *audience, struct paths *paths, const struct path_field *field, uint64_t due_ns)
{
    struct spectator *spectator = &audience->spectators[field->viewer];
    struct path_tile wanted[PATHS_FIELD_TILES];
    size_t count = paths_wanted(paths, field, wanted);
    for (size_t i = 0; i < count; i++) {
        if (spectator->count == WAITING_MOST) {
            audience->result.failed++;
            continue;
        }
        spectator->waiting[(spectator->first + spectator->count++) % WAITING_MOST] = wanted[i];
    }
    unsigned missing = missing_of(spectator, field);
    if (missing > 0 && !field->thumbnail && spectator->opened < OPEN_FIELDS)
        spectator->open[spectator->opened++] =
            (struct open_field){.field = *field, .due_ns = due_ns, .missing = missing};
    send_waiting(audience, field->viewer);
}

static void complete(struct audience *audience, const struct open_field *open, uint64_t now_ns)
{
    struct audience_result *result = &audience->result;
    if (open->failed)
        return;
    if (result->count == audience->room) {
        audience->room = audience->room ? 2 * audience->room : 1024;
        result->fields = grown(result->fields, audience->room * sizeof *result->fields);
    }
    result->fields[result->count++] = 1e-6 * (double)(now_ns - open->due_ns);
}

static void on_answer(void *context, const struct client_answer *answer)
{
    struct audience *audience = context;
    unsigned viewer = answer->connection / BROWSER_CONNECTIONS, connection = answer->connection % BROWSER_CONNECTIONS;
    struct spectator *spectator = &audience->spectators[viewer];
    struct path_tile tile = spectator->under_way[connection];
    bool good = answer->status == 200;
    spectator->busy[connection] = false;
    audience->under_way--;
    audience->result.tiles += good;
    audience->result.failed += !good;
    audience->result.bytes += (double)answer->bytes;
    for (unsigned i = 0; i < spectator->opened;) {
        struct open_field *open = &spectator->open[i];
        if (!is_in(&open->field, &tile)) {
            i++;
            continue;
        }
        open->failed = open->failed || !good;
        if (--open->missing > 0) {
            i++;
            continue;
        }
        complete(audience, open, answer->at_ns);
        *open = spectator->open[--spectator->opened];
    }
    send_waiting(audience, viewer);
}

struct audience_result audience_run(const struct audience_plan *plan)
{
    struct audience audience = {.plan = plan};
    struct paths paths;
    unsigned viewers = plan->paths.viewers;
    audience.spectators = grown(NULL, viewers * sizeof *audience.spectators);
    memset(audience.spectators, 0, viewers * sizeof *audience.spectators);
    audience.client = client_new(plan->port, viewers * BROWSER_CONNECTIONS);
    paths_open(&paths, &plan->paths);
    uint64_t start_ns = og_clock_monotonic_ns();
    for (struct path_field field = paths_next(&paths); field.due < plan->seconds; field = paths_next(&paths)) {
        uint64_t due_ns = start_ns + (uint64_t)(field.due * (double)second_ns);
        while (og_clock_monotonic_ns() < due_ns)
            client_wait(audience.client, due_ns, on_answer, &audience);
        begin_field(&audience, &paths, &field, due_ns);
    }
    uint64_t end_ns = og_clock_monotonic_ns() + patience_ns;
    while (audience.under_way > 0 && og_clock_monotonic_ns() < end_ns)
        client_wait(audience.client, end_ns, on_answer, &audience);
    audience.result.failed += audience.under_way;
    paths_close(&paths);
    client_destroy(&audience.client);
    free(audience.spectators);
    qsort(audience.result.fields, audience.result.count, sizeof(double), report_by_size);
    return audience.result;
}

void audience_free(struct audience_result *result)
{
    free(result->fields);
    *result = (struct audience_result){0};
}
