/* SPDX-License-Identifier: MIT */
#include "tool/draft.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <glib.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { OPEN_MAX = 16 };

char *og_draft_name(const char *path, const char *suffix)
{
    g_autofree char *folder = g_path_get_dirname(path);
    g_autofree char *name = g_path_get_basename(path);
    return g_strdup_printf("%s/.%s.draft%s", folder, name, suffix);
}

static int remove_entry(const char *path, const struct stat *info, int kind, struct FTW *walk)
{
    (void)info, (void)kind, (void)walk;
    return remove(path);
}

bool og_draft_remove(const char *name)
{
    return nftw(name, remove_entry, OPEN_MAX, FTW_DEPTH | FTW_PHYS) == 0;
}

/* Before it was locked it may have been taken away, or have become what it is the draft of. */
static bool is_named(int fd, const char *name)
{
    struct stat own, named;
    return fstat(fd, &own) == 0 && lstat(name, &named) == 0 && own.st_dev == named.st_dev && own.st_ino == named.st_ino;
}

static int give_up(int fd, int error)
{
    close(fd);
    errno = error;
    return -1;
}

int og_draft_hold(const char *name)
{
    int fd = open(name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) != 0)
        return give_up(fd, errno);
    return fd < 0 || is_named(fd, name) ? fd : give_up(fd, ENOENT);
}

bool og_draft_clear(const char *name)
{
    int fd = og_draft_hold(name);
    if (fd < 0)
        return errno == ENOENT;
    bool cleared = og_draft_remove(name);
    give_up(fd, errno);
    return cleared;
}

static int create_file(const char *name)
{
    return open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
}

static int create_folder(const char *name)
{
    if (mkdir(name, 0777) != 0)
        return -1;
    int fd = open(name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
        errno = EEXIST; /* another one who cleared was quicker: begin again */
    return fd;
}

static int begin(const char *name, int (*create)(const char *name))
{
    for (;;) {
        int fd = create(name);
        if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) != 0) /* another one clears it, or was quicker */
            return give_up(fd, errno);
        if (fd >= 0 && is_named(fd, name))
            return fd;
        if (fd >= 0)
            close(fd);
        else if (errno != EEXIST || !og_draft_clear(name))
            return -1;
    }
}

int og_draft_file(const char *name)
{
    return begin(name, create_file);
}

int og_draft_folder(const char *name)
{
    return begin(name, create_folder);
}
