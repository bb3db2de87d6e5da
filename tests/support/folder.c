/* SPDX-License-Identifier: MIT */
#include "support/folder.h"

#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void must(bool done, const char *what)
{
    if (!done) {
        perror(what);
        abort();
    }
}

struct folder *folder_make(void)
{
    struct folder *folder = malloc(sizeof *folder);
    must(folder, "malloc");
    snprintf(folder->path, sizeof folder->path, "/tmp/origami-test-XXXXXX");
    must(mkdtemp(folder->path), "mkdtemp");
    folder->fd = open(folder->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    must(folder->fd >= 0, folder->path);
    return folder;
}

static int remove_one(const char *path, const struct stat *facts, int type, struct FTW *where)
{
    (void)facts, (void)type, (void)where;
    return remove(path);
}

void folder_remove(struct folder **folder)
{
    close((*folder)->fd);
    must(nftw((*folder)->path, remove_one, 8, FTW_DEPTH | FTW_PHYS) == 0, (*folder)->path);
    free(*folder);
    *folder = NULL;
}

int folder_setup(void **state)
{
    *state = folder_make();
    return 0;
}

int folder_teardown(void **state)
{
    struct folder *folder = *state;
    folder_remove(&folder);
    return 0;
}

static void make_way(const struct folder *folder, const char *name)
{
    char way[PATH_MAX];
    for (const char *slash = strchr(name, '/'); slash; slash = strchr(slash + 1, '/')) {
        snprintf(way, sizeof way, "%.*s", (int)(slash - name), name);
        mkdirat(folder->fd, way, 0700);
    }
}

void folder_write(const struct folder *folder, const char *name, const void *bytes, size_t size)
{
    make_way(folder, name);
    int fd = openat(folder->fd, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    must(fd >= 0 && (size == 0 || write(fd, bytes, size) == (ssize_t)size), name);
    close(fd);
}

void folder_write_text(const struct folder *folder, const char *name, const char *text)
{
    folder_write(folder, name, text, strlen(text));
}

void folder_link(const struct folder *folder, const char *target, const char *name)
{
    must(symlinkat(target, folder->fd, name) == 0, name);
}

void folder_pipe(const struct folder *folder, const char *name)
{
    must(mkfifoat(folder->fd, name, 0600) == 0, name);
}

void folder_directory(const struct folder *folder, const char *name)
{
    make_way(folder, name);
    must(mkdirat(folder->fd, name, 0700) == 0, name);
}

void folder_delete(const struct folder *folder, const char *name)
{
    must(unlinkat(folder->fd, name, 0) == 0 || unlinkat(folder->fd, name, AT_REMOVEDIR) == 0, name);
}

unsigned folder_count(const struct folder *folder)
{
    unsigned n = 0;
    DIR *all = opendir(folder->path);
    for (struct dirent *entry; (entry = readdir(all));)
        n += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
    closedir(all);
    return n;
}
