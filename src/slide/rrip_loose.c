/* SPDX-License-Identifier: MIT */
#include "rrip_loose.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

struct loose {
    struct og_reader *reader;
    uint32_t fx, fy;
    uint8_t *next; /* free part of the buffer */
    struct og_stored_family *out;
};

static void lose(struct loose *loose, uint32_t slots)
{
    loose->out->damaged |= slots;
    loose->out->reason = "its file is no regular one of a tile's length, or cannot be read";
}

/* OG_NOT_FOUND when there is none under any of the names. */
static enum og_status open_any(int folder, uint32_t x, uint32_t y, struct og_file *file)
{
    static const char *const kinds[] = {"jpg", "webp", "jxl"};
    enum og_status status = OG_NOT_FOUND;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0] && status == OG_NOT_FOUND; i++) {
        char name[40];
        snprintf(name, sizeof name, "%u_%u.%s", x, y, kinds[i]);
        status = og_file_open(folder, name, file, NULL);
    }
    return status;
}

static void read_slot(struct loose *loose, int folder, unsigned slot)
{
    struct og_pyramid_place place = og_pyramid_of_slot(loose->fx, loose->fy, slot);
    struct og_file file;
    enum og_status status = open_any(folder, place.x, place.y, &file);
    if (status == OG_NOT_FOUND)
        return;
    struct og_span *stream = &loose->out->stream[slot];
    if (status == OG_OK) {
        status = og_reader_read_whole(loose->reader, &file, loose->next, OG_GREY_BYTES_MAX, "tile", stream, NULL);
        og_file_close(&file);
    }
    if (status != OG_OK)
        lose(loose, UINT32_C(1) << slot);
    else
        loose->next += stream->size;
}

/* Step by step, so that no link on the way is followed. -1 with errno when there is none. */
static int open_family(int folder, const char *level, uint32_t fx, uint32_t fy)
{
    char name[40];
    snprintf(name, sizeof name, "%u_%u", fx, fy);
    int above = openat(folder, level, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (above < 0)
        return -1;
    int family = openat(above, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    int error = errno;
    close(above);
    errno = error;
    return family;
}

static void read_level(struct loose *loose, int folder, const char *level, uint32_t slots)
{
    int family = open_family(folder, level, loose->fx, loose->fy);
    if (family < 0) {
        if (errno != ENOENT)
            lose(loose, slots);
        return;
    }
    for (unsigned slot = OG_SLOT_L1; slot < OG_FAMILY_SLOTS; slot++)
        if (slots >> slot & 1)
            read_slot(loose, family, slot);
    close(family);
}

void og_rrip_read_loose(int folder, struct og_reader *reader, uint32_t fx, uint32_t fy, uint32_t slots, uint8_t *buffer,
                        struct og_stored_family *out)
{
    struct loose loose = {.reader = reader, .fx = fx, .fy = fy, .next = buffer, .out = out};
    read_level(&loose, folder, "L1", slots & OG_SLOTS_L1);
    read_level(&loose, folder, "L0", slots & OG_SLOTS_L0);
}
