/* SPDX-License-Identifier: MIT */
#include "tool/outfile.h"

#include <errno.h>
#include <fcntl.h>
#include <glib.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tool/draft.h"

#define GIVE_NAME "give what is finished its name"

enum og_status og_outfile_error(const char *path, const char *what, int error, struct og_error *err)
{
    if (error == EWOULDBLOCK)
        return og_error_set(err, OG_IO, "%s: another process is writing it", path);
    const char *hint = error == ENOSPC   ? ": the disk is full"
                       : error == EDQUOT ? ": your disk quota is used up"
                       : error == EFBIG  ? ": the system's limit for the size of a file is reached"
                                         : "";
    return og_error_set(err, OG_IO, "%s: cannot %s: %s%s", path, what, g_strerror(error), hint);
}

enum og_status og_outfile_spares(const char *path, const char *input, struct og_error *err)
{
    struct stat in, out;
    if (stat(input, &in) == 0 && stat(path, &out) == 0 && in.st_dev == out.st_dev && in.st_ino == out.st_ino)
        return og_error_set(err, OG_INVALID, "%s: is the input itself; write to another place", path);
    return OG_OK;
}

static enum og_status is_taken(const char *path, struct og_error *err)
{
    return og_error_set(err, OG_IO, "%s: exists already; remove it or choose another name", path);
}

enum og_status og_outfile_is_free(const char *path, struct og_error *err)
{
    struct stat st;
    if (lstat(path, &st) == 0)
        return is_taken(path, err);
    return errno == ENOENT ? OG_OK : og_outfile_error(path, "look whether it exists", errno, err);
}

enum og_status og_outfile_name(int folder, const char *from, const char *path, struct og_error *err)
{
    bool named = renameat2(folder, from, AT_FDCWD, path, RENAME_NOREPLACE) == 0;
    if (!named && (errno == EINVAL || errno == ENOSYS)) {
        enum og_status status = og_outfile_is_free(path, err);
        if (status != OG_OK)
            return status;
        named = renameat(folder, from, AT_FDCWD, path) == 0;
    }
    if (named)
        return OG_OK;
    return errno == EEXIST ? is_taken(path, err) : og_outfile_error(path, GIVE_NAME, errno, err);
}

enum og_status og_outfile_open(const char *path, const char *suffix, struct og_outfile *out, struct og_error *err)
{
    *out = (struct og_outfile){.fd = -1};
    struct stat st;
    if (stat(path, &st) == 0 && !S_ISREG(st.st_mode))
        return og_error_set(err, OG_IO, "%s: cannot write: it exists and is no regular file", path);
    char *temporary = og_draft_name(path, suffix);
    int fd = og_draft_file(temporary);
    if (fd < 0) {
        enum og_status status = og_outfile_error(path, "create a file beside it", errno, err);
        g_free(temporary);
        return status;
    }
    *out = (struct og_outfile){.fd = fd, .path = g_strdup(path), .temporary = temporary};
    return OG_OK;
}

enum og_status og_outfile_write(const struct og_outfile *file, uint64_t offset, const void *data, size_t size,
                                struct og_error *err)
{
    const uint8_t *bytes = data;
    while (size) {
        ssize_t n = pwrite(file->fd, bytes, size, (off_t)offset);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return og_outfile_error(file->path, "write", n < 0 ? errno : ENOSPC, err);
        bytes += n;
        offset += (uint64_t)n;
        size -= (size_t)n;
    }
    return OG_OK;
}

enum og_status og_outfile_sync_folder(const char *path, struct og_error *err)
{
    g_autofree char *folder = g_path_get_dirname(path);
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int error = fd < 0 || (fsync(fd) && errno != EINVAL) ? errno : 0; /* EINVAL: a file system that cannot do that */
    if (fd >= 0)
        close(fd);
    return error ? og_outfile_error(path, "sync its folder", error, err) : OG_OK;
}

static void release(struct og_outfile *file)
{
    close(file->fd);
    g_free(file->temporary);
    g_free(file->path);
    *file = (struct og_outfile){.fd = -1};
}

static enum og_status replace(const struct og_outfile *file, struct og_error *err)
{
    return rename(file->temporary, file->path) == 0 ? OG_OK : og_outfile_error(file->path, GIVE_NAME, errno, err);
}

static enum og_status commit(struct og_outfile *file, bool replaces, struct og_error *err)
{
    enum og_status status = fsync(file->fd) == 0 ? OG_OK : og_outfile_error(file->path, "sync", errno, err);
    if (status == OG_OK)
        status = replaces ? replace(file, err) : og_outfile_name(AT_FDCWD, file->temporary, file->path, err);
    if (status == OG_OK) {
        status = og_outfile_sync_folder(file->path, err);
        release(file); /* its draft's name may be another one's by now */
    }
    og_outfile_discard(file);
    return status;
}

enum og_status og_outfile_commit(struct og_outfile *file, struct og_error *err)
{
    return commit(file, true, err);
}

enum og_status og_outfile_commit_new(struct og_outfile *file, struct og_error *err)
{
    return commit(file, false, err);
}

void og_outfile_discard(struct og_outfile *file)
{
    if (!file->temporary)
        return;
    unlink(file->temporary);
    release(file);
}
