/* SPDX-License-Identifier: MIT */
#include "files.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "desk.h"

static void give_up(const char *path)
{
    perror(path);
    exit(1);
}

static void write_file(const char *path, struct og_span tables, struct og_span stream)
{
    struct og_buf *whole = og_jpeg_splice(tables, stream);
    FILE *file = fopen(path, "wb");
    if (!whole || !file || fwrite(whole->data, 1, whole->size, file) != whole->size || fclose(file) != 0)
        give_up(path);
    og_buf_unref(&whole);
}

static void write_family(const struct og_stored_family *stored, const char *folder)
{
    for (unsigned slot = 0; slot < OG_FAMILY_SLOTS; slot++) {
        char path[640];
        snprintf(path, sizeof path, "%s/%u.jpg", folder, slot);
        if (stored->stream[slot].size)
            write_file(path, stored->tables[og_slot_place(slot).depth], stored->stream[slot]);
    }
}

void files_write(const struct slides *slides, const char *id, const char *folder)
{
    struct desk desk;
    desk_open(&desk, slides->catalogue, id, 90);
    if (mkdir(folder, 0700) != 0)
        give_up(folder);
    for (uint32_t y = 0; y < desk.grid.height; y++)
        for (uint32_t x = 0; x < desk.grid.width; x++) {
            char path[512];
            snprintf(path, sizeof path, "%s/%u_%u", folder, x, y);
            if (mkdir(path, 0700) != 0)
                give_up(path);
            desk_put(&desk, x, y);
            write_family(&desk.stored, path);
        }
    desk_close(&desk);
}
