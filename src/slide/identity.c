/* SPDX-License-Identifier: MIT */
#include "identity.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/key.h"
#include "slide_format.h"

static int64_t nanoseconds(struct timespec t)
{
    return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

/* How large a folder is, and which number it has, is its file system's own affair. */
static void fold(struct og_slide_identity *identity, const struct stat *part)
{
    int64_t modified = nanoseconds(part->st_mtim), changed = nanoseconds(part->st_ctim);
    uint64_t size = S_ISREG(part->st_mode) ? (uint64_t)part->st_size : 0;
    uint64_t written = og_key_mix(og_key_mix(og_key_mix(0, size), (uint64_t)modified), (uint64_t)changed);
    identity->written = og_key_mix(identity->written, written);
    identity->here = og_key_mix(og_key_mix(og_key_mix(identity->here, part->st_dev), part->st_ino), written);
    if (modified > identity->modified_ns)
        identity->modified_ns = modified;
}

static void fold_absence(struct og_slide_identity *identity)
{
    identity->here = og_key_mix(identity->here, 0);
    identity->written = og_key_mix(identity->written, 0);
}

enum og_status og_slide_identify(int directory, const char *name, size_t id_length, unsigned format,
                                 struct og_slide_identity *out, struct og_error *err)
{
    static const char *const itself[] = {NULL};
    const char *const *parts = itself;
    char path[NAME_MAX + 64];
    struct stat facts;
    *out = (struct og_slide_identity){.modified_ns = INT64_MIN};
    if (fstatat(directory, name, &facts, AT_SYMLINK_NOFOLLOW) != 0)
        return errno == ENOENT ? og_error_set(err, OG_NOT_FOUND, "no such file")
                               : og_error_set(err, OG_IO, "cannot look at it: %s", strerrordesc_np(errno));
    fold(out, &facts);
    if (format < OG_SLIDE_FORMATS)
        parts = og_slide_format_parts(format);
    for (; *parts; parts++) {
        snprintf(path, sizeof path, "%.*s%s", (int)id_length, name, *parts);
        if (fstatat(directory, path, &facts, AT_SYMLINK_NOFOLLOW) == 0)
            fold(out, &facts);
        else if (errno == ENOENT || errno == ENOTDIR)
            fold_absence(out);
        else
            return og_error_set(err, OG_IO, "cannot look at %s: %s", path, strerrordesc_np(errno));
    }
    return OG_OK;
}
