/* SPDX-License-Identifier: MIT */
#include "export.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon.h"

enum { PATH_BYTES = 512, TILE_BYTES = 1 << 20, BLOCK = 512 };

static void give_up(const char *path)
{
    perror(path);
    exit(1);
}

static void make_folder(const char *path)
{
    if (mkdir(path, 0700) != 0 && errno != EEXIST)
        give_up(path);
}

static void write_tile(const char *path, const char *bytes, size_t size, struct export_sums *sums)
{
    struct stat info;
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (file < 0 || write(file, bytes, size) != (ssize_t)size || fstat(file, &info) != 0 || close(file) != 0)
        give_up(path);
    sums->tiles++;
    sums->bytes += (double)size;
    sums->disk += (double)info.st_blocks * BLOCK;
}

struct export_sums export_pyramid(uint16_t port, const struct og_pyramid *pyramid, const char *slide,
                                  const char *folder)
{
    struct export_sums sums = {0};
    struct daemon daemon = {.port = port};
    int connection = daemon_connect(&daemon);
    char *body = malloc(TILE_BYTES), path[PATH_BYTES];
    snprintf(path, sizeof path, "%s/tiles", folder);
    make_folder(path);
    snprintf(path, sizeof path, "%s/tiles/%s", folder, slide);
    make_folder(path);
    for (unsigned depth = 0; depth <= og_pyramid_last_depth(pyramid); depth++) {
        struct og_extent grid = og_pyramid_grid(pyramid, depth);
        uint32_t level = pyramid->top - depth;
        snprintf(path, sizeof path, "%s/tiles/%s/%u", folder, slide, level);
        make_folder(path);
        for (uint32_t i = 0; i < grid.width * grid.height; i++) {
            snprintf(path, sizeof path, "%s/tiles/%s/%u/%u_%u.jpg", folder, slide, level, i % grid.width,
                     i / grid.width);
            size_t size = daemon_fetch(connection, path + strlen(folder), body, TILE_BYTES);
            write_tile(path, body, size, &sums);
        }
    }
    free(body);
    close(connection);
    sync();
    return sums;
}

static int forget(const char *path, const struct stat *info, int kind, struct FTW *walk)
{
    (void)info, (void)walk;
    int file = kind == FTW_F ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (file >= 0) {
        fdatasync(file);
        posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED);
        close(file);
    }
    return 0;
}

void export_forget(const char *folder)
{
    nftw(folder, forget, 16, FTW_PHYS);
}
