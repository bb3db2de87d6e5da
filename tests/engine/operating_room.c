/* SPDX-License-Identifier: MIT */
#include "operating_room.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct og_slide *open_slide(const struct folder *folder, struct og_error *err)
{
    struct og_slide *slide = NULL;
    int directory = open(folder->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (og_slide_open(directory, "patient.tif", 1, &slide, err) != OG_OK)
        slide = NULL;
    close(directory);
    return slide;
}

static int set_up(void **state, void (*add_patient)(const struct folder *folder, const char *name))
{
    struct room *room = calloc(1, sizeof *room);
    struct og_error err = {0};
    room->home = folder_make();
    room->ward = folder_make();
    add_patient(room->home, "patient");
    room->patient = surgery_open(room->home, "patient.tif");
    struct og_slide *slide = open_slide(room->home, &err);
    if (!slide)
        return -1;
    room->whole = answers_rebuilt(slide);
    og_slide_unref(&slide);
    *state = room;
    return answers_failed(room->whole) == 0 ? 0 : -1;
}

int room_setup(void **state)
{
    return set_up(state, surgery_add_patient);
}

int room_setup_coloured(void **state)
{
    return set_up(state, surgery_add_coloured_patient);
}

int room_teardown(void **state)
{
    struct room *room = *state;
    answers_free(&room->whole);
    surgery_close(&room->patient);
    folder_remove(&room->ward);
    folder_remove(&room->home);
    free(room);
    return 0;
}

struct surgery room_copy(const struct room *room)
{
    struct surgery copy = room->patient;
    copy.bytes = malloc(copy.size);
    memcpy(copy.bytes, room->patient.bytes, copy.size);
    return copy;
}

struct og_verdict room_judge(const struct room *room, const struct surgery *copy, const struct wounds *wounds)
{
    struct og_error err = {0};
    struct og_verdict verdict;
    surgery_save(copy, room->ward, "patient.tif");
    struct og_slide *slide = open_slide(room->ward, &err);
    if (!slide) {
        bool explained = strncmp(err.text, "patient.tif: ", 13) == 0 && strlen(err.text) > 20;
        snprintf(verdict.text, sizeof verdict.text, "%s: %.140s", explained ? "refused" : "unexplained", err.text + 13);
        return verdict;
    }
    struct answers *rebuilt = answers_rebuilt(slide), *served;
    struct served engine;
    og_slide_unref(&slide);
    served_open(&engine, room->ward->path, (struct og_engine_options){.workers = 2, .cache_bytes = 32 << 20});
    served = answers_served(&engine, "patient");
    served_close(&engine);
    verdict = answers_judge(served, room->whole, wounds);
    if (strcmp(verdict.text, OG_AS_CLAIMED) == 0)
        verdict = answers_judge(rebuilt, room->whole, wounds);
    if (strcmp(verdict.text, OG_AS_CLAIMED) == 0)
        verdict = answers_equal(served, rebuilt);
    answers_free(&rebuilt);
    answers_free(&served);
    return verdict;
}
