/* SPDX-License-Identifier: MIT */
#include "mozjpeg.h"

#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { QUALITIES = 16, PATH_ROOM = 512 };

struct set {
    int quality;
    uint8_t *bytes;
    struct og_span *streams;
};

struct mozjpeg {
    struct set set[QUALITIES];
    unsigned sets;
};

extern char **environ;

static void give_up(const char *path)
{
    perror(path);
    exit(1);
}

static void write_number(FILE *file, uint32_t value)
{
    uint8_t bytes[4] = {(uint8_t)value, (uint8_t)(value >> 8), (uint8_t)(value >> 16), (uint8_t)(value >> 24)};
    fwrite(bytes, sizeof bytes, 1, file);
}

static void write_tiles(const struct picture *picture, const char *path)
{
    FILE *file = fopen(path, "wb");
    if (!file)
        give_up(path);
    for (uint64_t i = 0; i < picture_tiles(picture); i++) {
        struct og_pyramid_place place = og_pyramid_nth(&picture->pyramid, 0, i);
        struct og_tally_source tile = picture_tile(picture, place.depth, place.x, place.y);
        int width = tile.planes[0].width, height = tile.planes[0].height;
        write_number(file, (uint32_t)width);
        write_number(file, (uint32_t)height);
        for (int y = 0; y < height; y++)
            fwrite(tile.rgb + y * tile.rgb_stride, 3, (size_t)width, file);
    }
    if (fclose(file) != 0)
        give_up(path);
}

static bool run_node(const char *path, enum mozjpeg_table table, const int *qualities, unsigned count)
{
    char text[QUALITIES][8], script[] = MOZJPEG_MJS, modules[] = MOZJPEG_MODULES, node[] = "node", tiles[PATH_ROOM],
                             number[8];
    char *arguments[QUALITIES + 6] = {node, script, modules, tiles, number};
    snprintf(number, sizeof number, "%d", (int)table);
    snprintf(tiles, sizeof tiles, "%s", path);
    for (unsigned i = 0; i < count; i++) {
        snprintf(text[i], sizeof text[i], "%d", qualities[i]);
        arguments[5 + i] = text[i];
    }
    pid_t child;
    int status;
    return posix_spawnp(&child, "node", NULL, NULL, arguments, environ) == 0 && waitpid(child, &status, 0) == child &&
           WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static void read_set(struct set *set, const char *path, int quality, uint64_t tiles)
{
    char name[PATH_ROOM + 16];
    snprintf(name, sizeof name, "%s.%d", path, quality);
    struct stat info;
    FILE *file = fopen(name, "rb");
    if (!file || fstat(fileno(file), &info) != 0)
        give_up(name);
    size_t size = (size_t)info.st_size;
    *set = (struct set){quality, malloc(size), calloc(tiles, sizeof *set->streams)};
    if (!set->bytes || !set->streams || fread(set->bytes, 1, size, file) != size)
        give_up(name);
    fclose(file);
    unlink(name);
    const uint8_t *at = set->bytes;
    for (uint64_t i = 0; i < tiles; i++) {
        uint32_t length = at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
        set->streams[i] = (struct og_span){at + 4, length};
        at += 4 + length;
    }
}

struct mozjpeg *mozjpeg_make(const struct picture *picture, enum mozjpeg_table table, const int *qualities,
                             unsigned count, const char *folder)
{
    char path[PATH_ROOM];
    snprintf(path, sizeof path, "%s/tiles", folder);
    if (access(MOZJPEG_MODULES "/node_modules/sharp", F_OK) != 0) {
        fprintf(stderr, "bench: no mozjpeg: sharp is not in " MOZJPEG_MODULES "\n");
        return NULL;
    }
    write_tiles(picture, path);
    bool made = run_node(path, table, qualities, count);
    unlink(path);
    if (!made) {
        fprintf(stderr, "bench: no mozjpeg: node failed\n");
        return NULL;
    }
    struct mozjpeg *m = calloc(1, sizeof *m);
    for (; m && m->sets < count; m->sets++)
        read_set(&m->set[m->sets], path, qualities[m->sets], picture_tiles(picture));
    return m;
}

struct og_span mozjpeg_stream(const struct mozjpeg *made, int quality, uint64_t tile)
{
    for (unsigned i = 0; i < made->sets; i++)
        if (made->set[i].quality == quality)
            return made->set[i].streams[tile];
    return (struct og_span){0};
}

void mozjpeg_free(struct mozjpeg **made)
{
    for (unsigned i = 0; *made && i < (*made)->sets; i++) {
        free((*made)->set[i].bytes);
        free((*made)->set[i].streams);
    }
    free(*made);
    *made = NULL;
}
