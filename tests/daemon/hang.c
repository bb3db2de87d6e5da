/* SPDX-License-Identifier: MIT */
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/*
 * A file system that does not answer, for a program that has this loaded before its libraries. With $OG_TEST_HANG = P,
 * reads of files whose path has "/hangs" in it do not return while the file P.reads is there, and folders are not read
 * while P.folder is; P.inside then says that somebody tries.
 */

ssize_t pread(int fd, void *to, size_t size, off_t offset);
ssize_t pread64(int fd, void *to, size_t size, off_t offset);

struct path {
    char text[256];
};

static struct path beside(const char *what)
{
    struct path path = {""};
    const char *prefix = getenv("OG_TEST_HANG");
    if (prefix)
        snprintf(path.text, sizeof path.text, "%s.%s", prefix, what);
    return path;
}

static void hang_while(const char *what)
{
    struct path held = beside(what), inside = beside("inside");
    int before = errno; /* which a caller of readdir looks at */
    if (access(held.text, F_OK) == 0)
        close(open(inside.text, O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
    while (access(held.text, F_OK) == 0)
        nanosleep(&(struct timespec){.tv_nsec = 5000000}, NULL);
    errno = before;
}

static bool is_of_what_hangs(int fd)
{
    char link[64], path[512] = "";
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    return readlink(link, path, sizeof path - 1) > 0 && strstr(path, "/hangs");
}

ssize_t pread(int fd, void *to, size_t size, off_t offset)
{
    ssize_t (*real)(int fd, void *to, size_t size, off_t offset) = dlsym(RTLD_NEXT, "pread");
    if (is_of_what_hangs(fd))
        hang_while("reads");
    return real(fd, to, size, offset);
}

ssize_t pread64(int fd, void *to, size_t size, off_t offset)
{
    return pread(fd, to, size, offset);
}

struct dirent *readdir(DIR *folder)
{
    struct dirent *(*real)(DIR * folder) = dlsym(RTLD_NEXT, "readdir");
    hang_while("folder");
    return real(folder);
}
